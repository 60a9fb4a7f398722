"""One small run, which is interrupted where a test says, and goes on."""

import numpy as np
import pytest

import minikeras
from minikeras.callbacks import BackupAndRestore, Callback
from minikeras.layers import Dense, Dropout
from minikeras.models import Sequential
from tests.resume.stories import exact

X = np.random.default_rng(0).normal(size=(10, 3))
Y = X[:, :1] > 0
EPOCHS, STEPS = 4, 3


def compiled(optimizer="adam", layers=(), watched=("mae",)):
    minikeras.utils.set_random_seed(1)
    model = Sequential([Dense(4, input_dim=3), Dropout(0.5), *layers, Dense(1)])
    model.compile(optimizer, "mse", list(watched))
    return model


def fit(model, *callbacks, rows=10, **options):
    options = {"epochs": EPOCHS, "batch_size": 4, "verbose": 0} | options
    return model.fit(X[:rows], Y[:rows], callbacks=list(callbacks), **options)


class Interrupt(Callback):
    """Ends the run as an epoch begins, or at one of its batches."""

    def __init__(self, epoch, batch=None):
        self.epoch, self.batch = epoch, batch

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch
        if (epoch, None) == (self.epoch, self.batch):
            raise KeyboardInterrupt

    def on_batch_begin(self, batch, logs=None):
        if (self.now, batch) == (self.epoch, self.batch):
            raise KeyboardInterrupt


def interrupted(folder, *callbacks, at=(2, None), save_freq="epoch", model=None, **options):
    """Let a run be interrupted; return its model."""
    model = model or compiled()
    with pytest.raises(KeyboardInterrupt):
        fit(model, BackupAndRestore(folder, save_freq), *callbacks, Interrupt(*at), **options)
    return model


def state_of(model):
    optimizer = model.optimizer
    slots = [np.asarray(slot) for slot in optimizer.state.values()]
    rate, rng = float(optimizer.learning_rate), exact(model.rng.bit_generator.state)
    counts = [metric.counts for metric in model.objective.running.values()]
    return exact([model.get_weights(), slots, optimizer.iterations, rate, rng, counts])


class Epochs(Callback):
    """Keeps which epochs it hears of."""

    def __init__(self):
        self.begun = []

    def on_epoch_begin(self, epoch, logs=None):
        self.begun.append(epoch)


class Remembers(Callback):
    """One of your own, with a state."""

    def __init__(self, memory=None):
        self.memory = memory

    def state_dict(self):
        return {"memory": self.memory}

    def load_state_dict(self, state):
        self.memory = state["memory"]
