"""Derived from Callback, with all that changes in one object that each fit makes anew."""

import math
from dataclasses import dataclass
from operator import gt, lt
from typing import Any

from minikeras.callbacks import Callback
from minikeras.monitoring import direction_of


@dataclass
class Memory:
    bar: float | None
    best: float | None = None
    weights: Any = None
    failures: int = 0


class EarlyStopping(Callback):
    memory: Memory

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
    ):
        super().__init__()
        if patience < 0:
            raise ValueError("patience must not be negative")
        if mode == "auto":
            mode = direction_of(monitor)
        self.monitor, self.patience = monitor, patience
        sign = {"min": 1, "max": -1}.get(mode)
        if sign is None:
            raise ValueError(f"unknown mode {mode}")
        self.compare = lt if sign > 0 else gt
        self.delta = sign * abs(min_delta)
        self.baseline, self.start = baseline, start_from_epoch
        self.restores = restore_best_weights

    def on_train_begin(self, logs=None):
        self.memory = Memory(self.baseline)

    def beats(self, score, bar):
        if bar is None:
            return not math.isnan(score)
        return self.compare(score + self.delta, bar)

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if epoch < self.start or self.monitor not in logs:
            return
        score, memory = logs[self.monitor], self.memory
        is_over_bar = self.beats(score, memory.bar)
        if is_over_bar or self.beats(score, memory.best):
            memory.best = score
            memory.weights = self.model.get_weights() if self.restores else None
        if is_over_bar:
            memory.bar, memory.failures = score, 0
            return
        memory.failures += 1
        if memory.failures >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.memory.weights is not None:
            self.model.set_weights(self.memory.weights)
