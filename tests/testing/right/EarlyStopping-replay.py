"""Remembers all scores of the fit, and thinks it over from the beginning after each epoch."""

import math


class EarlyStopping:
    model = None

    def __init__(self, monitor="val_loss", min_delta=0, patience=0, verbose=0, mode="auto",
                 baseline=None, restore_best_weights=False, start_from_epoch=0):  # fmt: skip
        last = monitor.split("_")[-1]
        rising = last in ("acc", "accuracy", "auc", "precision", "recall")
        falling = last in ("loss", "mse", "mae", "error", "crossentropy")
        if mode not in ("auto", "min", "max") or patience < 0:
            raise ValueError("mode is auto, min or max, and patience at least 0")
        if mode == "auto" and not (rising or falling):
            raise ValueError(f"min or max for {monitor}?")
        self.sign = -1.0 if mode == "max" or (mode == "auto" and rising) else 1.0
        self.monitor, self.patience, self.delta = monitor, patience or 1, abs(min_delta)
        self.baseline = math.inf if baseline is None else self.sign * baseline
        self.wants_best, self.start = restore_best_weights, start_from_epoch

    def on_train_begin(self, logs=None):
        self.scores, self.kept = [], {}

    def on_epoch_end(self, epoch, logs=None):
        if epoch >= self.start and logs and self.monitor in logs:
            self.scores.append(self.sign * float(logs[self.monitor]))
            self.kept[len(self.scores)] = self.model.get_weights()
            _, failures = self.story()
            self.model.stop_training |= failures >= self.patience

    def on_train_end(self, logs=None):
        best, _ = self.story()
        if self.wants_best and best:
            self.model.set_weights(self.kept[best])

    def story(self):
        """Return the number of the best score, or 0, and how many have failed since."""
        best, lowest, bar, failures = 0, math.inf, self.baseline, 0
        for number, score in enumerate(self.scores, 1):
            is_first = not best and not math.isnan(score)
            is_over = score + self.delta < bar or (is_first and bar == math.inf)
            if is_over or is_first or score + self.delta < lowest:
                best, lowest = number, score
            bar, failures = (score, 0) if is_over else (bar, failures + 1)
        return best, failures
