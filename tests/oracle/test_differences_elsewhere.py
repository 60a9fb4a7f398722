"""Do the other callbacks, and the loop, still do otherwise than real Keras 3's?

A test for each such row of the table of differences; it shows both sides. One that fails may mean
that Keras has changed, and that a row can go.
"""

import math
import sys

import numpy as np
import pytest

import minikeras
from minikeras.testing.stand_in import KEY, StandIn, run

X = np.array([[0.0], [1.0]], "float32")


def fitted(library, callbacks=(), **options):
    model = library.Sequential([library.Input((1,)), library.layers.Dense(1)])
    model.compile("sgd", "mse")
    options = {"verbose": 0, "epochs": 2} | options
    return model.fit(X, X, batch_size=1, callbacks=list(callbacks), **options)


# -- the rate in the logs -------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:.*(available|watches).*")  # a missing score
def test_what_they_add_to_empty_logs_is_lost(side):
    is_ours, callbacks = side
    for callback in (
        callbacks.ReduceLROnPlateau(KEY, mode="min"),
        callbacks.LearningRateScheduler(lambda epoch, rate: rate),
    ):
        logs = {}
        callback.set_model(StandIn())
        callback.on_train_begin()
        callback.on_epoch_end(0, logs)
        assert logs == ({"learning_rate": 1.0} if is_ours else {})


def test_behind_a_reduction_they_log_the_rate_of_the_next_epoch(side):
    is_ours, callbacks = side
    model, logs = StandIn(), {KEY: 1.0}
    reducing = callbacks.ReduceLROnPlateau(KEY, factor=0.5, patience=0, mode="min")
    scheduling = callbacks.LearningRateScheduler(lambda epoch, rate: rate)
    for callback in (reducing, scheduling):
        callback.set_model(model)
        callback.on_train_begin()
    for epoch in range(2):
        for callback in (reducing, scheduling):
            callback.on_epoch_end(epoch, logs := {KEY: 1.0} if callback is reducing else logs)
    assert model.optimizer.learning_rate == 0.5
    assert logs["learning_rate"] == (1.0 if is_ours else 0.5)


# -- the others -----------------------------------------------------------------------------------


def test_their_messages_begin_with_an_empty_line(side, capsys):
    is_ours, callbacks = side
    reducing = callbacks.ReduceLROnPlateau(KEY, patience=0, mode="min", verbose=1, factor=0.5)
    run(reducing, [1.0, 1.0])
    first = "" if is_ours else "\n"
    number = "00002" if is_ours else "2"
    text = f"{first}Epoch {number}: ReduceLROnPlateau reducing learning rate to 0.5.\n"
    assert capsys.readouterr().out == text


def test_a_history_used_again_goes_on_in_theirs(side):
    is_ours, callbacks = side
    history = callbacks.History()
    for _ in range(2):
        run(history, [1.0, 2.0])
    assert history.epoch == [0, 1]
    assert len(history.history[KEY]) == (2 if is_ours else 4)


def test_a_type_error_in_a_schedule_is_hidden_by_them(side):
    is_ours, callbacks = side

    def schedule(epoch, rate=None):
        if rate is not None:
            raise TypeError("mine")
        return 0.5

    scheduling = callbacks.LearningRateScheduler(schedule)
    if is_ours:
        with pytest.raises(TypeError, match="mine"):
            run(scheduling, [1.0])
    else:
        assert run(scheduling, [1.0]).optimizer.learning_rate == 0.5


@pytest.mark.parametrize("value", [1, math.nan, -1.0, None])
def test_they_take_a_nan_for_a_rate_and_no_integer(side, value):
    is_ours, callbacks = side
    scheduling = callbacks.LearningRateScheduler(lambda epoch: value)
    if value is not None and is_ours == (value == 1):
        run(scheduling, [1.0])
    else:
        with pytest.raises(
            TypeError if is_ours and value is None else ValueError, match="schedule"
        ):
            run(scheduling, [1.0])


