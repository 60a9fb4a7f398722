"""What happened last night?"""

# %% train
import minikeras as keras
from minikeras.callbacks import CSVLogger
from minikeras.datasets import digits
from minikeras.layers import Dense, Flatten

(x, y), (x_held, y_held) = digits.load_data(shuffle=False)
keras.utils.set_random_seed(0)
model = keras.Sequential([Flatten(input_shape=(8, 8)), Dense(32, activation="relu")])
model.add(Dense(10, activation="softmax"))
model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
held_out = (x_held / 16, y_held)
logger = CSVLogger("night.csv")
history = model.fit(x / 16, y, epochs=10, validation_data=held_out, callbacks=[logger], verbose=0)

# %% file
from pathlib import Path

print(Path("night.csv").read_text(), end="")

# %% read
import csv


def read(name):
    """Return the rows of a log: a dict of numbers for each epoch."""
    with open(name, newline="") as file:
        return [{key: float(cell) for key, cell in row.items()} for row in csv.DictReader(file)]


rows = read("night.csv")
best = min(rows, key=lambda row: row["val_loss"])
print("column epoch:", best["epoch"])
print("counted from 1:", int(best["epoch"]) + 1)

# %% columns
losses = [row["loss"] for row in rows]
held_out_losses = [row["val_loss"] for row in rows]
print("the same as in History:", losses == history.history["loss"])

# %% board native
import os
from minikeras.callbacks import TensorBoard

board = TensorBoard("logs", update_freq="batch")
model.fit(x / 16, y, epochs=3, validation_data=held_out, callbacks=[board], verbose=0)
print(sorted(os.listdir("logs")))

# %% tags native
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

for run in ("train", "validation"):
    events = EventAccumulator(f"logs/{run}").Reload()
    for tag in events.Tags()["scalars"]:
        steps = [point.step for point in events.Scalars(tag)]
        print(f"{run:<10} {tag:<10} {len(steps):>3} points, step {steps[0]} to {steps[-1]}")

# %% nights
from minikeras.callbacks import ReduceLROnPlateau
from minikeras.lab import PRESETS, replay

a, b = PRESETS["plateau"].scores[:20], PRESETS["overfit"].scores
trained_a = [round(0.9 * score, 3) for score in a]
trained_b = [round(0.9 * 0.8**epoch, 3) for epoch in range(20)]

reduce = ReduceLROnPlateau(patience=3, factor=0.5)
replay(a, reduce, CSVLogger("a.csv"), beside={"loss": trained_a})
replay(b, CSVLogger("b.csv"), beside={"loss": trained_b})
print(Path("a.csv").read_text())
print(Path("b.csv").read_text(), end="")

# %% exercise
from minikeras.lessons import check_reading

check_reading(
    "a.csv",
    "b.csv",
    overfits="a.csv",  # which of the two runs overfits?
    best=19,  # in which epoch of that run, counted from 1, is val_loss lowest?
    cuts=[10, 17],  # the first epochs of a.csv, from 1, that trained with a smaller rate
    epoch_of_100=100,  # 45 batches an epoch: in which epoch, from 1, lies step 100 of batch_loss?
)

# %% solution
from minikeras.lessons import check_reading

check_reading(
    "a.csv",
    "b.csv",
    overfits="b.csv",  # its val_loss rises again, while its loss falls
    best=10,  # the row says 9
    cuts=[11, 18],  # the rows say 10 and 17
    epoch_of_100=3,  # steps 91 to 135
)
