"""The callback I need is not in the list: how do I write it?"""

# %% losses
losses = [0.90, 0.70, 0.55, 0.43, 0.33, 0.25, 0.19, 0.14, 0.10, 0.07]
held_out = [0.92, 0.74, 0.62, 0.53, 0.47, 0.43, 0.41, 0.40, 0.41, 0.43]

# %% chart
from minikeras.callbacks import Callback
from minikeras.lab import replay


class Chart(Callback):
    """Draw a bar for each epoch: the gap between held-out rows and training."""

    def on_epoch_end(self, epoch, logs=None):
        gap = logs["val_loss"] - logs["loss"]
        print(f"epoch {epoch + 1:2}  gap {gap:.2f}  {'#' * round(100 * gap)}")


run = replay(held_out, Chart(), beside={"loss": losses})

# %% printed
import warnings
from minikeras.callbacks import EarlyStopping

with warnings.catch_warnings(record=True, action="always") as told:
    run = replay(held_out, EarlyStopping(monitor="gap", mode="min"), beside={"loss": losses})
print(told[0].message)
print("stopped after epoch:", run.stopped)


# %% add
class AddGap(Callback):
    """Add `gap` to the logs, so that the callbacks behind this one find it."""

    def on_epoch_end(self, epoch, logs=None):
        logs["gap"] = logs["val_loss"] - logs["loss"]


# %% order
def stops(*callbacks):
    with warnings.catch_warnings(record=True, action="always") as told:
        run = replay(held_out, *callbacks, beside={"loss": losses})
    return f"stopped after epoch: {run.stopped}, warnings: {len(told)}"


print(stops(EarlyStopping(monitor="gap", mode="min", patience=3), AddGap()))
print(stops(AddGap(), EarlyStopping(monitor="gap", mode="min", patience=3)))


# %% stop
class GapStop(Callback):
    """Stop when the gap has been above `most` in `times` epochs."""

    def __init__(self, most, times):
        self.most, self.times = most, times

    def on_train_begin(self, logs=None):
        self.count = 0

    def on_epoch_end(self, epoch, logs=None):
        gap = logs["val_loss"] - logs["loss"]
        self.count += gap > self.most
        if self.count >= self.times:
            self.model.stop_training = True


# %% twice
gap_stop = GapStop(0.15, times=2)
for fit in (1, 2):
    run = replay(held_out, gap_stop, beside={"loss": losses})
    print("fit", fit, "stopped after epoch", run.stopped)


# %% exercise
from minikeras.callbacks import Callback
from minikeras.lessons import check_time_limit


class TimeLimit(Callback):
    """Stop after the first epoch that ends `seconds` or more after training began."""

    def __init__(self, seconds, clock):
        self.seconds, self.clock = seconds, clock  # clock() returns the time in seconds
        self.start = clock()

    def on_epoch_end(self, epoch, logs=None):
        if self.clock() - self.start > self.seconds:
            self.model.stop_training = True


check_time_limit(TimeLimit)

# %% solution
from minikeras.callbacks import Callback
from minikeras.lessons import check_time_limit


class TimeLimit(Callback):
    """Stop after the first epoch that ends `seconds` or more after training began."""

    def __init__(self, seconds, clock):
        self.seconds, self.clock = seconds, clock  # clock() returns the time in seconds

    def on_train_begin(self, logs=None):
        self.start = self.clock()

    def on_epoch_end(self, epoch, logs=None):
        if self.clock() - self.start >= self.seconds:
            self.model.stop_training = True


check_time_limit(TimeLimit)
