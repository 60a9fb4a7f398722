"""When are the steps too large to get further down?"""

import math


class Plateau:
    """Cut the learning rate after patience epochs without a new best val_loss, then cool."""

    def __init__(self, patience, factor, cooldown, min_lr):
        self.patience = max(1, patience)
        self.factor = factor
        self.cooldown = cooldown
        self.min_lr = min_lr

    def on_train_begin(self, logs=None):
        self.best = None
        self.wait = 0
        self.cooling = 0

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get("val_loss")
        if score is None:
            return
        if self.cooling > 0:
            self.cooling -= 1
        if not math.isnan(score) and (self.best is None or score < self.best):
            self.best = score
            self.wait = 0
        elif self.cooling == 0:
            self.wait += 1
            if self.wait >= self.patience:
                self.cut()

    def cut(self):
        optimizer = self.model.optimizer
        if optimizer.learning_rate > self.min_lr:
            optimizer.learning_rate = max(optimizer.learning_rate * self.factor, self.min_lr)
        self.wait = 0
        self.cooling = self.cooldown
