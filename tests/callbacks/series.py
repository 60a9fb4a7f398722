"""Which scores, and which settings, shall the callbacks be tried with?

And what tries them: a model that is no model, and a fit that trains nothing.
"""

import itertools
import math
from types import SimpleNamespace

from hypothesis import strategies as st

KEY = "val_loss"

few = st.sampled_from([0.0, 1.0, 1.25, 1.5, 2.0, 3.0, -1.0])  # so few that ties abound
near = st.sampled_from([1.0, 1.0 - 1e-9, 1.0 + 1e-7, 1.25 + 1e-6])  # and what is almost one
edges = st.sampled_from([math.inf, -math.inf, 5e-324, -5e-324, 2.3e-308, 1.8e308, -1.8e308, -0.0])
numbers = few | near | edges | st.floats(allow_nan=False)
scores = few | numbers | st.just(math.nan)

modes = st.sampled_from(["min", "max"])
deltas = st.sampled_from([0.0, 0.25, 0.5, 1.0, -0.25]) | st.floats(allow_nan=False)
patiences = st.integers(0, 4)


def _plateaus(pieces):
    return [score for score, length in pieces for _ in range(length)]


gaps = st.none()  # an epoch whose logs lack the score
_lengths = st.sampled_from([1, 1, 1, 2, 3])
whole_series = st.lists(st.tuples(scores, _lengths), max_size=8).map(_plateaus)
series = st.lists(st.tuples(scores | gaps, _lengths), max_size=8).map(_plateaus)


def _some(**options):
    """Settings in which each option may be left at its default."""
    return st.fixed_dictionaries({"mode": modes}, optional=options)


early_stopping_settings = _some(
    min_delta=deltas,
    patience=patiences,
    baseline=st.none() | scores,
    restore_best_weights=st.booleans(),
    start_from_epoch=st.integers(0, 4),
)
reduce_lr_settings = _some(
    factor=st.sampled_from([0.5, 0.25]) | st.floats(0, 1, exclude_min=True, exclude_max=True),
    patience=patiences,
    min_delta=deltas,
    cooldown=st.integers(0, 4),
    min_lr=st.sampled_from([0.0, 0.01, 0.1, 1.0]),
)
model_checkpoint_settings = _some(
    save_best_only=st.booleans(),
    period=st.integers(1, 4),
    initial_value_threshold=st.none() | scores,
)
rates = st.sampled_from([0.0, 1e-3, 0.01, 0.1, 0.1 * (1 + 5e-7), 1.0]) | st.floats(0, 10)


def small_world():
    """Every series of one to five of 1, 2, 3, NaN and a gap: 3,905 of them, short ones first."""
    for length in range(1, 6):
        yield from itertools.product([1.0, 2.0, 3.0, math.nan, None], repeat=length)


def some_model(rate=1.0):
    """A model whose weights are the number of the epoch, and whose files are in `files`."""

    def save(filepath, overwrite=True):
        model.files[filepath] = model.weights
        model.saves.append(model.weights)

    def set_weights(weights):
        model.weights = weights

    model = SimpleNamespace(
        stop_training=False,
        optimizer=SimpleNamespace(learning_rate=rate),
        weights=None,
        get_weights=lambda: model.weights,
        set_weights=set_weights,
        save=save,
        save_weights=save,
        files={},
        saves=[],
    )
    return model


def logs_of(score):
    return {"loss": 0.5} if score is None else {"loss": 0.5, KEY: score}


def fitting(callback, model, series, first=0):
    """Fit epochs with these scores, from number `first`; give their numbers as they end."""
    model.stop_training = False
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, score in enumerate(series, first):
        if model.stop_training:
            break
        callback.on_epoch_begin(epoch)
        model.weights = epoch
        callback.on_epoch_end(epoch, logs_of(score))
        yield epoch
    callback.on_train_end()


def run(callback, series, rate=1.0):
    """Take a callback through a series and return the model it was given."""
    model = some_model(rate)
    for _ in fitting(callback, model, series):
        pass
    return model
