"""Does ReduceLROnPlateau shorten the steps when it should, and never otherwise?"""

import itertools
import json
import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import ReduceLROnPlateau
from minikeras.layers import Dense
from minikeras.models import Sequential
from minikeras.testing.corpus import small_world
from minikeras.testing.specification import Plateaus, reduce_lr_on_plateau
from minikeras.testing.stand_in import KEY, StandIn, epochs
from minikeras.testing.strategies import rates, reduce_lr_settings, series

pytestmark = pytest.mark.filterwarnings("ignore:ReduceLROnPlateau watches:RuntimeWarning")

DEFAULTS = {"patience": 10, "cooldown": 0, "min_lr": 0.0}


class Optimizer:
    """An optimizer that counts how often its rate is set."""

    def __init__(self, rate):
        self.rate, self.changes = rate, 0

    @property
    def learning_rate(self):
        return self.rate

    @learning_rate.setter
    def learning_rate(self, rate):
        self.rate, self.changes = rate, self.changes + 1


def decisions(reducing, series, rate):
    """Run a fit, and return what the specification returns."""
    model = StandIn()
    model.optimizer = optimizer = Optimizer(rate)
    told = Plateaus(rate)
    for epoch in epochs(reducing, model, series):
        told.rates.append(told.rate)
        if optimizer.changes > len(told.reductions):
            told.reductions.append(epoch)
        told.rate, told.best = optimizer.rate, reducing.best
    return told


def made(settings):
    return ReduceLROnPlateau(KEY, **settings)


@given(series, rates, reduce_lr_settings)
def test_it_decides_as_specified(series, rate, settings):
    specified = reduce_lr_on_plateau(series, rate, **settings)
    assert decisions(made(settings), series, rate) == specified


@pytest.mark.parametrize("cooldown", range(3))
@pytest.mark.parametrize("patience", range(4))
def test_it_decides_as_specified_on_every_series_of_the_small_world(patience, cooldown):
    settings = {"mode": "min", "patience": patience, "cooldown": cooldown, "factor": 0.5}
    reducing = made(settings)
    for short in small_world():
        specified = reduce_lr_on_plateau(short, 1.0, **settings)
        assert decisions(reducing, short, 1.0) == specified


@given(series, rates, reduce_lr_settings)
def test_the_rate_never_rises(series, rate, settings):
    told = decisions(made(settings), series, rate)
    assert [*told.rates, told.rate] == sorted([*told.rates, told.rate], reverse=True)


@given(series, rates, reduce_lr_settings)
def test_the_rate_never_falls_below_its_floor(series, rate, settings):
    told = decisions(made(settings), series, rate)
    assert told.rate >= min(rate, settings.get("min_lr", 0.0))
    if rate <= settings.get("min_lr", 0.0):
        assert told.reductions == []


@given(series, rates, reduce_lr_settings)
def test_the_rate_falls_at_most_once_in_each_patience_of_epochs(series, rate, settings):
    settings = DEFAULTS | settings
    told, patience = decisions(made(settings), series, rate), max(1, settings["patience"])
    assert len(told.reductions) <= len(series) // patience


@given(series, rates, reduce_lr_settings)
def test_two_reductions_are_patience_and_cooldown_apart(series, rate, settings):
    settings = DEFAULTS | settings
    least = max(1, settings["patience"]) + max(0, settings["cooldown"] - 1)
    counted = [epoch for epoch, score in enumerate(series) if score is not None]
    reductions = decisions(made(settings), series, rate).reductions
    places = [counted.index(epoch) for epoch in reductions]
    assert all(later - earlier >= least for earlier, later in itertools.pairwise(places))


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 30))
def test_on_a_flat_series_they_are_exactly_that_far_apart(patience, cooldown, length):
    settings = {"patience": patience, "cooldown": cooldown}
    told = decisions(made(settings), [1.0] * length, 1.0)
    apart = max(1, patience) + max(0, cooldown - 1)
    assert told.reductions == list(range(max(1, patience), length, apart))


@given(series, rates, reduce_lr_settings)
def test_a_cooldown_of_one_is_none(series, rate, settings):
    none, one = (
        decisions(made(settings | {"cooldown": cooldown}), series, rate) for cooldown in (0, 1)
    )
    assert none == one


@given(series, rates, reduce_lr_settings)
def test_the_best_score_is_kept_up_with_in_a_cooldown(series, rate, settings):
    cool, other = made(settings | {"cooldown": 4}), made(settings | {"cooldown": 0})
    assert decisions(cool, series, rate).best == decisions(other, series, rate).best


