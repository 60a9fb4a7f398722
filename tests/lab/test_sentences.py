"""Is what a sentence says what happened? The same is asked of the ten-line specifications."""

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import (
    Callback,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from minikeras.lab import replay
from minikeras.lab.sentences import Remark
from minikeras.lab.words import LANGUAGES, words
from minikeras.testing.specification import (
    early_stopping,
    is_better,
    model_checkpoint,
    reduce_lr_on_plateau,
)
from minikeras.testing.table import WIDEST, width

SCORES = st.sampled_from([0.5, 0.75, 1.0, 1.25, 1.5, 2.0, math.nan, None])
SERIES = st.lists(SCORES, min_size=1, max_size=12)
MODES = st.sampled_from(["min", "max"])
DELTAS = st.sampled_from([0.0, 0.25, -0.5])
PATIENCE = st.integers(0, 3)


def kinds(row):
    return [remark.kind for remark in row.remarks]


def the(row, *names):
    """Return the one remark of these kinds, or None."""
    found = [remark for remark in row.remarks if remark.kind in names]
    assert len(found) <= 1
    return found[0] if found else None


COUNTED = ("worse", "close_below", "close_above", "nan", "baseline", "below_baseline")


@given(
    SERIES, MODES, DELTAS, PATIENCE, st.sampled_from([None, 1.0]), st.booleans(), st.integers(0, 2)
)
def test_early_stopping_is_told_as_specified(
    series, mode, min_delta, patience, baseline, restores, start
):
    settings = {
        "mode": mode, "min_delta": min_delta, "patience": patience, "baseline": baseline,
        "restore_best_weights": restores, "start_from_epoch": start,
    }  # fmt: skip
    run, spec = replay(series, EarlyStopping(**settings)), early_stopping(series, **settings)
    assert [row.wait for row in run.rows] == spec.waits
    assert [row.best for row in run.rows] == spec.bests
    assert run.stopped == (None if spec.stopped is None else spec.stopped + 1)
    before_wait, before_best = 0, None
    for row, wait, best in zip(run.rows, spec.waits, spec.bests, strict=True):
        told = the(row, *COUNTED, "first", "better", "missing", "early")
        if wait > before_wait:
            assert told.kind in COUNTED
            assert (told.values["wait"], told.values["patience"]) == (wait, max(1, patience))
            assert (told.kind == "nan") == math.isnan(row.score)
            assert (told.kind == "below_baseline") == (best != before_best)
            if told.kind == "worse":
                assert not is_better(row.score, told.values["best"], mode)
                assert series[told.values["best_epoch"] - 1] == told.values["best"]
            if told.kind.startswith("close"):
                assert is_better(row.score, told.values["best"], mode)
                assert (told.kind == "close_below") == (mode == "min")
        elif best != before_best:
            assert told.kind == ("first" if before_best is None and baseline is None else "better")
            assert told.values["score"] == best == row.score
        else:
            assert told.kind == ("missing" if row.score is None else "early")
        assert ("stop" in kinds(row)) == (row.epoch == run.stopped)
        before_wait, before_best = wait, best
    returned = the(run.rows[-1], "restored")
    if returned:
        assert restores
        assert returned.values["epoch"] == run.restored == spec.restored + 1
    elif restores and spec.restored is not None:
        assert spec.restored == len(run.rows) - 1
    missed = the(run.rows[-1], "missed")
    if missed:
        epoch, score = missed.values["epoch"], missed.values["score"]
        assert epoch > run.stopped
        assert series[epoch - 1] == score
        assert is_better(score, spec.best, mode, min_delta)
    elif run.stopped:
        later = [score for score in series[run.stopped :] if score is not None]
        assert not any(is_better(score, spec.best, mode, min_delta) for score in later)


@given(SERIES, MODES, DELTAS, PATIENCE, st.integers(0, 3), st.sampled_from([0.0, 0.25, 1.0]))
def test_reduce_lr_on_plateau_is_told_as_specified(
    series, mode, min_delta, patience, cooldown, min_lr
):
    settings = {
        "mode": mode, "min_delta": min_delta, "patience": patience, "cooldown": cooldown,
        "min_lr": min_lr, "factor": 0.5,
    }  # fmt: skip
    run = replay(series, ReduceLROnPlateau(**settings), lr=1.0)
    spec = reduce_lr_on_plateau(series, 1.0, **settings)
    assert [row.learning_rate for row in run.rows] == spec.rates
    assert [row.epoch - 1 for row in run.rows if "cut" in kinds(row)] == spec.reductions
    rates, before = [*spec.rates[1:], spec.rate], None
    for row, wait, best, left, rate in zip(
        run.rows, spec.waits, spec.bests, spec.coolings, rates, strict=True
    ):
        told = the(row, "worse", "close_below", "close_above", "nan", "first", "better", "missing",
                   "cooling")  # fmt: skip
        cut, cooling = the(row, "cut"), told.kind == "cooling"
        if cut:
            assert (cut.values["before"], cut.values["after"]) == (row.learning_rate, rate)
            assert told.values["wait"] >= max(1, patience)
        assert (told.kind in ("first", "better")) == (best != before)
        assert (told.kind == "missing") == (row.score is None)
        if cooling:
            assert told.values["left"] == left > 0
        elif told.kind in COUNTED and not cut:
            assert told.values["wait"] == wait
            assert ("floor" in kinds(row)) == (wait >= max(1, patience))
        before = best


@given(SERIES, MODES, st.integers(1, 4), st.booleans())
def test_model_checkpoint_is_told_as_specified(series, mode, period, best_only):
    settings = {"mode": mode, "period": period, "save_best_only": best_only}
    run = replay(series, ModelCheckpoint("w.{epoch}.h5", **settings))
    spec = model_checkpoint(series, **settings)
    assert run.saved == [f"w.{epoch + 1}.h5" for epoch in spec.saves]
    for row in run.rows:
        assert ("saved" in kinds(row)) == (row.epoch - 1 in spec.saves)
        assert ("not_due" in kinds(row)) == (row.epoch % period != 0)
        told = the(row, "unsaved", "nan_unsaved", "missing")
        assert (told is None) == (row.epoch % period != 0 or row.epoch - 1 in spec.saves)
        if told:
            assert (told.kind == "missing") == (row.score is None)
            assert row.score is None or (told.kind == "nan_unsaved") == math.isnan(row.score)


@given(SERIES, st.sampled_from([0.1, 0.05, 0.2]))
def test_a_schedule_is_told_where_it_changes_the_rate(series, rate):
    run = replay(series, LearningRateScheduler(lambda epoch: rate), lr=0.1)
    told = [row.epoch for row in run.rows if {"schedule", "schedule_undoes"} & set(kinds(row))]
    assert told == ([] if rate == 0.1 else [1])
    assert not any("schedule_undoes" in kinds(row) for row in run.rows)


@given(SERIES, PATIENCE)
def test_together_each_says_what_it_says_alone(series, patience):
    made = [lambda: EarlyStopping(patience=9), lambda: ReduceLROnPlateau(patience=patience)]
    together = replay(series, *(make() for make in made))
    for make in made:
        alone = replay(series, make())
        name = type(make()).__name__
        for both, one in zip(together.rows, alone.rows, strict=False):  # one may end early
            mine = [remark.text("en") for remark in both.remarks if remark.speaker == name]
            assert mine == [remark.text("en") for remark in one.remarks]
            assert f"{name}: {mine[0]}" in both.told("en")


def test_a_callback_of_your_own_is_told_by_what_it_does():
    class Stop(Callback):
        wait = 0

        def on_epoch_end(self, epoch, logs=None):
            self.wait = epoch + 1
            self.model.optimizer.learning_rate *= 0.5
            self.model.save("mine.h5")
            self.model.stop_training = True

    (row,) = replay([0.5, 0.5], Stop()).rows
    assert row.wait == 1
    assert row.told("en") == [
        "After epoch 1: lr 0.1 → 0.05.",
        "Saved mine.h5.",
        "Stop after epoch 1.",
    ]


def test_a_bad_batch_ends_the_epoch_before_validation():
    run = replay([0.5, 0.25, 0.1], TerminateOnNaN(), beside={"loss": [1.0, math.nan, 1.0]})
    assert run.stopped == 2
    assert [row.score for row in run.rows] == [0.5, None]
    assert kinds(run.rows[1]) == ["stop"]


def test_logs_beside_the_score_reach_the_callbacks():
    seen = []

    class Spy(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(dict(logs))

    replay([0.5, None], Spy(), beside={"loss": [1.0, 0.9]})
    assert seen == [{"val_loss": 0.5, "loss": 1.0}, {"loss": 0.9}]


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_says_the_same_with_the_same_values(lang):
    english, mine = words("en"), words(lang)
    assert {table: set(told) for table, told in mine.items()} == {
        table: set(told) for table, told in english.items()
    }
    for table, told in english.items():
        for name, text in told.items():
            assert fields(mine[table][name]) == fields(text), f"{table}.{name}"
            assert mine[table][name].strip(), f"{table}.{name}"


@pytest.mark.parametrize("lang", LANGUAGES)
@given(SERIES, PATIENCE, st.booleans())
def test_the_table_fits_a_terminal(lang, series, patience, both):
    callbacks = [EarlyStopping(patience=patience), ReduceLROnPlateau(patience=1)][: 1 + both]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", lang)
        run = replay(series, *callbacks)
        assert max(map(width, str(run).splitlines())) <= WIDEST
        assert all(run.rows[0].said)


def test_a_sentence_of_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="the languages are en, ko, zh"):
        Remark("floor").text("fr")
