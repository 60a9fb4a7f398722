"""Does ModelCheckpoint save when it should, and is the best of it the best?"""

import json
import math
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import ModelCheckpoint
from minikeras.layers import Dense
from minikeras.models import Sequential
from minikeras.testing.corpus import small_world
from minikeras.testing.specification import Saves, model_checkpoint
from minikeras.testing.stand_in import KEY, StandIn, epochs
from minikeras.testing.strategies import model_checkpoint_settings, modes, numbers, scores, series

pytestmark = pytest.mark.filterwarnings("ignore:ModelCheckpoint watches:RuntimeWarning")


def decisions(saving, model, series, first=0):
    """Run a fit, and return what the specification returns."""
    for _ in epochs(saving, model, series, first):
        pass
    return Saves(saving.best, model.saved)


def made(settings, **more):
    return ModelCheckpoint("model.h5", KEY, **settings, **more)


def same(one, other):
    return repr(one) == repr(other)  # where nan, as a threshold, is nan


@given(series, model_checkpoint_settings)
def test_it_decides_as_specified(series, settings):
    specified = model_checkpoint(series, **settings)
    assert same(decisions(made(settings), StandIn(), series), specified)


@pytest.mark.parametrize("threshold", [None, 2.0])
@pytest.mark.parametrize("period", range(1, 4))
def test_it_decides_as_specified_on_every_series_of_the_small_world(period, threshold):
    settings = {"period": period, "initial_value_threshold": threshold, "save_best_only": True}
    for short in small_world():
        specified = model_checkpoint(short, **settings)
        assert decisions(made(settings), StandIn(), short) == specified


@given(series, modes, st.integers(1, 4))
def test_a_best_only_file_always_holds_the_best_due_epoch(series, mode, period):
    saving, model = made({"save_best_only": True, "period": period, "mode": mode}), StandIn()
    best, best_epoch = None, None
    for epoch in epochs(saving, model, series):
        score = series[epoch]
        is_due = (epoch + 1) % period == 0 and score is not None and not math.isnan(score)
        if is_due and (best is None or (score < best if mode == "min" else score > best)):
            best, best_epoch = score, epoch
        assert model.files.get("model.h5") == best_epoch
        assert saving.best == best


