"""How large should the steps be, epoch by epoch?"""

# %% schedule
import math


def schedule(epoch, lr):
    if epoch < 10:
        return lr
    return lr * math.exp(-0.1)


# %% run
from minikeras.callbacks import LearningRateScheduler
from minikeras.lab import replay

run = replay("flat", LearningRateScheduler(schedule), lr=0.01)
for row in run.rows[8:15]:
    print("epoch", row.epoch, "lr", f"{row.learning_rate:.5f}")


# %% first-or-current
def from_current(epoch, lr):
    return lr * 0.9**epoch


def from_first(epoch):
    return 0.1 * 0.9**epoch


for schedule_of in (from_current, from_first):
    rows = replay("flat", LearningRateScheduler(schedule_of), lr=0.1).rows
    print(schedule_of.__name__, "epoch", rows[10].epoch, f"lr {rows[10].learning_rate:.4f}")

# %% undo
from minikeras.callbacks import ReduceLROnPlateau
from minikeras.lab import PRESETS

constant = LearningRateScheduler(lambda epoch: 0.1)
replay(PRESETS["flat"].scores[:9], constant, ReduceLROnPlateau(patience=2, factor=0.5))

# %% refused
for wrong in (lambda epoch: float("nan"), lambda epoch: -0.1, lambda epoch: "0.1"):
    try:
        replay("flat", LearningRateScheduler(wrong))
    except (ValueError, TypeError) as error:
        print(f"{type(error).__name__}: {error}")

# %% exercise
from minikeras.lessons import check_warmup


def warmup(epoch):
    return min(0.1, 0.02 * epoch)


check_warmup(warmup)

# %% solution
from minikeras.lessons import check_warmup


def warmup(epoch):
    return min(0.1, 0.02 * (epoch + 1))


check_warmup(warmup)
