"""A Callback of the library with a DictWriter, which opens the file anew for every row."""

from csv import DictReader, DictWriter
from pathlib import Path

from minikeras.callbacks import Callback


class CSVLogger(Callback):
    def __init__(self, filename, separator=",", append=False):
        self.path, self.separator, self.append = Path(filename), separator, append

    def on_train_begin(self, logs=None):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.append:
            self.path.write_text("")
        self.columns = None

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch, **(logs or {})}
        if self.columns is None:
            self.begin(row)
        with self.path.open("a", newline="") as file:
            self.writer(file).writerow({n: self.text(v) for n, v in row.items()})

    def begin(self, row):
        later = self.params.get("metrics") if self.params.get("do_validation") else None
        names = {*row, *(name for name in later or [] if name.startswith("val_"))} - {"epoch"}
        self.columns = ["epoch", *sorted(names)]
        with self.path.open("a+", newline="") as file:
            file.seek(0)
            before = DictReader(file, delimiter=self.separator).fieldnames
            if not before:
                self.writer(file).writeheader()
            elif list(before) != self.columns:
                raise ValueError(f"{self.path} has the columns {before}, not {self.columns}")

    def writer(self, file):
        return DictWriter(
            file,
            self.columns,
            delimiter=self.separator,
            restval="NA",
            extrasaction="ignore",
            lineterminator="\n",
        )

    @staticmethod
    def text(value):
        return f'"[{", ".join(map(str, value))}]"' if isinstance(value, (list, tuple)) else value
