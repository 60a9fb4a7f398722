"""Do our callbacks decide in real Keras's fit what they decide in ours, and Keras's in ours?"""

import csv
import itertools
import math

import numpy as np
import pytest

from minikeras.callbacks import (
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
    TerminateOnNaN,
)

pytestmark = pytest.mark.usefixtures("float64")  # so that no decision hangs on the last bit

RNG = np.random.default_rng(35)
X, Y = RNG.normal(size=(12, 5)), RNG.normal(size=(12, 2))
X_TEST, Y_TEST = RNG.normal(size=(6, 5)), RNG.normal(size=(6, 2))
START, RATE = [RNG.normal(size=(5, 2)), np.zeros(2)], 0.5  # steps so large that scores wobble
EPOCHS = 12


@pytest.fixture
def fit_both(twins):
    """Return a function that fits twins, each with its own callbacks."""

    def run(ours, theirs, x=X, **options):
        models = twins(lambda k: [k.layers.Dense(2)], lambda k: k.optimizers.SGD(RATE),
                       lambda k: "mse", [lambda k: "mae"])  # fmt: skip
        options = {"epochs": EPOCHS, "batch_size": 4, "verbose": 0, "shuffle": False} | options
        histories = []
        for model, callbacks in zip(models, (ours, theirs), strict=True):
            model.set_weights(START)
            history = model.fit(
                x, Y, validation_data=(X_TEST, Y_TEST), callbacks=callbacks, **options
            )
            histories.append(history)
        return models, histories

    return run


def same_history(ours, theirs):
    assert ours.epoch == theirs.epoch
    assert set(ours.history) == set(theirs.history)
    for name, values in ours.history.items():
        assert values == pytest.approx(theirs.history[name], rel=1e-9, nan_ok=True), name


def test_the_course_of_the_runs_is_alike_and_not_smooth(fit_both):
    """What the other tests stand on: scores that go up and down, by more than rounding."""
    _, (ours, theirs) = fit_both([], [])
    same_history(ours, theirs)
    changes = np.diff(ours.history["val_loss"])
    assert np.sum(changes < -1e-3) >= 2
    assert np.sum(changes > 1e-3) >= 2


# -- our callbacks in their fit --------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"patience": 1},
        {"patience": 3, "restore_best_weights": True},
        {"patience": 2, "min_delta": 0.1},
        {"patience": 3, "baseline": 1.0, "restore_best_weights": True},
        {"patience": 1, "start_from_epoch": 4},
        {"patience": 2, "monitor": "val_mae", "mode": "max", "restore_best_weights": True},
        {"patience": 99, "monitor": "loss", "restore_best_weights": True},
    ],
    ids=str,
)
def test_our_early_stopping_decides_alike_in_both_fits(fit_both, agree, options):
    here, there = EarlyStopping(**options), EarlyStopping(**options)
    models, histories = fit_both([here], [there])
    same_history(*histories)
    assert here.best == pytest.approx(there.best, rel=1e-9)
    for name in ("best_epoch", "stopped_epoch", "wait"):
        assert getattr(here, name) == getattr(there, name)
    agree(models[0].get_weights(), models[1].get_weights(), 1e-9)
    if options.get("restore_best_weights") and there.monitor == "val_loss":
        assert models[1].evaluate(X_TEST, Y_TEST, verbose=0)[0] == pytest.approx(there.best)


@pytest.mark.parametrize(
    "options",
    [
        {"patience": 1},
        {"patience": 2, "factor": 0.5, "cooldown": 2},
        {"patience": 1, "factor": 0.5, "min_lr": 0.1},
        {"patience": 1, "monitor": "mae", "mode": "max", "factor": 0.7},
    ],
    ids=str,
)
def test_our_plateau_decides_alike_in_both_fits(fit_both, capsys, options):
    _, histories = fit_both(*([ReduceLROnPlateau(**options, verbose=1)] for _ in range(2)))
    same_history(*histories)
    rates = histories[0].history["learning_rate"]
    assert rates[0] == RATE > rates[-1]
    lines = capsys.readouterr().out.splitlines()
    half = len(lines) // 2
    falls = sum(new < old for old, new in itertools.pairwise(rates))
    assert half - falls in (0, 1)  # the last epoch's shows in no later one
    assert half >= 1
    assert lines[:half] == lines[half:]


