"""Do the three callbacks that watch a score decide as real Keras's, but for the known differences?

Random settings and series run through real Keras, and beside it through the specification. Where
the two part, rows of the table of differences must say why: `like_keras` is the specification with
some rows switched on; with none it is the specification, with all of them it is Keras.
"""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import event, given, settings

from minikeras.testing.specification import (
    Plateaus,
    Saves,
    Stopping,
    early_stopping,
    model_checkpoint,
    reduce_lr_on_plateau,
)
from minikeras.testing.stand_in import KEY, StandIn, epochs
from minikeras.testing.strategies import (
    early_stopping_settings,
    model_checkpoint_settings,
    rates,
    reduce_lr_settings,
    series,
)
from tests.callbacks.differences import DIFFERENCES

pytestmark = pytest.mark.filterwarnings("ignore:.*available:UserWarning")  # a missing score

four_times_as_many = settings(max_examples=4 * settings().max_examples)


# -- the specification, with rows of the table switched on ----------------------------------------


def single(number):
    with np.errstate(over="ignore"):
        return float(np.float32(number))


def beats(rows, candidate, best, mode, min_delta=0.0):
    if best is None:
        return "nan-first" in rows or not math.isnan(candidate)
    delta = abs(min_delta) if mode == "min" else -abs(min_delta)
    one, other = candidate + delta, best
    if "float32" in rows:
        one, other = single(one), single(other)
    return one < other if mode == "min" else one > other


def stopping_like_keras(
    rows, series, mode, min_delta=0.0, patience=0, baseline=None, start_from_epoch=0, **restoring
):
    told, bar, wait = Stopping(), baseline, 0
    for epoch, score in enumerate(series):
        if score is not None and epoch >= start_from_epoch:
            is_best = beats(rows, score, told.best, mode, min_delta)
            is_over_bar = beats(rows, score, bar, mode, min_delta)
            if "baseline" in rows:  # both must be beaten, and a new best never stops
                wait = 0 if is_best and (baseline is None or is_over_bar) else wait + 1
                may_stop = not is_best
            else:
                is_best = is_best or is_over_bar
                bar, wait = (score, 0) if is_over_bar else (bar, wait + 1)
                may_stop = not is_over_bar
            if is_best:
                told.best, told.best_epoch = score, epoch
            if may_stop and wait >= patience:
                told.stopped = epoch
        told.waits.append(wait)
        if told.stopped is not None:
            break
    told.restored = told.best_epoch if restoring.get("restore_best_weights") else None
    return told


def reducing_like_keras(
    rows, series, rate, mode, factor=0.1, patience=10, min_delta=1e-4, cooldown=0, min_lr=0.0
):
    told, wait, cooling = Plateaus(rate), 0, 0
    for epoch, score in enumerate(series):
        told.rates.append(told.rate)
        if score is None:
            continue
        cooling, wait = max(0, cooling - 1), 0 if cooling else wait
        if beats(rows, score, told.best, mode, min_delta):
            told.best, wait = score, 0
        elif not cooling:
            wait += 1
            is_above = told.rate > min_lr * (1 + 1e-6)
            if "floor" in rows:
                is_above = single(told.rate) > single(min_lr)
            if wait >= patience and is_above:
                told.rate = max(told.rate * factor, min_lr)
                told.reductions.append(epoch)
                cooling, wait = cooldown, 0
    return told


def saving_like_keras(rows, series, mode, save_best_only=False, initial_value_threshold=None):
    told = Saves(initial_value_threshold)
    for epoch, score in enumerate(series):
        if not save_best_only or (score is None and "missing-key-saves" in rows):
            told.saves.append(epoch)
        elif score is not None and beats(rows, score, told.best, mode):
            told.best = score
            told.saves.append(epoch)
    return told


# -- real Keras -----------------------------------------------------------------------------------


def stopping_in_keras(keras, series, settings):
    stopping, model = keras.callbacks.EarlyStopping(KEY, **settings), StandIn()
    waits = [stopping.wait for _ in epochs(stopping, model, series)]
    best_epoch = None if stopping.best is None else stopping.best_epoch
    stopped = stopping.stopped_epoch if model.stop_training else None
    restored = best_epoch if settings.get("restore_best_weights") else None
    if waits:
        assert model.epoch == (len(waits) - 1 if restored is None else restored)
    return Stopping(stopped, stopping.best, best_epoch, restored, waits)


def reducing_in_keras(keras, series, rate, settings):
    reducing, model = keras.callbacks.ReduceLROnPlateau(KEY, **settings), StandIn(rate)
    told = Plateaus(rate)
    reduce = reducing._reduce_optimizer_lr

    def reduce_and_tell(optimizer, epoch):
        has_reduced = reduce(optimizer, epoch)
        told.reductions.extend([epoch] if has_reduced else [])
        return has_reduced

    reducing._reduce_optimizer_lr = reduce_and_tell
    for _ in epochs(reducing, model, series):
        told.rates.append(told.rate)
        told.rate = model.optimizer.learning_rate
    return replace(told, best=reducing.best)


def saving_in_keras(keras, series, settings):
    saving, model = keras.callbacks.ModelCheckpoint("m.keras", KEY, **settings), StandIn()
    for _ in epochs(saving, model, series):
        pass
    return Saves(saving.best, model.saved)


# -- side by side ---------------------------------------------------------------------------------


def agree_but_for(rows, series, ours, theirs, like_keras):
    """Compare; where they part, say by which rows, in the first epoch that tells them apart."""
    assert set(rows) <= {difference.id for difference in DIFFERENCES}
    assert repr(like_keras((), series)) == repr(ours)
    assert repr(like_keras(rows, series)) == repr(theirs)
    if repr(ours) == repr(theirs):
        event("alike")
        return
    heads = (series[:length] for length in range(len(series) + 1))
    head = next(h for h in heads if repr(like_keras((), h)) != repr(like_keras(rows, h)))
    subsets = (s for size in range(1, 4) for s in itertools.combinations(rows, size))
    reasons = [s for s in subsets if repr(like_keras(s, head)) == repr(like_keras(rows, head))]
    event(f"explained by {' and '.join(reasons[0])}")


@four_times_as_many
@given(series, early_stopping_settings)
def test_early_stopping_agrees_but_for_known_differences(keras, series, settings):
    agree_but_for(
        ("nan-first", "float32", "baseline"),
        series,
        early_stopping(series, **settings),
        stopping_in_keras(keras, series, settings),
        lambda rows, series: stopping_like_keras(rows, series, **settings),
    )


@four_times_as_many
@given(series, rates, reduce_lr_settings)
def test_reduce_lr_on_plateau_agrees_but_for_known_differences(keras, series, rate, settings):
    agree_but_for(
        ("nan-first", "float32", "floor"),
        series,
        reduce_lr_on_plateau(series, rate, **settings),
        reducing_in_keras(keras, series, rate, settings),
        lambda rows, series: reducing_like_keras(rows, series, rate, **settings),
    )


@four_times_as_many
@given(series, model_checkpoint_settings)
def test_model_checkpoint_agrees_but_for_known_differences(keras, series, settings):
    settings.pop("period", None)  # Keras 3 has none
    agree_but_for(
        ("nan-first", "float32", "missing-key-saves"),
        series,
        model_checkpoint(series, **settings),
        saving_in_keras(keras, series, settings),
        lambda rows, series: saving_like_keras(rows, series, **settings),
    )
