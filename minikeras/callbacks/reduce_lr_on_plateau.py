"""ReduceLROnPlateau: are the steps too large to get further down?"""

from __future__ import annotations

import warnings

from minikeras.callbacks.callback import Logs
from minikeras.callbacks.needs import model_of
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.monitoring import Improvement, Watch
from minikeras.rates import get_rate, set_rate

AT_FLOOR = 1.0 + 1e-6  # real Keras keeps rates as float32, a little off min_lr


class ReduceLROnPlateau(StatefulCallback):
    """Multiply the learning rate by `factor` when the score stops improving.

    - `monitor`: the key of the score in the logs.
    - `factor`: between 0 and 1; the new rate is `rate * factor`.
    - `patience`: epochs without improvement before a reduction; 0 acts as 1.
    - `verbose`: 1 prints each reduction.
    - `mode`: "min", "max", or "auto", which reads the direction off the name.
    - `min_delta`: a change up to this size counts as none.
    - `cooldown`: epochs after a reduction in which nothing is counted; 1 acts as 0, because the
      epoch in which the count ends is counted again (Keras 2 and 3 agree).
    - `min_lr`: the rate never falls below it.

    Adds `learning_rate`, as it was in the epoch, to the logs. Needs a model whose optimizer has
    `learning_rate` or `lr`. ValueError for settings out of range; `epsilon` is the old name of
    `min_delta`. Source: Keras 2.3's `ReduceLROnPlateau`.

    >>> from types import SimpleNamespace
    >>> reducing = ReduceLROnPlateau(monitor="loss", factor=0.5, patience=1)
    >>> reducing.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1)))
    >>> reducing.on_train_begin()
    >>> for epoch, loss in enumerate([3.0, 2.0, 2.0]):
    ...     reducing.on_epoch_end(epoch, {"loss": loss})
    >>> reducing.model.optimizer.learning_rate
    0.05
    """

    memory = ("best", "wait", "cooldown_counter")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: int = 0,
        min_lr: float = 0,
        *,
        epsilon: float | None = None,
    ) -> None:
        if not 0.0 < factor < 1.0:
            raise ValueError(f"factor makes the rate smaller: it lies in (0, 1), not {factor}")
        for name, value in (("patience", patience), ("cooldown", cooldown), ("min_lr", min_lr)):
            if not value >= 0:
                raise ValueError(f"{name} is at least 0, not {value}")
        if epsilon is not None:
            warnings.warn(
                "`epsilon` argument is deprecated and will be removed, use `min_delta` instead.",
                DeprecationWarning,
                stacklevel=2,
            )
            min_delta = epsilon
        self.monitor, self.factor, self.patience = monitor, factor, patience
        self.verbose, self.mode, self.min_delta = verbose, mode, min_delta
        self.cooldown, self.min_lr = cooldown, min_lr
        self.improvement = Improvement.watching(monitor, mode, min_delta)
        self.watch = Watch(monitor, type(self).__name__)
        self.reset()

    def reset(self) -> None:
        self.best: float | None = None
        self.wait = 0
        self.cooldown_counter = 0
        self.watch.reset()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        get_rate(model_of(self, "optimizer").optimizer)
        super().on_train_begin(logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        rate = get_rate(self.model.optimizer)
        if logs is not None:
            logs["learning_rate"] = rate
        score = self.watch.read(logs, self.params)
        if score is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improvement.beats(score, self.best):
            self.best, self.wait = score, 0
        elif self.cooldown_counter == 0:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr * AT_FLOOR:
                self._reduce(epoch, rate)

    def _reduce(self, epoch: int, rate: float) -> None:
        new_rate = max(rate * self.factor, self.min_lr)
        set_rate(self.model.optimizer, new_rate)
        self.cooldown_counter, self.wait = self.cooldown, 0
        if self.verbose:
            number = f"{epoch + 1:05d}"
            print(f"Epoch {number}: ReduceLROnPlateau reducing learning rate to {new_rate:g}.")
