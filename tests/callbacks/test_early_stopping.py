"""Does EarlyStopping stop when it should, and with the weights that it should?"""

import itertools
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import EarlyStopping
from minikeras.layers import Dense
from minikeras.models import Sequential
from minikeras.testing.corpus import small_world
from minikeras.testing.specification import Stopping, early_stopping
from minikeras.testing.stand_in import KEY, StandIn, epochs
from minikeras.testing.strategies import (
    deltas,
    early_stopping_settings,
    modes,
    patiences,
    scores,
    series,
)

pytestmark = pytest.mark.filterwarnings("ignore:EarlyStopping watches:RuntimeWarning")


def decisions(stopping, model, series):
    """Run a fit, and return what the specification returns."""
    waits = [stopping.wait for _ in epochs(stopping, model, series)]
    best_epoch = None if stopping.best is None else stopping.best_epoch
    stopped = stopping.stopped_epoch if stopping.has_stopped else None
    restored = best_epoch if stopping.restore_best_weights else None
    if waits:
        assert model.epoch == (len(waits) - 1 if restored is None else restored)
    return Stopping(stopped, stopping.best, best_epoch, restored, waits)


def made(settings):
    return EarlyStopping(KEY, **settings)


@given(series, early_stopping_settings)
def test_it_decides_as_specified(series, settings):
    assert decisions(made(settings), StandIn(), series) == early_stopping(series, **settings)


@pytest.mark.parametrize(("baseline", "delta"), [(None, 0.0), (2.0, 0.0), (3.0, 1.0)])
@pytest.mark.parametrize("patience", range(4))
def test_it_decides_as_specified_on_every_series_of_the_small_world(patience, baseline, delta):
    settings = {"mode": "min", "patience": patience, "baseline": baseline, "min_delta": delta}
    stopping, model = made(settings | {"restore_best_weights": True}), StandIn()
    for short in small_world():
        specified = early_stopping(short, **settings, restore_best_weights=True)
        assert decisions(stopping, model, short) == specified


@given(series, early_stopping_settings, st.integers(0, 3))
def test_a_larger_patience_never_stops_earlier(series, settings, more):
    ends = []
    for patience in (settings.get("patience", 0), settings.get("patience", 0) + more):
        end = decisions(made(settings | {"patience": patience}), StandIn(), series).stopped
        ends.append(math.inf if end is None else end)
    assert ends[0] <= ends[1]


@given(series, early_stopping_settings)
def test_patience_zero_is_patience_one(series, settings):
    none, one = (
        decisions(made(settings | {"patience": patience}), StandIn(), series) for patience in (0, 1)
    )
    assert none == one


@given(series, series, early_stopping_settings)
def test_what_comes_after_the_stop_does_not_matter(series, tail, settings):
    short = decisions(made(settings), StandIn(), series)
    if short.stopped is not None:
        assert decisions(made(settings), StandIn(), series + tail) == short


@given(series, series, early_stopping_settings)
def test_a_second_fit_is_like_the_first_of_a_fresh_one(before, series, settings):
    used, fresh, model = made(settings), made(settings), StandIn()
    decisions(used, model, before)
    assert decisions(used, model, series) == decisions(fresh, StandIn(), series)
    assert used.state_dict() == fresh.state_dict()


def interrupt(series, cut, settings):
    """Interrupt a run after `cut` epochs, and see that it goes on as if it had not been."""
    whole, first, second = made(settings), made(settings), made(settings)
    model, other = StandIn(), StandIn()
    never_interrupted = decisions(whole, model, series)
    waits = [first.wait for _ in itertools.islice(epochs(first, other, series), cut)]
    second.load_state_dict(json.loads(json.dumps(first.state_dict(), allow_nan=False)))
    resumed = [second.wait for _ in epochs(second, other, series[cut:], first=cut)]
    assert waits + resumed == never_interrupted.waits
    assert second.state_dict() == whole.state_dict()
    assert other.epoch == model.epoch


@given(series, st.integers(0, 8), early_stopping_settings)
def test_a_run_goes_on_from_a_saved_state_as_if_never_interrupted(series, cut, settings):
    interrupt(series, cut, settings)


@pytest.mark.parametrize("baseline", [None, 3.0])
def test_a_run_of_the_small_world_may_be_interrupted_anywhere(baseline):
    for short in itertools.takewhile(lambda short: len(short) < 4, small_world()):
        for cut in range(len(short) + 1):
            interrupt(short, cut, {"patience": 2, "baseline": baseline, "mode": "min"})


def test_a_run_that_had_stopped_when_its_state_was_saved_trains_no_more():
    first, second, model = EarlyStopping(KEY), EarlyStopping(KEY), StandIn()
    decisions(first, model, [1.0, 2.0])
    second.load_state_dict(first.state_dict())
    assert list(epochs(second, model, [0.0], first=2)) == []


