"""What does each callback print, to the letter, and when does it keep quiet?"""

import math
import re
from functools import partial
from types import SimpleNamespace

import pytest

from minikeras.callbacks import (
    Callback,
    CallbackList,
    CSVLogger,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from minikeras.layers import Dense
from minikeras.models import Sequential

NAN, INF = math.nan, math.inf


def a_model(rate=0.01):
    return SimpleNamespace(
        stop_training=False,
        optimizer=SimpleNamespace(learning_rate=rate),
        get_weights=lambda: [1.0],
        set_weights=lambda weights: None,
        save=lambda filepath, overwrite: None,
        save_weights=lambda filepath, overwrite: None,
    )


def run(callback, series, name="val_loss", params=None):
    """Tell of one epoch with one batch for each score of the series; None is no score."""
    events = CallbackList([callback], a_model(), params or {})
    events.on_train_begin()
    for epoch, score in enumerate(series):
        logs = {"loss": 1.0} if score is None else {name: score}
        events.on_epoch_begin(epoch)
        events.on_train_batch_begin(0, {"batch": 0, "size": 1})
        events.on_train_batch_end(0, {"batch": 0, "size": 1, **logs})
        events.on_epoch_end(epoch, logs)
        if events.model.stop_training:
            break
    events.on_train_end()


stopping = partial(partial, EarlyStopping)
restoring = partial(stopping, restore_best_weights=True)
reducing = partial(partial, ReduceLROnPlateau)
saving = partial(partial, ModelCheckpoint)
best = partial(saving, "X", save_best_only=True)

TOLD = {  # a callback, a series of val_loss, what it prints at verbose=1
    "stopped": (stopping(patience=2), [3, 2, 1, 2, 2], "Epoch 00005: early stopping\n"),
    "never stopped": (stopping(patience=2), [3, 2, 1], ""),
    "stopped and restored": (
        restoring(patience=2),
        [3, 2, 1, 2, 2, 0],
        """\
Epoch 00005: early stopping
Restoring model weights from the end of the best epoch: 3.
""",
    ),
    "restored, but not stopped": (
        restoring(patience=9),
        [3, 2, 1, 2],
        "Restoring model weights from the end of the best epoch: 3.\n",
    ),
    "stopped, but nothing to restore": (restoring(), [NAN], "Epoch 00001: early stopping\n"),
    "reduced": (
        reducing(patience=2, min_lr=1e-4),
        [1.0] * 8,
        """\
Epoch 00003: ReduceLROnPlateau reducing learning rate to 0.001.
Epoch 00005: ReduceLROnPlateau reducing learning rate to 0.0001.
""",
    ),
    "reduced to a small rate": (
        reducing(patience=1, factor=1 / 3000),
        [1, 1],
        "Epoch 00002: ReduceLROnPlateau reducing learning rate to 3.33333e-06.\n",
    ),
    "scheduled": (
        partial(LearningRateScheduler, lambda epoch: 0.01 / (epoch + 1)),
        [1, 1, 1],
        """\
Epoch 00001: LearningRateScheduler setting learning rate to 0.01.
Epoch 00002: LearningRateScheduler setting learning rate to 0.005.
Epoch 00003: LearningRateScheduler setting learning rate to 0.00333333.
""",
    ),
    "saved each time": (
        saving("w.{epoch:02d}-{val_loss:.1f}"),
        [0.5, NAN],
        """\
Epoch 00001: saving model to w.01-0.5
Epoch 00002: saving model to w.02-nan
""",
    ),
    "saved every third epoch": (
        saving("X", period=3),
        [1] * 7,
        """\
Epoch 00003: saving model to X
Epoch 00006: saving model to X
""",
    ),
    "saved every batch": (
        saving("{epoch}.{batch}", save_freq=1),
        [1, 1],
        """\
Epoch 00001: saving model to 1.1
Epoch 00002: saving model to 2.1
""",
    ),
    "the best saved": (
        best(),
        [0.5, 0.5, 0.25, NAN],
        """\
Epoch 00001: val_loss improved from inf to 0.50000, saving model to X
Epoch 00002: val_loss did not improve from 0.50000
Epoch 00003: val_loss improved from 0.50000 to 0.25000, saving model to X
Epoch 00004: val_loss did not improve from 0.25000
""",
    ),
    "the largest saved": (
        best(mode="max"),
        [NAN, 0.5, 0.25],
        """\
Epoch 00001: val_loss did not improve from -inf
Epoch 00002: val_loss improved from -inf to 0.50000, saving model to X
Epoch 00003: val_loss did not improve from 0.50000
""",
    ),
    "the best below a threshold": (
        best(initial_value_threshold=0.4),
        [0.5, 0.3],
        """\
Epoch 00001: val_loss did not improve from 0.40000
Epoch 00002: val_loss improved from 0.40000 to 0.30000, saving model to X
""",
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_callback_says_exactly_this(case, capsys):
    make, series, text = TOLD[case]
    run(make(verbose=1), series)
    assert capsys.readouterr().out == text


@pytest.mark.parametrize("case", TOLD)
def test_a_callback_is_silent_unless_asked(case, capsys):
    make, series, _ = TOLD[case]
    run(make(), series)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("loss", [NAN, INF, -INF])
def test_a_loss_that_is_no_number_is_always_told_of(loss, capsys):
    run(TerminateOnNaN(), [1.0, loss, loss], name="loss")
    assert capsys.readouterr().out == "Batch 0: Invalid loss, terminating training\n"


MISSING = "{} watches 'val_loss', which is not in the logs; they have {}. Such epochs do not count."
WARNED = {  # the callback, and the keys that it saw
    "stopping": (stopping(), "loss"),
    "reducing": (reducing(), "loss, learning_rate"),
    "the best": (best(), "loss"),
    "the best of some batches": (best(save_freq=1), "loss"),
}
PAUSED = {"do_validation": True, "metrics": ["loss", "val_loss"]}


@pytest.mark.parametrize("case", WARNED)
def test_a_score_that_is_missing_is_warned_of_once_in_each_fit(case):
    make, keys = WARNED[case]
    callback = make()
    sentence = MISSING.format(type(callback).__name__, keys)
    for _ in range(2):
        with pytest.warns(RuntimeWarning) as caught:
            run(callback, [None] * 3)
        assert [str(warning.message) for warning in caught] == [sentence]


@pytest.mark.parametrize("make", [stopping(), reducing(), best()])
def test_validation_that_merely_pauses_is_no_reason_to_warn(make):
    run(make(), [None, 1.0], params=PAUSED)


def test_validation_that_no_batch_ever_has_is_warned_of_all_the_same():
    with pytest.warns(RuntimeWarning, match="watches 'val_loss'"):
        run(best(save_freq=1)(), [None], params=PAUSED)


def test_a_column_that_comes_late_is_warned_of_once(tmp_path):
    path = tmp_path / "log.csv"
    with pytest.warns(RuntimeWarning) as caught:
        run(CSVLogger(path), [None, 1, 2])
    sentence = f"val_loss came after the first row of {path}, whose columns are loss: left out"
    assert [str(warning.message) for warning in caught] == [sentence]


def test_the_old_name_of_min_delta_is_warned_of_when_it_is_given():
    sentence = "^`epsilon` argument is deprecated and will be removed, use `min_delta` instead.$"
    with pytest.warns(DeprecationWarning, match=sentence):
        ReduceLROnPlateau(epsilon=0.5)


class Spoils(Callback):
    """Make the weights NaN before the last batch of the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == (1, 1):
            self.model.set_weights([w * NAN for w in self.model.get_weights()])


IN_ORDER = """\
Epoch 00001: LearningRateScheduler setting learning rate to 0.
Epoch 1/5 - 0s - loss: 1.0000
Epoch 00001: loss improved from inf to 1.00000, saving model to X
Epoch 00002: LearningRateScheduler setting learning rate to 0.
Batch 1: Invalid loss, terminating training
Epoch 2/5 - 0s - loss: nan
Epoch 00002: loss did not improve from 1.00000
Restoring model weights from the end of the best epoch: 1.
"""


def test_an_epochs_line_stands_before_its_messages(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    model = Sequential([Dense(1, input_dim=1, kernel_initializer="zeros", use_bias=False)])
    model.compile("sgd", "mse")
    model.save = lambda filepath, overwrite: None  # another test's
    callbacks = [
        LearningRateScheduler(lambda epoch: 0.0, verbose=1),
        Spoils(),
        TerminateOnNaN(),
        EarlyStopping("loss", patience=5, restore_best_weights=True, verbose=1),
        ReduceLROnPlateau("loss", patience=1, verbose=1),
        ModelCheckpoint("X", "loss", save_best_only=True, verbose=1),
    ]
    model.fit([[1.0]] * 4, [1.0] * 4, batch_size=2, epochs=5, callbacks=callbacks, verbose=2)
    assert re.sub(r"\d+s -", "0s -", capsys.readouterr().out) == IN_ORDER
