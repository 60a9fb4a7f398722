"""In the style of Keras's documents: everything on self, the best score kept between fits."""

import math
import string

RISES = {"acc", "accuracy", "auc", "recall", "precision"}


class ModelCheckpoint:
    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        save_weights_only=False,
        mode="auto",
        period=1,
        initial_value_threshold=None,
        save_freq="epoch",
    ):
        if period < 1:
            raise ValueError(f"period is at least 1, not {period}")
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode is auto, min or max, not {mode}")
        if mode == "auto" and save_best_only:
            name = monitor.removeprefix("val_")
            if name in RISES:
                mode = "max"
            elif name in ("loss", "mse") or name.endswith(("_loss", "_error", "_crossentropy")):
                mode = "min"
            else:
                raise ValueError(f"is a larger {monitor} better?")
        for _, field, form, conversion in string.Formatter().parse(filepath):
            if field and (not field.isidentifier() or conversion or "{" in form):
                raise ValueError(f"{field} is no plain name")
        self.filepath = filepath
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.mode = mode
        self.period = period
        self.best = initial_value_threshold
        self.since = 0

    def set_model(self, model):
        self.model = model

    def better(self, score):
        if math.isnan(score):
            return False
        if self.best is None:
            return True
        return score > self.best if self.mode == "max" else score < self.best

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        self.since += 1
        if self.since < self.period:
            return
        self.since = 0
        if self.save_best_only:
            score = logs.get(self.monitor)
            if score is None or not self.better(score):
                return
            self.best = score
        self.save({"epoch": epoch + 1, **logs})

    def save(self, fields):
        try:
            path = self.filepath.format(**fields)
        except KeyError as error:
            raise KeyError(f"no {error} in the logs; there are: {', '.join(fields)}") from None
        if self.verbose:
            print(f"saving to {path}")
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