@pytest.mark.parametrize("schedule", [lambda epoch: RATE / (1 + epoch), lambda _, rate: rate * 0.9])
def test_our_schedule_sets_the_rate_in_both_fits(fit_both, schedule):
    _, histories = fit_both(*([LearningRateScheduler(schedule)] for _ in range(2)))
    same_history(*histories)
    assert len(set(histories[1].history["learning_rate"])) == EPOCHS


def test_our_terminate_on_nan_stops_both_fits_in_the_same_batch(fit_both, capsys):
    x = X.copy()
    x[5] = math.nan  # in the second batch
    seen = [[], []]
    counting = [
        LambdaCallback(on_batch_end=lambda batch, logs, seen=seen: seen.append(batch))
        for seen in seen
    ]
    _, (ours, theirs) = fit_both(
        [TerminateOnNaN(), counting[0]], [TerminateOnNaN(), counting[1]], x=x
    )
    assert seen == [[0, 1], [0, 1]]
    assert ours.epoch == theirs.epoch == [0]
    said = "Batch 1: Invalid loss, terminating training\n"
    assert capsys.readouterr().out == 2 * said


def test_our_csv_logger_writes_alike_in_both_fits(fit_both, tmp_path):
    paths = [tmp_path / "ours.csv", tmp_path / "theirs.csv"]
    fit_both(*([CSVLogger(path)] for path in paths), epochs=3)
    tables = [list(csv.DictReader(path.read_text().splitlines())) for path in paths]
    assert list(tables[0][0]) == ["epoch", "loss", "mae", "val_loss", "val_mae"]
    for ours, theirs in zip(*tables, strict=True):
        assert list(ours) == list(theirs)
        assert [*map(float, ours.values())] == pytest.approx([*map(float, theirs.values())])


def test_our_lambda_callback_is_called_alike_in_both_fits(fit_both):
    told = [[], []]
    moments = ["train_begin", "epoch_begin", "batch_begin", "batch_end", "train_batch_end"]
    moments += ["test_batch_begin", "test_end", "epoch_end", "train_end"]

    def telling(told):
        return LambdaCallback(
            **{
                f"on_{moment}": lambda *args, moment=moment: told.append(
                    (moment, *args[:-1], isinstance(args[-1], dict))
                )
                for moment in moments
            }
        )

    fit_both(*([telling(book)] for book in told), epochs=2)
    assert told[0] == told[1]
    assert {moment for moment, *_ in told[0]} == set(moments) - {"batch_end"}


@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
@pytest.mark.parametrize(
    "options",
    [
        {"save_best_only": True},
        {"period": 5},
        {"save_best_only": True, "period": 2, "monitor": "val_mae", "mode": "max"},
        {"save_best_only": True, "initial_value_threshold": 1.2},
        {"save_freq": 7},
    ],
    ids=str,
)
def test_our_checkpoint_saves_the_same_epochs_in_both_fits(
    fit_both, keras, tmp_path, monkeypatch, options, ending
):
    import minikeras

    saved, weights_only = [], ending == ".weights.h5"
    for name in ("save", "save_weights"):  # what is in our files is another test's
        monkeypatch.setattr(
            minikeras.Sequential,
            name,
            lambda model, path, overwrite: saved.append(path),
            raising=False,
        )
    folders = [tmp_path / "ours", tmp_path / "theirs"]
    template = "{epoch:02d}-{batch}" if "save_freq" in options else "{epoch:02d}"
    both = [
        ModelCheckpoint(folder / (template + ending), save_weights_only=weights_only, **options)
        for folder in folders
    ]
    models, _ = fit_both([both[0]], [both[1]])
    names = sorted(path.name for path in folders[1].iterdir())
    assert [path.rpartition("/")[2] for path in saved] == names
    assert len(names) >= 2
    assert both[0].best == (None if both[1].best is None else pytest.approx(both[1].best))
    if weights_only:
        models[1].load_weights(folders[1] / names[-1])
    else:
        again = keras.saving.load_model(folders[1] / names[-1])
        assert again.optimizer.iterations > 0
        models = [None, again]
    if options.get("save_best_only"):
        loss, mae = models[1].evaluate(X_TEST, Y_TEST, verbose=0)
        best = mae if options.get("monitor") == "val_mae" else loss
        assert best == pytest.approx(both[1].best, rel=1e-6)


