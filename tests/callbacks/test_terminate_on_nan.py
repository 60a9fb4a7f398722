"""Does training stop at the first loss that is no number, and only there?"""

import math
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from minikeras.callbacks import Callback, TerminateOnNaN
from minikeras.layers import Dense
from minikeras.models import Sequential

INVALID = [math.nan, math.inf, -math.inf]


def told(batch, logs):
    """Return whether a model is stopped by a batch with these logs."""
    callback = TerminateOnNaN()
    callback.set_model(SimpleNamespace(stop_training=False))
    callback.on_batch_end(batch, logs)
    return callback.model.stop_training


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(1e308)
def test_a_finite_loss_goes_on(loss):
    assert not told(0, {"loss": loss})


@pytest.mark.parametrize("loss", [*INVALID, np.float32("nan")])
def test_a_loss_that_is_no_number_stops(loss, capsys):
    assert told(3, {"loss": loss})
    assert capsys.readouterr().out == "Batch 3: Invalid loss, terminating training\n"


@pytest.mark.parametrize("logs", [None, {}, {"mae": math.nan, "size": 1}, {"loss": None}])
def test_a_batch_without_a_loss_goes_on(logs):
    assert not told(0, logs)


def test_without_a_model_it_says_what_it_needs():
    with pytest.raises(RuntimeError, match="needs a model with stop_training: call set_model"):
        TerminateOnNaN().on_batch_end(0, {"loss": math.nan})


class Counts(Callback):
    def __init__(self):
        self.told = Counter()

    def on_batch_begin(self, batch, logs=None):
        self.told["batch"] += 1

    def on_epoch_end(self, epoch, logs=None):
        self.told["epoch"] += 1

    def on_test_begin(self, logs=None):
        self.told["validation"] += 1

    def on_train_end(self, logs=None):
        self.told["end"] += 1


def fitted(y, verbose=0):
    """Train on rows with these labels, one for each batch, in two epochs; return what happened."""
    model = Sequential([Dense(1, input_dim=1, kernel_initializer="zeros")])
    model.compile("sgd", "mae")
    counts, data = Counts(), ([[1.0]] * len(y), y)
    options = {"batch_size": 1, "epochs": 2, "shuffle": False, "validation_data": data}
    model.fit(*data, **options, verbose=verbose, callbacks=[TerminateOnNaN(), counts])
    return counts.told


@pytest.mark.parametrize("loss", INVALID)
@pytest.mark.parametrize("verbose", [0, 2])
def test_a_real_fit_stops_before_the_next_batch(loss, verbose, capsys):
    told = fitted([0.0, 0.0, loss, 0.0, 0.0], verbose)
    assert told == {"batch": 3, "epoch": 1, "end": 1}, "validation is left out"
    assert capsys.readouterr().out.startswith("Batch 2: Invalid loss, terminating training\n")


def test_a_real_fit_goes_on_after_a_huge_loss(float64, capsys):
    told = fitted([0.0, 0.0, 1e308, 0.0, 0.0])
    assert told == {"batch": 10, "epoch": 2, "validation": 2, "end": 1}
    assert capsys.readouterr().out == ""
