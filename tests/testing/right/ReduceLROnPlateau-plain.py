"""In the style of Keras's documents: everything on self, forgotten in on_train_begin."""

import math

RISES = {"acc", "accuracy", "auc", "recall", "precision"}


class ReduceLROnPlateau:
    def __init__(
        self,
        monitor="val_loss",
        factor=0.1,
        patience=10,
        verbose=0,
        mode="auto",
        min_delta=1e-4,
        cooldown=0,
        min_lr=0.0,
    ):
        if not 0 < factor < 1:
            raise ValueError(f"factor lies between 0 and 1, {factor} does not")
        if patience < 0:
            raise ValueError(f"patience is at least 0, not {patience}")
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode is auto, min or max, not {mode}")
        if mode == "auto":
            name = monitor.removeprefix("val_")
            if name in RISES:
                mode = "max"
            elif name in ("loss", "mse") or name.endswith(("_loss", "_error", "_crossentropy")):
                mode = "min"
            else:
                raise ValueError(f"is a larger {monitor} better?")
        self.monitor = monitor
        self.factor = factor
        self.patience = max(1, patience)
        self.verbose = verbose
        self.mode = mode
        self.min_delta = abs(min_delta)
        self.cooldown = cooldown
        self.min_lr = min_lr

    def set_model(self, model):
        self.model = model

    def better(self, score):
        if math.isnan(score):
            return False
        if self.best is None:
            return True
        if self.mode == "max":
            return score > self.best + self.min_delta
        return score < self.best - self.min_delta

    def on_train_begin(self, logs=None):
        self.best = None
        self.wait = 0
        self.cooling = 0

    def on_epoch_end(self, epoch, logs=None):
        logs = {} if logs is None else logs
        rate = self.model.optimizer.learning_rate
        logs["learning_rate"] = rate
        score = logs.get(self.monitor)
        if score is None:
            return
        if self.cooling > 0:
            self.cooling -= 1
        if self.better(score):
            self.best = score
            self.wait = 0
        elif self.cooling == 0:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                rate = max(rate * self.factor, self.min_lr)
                self.model.optimizer.learning_rate = rate
                self.wait = 0
                self.cooling = self.cooldown
                if self.verbose:
                    print(f"epoch {epoch + 1}: the learning rate is now {rate}")