# -- their callbacks in our fit --------------------------------------------------------------------
# test_with_keras.py has those that only listen


@pytest.mark.parametrize(
    "options",
    [
        {"patience": 2},
        {"patience": 3, "restore_best_weights": True},
        {"patience": 2, "min_delta": 0.1, "restore_best_weights": True},
        {"patience": 1, "start_from_epoch": 4},
    ],
    ids=str,
)
def test_their_early_stopping_stops_our_fit_where_it_stops_theirs_and_ours_does(
    fit_both, keras, agree, options
):
    options = {"monitor": "val_loss", "mode": "min"} | options
    here, there = (keras.callbacks.EarlyStopping(**options) for _ in range(2))
    models, histories = fit_both([here], [there])
    same_history(*histories)
    assert (here.stopped_epoch, here.best_epoch) == (there.stopped_epoch, there.best_epoch)
    agree(models[0].get_weights(), models[1].get_weights(), 1e-9)
    ours = EarlyStopping(**options)
    (other, _), (history, _) = fit_both([ours], [])
    assert (ours.stopped_epoch, ours.best_epoch) == (here.stopped_epoch, here.best_epoch)
    agree(models[0].get_weights(), other.get_weights(), 0.0)
    assert history.history == histories[0].history


@pytest.mark.parametrize(
    "options",
    [
        {"patience": 1},
        {"patience": 2, "factor": 0.5, "cooldown": 2},
        {"patience": 1, "factor": 0.5, "cooldown": 1, "min_lr": 0.1},
    ],
    ids=str,
)
def test_their_plateau_lowers_the_rate_in_our_fit_as_ours_does(fit_both, keras, options):
    options = {"monitor": "val_loss", "mode": "min"} | options
    theirs = [keras.callbacks.ReduceLROnPlateau(**options) for _ in range(2)]
    _, histories = fit_both([theirs[0]], [theirs[1]])
    same_history(*histories)
    _, (ours, _) = fit_both([ReduceLROnPlateau(**options)], [])
    rates = ours.history["learning_rate"]
    assert rates == pytest.approx(histories[0].history["learning_rate"], rel=1e-6)
    assert rates[0] > rates[-1]


def test_their_schedule_sets_the_rate_in_our_fit(fit_both, keras):
    callbacks = [keras.callbacks.LearningRateScheduler(lambda _, rate: rate / 2) for _ in range(2)]
    (model, _), histories = fit_both([callbacks[0]], [callbacks[1]], epochs=3)
    same_history(*histories)
    assert histories[0].history["learning_rate"] == [0.25, 0.125, 0.0625]
    assert model.optimizer.learning_rate == 0.0625


def test_their_terminate_on_nan_stops_our_fit_before_the_next_batch(fit_both, keras, capsys):
    x = X.copy()
    x[5] = math.nan
    seen = []
    counting = LambdaCallback(on_batch_end=lambda batch, logs: seen.append(batch))
    _, (history, _) = fit_both([keras.callbacks.TerminateOnNaN(), counting], [], x=x)
    assert seen == [0, 1]
    assert history.epoch == [0]
    assert "Batch 1: Invalid loss, terminating training" in capsys.readouterr().out


def test_tensorboard_draws_the_same_curves_in_their_fit(fit_both, tmp_path):
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util.tensor_util import make_ndarray

    def curves(folder):
        paths = sorted(folder.rglob("*tfevents*"))
        return {
            (path.parent.name, event.step, value.tag): float(make_ndarray(value.tensor))
            for path in paths
            for event in EventFileLoader(str(path)).Load()
            for value in event.summary.value
        }

    folders = tmp_path / "ours", tmp_path / "theirs"
    fit_both(*([TensorBoard(folder, write_graph=False)] for folder in folders))
    ours, theirs = map(curves, folders)
    assert len(ours) == 2 * 2 * EPOCHS
    assert ours == pytest.approx(theirs, rel=1e-6)
