"""Keeps a copy of each epoch's logs, and makes the lists when they are asked for."""

from minikeras.callbacks import Callback


class History(Callback):
    def on_train_begin(self, logs=None):
        self.rows = {}

    def on_epoch_end(self, epoch, logs=None):
        self.rows[epoch] = {**(logs or {})}

    @property
    def epoch(self):
        return list(self.rows)

    @property
    def history(self):
        names = {name: None for row in self.rows.values() for name in row}
        return {n: [row[n] for row in self.rows.values() if n in row] for n in names}
