"""What happened in each epoch, and can I still look at it tomorrow?"""

# %% gaps
from minikeras.lab import PRESETS
from minikeras.loops import loop

scores = PRESETS["gaps"].scores[:8]  # validated in every other epoch
epochs = loop(epochs=8)
for epoch in epochs:
    epoch.log(loss=round(0.7 * 0.85**epoch.number, 2))
    if scores[epoch.number] is not None:
        epoch.log(val_loss=scores[epoch.number])
history = epochs.history
history.history

# %% two-fits
from minikeras.callbacks import History

mine = History()
for count in (3, 2):
    for epoch in loop([mine], epochs=count):
        epoch.log(loss=1 / (epoch.number + 1))
    print(mine.epoch, mine.history)

# %% names
for epoch in loop([mine], epochs=2):
    epoch.log(loss=0.5, accuracy=0.9)
print(list(mine.history))
try:
    mine.history["acc"]
except KeyError as error:
    print("KeyError:", error)

# %% places
losses = history.history["val_loss"]
where = losses.index(0.44)
print("place", where, "in the list")
print("epoch", history.epochs_of["val_loss"][where] + 1)
points = {epoch + 1: scores[epoch] for epoch in history.epochs_of["val_loss"]}

# %% exercise
from minikeras.lessons import check_best_epoch


def best_epoch(scores, mode):
    best = min(scores) if mode == "min" else max(scores)
    return scores.index(best)


check_best_epoch(best_epoch)

# %% solution
import math

from minikeras.lessons import check_best_epoch


def best_epoch(scores, mode):
    numbers = [score for score in scores if score is not None and not math.isnan(score)]
    if not numbers:
        return None
    return scores.index(min(numbers) if mode == "min" else max(numbers))


check_best_epoch(best_epoch)