@given(series, series, rates, reduce_lr_settings)
def test_a_second_fit_is_like_the_first_of_a_fresh_one(before, series, rate, settings):
    used, fresh = made(settings), made(settings)
    decisions(used, before, rate)
    assert decisions(used, series, rate) == decisions(fresh, series, rate)
    assert used.state_dict() == fresh.state_dict()


def in_two_runs(start, rest, rate, settings):
    """Interrupt a run; return what one that is not interrupted decides, and what this one does."""
    whole, first, second = made(settings), made(settings), made(settings)
    never_interrupted = decisions(whole, start + rest, rate)
    interrupted = decisions(first, start, rate)
    second.load_state_dict(json.loads(json.dumps(first.state_dict(), allow_nan=False)))
    resumed = decisions(second, rest, interrupted.rate)
    assert second.state_dict() == whole.state_dict()
    return (
        [*never_interrupted.rates, never_interrupted.rate],
        [*interrupted.rates, *resumed.rates, resumed.rate],
    )


@given(series, series, rates, reduce_lr_settings)
def test_a_run_goes_on_from_a_saved_state_as_if_never_interrupted(start, rest, rate, settings):
    never_interrupted, resumed = in_two_runs(start, rest, rate, settings)
    assert resumed == never_interrupted


@pytest.mark.parametrize("cooldown", range(4))
@pytest.mark.parametrize("patience", range(1, 4))
def test_a_run_may_be_interrupted_anywhere_on_a_plateau(patience, cooldown):
    settings = {"patience": patience, "cooldown": cooldown, "factor": 0.5}
    for cut in range(12):
        never_interrupted, resumed = in_two_runs([1.0] * cut, [1.0] * (12 - cut), 1.0, settings)
        assert resumed == never_interrupted


@given(series, rates, reduce_lr_settings)
def test_logs_get_the_rate_that_the_epoch_had(series, rate, settings):
    reducing = made(settings)
    reducing.set_model(SimpleNamespace(optimizer=Optimizer(rate)))
    reducing.on_train_begin()
    for epoch, score in enumerate(series):
        before, logs = reducing.model.optimizer.rate, {} if score is None else {KEY: score}
        reducing.on_epoch_end(epoch, logs)
        assert logs.pop("learning_rate") == before
        assert list(logs) == ([] if score is None else [KEY])


@given(series, rates, reduce_lr_settings)
def test_it_never_stops_a_run(series, rate, settings):
    assert len(decisions(made(settings), series, rate).rates) == len(series)


@pytest.mark.parametrize("rate", [0.1, 0.1 * (1 + 9e-7), 0.1 * (1 - 1e-7), 0.05])
def test_at_the_floor_nothing_changes_and_nothing_is_said(rate, capsys):
    reducing = ReduceLROnPlateau(KEY, patience=0, min_lr=0.1, verbose=1)
    assert decisions(reducing, [1.0] * 9, rate).reductions == []
    assert capsys.readouterr().out == ""


def test_just_above_the_floor_it_goes_down_to_it_once():
    told = decisions(ReduceLROnPlateau(KEY, patience=0, min_lr=0.1), [1.0] * 9, 0.1 * (1 + 2e-6))
    assert (told.reductions, told.rate) == ([1], 0.1)


@pytest.mark.parametrize("factor", [0.0, -0.5, 1.0, 2.0, math.nan, math.inf])
def test_a_factor_that_makes_no_rate_smaller_is_a_value_error(factor):
    with pytest.raises(ValueError, match="factor"):
        ReduceLROnPlateau(factor=factor)


@pytest.mark.parametrize("name", ["patience", "cooldown", "min_lr"])
@pytest.mark.parametrize("value", [-1, math.nan])
def test_a_negative_number_is_a_value_error(name, value):
    with pytest.raises(ValueError, match=name):
        ReduceLROnPlateau(**{name: value})


@pytest.mark.filterwarnings("error")
def test_epochs_that_validation_skips_neither_warn_nor_count():
    model, x = Sequential([Dense(1, input_dim=1)]), [[0.0], [1.0], [2.0], [3.0]]
    model.compile("sgd", "mse")
    reducing = ReduceLROnPlateau(patience=1, min_delta=1e9, factor=0.5)
    history = model.fit(
        x, x, epochs=8, verbose=0, callbacks=[reducing], validation_data=(x, x), validation_freq=2
    ).history
    rate = history["learning_rate"][0]  # validated after 1, 3, 5, 7
    assert history["learning_rate"] == [rate] * 4 + [rate / 2] * 2 + [rate / 4] * 2