def test_they_give_the_logs_of_a_batch_by_name(side):
    is_ours, callbacks = side
    told = []
    calling = callbacks.LambdaCallback(on_train_batch_end=lambda b, rest: told.append(b))
    events = callbacks.CallbackList([calling], model=StandIn())
    if is_ours:
        events.on_train_batch_end(7, {})
        assert told == [7]
    else:
        with pytest.raises(TypeError, match="logs"):
            events.on_train_batch_end(7, {})


def test_an_unknown_hook_is_never_called_and_never_told_of_by_them(side):
    is_ours, callbacks = side
    if is_ours:
        with pytest.raises(TypeError, match="on_epoch_ends"):
            callbacks.LambdaCallback(on_epoch_ends=print)
    else:
        callbacks.LambdaCallback(on_epoch_ends=print)


def test_they_invent_columns_of_a_validation_that_is_not(side, tmp_path):
    is_ours, callbacks = side
    run(callbacks.CSVLogger(str(tmp_path / "log.csv")), [None])
    header = (tmp_path / "log.csv").read_text().splitlines()[0]
    assert header == ("epoch,loss" if is_ours else "epoch,loss,val_loss")


def test_they_want_the_folder_of_a_table_to_be_there(side, tmp_path):
    is_ours, callbacks = side
    logger = callbacks.CSVLogger(str(tmp_path / "new" / "log.csv"))
    if is_ours:
        run(logger, [1.0])
        assert (tmp_path / "new" / "log.csv").exists()
    else:
        with pytest.raises(FileNotFoundError):
            run(logger, [1.0])


def test_they_append_to_a_table_with_other_columns(side, tmp_path):
    is_ours, callbacks = side
    path = tmp_path / "log.csv"
    path.write_text("epoch,mae\n0,1.0\n")
    logger = callbacks.CSVLogger(str(path), append=True)
    if is_ours:
        with pytest.raises(ValueError, match=r"log\.csv"):
            run(logger, [1.0])
        logger.on_exception(ValueError())
        assert path.read_text() == "epoch,mae\n0,1.0\n"
    else:
        run(logger, [1.0])
        assert path.read_text().splitlines() == ["epoch,mae", "0,1.0", "0,0.5,1.0"]


# -- the loop -------------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", ["on_train_begin", "on_epoch_begin"])
def test_a_stop_before_the_first_batch_is_heeded_after_it(side, keras, hook):
    is_ours, callbacks = side
    stops, batches = callbacks.Callback(), []
    setattr(stops, hook, lambda *_: setattr(stops.model, "stop_training", True))
    hears = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: batches.append(batch))
    fitted(minikeras if is_ours else keras, [stops, hears])
    assert batches == ([] if is_ours else [0])


def test_a_run_stopped_inside_an_epoch_is_validated_by_them(side, keras):
    is_ours, callbacks = side
    stops = callbacks.Callback()
    stops.on_train_batch_end = lambda *_, **__: setattr(stops.model, "stop_training", True)
    history = fitted(minikeras if is_ours else keras, [stops], validation_split=0.5).history
    assert ("val_loss" in history) == (not is_ours)


def test_their_progress_line_draws_backspaces_into_a_file(side, keras, capsys):
    is_ours, _ = side
    fitted(minikeras if is_ours else keras, verbose=1)
    assert any(sign in capsys.readouterr().out for sign in "\b\r\x1b") == (not is_ours)


# -- TensorBoard ----------------------------------------------------------------------------------


def test_their_tensorboard_needs_tensorflow(side, tmp_path, monkeypatch):
    is_ours, callbacks = side
    for name in ("tensorflow", "tensorflow.summary"):
        monkeypatch.setitem(sys.modules, name, None)
    library = minikeras if is_ours else pytest.importorskip("keras")
    board = callbacks.TensorBoard(tmp_path)
    if is_ours:
        fitted(library, [board])
        assert len(list(tmp_path.glob("train/*tfevents*"))) == 1
    else:
        with pytest.raises(ModuleNotFoundError, match="tensorflow"):
            fitted(library, [board])
