"""A Callback of the library; the schedule is wrapped once, so that it always takes two."""

from inspect import signature
from numbers import Real

from minikeras.callbacks import Callback


class LearningRateScheduler(Callback):
    def __init__(self, schedule, verbose=0):
        super().__init__()
        self.verbose, self.ask = verbose, with_rate(schedule)

    def on_epoch_begin(self, epoch, logs=None):
        optimizer = self.model.optimizer
        optimizer.learning_rate = self.rate = checked(self.ask(epoch, optimizer.learning_rate))

    def on_epoch_end(self, epoch, logs=None):
        if isinstance(logs, dict):
            logs.setdefault("learning_rate", self.rate)


def with_rate(schedule):
    try:
        signature(schedule).bind(0, 0.1)
    except TypeError:
        return lambda epoch, rate: schedule(epoch)
    return schedule


def checked(rate):
    if not isinstance(rate, Real):
        raise TypeError(f"no number: {rate!r}")
    if not 0 <= rate < float("inf"):
        raise ValueError(f"no rate: {rate}")
    return float(rate)
