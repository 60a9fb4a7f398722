"""In the style of Keras's documents: everything on self, forgotten in on_train_begin."""

import math

RISES = {"acc", "accuracy", "auc", "recall", "precision"}


class EarlyStopping:
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
        self.min_delta = abs(min_delta)
        self.patience = max(1, patience)
        self.mode = mode
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch

    def set_model(self, model):
        self.model = model

    def better(self, score, best):
        if math.isnan(score):
            return False
        if best is None:
            return True
        if self.mode == "max":
            return score - best > self.min_delta
        return best - score > self.min_delta

    def on_train_begin(self, logs=None):
        self.wait = 0
        self.best = None
        self.bar = self.baseline
        self.weights = None

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get(self.monitor)
        if score is None or epoch < self.start_from_epoch:
            return
        over = self.better(score, self.bar)
        if over or self.better(score, self.best):
            self.best = score
            if self.restore_best_weights:
                self.weights = self.model.get_weights()
        if over:
            self.bar = score
            self.wait = 0
        else:
            self.wait += 1
            if self.wait >= self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.weights is not None:
            self.model.set_weights(self.weights)
