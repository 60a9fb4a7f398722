"""With csv.writer and a file that stays open, as in Keras; a line for every rule."""

import csv
import os


class CSVLogger:
    def __init__(self, filename, separator=",", append=False):
        self.filename = filename
        self.separator = separator
        self.append = append
        self.params = {}

    def set_params(self, params):
        self.params = params

    def on_train_begin(self, logs=None):
        folder = os.path.dirname(self.filename)
        if folder:
            os.makedirs(folder, exist_ok=True)
        self.header = None
        if self.append and os.path.exists(self.filename):
            with open(self.filename, newline="") as file:
                self.header = next(csv.reader(file, delimiter=self.separator), None)
        self.file = open(self.filename, "a" if self.append else "w", newline="")  # noqa: SIM115
        self.writer = csv.writer(self.file, delimiter=self.separator)
        self.keys = None

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if self.keys is None:
            names = set(logs)
            if self.params.get("do_validation"):
                names |= {name for name in self.params["metrics"] if name.startswith("val_")}
            self.keys = sorted(names)
            if self.header is None:
                self.writer.writerow(["epoch", *self.keys])
            elif self.header != ["epoch", *self.keys]:
                self.file.close()
                raise ValueError(f"{self.filename} has other columns: {self.header}")
        self.writer.writerow([epoch, *(logs.get(key, "NA") for key in self.keys)])
        self.file.flush()

    def on_train_end(self, logs=None):
        self.file.close()
