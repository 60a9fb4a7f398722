"""A3: stop when training has stopped helping, as a callback."""

import math


class Stop:
    """Stop after `patience` epochs in a row without a new best score; 0 acts as 1."""

    def __init__(self, monitor="val_loss", patience=0, restore_best_weights=False,
                 start_from_epoch=0):  # fmt: skip
        self.monitor, self.patience = monitor, max(1, patience)
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch

    def set_model(self, model):
        self.model = model

    def on_train_begin(self, logs=None):
        self.best, self.best_weights, self.wait = None, None, 0

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get(self.monitor)
        if score is None or epoch < self.start_from_epoch:
            return
        if not math.isnan(score) and (self.best is None or score < self.best):
            self.best, self.wait = score, 0
            self.best_weights = self.model.get_weights()
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.restore_best_weights and self.best_weights is not None:
            self.model.set_weights(self.best_weights)
