"""EarlyStopping: when has training stopped helping?"""

from __future__ import annotations

from typing import Any

from minikeras.callbacks.callback import Logs
from minikeras.callbacks.needs import model_of
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.monitoring import Improvement, Watch


class EarlyStopping(StatefulCallback):
    """Stop when the score has not improved for `patience` epochs in a row.

    - `monitor`: the key of the score in the logs.
    - `min_delta`: a change up to this size counts as none.
    - `patience`: epochs without improvement after which training stops; 0 acts as 1.
    - `verbose`: 1 prints when it stops and restores.
    - `mode`: "min", "max", or "auto", which reads the direction off the name.
    - `baseline`: a score to beat first; epochs that do not beat it count as no improvement.
    - `restore_best_weights`: put back the weights of the best epoch when training ends, whatever
      ended it. Needs a model with `get_weights` and `set_weights`.
    - `start_from_epoch`: epochs before this one, counted from 0, are not looked at.

    Afterwards `best`, `best_epoch`, `has_stopped`, `stopped_epoch` and `wait` tell what happened;
    epochs count from 0 there. ValueError for a negative patience, or a name that "auto" does not
    know. Source: Keras 2.3's `EarlyStopping`; Prechelt, "Early Stopping - But When?" (1998).

    >>> from types import SimpleNamespace
    >>> stopping = EarlyStopping(monitor="loss", patience=2, verbose=1)
    >>> stopping.set_model(SimpleNamespace(stop_training=False))
    >>> stopping.on_train_begin()
    >>> for epoch, loss in enumerate([3.0, 2.0, 2.5, 2.25]):
    ...     stopping.on_epoch_end(epoch, {"loss": loss})
    >>> stopping.on_train_end()
    Epoch 00004: early stopping
    >>> stopping.model.stop_training, stopping.best
    (True, 2.0)
    """

    memory = (
        "best",
        "best_epoch",
        "best_weights",
        "wait",
        "stopped_epoch",
        "has_stopped",
        "is_baseline_beaten",
    )

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        if patience < 0:
            raise ValueError(f"patience is a number of epochs, at least 0, not {patience}")
        self.monitor, self.min_delta, self.patience = monitor, min_delta, patience
        self.verbose, self.mode, self.baseline = verbose, mode, baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.improvement = Improvement.watching(monitor, mode, min_delta)
        self.watch = Watch(monitor, type(self).__name__)
        self.reset()

    def reset(self) -> None:
        self.best: float | None = None
        self.best_epoch = 0
        self.best_weights: Any = None
        self.wait = 0
        self.stopped_epoch, self.has_stopped = 0, False
        self.is_baseline_beaten = self.baseline is None
        self.watch.reset()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        needs = ("get_weights", "set_weights") if self.restore_best_weights else ()
        model_of(self, *needs)
        super().on_train_begin(logs)
        if self.has_stopped:  # before its state was saved
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if epoch < self.start_from_epoch:
            return
        score = self.watch.read(logs, self.params)
        if score is None:
            return
        bar = self.best if self.is_baseline_beaten else self.baseline
        beats_bar = self.improvement.beats(score, bar)
        if beats_bar or self.improvement.beats(score, self.best):
            self.best, self.best_epoch = score, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
        if beats_bar:
            self.wait, self.is_baseline_beaten = 0, True
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.stopped_epoch, self.has_stopped = epoch, True
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.has_stopped and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1:05d}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                best = self.best_epoch + 1
                print(f"Restoring model weights from the end of the best epoch: {best}.")
            self.model.set_weights(self.best_weights)
