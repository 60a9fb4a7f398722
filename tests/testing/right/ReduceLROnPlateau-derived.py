"""Derived from our own Callback: a rule that is a function, and a free day instead of a counter."""

import operator

from minikeras.callbacks import Callback

FALLING = ("loss", "mse", "mae", "error", "crossentropy")
RISING = ("acc", "accuracy", "auc", "recall", "precision")


def is_better_by(mode, delta):
    if mode == "max":
        return lambda new, old: operator.gt(new - delta, old)
    return lambda new, old: operator.lt(new + delta, old)


def mode_of(name):
    word = name.split("_")[-1]
    if word not in FALLING + RISING:
        raise ValueError(f"I do not know {name!r}: pass mode='min' or mode='max'")
    return "min" if word in FALLING else "max"


class ReduceLROnPlateau(Callback):
    def __init__(self, monitor="val_loss", factor=0.1, patience=10, verbose=False,
                 mode="auto", min_delta=0.0001, cooldown=0, min_lr=0):  # fmt: skip
        super().__init__()
        if factor <= 0.0 or factor >= 1.0 or patience < 0:
            raise ValueError("0 < factor < 1 and patience >= 0")
        if mode not in {"auto", "min", "max"}:
            raise ValueError("mode is 'auto', 'min' or 'max'")
        self.is_better = is_better_by(mode_of(monitor) if mode == "auto" else mode, abs(min_delta))
        self.monitor, self.factor, self.min_lr = monitor, factor, min_lr
        self.patience, self.cooldown, self.verbose = patience or 1, max(0, cooldown - 1), verbose

    def on_train_begin(self, logs=None):
        # The count of epochs that had a score; the best score; and which of these epochs was the
        # last that was the best, or cut, or will cool.
        self.state = {"count": 0, "best": None, "last": 0}

    def on_epoch_end(self, epoch, logs=None):
        optimizer, state = self.model.optimizer, self.state
        if logs is not None:
            logs["learning_rate"] = float(optimizer.lr)
        if not logs or self.monitor not in logs:
            return
        state["count"] += 1
        score, count = logs[self.monitor], state["count"]
        if score == score and (state["best"] is None or self.is_better(score, state["best"])):
            state["best"], state["last"] = score, max(count, state["last"])
        elif count - state["last"] >= self.patience and optimizer.lr > self.min_lr:
            optimizer.lr = max(optimizer.lr * self.factor, self.min_lr)
            state["last"] = count + self.cooldown
            if self.verbose:
                print(f"learning rate: {optimizer.lr}")