def test_files_on_disk_hold_the_best_epoch_so_far(tmp_path):
    model = StandIn()
    model.save = lambda filepath, overwrite: Path(filepath).write_text(str(model.epoch))
    for name in ("best", "a/new/folder/{epoch}"):
        saving = ModelCheckpoint(tmp_path / name, KEY, save_best_only=True)
        decisions(saving, model, [3.0, 2.0, 2.0, 1.0, math.nan, None])
    held = {path.name: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert held == {"best": "3", "1": "0", "2": "1", "4": "3"}


@given(series, model_checkpoint_settings)
def test_what_is_saved_best_only_is_saved_otherwise_too(series, settings):
    some, every = (
        decisions(made(settings | {"save_best_only": best}), StandIn(), series).saves
        for best in (True, False)
    )
    period = settings.get("period", 1)
    assert every == list(range(period - 1, len(series), period))
    assert set(some) <= set(every)


@given(series, st.integers(0, 12), model_checkpoint_settings)
def test_a_second_fit_goes_on_where_the_first_one_ended(series, cut, settings):
    saving, model = made(settings), StandIn()
    decisions(saving, model, series[:cut])
    in_two_fits = decisions(saving, model, series[cut:], first=len(series[:cut]))
    assert same(in_two_fits, model_checkpoint(series, **settings))


@given(series, st.integers(0, 12), model_checkpoint_settings)
def test_a_run_goes_on_from_a_saved_state_as_if_never_interrupted(series, cut, settings):
    first, second, model = made(settings), made(settings), StandIn()
    decisions(first, model, series[:cut])
    second.load_state_dict(json.loads(json.dumps(first.state_dict(), allow_nan=False)))
    resumed = decisions(second, model, series[cut:], first=len(series[:cut]))
    assert same(resumed, model_checkpoint(series, **settings))


@given(modes, scores, numbers)
def test_the_first_save_beats_the_threshold(mode, threshold, score):
    settings = {"save_best_only": True, "mode": mode, "initial_value_threshold": threshold}
    saves = decisions(made(settings), StandIn(), [score]).saves
    beats = score < threshold if mode == "min" else score > threshold
    assert saves == ([0] if beats else [])


@given(series, st.sampled_from(["accuracy", "f1x", "val_loss"]))
def test_whoever_saves_all_needs_no_direction_and_no_score(series, monitor):
    saving = ModelCheckpoint("model.h5", monitor)
    assert decisions(saving, StandIn(), series).saves == list(range(len(series)))


def test_whoever_saves_the_best_needs_a_direction():
    with pytest.raises(ValueError, match="is a larger 'f1x' better"):
        ModelCheckpoint("model.h5", "f1x", save_best_only=True)
    with pytest.raises(ValueError, match="'auto', 'min' or 'max'"):
        ModelCheckpoint("model.h5", mode="best")


@pytest.mark.parametrize(
    "settings",
    [{"period": 0}, {"period": -1}, {"save_freq": 0}, {"save_freq": "batch"}, {"save_freq": True}],
)
def test_what_is_never_due_is_a_value_error(settings):
    with pytest.raises(ValueError, match=r"at least 1|number of batches"):
        ModelCheckpoint("model.h5", **settings)


def test_a_save_that_fails_sets_no_record():
    saving, model = made({"save_best_only": True}), StandIn()
    works = model.save
    model.save = lambda filepath, overwrite: Path(filepath, "not/there").touch()
    with pytest.raises(FileNotFoundError):
        decisions(saving, model, [1.0])
    assert saving.best is None
    model.save = works
    assert decisions(saving, model, [2.0, 3.0]).saves == [0]


# -- every so many batches -------------------------------------------------------------------------

batches = st.lists(st.tuples(st.integers(-20, 20), st.integers(1, 3)), max_size=6)


@pytest.mark.parametrize("has_size", [True, False])
@given(st.lists(batches, max_size=4), st.integers(1, 4), modes, st.booleans())
def test_with_save_freq_it_decides_batch_by_batch_on_the_mean_so_far(
    has_size, epochs, freq, mode, best_only
):
    saving = ModelCheckpoint("m.h5", "loss", save_best_only=best_only, mode=mode, save_freq=freq)
    means, saves = [], []
    model = SimpleNamespace(save=lambda filepath, overwrite: saves.append(len(means) - 1))
    saving.set_model(model)
    saving.on_train_begin()
    for epoch, rows in enumerate(epochs):
        saving.on_epoch_begin(epoch)
        total = count = 0
        for batch, (score, size) in enumerate(rows):
            total, count = total + score * size, count + size
            means.append(total / count)
            if has_size:  # as our fit tells of a batch: by itself
                logs = {"batch": batch, "size": size, "loss": float(score)}
            else:  # as real Keras does: the mean so far
                logs = {"loss": means[-1]}
            saving.on_train_batch_end(batch, logs)
        saving.on_epoch_end(epoch, {"loss": -math.inf, "val_loss": 0.0})
    told = model_checkpoint(means, mode=mode, save_best_only=best_only, period=freq)
    assert saves == told.saves


def test_with_save_freq_a_path_may_name_the_batch():
    model = StandIn()
    saving = ModelCheckpoint("{epoch}-{batch:02d}-{loss:.1f}", "loss", save_freq=2)
    saving.set_model(model)
    for epoch in range(2):
        saving.on_epoch_begin(epoch)
        for batch in range(3):
            logs = {"batch": batch, "size": 1, "loss": float(batch)}
            saving.on_train_batch_end(batch, logs)
    assert list(model.files) == ["1-02-0.5", "2-01-0.0", "2-03-1.0"]


@pytest.mark.filterwarnings("error")
def test_epochs_that_validation_skips_neither_warn_nor_are_saved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model, x = Sequential([Dense(1, input_dim=1)]), [[0.0], [1.0], [2.0], [3.0]]
    model.compile("sgd", "mse")
    saved = []
    monkeypatch.setattr(
        type(model), "save", lambda self, path, overwrite=True: saved.append(path), raising=False
    )
    saving = ModelCheckpoint("{epoch}.h5", save_best_only=True)
    model.fit(
        x, x, epochs=6, verbose=0, callbacks=[saving], validation_data=(x, x), validation_freq=2
    )
    assert saved == ["2.h5", "4.h5", "6.h5"]
