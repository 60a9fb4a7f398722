"""When has training stopped helping?"""

# %% stop
from minikeras.callbacks import EarlyStopping
from minikeras.lab import PRESETS
from minikeras.loops import loop

scores = PRESETS["zigzag"].scores  # the val_loss of 20 epochs
stopping = EarlyStopping(patience=3)
for epoch in loop([stopping], epochs=20):
    epoch.log(val_loss=scores[epoch.number])
    print("epoch", epoch.number + 1, "val_loss", scores[epoch.number])
print("best", stopping.best, "in the epoch with index", stopping.best_epoch)

# %% why
from minikeras.lab import replay

replay("zigzag", EarlyStopping(patience=3))

# %% patience
for patience in range(6):
    run = replay("zigzag", EarlyStopping(patience=patience))
    print("patience", patience, "stops after epoch", run.stopped, "best", run.rows[-1].best)

# %% restore
for asked in (False, True):
    run = replay("zigzag", EarlyStopping(patience=5, restore_best_weights=asked))
    last = run.rows[-1].epoch
    print(asked, "- stopped:", run.stopped, "- weights of epoch", run.restored or last)

# %% missing
import warnings

from minikeras.testing import check  # for the exercises below

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for epoch in loop([EarlyStopping(patience=3)], epochs=20):
        epoch.log(loss=scores[epoch.number])
print(epoch.number + 1, "epochs,", len(caught), "warning:")
print(caught[0].message)


# %% exercise
def stop_epoch(scores, patience):
    wait = 0
    for epoch in range(1, len(scores)):
        wait = 0 if scores[epoch] < scores[epoch - 1] else wait + 1
        if wait >= max(1, patience):
            return epoch  # counted from 0
    return None


check("A2", stop_epoch)

# %% solution
import math


def stop_epoch(scores, patience):
    best, wait = math.inf, 0
    for epoch, score in enumerate(scores):
        if score is None:
            continue
        best, wait = (score, 0) if score < best else (best, wait + 1)
        if wait >= max(1, patience):
            return epoch
    return None


check("A2", stop_epoch)


# %% exercise-2
class Stop:
    def __init__(self, monitor, patience=0, restore_best_weights=False, start_from_epoch=0):
        self.monitor, self.patience = monitor, max(1, patience)
        self.restores, self.start = restore_best_weights, start_from_epoch
        self.best, self.wait, self.weights = float("inf"), 0, None

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get(self.monitor)
        if score is None or epoch < self.start:
            return
        self.wait += 1
        if score < self.best:  # never so for NaN
            self.best, self.wait, self.weights = score, 0, self.model.get_weights()
        if self.wait >= self.patience:
            self.model.stop_training = True
            if self.restores:
                self.model.set_weights(self.weights)


check("A3", Stop)


# %% solution-2
class Stop:
    def __init__(self, monitor, patience=0, restore_best_weights=False, start_from_epoch=0):
        self.monitor, self.patience = monitor, max(1, patience)
        self.restores, self.start = restore_best_weights, start_from_epoch

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.weights = float("inf"), 0, None

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get(self.monitor)
        if score is None or epoch < self.start:
            return
        self.wait += 1
        if score < self.best:  # never so for NaN
            self.best, self.wait, self.weights = score, 0, self.model.get_weights()
        if self.wait >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.restores and self.weights is not None:
            self.model.set_weights(self.weights)


check("A3", Stop)
