"""Which epochs do I want to have tomorrow?"""

import math


class Keep:
    """Save the model in each due epoch whose score is the best of those compared so far."""

    def __init__(self, filepath, monitor, period=1):
        self.filepath = filepath
        self.monitor = monitor
        self.period = period
        self.best = None  # a second fit goes on from here

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        score = logs.get(self.monitor)
        is_due = (epoch + 1) % self.period == 0
        if is_due and score is not None and self.is_best(score):
            self.best = score
            self.model.save(self.path({"epoch": epoch + 1, **logs}))

    def is_best(self, score):
        return not math.isnan(score) and (self.best is None or score < self.best)

    def path(self, fields):
        try:
            return self.filepath.format(**fields)
        except KeyError as key:
            raise KeyError(f"the logs have no {key}, only {', '.join(fields)}") from None