def test_the_state_of_another_callback_is_refused_and_nothing_is_changed():
    stopping, before = EarlyStopping(KEY), EarlyStopping(KEY).state_dict()
    with pytest.raises(ValueError, match="no state of EarlyStopping"):
        stopping.load_state_dict({"best": 1.0, "wait": 1})
    assert stopping.state_dict() == before


@given(series, early_stopping_settings)
def test_a_loaded_state_serves_one_fit(series, settings):
    stopping, model = made(settings), StandIn()
    decisions(stopping, model, series)
    stopping.load_state_dict(stopping.state_dict())
    for _ in epochs(stopping, model, []):
        pass
    assert decisions(stopping, model, series) == early_stopping(series, **settings)


@given(series, modes, st.booleans(), patiences, st.integers(0, 20))
def test_the_weights_of_the_best_epoch_come_back_however_the_run_ends(
    series, mode, has_baseline, patience, interrupted
):
    baseline = 1.5 if has_baseline else None
    stopping = EarlyStopping(
        KEY, patience=patience, mode=mode, baseline=baseline, restore_best_weights=True
    )
    model, run = StandIn(), []
    for epoch in epochs(stopping, model, series):
        run.append(series[epoch])
        if epoch == interrupted:
            model.stop_training = True  # another callback's wish
    known = [score for score in run if score is not None and not math.isnan(score)]
    best = min(known, default=None) if mode == "min" else max(known, default=None)
    assert stopping.best == best
    if best is not None:
        assert model.epoch == stopping.best_epoch == run.index(best)
    elif run:
        assert model.epoch == len(run) - 1


@given(series, early_stopping_settings)
def test_without_being_asked_it_leaves_the_weights_alone(series, settings):
    model = StandIn()
    model.get_weights = model.set_weights = pytest.fail
    decisions(made(settings | {"restore_best_weights": False}), model, series)


@given(series, modes, deltas, st.integers(0, 4))
def test_epochs_before_the_start_are_not_looked_at(series, mode, delta, start):
    late, early = (
        EarlyStopping(KEY, delta, 2, mode=mode, start_from_epoch=number) for number in (start, 0)
    )
    one = decisions(late, StandIn(), series)
    head = min(start, len(series))
    other = decisions(early, StandIn(), [None] * head + series[head:])
    assert one == other


@given(st.lists(scores, min_size=1, max_size=6), modes)
def test_a_baseline_never_beaten_stops_after_patience_epochs(series, mode):
    baseline = -math.inf if mode == "min" else math.inf
    for patience in range(1, len(series) + 1):
        stopping = EarlyStopping(KEY, patience=patience, mode=mode, baseline=baseline)
        assert decisions(stopping, StandIn(), series).stopped == patience - 1


def test_a_beaten_baseline_is_forgotten():
    stopping = EarlyStopping(KEY, min_delta=0.25, patience=9, baseline=2.0)
    told = decisions(stopping, StandIn(), [1.9, 1.7, 1.6, 1.4])
    # 1.9 does not beat 2.0; 1.7 does, though not 1.9; from there on 1.7 is the bar
    assert (told.best, told.waits) == (1.4, [1, 0, 1, 0])


def test_a_negative_patience_is_a_value_error():
    with pytest.raises(ValueError, match="patience"):
        EarlyStopping(patience=-1)


@pytest.mark.parametrize("monitor", ["f1x", "vaccine"])
def test_an_unknown_name_is_a_value_error_at_once(monitor):
    with pytest.raises(ValueError, match=f"is a larger '{monitor}' better"):
        EarlyStopping(monitor)


# -- in a real fit ---------------------------------------------------------------------------------

X = [[0.0], [1.0], [2.0], [3.0]]


def fitted(stopping, **options):
    model = Sequential([Dense(1, input_dim=1)])
    model.compile("sgd", "mse")
    return model.fit(X, X, epochs=6, verbose=0, callbacks=[stopping], **options)


@pytest.mark.filterwarnings("error")
def test_epochs_that_validation_skips_neither_warn_nor_count():
    stopping = EarlyStopping(patience=2, min_delta=1e9)
    history = fitted(stopping, validation_data=(X, X), validation_freq=2)
    assert history.epoch == [0, 1, 2, 3, 4, 5]  # validated after 1, 3 and 5
    assert (stopping.best_epoch, stopping.wait, stopping.stopped_epoch) == (1, 2, 5)


def test_without_validation_it_warns_once_and_never_stops():
    stopping = EarlyStopping()
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="watches 'val_loss'.* they have loss") as caught:
            assert fitted(stopping).epoch == [0, 1, 2, 3, 4, 5]
        assert len(caught) == 1


def test_a_resumed_fit_may_warn_once_again():
    stopping = EarlyStopping()
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="watches 'val_loss'") as caught:
            fitted(stopping)
        assert len(caught) == 1
        stopping.load_state_dict(stopping.state_dict())
