"""LearningRateScheduler: how large are the steps of this epoch?"""

from __future__ import annotations

import inspect
from collections.abc import Callable

from minikeras.callbacks.callback import Callback, Logs
from minikeras.callbacks.needs import model_of
from minikeras.rates import checked_rate, get_rate, set_rate


class LearningRateScheduler(Callback):
    """Ask `schedule` for the learning rate as each epoch begins.

    `schedule(epoch, rate)` or `schedule(epoch)`, with epochs counted from 0 and the rate as it is
    now, returns the new rate, any real number. `verbose=1` prints it. Adds `learning_rate` to the
    logs. Needs a model whose optimizer has `learning_rate` or `lr`. TypeError where the schedule
    takes other arguments or gives no number, ValueError for NaN, infinity and negatives.

    Documents that use `tf.math.exp(-0.1)` mean `math.exp(-0.1)` here.
    Source: Keras 2.3's `LearningRateScheduler`.

    >>> from types import SimpleNamespace
    >>> scheduler = LearningRateScheduler(lambda epoch, rate: rate / 2, verbose=1)
    >>> scheduler.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.02)))
    >>> scheduler.on_epoch_begin(0)
    Epoch 00001: LearningRateScheduler setting learning rate to 0.01.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule, self.verbose = schedule, verbose
        self.takes_rate = _takes_rate(schedule)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = model_of(self, "optimizer").optimizer
        rate = get_rate(optimizer)
        given = self.schedule(epoch, rate) if self.takes_rate else self.schedule(epoch)
        new_rate = checked_rate(given, f"the schedule, for epoch {epoch},")
        set_rate(optimizer, new_rate)
        if self.verbose:
            number = f"{epoch + 1:05d}"
            print(f"Epoch {number}: LearningRateScheduler setting learning rate to {new_rate:g}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            rate = get_rate(model_of(self, "optimizer").optimizer)
            logs.setdefault("learning_rate", rate)  # ReduceLROnPlateau has told it, then cut it


def _takes_rate(schedule: Callable[..., float]) -> bool:
    """Whether a schedule is called with the rate as well; TypeError if with neither."""
    try:
        signature = inspect.signature(schedule)
    except ValueError:  # some built-in functions tell nothing: taken as functions of the epoch
        return False
    for arguments in ((0, 0.0), (0,)):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return len(arguments) == 2
    raise TypeError(f"a schedule takes (epoch, rate) or (epoch), not {signature}")
