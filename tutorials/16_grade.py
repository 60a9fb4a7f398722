"""Is mine right?"""

# %% mine
from minikeras.callbacks import Callback


class Mine(Callback):
    """Stop after `patience` epochs in a row that are not better; 0 acts as 1."""

    def __init__(self, monitor="val_loss", patience=0, restore_best_weights=False,
                 start_from_epoch=0):  # fmt: skip
        self.monitor, self.patience = monitor, max(1, patience)

    def on_train_begin(self, logs=None):
        self.last, self.wait = float("inf"), 0

    def on_epoch_end(self, epoch, logs=None):
        score = logs[self.monitor]
        self.wait = 0 if score < self.last else self.wait + 1
        self.last = score
        if self.wait >= self.patience:
            self.model.stop_training = True


# %% smooth
from minikeras.callbacks import EarlyStopping
from minikeras.lab import replay


def agree(curve, patience):
    mine, theirs = Mine(patience=patience), EarlyStopping(patience=patience)
    return replay(curve, mine).stopped == replay(curve, theirs).stopped


curves = [[0.2 + (epoch - low) ** 2 / 100 for epoch in range(30)] for low in range(4, 24)]
print("alike on", sum(agree(curve, 3) for curve in curves), "of", len(curves), "smooth curves")

# %% rough
from itertools import product

short = [series for length in (1, 2, 3, 4) for series in product([1.0, 2.0, 3.0], repeat=length)]
apart = [series for series in short if not agree(series, 2)]
print("apart on", len(apart), "of", len(short), "short series; the first is", apart[0])

# %% check
from minikeras.testing import check

check("A3", Mine)

# %% world
import warnings
from collections import Counter
from minikeras.testing import small_world


def compared(series):
    try:
        return "alike" if agree(series, 2) else "apart"
    except KeyError:
        return "an error"


with warnings.catch_warnings(action="ignore"):  # of epochs without a score
    counts = Counter(map(compared, small_world()))
counts

# %% exercise
from minikeras.callbacks import Callback
from minikeras.testing import check


class Stop(Callback):
    """Mine, after the first repair."""

    def __init__(self, monitor="val_loss", patience=0, restore_best_weights=False,
                 start_from_epoch=0):  # fmt: skip
        self.monitor, self.patience = monitor, max(1, patience)
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch

    def on_train_begin(self, logs=None):
        self.best, self.wait = float("inf"), 0

    def on_epoch_end(self, epoch, logs=None):
        score = logs[self.monitor]
        if score < self.best:
            self.best, self.wait = score, 0
        else:
            self.wait += 1
        if self.wait >= self.patience:
            self.model.stop_training = True


check("A3", Stop)

# %% solution
import math
from minikeras.callbacks import Callback
from minikeras.testing import check


class Stop(Callback):
    def __init__(self, monitor="val_loss", patience=0, restore_best_weights=False,
                 start_from_epoch=0):  # fmt: skip
        self.monitor, self.patience = monitor, max(1, patience)
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch

    def on_train_begin(self, logs=None):
        self.best, self.best_weights, self.wait = None, None, 0

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get(self.monitor)
        if score is None or epoch < self.start_from_epoch:
            return
        if not math.isnan(score) and (self.best is None or score < self.best):
            self.best, self.wait = score, 0
            self.best_weights = self.model.get_weights()
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.restore_best_weights and self.best_weights is not None:
            self.model.set_weights(self.best_weights)


check("A3", Stop)
