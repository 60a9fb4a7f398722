"""LambdaCallback: must every callback be a class?"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from minikeras.callbacks.callback import Callback

Function = Callable[..., Any]


class LambdaCallback(Callback):
    """Make a callback from functions, one for each moment that matters.

    `on_epoch_begin`, `on_epoch_end`, `on_batch_begin`, `on_batch_end` and their like are called
    with two positional arguments, the number and the logs; `on_train_begin`, `on_train_end` and
    their like with the logs. All other hooks can be given by name. TypeError for an unknown name,
    or for something that cannot be called. Source: Keras 2.3's `LambdaCallback`.

    >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    >>> callback.on_epoch_end(0, {"loss": 0.5})
    0 0.5
    """

    def __init__(
        self,
        on_epoch_begin: Function | None = None,
        on_epoch_end: Function | None = None,
        on_batch_begin: Function | None = None,
        on_batch_end: Function | None = None,
        on_train_begin: Function | None = None,
        on_train_end: Function | None = None,
        **other_hooks: Function | None,
    ) -> None:
        given = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            **other_hooks,
        }
        known = [name for name in vars(Callback) if name.startswith("on_")]
        for name, function in given.items():
            if name not in known:
                raise TypeError(f"there is no hook {name!r}; there are: {', '.join(known)}")
            if function is None:
                continue
            if not callable(function):
                raise TypeError(f"{name} is a function, not {function!r}; write lambda ...: ...")
            setattr(self, name, _positional(getattr(self, name), function))


def _positional(hook: Function, function: Function) -> Function:
    """Let a function that names its arguments as it likes be called as the hook is."""
    signature = inspect.signature(hook)

    def call(*told: Any, **named: Any) -> None:
        given = signature.bind(*told, **named)
        given.apply_defaults()
        function(*given.args)

    return call
