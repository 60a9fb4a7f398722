"""How do many callbacks answer as one?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from minikeras.callbacks.callback import Callback, Logs
from minikeras.callbacks.lambda_callback import LambdaCallback
from minikeras.callbacks.learning_rate_scheduler import LearningRateScheduler
from minikeras.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau

OURS = "minikeras.callbacks."

BATCH_HOOKS = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
OLD_OR_OURS = ("on_batch_begin", "on_batch_end", "on_exception")  # others' callbacks may lack them
CALLED = [
    name for name in vars(Callback) if name.startswith(("set_", "on_")) and name not in OLD_OR_OURS
]


class CallbackList(Callback):
    """Pass every moment on to each callback, in the order of the list.

    Any object with a callback's methods may be in it, real Keras's too. A class in place of an
    object, or something that is no callback, is a TypeError. Source: Keras's `CallbackList`.

    >>> from minikeras.callbacks import History
    >>> history = History()
    >>> events = CallbackList([history])
    >>> events.on_train_begin()
    >>> events.on_epoch_end(0, {"loss": 0.5})
    >>> history.history
    {'loss': [0.5]}
    """

    def __init__(
        self,
        callbacks: Iterable[Any] = (),
        model: Any = None,
        params: dict[str, Any] | None = None,
    ) -> None:
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            _check(callback)
        if model is not None:
            self.set_model(model)
        if params is not None:
            self.set_params(params)

    def append(self, callback: Any) -> None:
        """Add a callback at the end."""
        _check(callback)
        self.callbacks.append(callback)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.callbacks)

    def listeners(self, *hooks: str) -> list[Any]:
        """Return the callbacks that do something at any of these moments."""
        return [callback for callback in self if any(_overrides(callback, h) for h in hooks)]

    def set_model(self, model: Any) -> None:
        self.model = model
        for callback in self.callbacks:
            callback.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_facts(self, **facts: Any) -> None:
        """Let each callback see what else `fit` knows, as the attributes that `Callback` lists."""
        for callback in self.callbacks:
            for name, value in facts.items():
                setattr(callback, name, value)

    def on_exception(self, exception: BaseException) -> None:
        """Tell each callback that knows this moment, which real Keras's do not."""
        for callback in self.callbacks:
            if isinstance(callback, Callback):
                try:
                    callback.on_exception(exception)
                except Exception as second:  # the others still have files to close
                    name = type(callback).__name__
                    exception.add_note(f"{name}.on_exception raised {second!r}")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._tell("on_train_begin", logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._tell("on_train_end", logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._tell_of("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._tell_of("on_epoch_end", epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._tell_of("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._tell_of("on_train_batch_end", batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self.on_train_batch_begin(batch, logs)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self.on_train_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._tell("on_test_begin", logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._tell("on_test_end", logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._tell_of("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._tell_of("on_test_batch_end", batch, logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._tell("on_predict_begin", logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._tell("on_predict_end", logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._tell_of("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._tell_of("on_predict_batch_end", batch, logs)

    def _tell(self, hook: str, logs: Logs | None) -> None:
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            getattr(callback, hook)(logs)

    def _tell_of(self, hook: str, number: int, logs: Logs | None) -> None:
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            getattr(callback, hook)(number, logs)


def keys_of_logs(names: list[str], callbacks: Iterable[Any]) -> list[str] | None:
    """Return the keys that the logs of an epoch can have; None where your callbacks may add more.

    >>> keys_of_logs(["loss"], [LearningRateScheduler(lambda epoch: 0.1)])
    ['loss', 'learning_rate']
    """
    kinds = [type(callback) for callback in callbacks]
    if any(not k.__module__.startswith(OURS) or k is LambdaCallback for k in kinds):
        return None
    tells_rate = LearningRateScheduler in kinds or ReduceLROnPlateau in kinds
    return [*names, *["learning_rate"] * tells_rate]


def _overrides(callback: Any, hook: str) -> bool:
    own = getattr(getattr(callback, hook, None), "__func__", None)
    return own is not getattr(Callback, hook)


def _check(callback: Any) -> None:
    if isinstance(callback, type):
        name = callback.__name__
        raise TypeError(f"{name} is a class, and callbacks holds objects: write {name}(...)")
    for name in CALLED:
        if not hasattr(callback, name):
            raise TypeError(
                f"callbacks holds objects with a callback's methods, such as "
                f"minikeras.callbacks.Callback has them; {callback!r} has no {name}"
            )
