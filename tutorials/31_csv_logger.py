"""What happened last night?"""

# %% gaps
from pathlib import Path

from minikeras.callbacks import CSVLogger
from minikeras.lab import PRESETS
from minikeras.loops import loop

scores = PRESETS["gaps"].scores  # None in every epoch without validation
names = ["loss", "val_loss"]
for epoch in loop([CSVLogger("night.csv")], epochs=8, metrics=names):
    epoch.log(loss=round(0.9 * 0.8**epoch.number, 3))
    if scores[epoch.number] is not None:
        epoch.log(val_loss=scores[epoch.number])
print(Path("night.csv").read_text())


# %% append
def fit(epochs, initial_epoch=0, append=False):
    """Train a little, and return the first column of the file."""
    logger = CSVLogger("log.csv", append=append)
    for epoch in loop([logger], epochs=epochs, initial_epoch=initial_epoch):
        epoch.log(loss=1 / (epoch.number + 1))
    return [line.split(",")[0] for line in Path("log.csv").read_text().splitlines()]


print(fit(3))
print(fit(2, append=True))

# %% go-on
print(fit(3))
print(fit(5, initial_epoch=3, append=True))

# %% read
import csv

with open("night.csv", newline="") as file:
    rows = list(csv.DictReader(file))
known = [row for row in rows if row["val_loss"] != "NA"]
best = min(known, key=lambda row: float(row["val_loss"]))
print("best", best["val_loss"], "in the row with epoch", best["epoch"])

# %% other-columns
try:
    for epoch in loop([CSVLogger("log.csv", append=True)], epochs=1):
        epoch.log(loss=0.5, accuracy=0.75)
except ValueError as error:
    print(error)

# %% exercise
from minikeras.lessons import check_table


class Table:
    def __init__(self, path):
        self.path = Path(path)

    def on_train_begin(self, logs=None):
        self.file = self.path.open("w")
        self.columns = None

    def on_epoch_end(self, epoch, logs=None):
        if self.columns is None:
            self.columns = sorted(logs)
            print("epoch", *self.columns, sep=",", file=self.file)
        row = [logs[name] for name in sorted(logs)]
        print(epoch, *row, sep=",", file=self.file)

    def on_train_end(self, logs=None):
        self.file.close()


check_table(Table)

# %% solution
from minikeras.lessons import check_table


class Table:
    def __init__(self, path):
        self.path = Path(path)

    def on_train_begin(self, logs=None):
        self.file = self.path.open("w")
        self.columns = None

    def on_epoch_end(self, epoch, logs=None):
        if self.columns is None:
            self.columns = sorted(logs)
            print("epoch", *self.columns, sep=",", file=self.file)
        row = [logs.get(name, "NA") for name in self.columns]
        print(epoch, *row, sep=",", file=self.file)
        self.file.flush()  # a killed process takes with it what it has not written

    def on_train_end(self, logs=None):
        self.file.close()


check_table(Table)
