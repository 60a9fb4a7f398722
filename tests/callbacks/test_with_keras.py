"""Do real Keras's callbacks serve in our fit, and ours in that of real Keras?"""

import csv
import io
import os
import re

import numpy as np
import pytest

import minikeras
from minikeras.callbacks import BaseLogger, Callback, History, ProgbarLogger

NEEDS = "needs the extra `oracle`: pip install -e '.[oracle]'"
OF_KERAS = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings(OF_KERAS)]

X, Y = np.arange(24, dtype="float32").reshape(6, 4) / 24, np.ones((6, 1), "float32")


@pytest.fixture(scope="module")
def keras():
    os.environ["KERAS_BACKEND"] = "torch"  # Keras reads this once, when it is imported
    torch = pytest.importorskip("torch", reason=NEEDS)
    torch.set_num_threads(1)
    return pytest.importorskip("keras", reason=NEEDS)


def model_of(library, learning_rate=0.1):
    model = library.models.Sequential([library.layers.Input((4,)), library.layers.Dense(1)])
    optimizer = library.optimizers.SGD(learning_rate)
    model.compile(optimizer, "mean_squared_error", metrics=["mae"])
    return model


def fitted(library, callbacks, learning_rate=0.1, **options):
    model = model_of(library, learning_rate)
    options = {"batch_size": 4, "epochs": 3, "verbose": 0} | options
    return model.fit(X, Y, validation_data=(X, Y), callbacks=callbacks, **options)


@pytest.mark.parametrize("where", ["ours", "theirs"])
def test_their_early_stopping_stops_either_fit(keras, where):
    stopping = keras.callbacks.EarlyStopping(
        monitor="loss", mode="min", patience=1, min_delta=0.1, restore_best_weights=True
    )
    library = minikeras if where == "ours" else keras
    history = fitted(library, [stopping], learning_rate=0.0, epochs=9, shuffle=False)
    assert history.epoch == [0, 1]
    assert (stopping.stopped_epoch, stopping.best_epoch) == (1, 0)


def test_their_history_hears_what_ours_hears(keras):
    theirs = keras.callbacks.History()
    ours = fitted(minikeras, [theirs])
    assert theirs.epoch == ours.epoch == [0, 1, 2]
    assert theirs.history == ours.history
    assert list(theirs.history) == ["loss", "mae", "val_loss", "val_mae"]


def test_their_csv_logger_writes_what_our_history_hears(keras, tmp_path):
    history = fitted(minikeras, [keras.callbacks.CSVLogger(str(tmp_path / "log.csv"))])
    with (tmp_path / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for name, values in history.history.items():
        assert [float(row[name]) for row in rows] == values
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]


def test_their_lambda_callback_hears_our_fit(keras):
    told = []
    functions = {
        name: lambda *args, name=name: told.append((name, args[-1]))
        for name in ("on_epoch_begin", "on_epoch_end", "on_train_begin", "on_train_end")
    }
    functions["on_train_batch_end"] = lambda batch, logs: told.append(("batch", logs))
    fitted(minikeras, [keras.callbacks.LambdaCallback(**functions)], epochs=1)
    names = ["on_train_begin", "on_epoch_begin", "batch", "batch", "on_epoch_end", "on_train_end"]
    assert [name for name, _ in told] == names
    assert list(told[2][1]) == ["batch", "size", "loss", "mae"]
    assert list(told[4][1]) == ["loss", "mae", "val_loss", "val_mae"]


class Hears(Callback):
    def __init__(self):
        self.told = []


def _write(hook):
    def method(self, *args, **named):
        logs = {**dict(enumerate(args)), **named}.popitem()[1]
        self.told.append((hook, logs))

    return method


for _hook in vars(Callback):
    if _hook.startswith("on_") and _hook not in ("on_batch_begin", "on_batch_end"):
        setattr(Hears, _hook, _write(_hook))


def test_a_callback_of_ours_hears_both_fits_alike(keras):
    ours, theirs = Hears(), Hears()
    fitted(minikeras, [ours])
    fitted(keras, [theirs])
    assert [hook for hook, _ in ours.told] == [hook for hook, _ in theirs.told]
    for (hook, mine), (_, other) in zip(ours.told, theirs.told, strict=True):
        assert isinstance(other, dict)
        if hook == "on_epoch_end":
            assert set(mine) == set(other)
            assert {type(value) for value in [*mine.values(), *other.values()]} == {float}


def test_a_callback_of_ours_stops_their_fit(keras):
    class Stops(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = logs["loss"] >= 0

    assert fitted(keras, [Stops()]).epoch == [0]


def test_our_history_hears_what_theirs_hears(keras):
    ours = History()
    theirs = fitted(keras, [BaseLogger(), ours])
    assert ours.epoch == theirs.epoch == [0, 1, 2]
    assert ours.history == theirs.history


@pytest.mark.parametrize("verbose", ["auto", 1, 2, 0])
@pytest.mark.parametrize("count_mode", ["steps", "samples"])
def test_our_progress_line_is_shown_in_their_fit(keras, count_mode, verbose):
    stream = io.StringIO()
    fitted(keras, [BaseLogger(), ProgbarLogger(count_mode, stream=stream)], verbose=verbose)
    count = r"2/2 \[={30}\]" if count_mode == "steps" else "2/Unknown"
    bar = {0: None, 2: r"\d+s"}.get(verbose, rf" *{count} - \d+s \d+[mu]?s/step")
    lines = stream.getvalue().splitlines()
    assert len(lines) == (3 if bar else 0)
    for number, line in enumerate(lines, start=1):
        figures = "".join(rf" - {name}: \S+" for name in ("loss", "mae", "val_loss", "val_mae"))
        assert re.fullmatch(rf"Epoch {number}/3 - {bar}{figures}", line)


def test_our_progress_line_is_shown_in_their_evaluate_and_predict(keras):
    stream, model = io.StringIO(), model_of(keras)
    logger = ProgbarLogger("steps", stream=stream)
    model.evaluate(X, Y, batch_size=4, callbacks=[logger])
    model.predict(X, batch_size=4, callbacks=[logger])
    first, second = stream.getvalue().splitlines()
    assert re.fullmatch(r"2/2 \[={30}\] - \d+s \d+[mu]?s/step - loss: \S+ - mae: \S+", first)
    assert re.fullmatch(r"2/2 \[={30}\] - \d+s \d+[mu]?s/step", second)
