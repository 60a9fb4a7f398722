"""TensorBoard: what it writes, read back record by record, and what it refuses."""

import itertools
import math
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minikeras
from minikeras import callbacks
from minikeras.callbacks import BackupAndRestore, EarlyStopping, LambdaCallback, TensorBoard
from minikeras.layers import Dense, Dropout, Embedding, Flatten
from minikeras.loops import loop
from minikeras.utils import set_random_seed

event_files = pytest.importorskip(
    "minikeras.event_files", reason="the package tensorboard is not installed"
)
X = np.random.default_rng(0).integers(0, 9, (20, 3))
Y = X.sum(axis=1) / 24.0
GRAPH = "__run_graph__"  # the tag under which TensorBoard reads it
EVERYTHING = {
    "histogram_freq": 1,
    "write_grads": True,
    "write_images": True,
    "embeddings_freq": 1,
    "embeddings_data": np.arange(9)[:, None].repeat(3, 1),
    "update_freq": "batch",
}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def some_model():
    set_random_seed(3)
    layers = [Embedding(9, 2, input_length=3), Flatten(), Dropout(0.2), Dense(1)]
    model = minikeras.Sequential(layers)
    model.compile("adam", "mse", ["mae"])
    return model


def fitted(*listeners, **options):
    model = some_model()
    options = {"epochs": 3, "batch_size": 8, "validation_split": 0.2, "verbose": 0} | options
    model.fit(X, Y, callbacks=list(listeners), **options)
    return model


def events(run="logs/train"):
    """Return what the files of a run hold, in the order in which TensorBoard reads them."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    paths = sorted(Path(run).glob("*tfevents*"))
    return [event for path in paths for event in EventFileLoader(str(path)).Load()]


def points(tag, run="logs/train"):
    from tensorboard.util.tensor_util import make_ndarray

    values = [(event.step, value) for event in events(run) for value in event.summary.value]
    return [(step, make_ndarray(value.tensor)) for step, value in values if value.tag == tag]


def tags(run="logs/train"):
    found = {value.tag for event in events(run) for value in event.summary.value}
    return found - {GRAPH}


def test_the_curves_are_those_of_history():
    model = fitted(TensorBoard())
    for run, prefix in (("train", ""), ("validation", "val_")):
        for name in ("loss", "mae"):
            steps, values = zip(*points(f"epoch_{name}", f"logs/{run}"), strict=True)
            assert steps == (0, 1, 2)
            assert values == pytest.approx(model.history.history[prefix + name], rel=1e-6)
    assert tags() == tags("logs/validation") == {"epoch_loss", "epoch_mae"}


def test_curves_of_batches_count_the_batches_of_all_epochs():
    losses = []
    watch = LambdaCallback(on_batch_end=lambda batch, logs: losses.append(logs["loss"]))
    fitted(watch, TensorBoard(update_freq="batch"))
    steps, values = zip(*points("batch_loss"), strict=True)
    assert steps == (1, 2, 3, 4, 5, 6)
    assert values == pytest.approx(losses, rel=1e-6)
    assert tags() == {f"{kind}_{name}" for kind in ("epoch", "batch") for name in ("loss", "mae")}


@given(sizes=st.lists(st.integers(1, 9), max_size=30), frequency=st.integers(1, 20))
def test_a_number_counts_samples(sizes, frequency):
    told = []
    board = TensorBoard(update_freq=frequency)
    board._write_scalars = lambda kind, logs, step: told.append(step)
    waiting, due = 0, []
    for number, size in enumerate(sizes, start=1):
        board.on_train_batch_end(number - 1, {"size": size, "loss": 0.5})
        waiting += size
        if waiting >= frequency:
            due.append(number)
            waiting = 0
    assert told == due


def test_a_batch_of_unknown_size_counts_as_one():
    board = TensorBoard(update_freq=2)
    for number in range(5):
        board.on_train_batch_end(number, {"loss": 0.5, "batch": number})
    board.on_train_end()
    assert [step for step, _ in points("batch_loss")] == [2, 4]
    assert tags() == {"batch_loss"}


@pytest.mark.parametrize("name", ["outputs_by_layer", "gradients_by_name"])
def test_rows_are_looked_at_a_few_at_a_time(name, monkeypatch):
    sizes, look = [], getattr(minikeras.Sequential, name)

    def watched(model, x, batch_size, *names):
        sizes.append(batch_size)
        return look(model, x, batch_size, *names)

    monkeypatch.setattr(minikeras.Sequential, name, watched)
    fitted(TensorBoard(**EVERYTHING, batch_size=1), epochs=1)
    assert set(sizes) == {1}
    fitted(TensorBoard(**EVERYTHING), epochs=1)
    assert set(sizes) == {1, 32}


def test_an_epoch_that_is_not_the_first_begins_at_its_own_batches():
    fitted(TensorBoard(update_freq="batch"), initial_epoch=2)
    assert [step for step, _ in points("batch_loss")] == [5, 6]


@pytest.mark.parametrize("pace", [0.0, 0.4, 1.0])
def test_figures_of_batches_are_told_within_a_second(pace, customs, tmp_path):
    """A clock that goes on by `pace` at each look stands for slow and fast batches."""
    times = itertools.count()
    board = TensorBoard(update_freq="batch", clock=lambda: pace * next(times))
    fitted(board, epochs=1, batch_size=1, validation_split=0.0)
    assert [step for step, _ in points("batch_loss")] == list(range(1, 21))
    told = len(customs.left)  # each time one vector leaves the device
    assert told == {0.0: 2, 1.0: 20}.get(pace, told)
    assert 2 <= told <= 20


def test_nobody_waits_for_batches_without_need():
    for frequency, waits in (("epoch", False), ("batch", True), (100, True)):
        assert TensorBoard(update_freq=frequency).is_due() == waits


def test_a_subclass_may_listen_to_batches_as_well():
    class Mine(TensorBoard):
        def on_batch_end(self, batch, logs=None):
            seen.append(batch)
            super().on_batch_end(batch, logs)

    for frequency in ("epoch", "batch"):
        seen = []
        fitted(Mine(frequency, update_freq=frequency), epochs=1)
        assert seen == [0, 1]
    assert len(points("batch_loss", "batch/train")) == 2


def test_the_rate_is_drawn_where_a_callback_changes_it():
    cut = callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    fitted(cut, TensorBoard())
    values = [value for _, value in points("epoch_learning_rate")]
    assert values == pytest.approx([0.1, 0.05, 0.1 / 3], rel=1e-6)


def test_histograms_hold_weights_gradients_and_outputs_every_so_many_epochs():
    model = fitted(TensorBoard(histogram_freq=2, write_grads=True), epochs=4)
    inside = ["embedding/embeddings", "dense/kernel", "dense/bias"]
    inside += [f"{name}_grad" for name in inside]
    inside += [f"{layer.name}/out" for layer in model.layers]
    assert tags() == {*inside, "epoch_loss", "epoch_mae"}
    for tag in inside:
        assert [step for step, _ in points(tag)] == [0, 2]
    sizes = {tag: points(tag)[0][1][:, 2].sum() for tag in inside}
    assert sizes["dense/kernel"] == sizes["dense/kernel_grad"] == 6
    assert sizes["embedding/out"] == 4 * 3 * 2  # validation rows, looked-up vectors, their length


def test_the_last_histogram_is_that_of_the_last_weights():
    model = fitted(TensorBoard(histogram_freq=1, batch_size=3))
    (left, *_), (_, right, _) = points("dense/kernel")[-1][1][[0, -1]]
    kernel = model.get_layer("dense").get_weights()[0]
    assert (left, right) == pytest.approx((kernel.min(), kernel.max()))


@pytest.mark.parametrize(("frequency", "steps"), [(0, [0, 1, 2]), (2, [0, 2])])
def test_pictures_come_with_the_histograms_or_else_with_each_epoch(frequency, steps):
    fitted(TensorBoard(write_images=True, histogram_freq=frequency))
    assert [step for step, _ in points("dense/kernel/image")] == steps


def test_the_graph_is_written_once_and_where_it_is_wanted():
    fitted(TensorBoard())
    fitted(TensorBoard("without", write_graph=False))
    assert len(points(GRAPH)) == 1
    assert points(GRAPH, "without/train") == []


def test_looking_inside_changes_no_bit_of_the_training():
    alone, watched = fitted(), fitted(TensorBoard(**EVERYTHING))
    assert alone.history.history == watched.history.history
    for one, other in zip(alone.get_weights(), watched.get_weights(), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("thaws", [False, True])
def test_a_layer_that_is_frozen_meanwhile_is_trained_as_without_watching(thaws):
    def freeze(epoch, logs):
        listener.model.layers[0].trainable = thaws and epoch == 3

    runs = []
    for watching in ([], [TensorBoard(**EVERYTHING)]):
        listener = LambdaCallback(on_epoch_begin=freeze)
        runs.append(fitted(listener, *watching, epochs=5).get_weights())
    assert all(np.array_equal(*pair) for pair in zip(*runs, strict=True))


@pytest.mark.filterwarnings("error")
def test_a_run_that_runs_away_is_watched_without_warnings():
    model = some_model()
    model.compile(minikeras.optimizers.SGD(1e10), "mse")
    inside = EVERYTHING | {"embeddings_layer_names": ["dense"]}
    model.fit(X, Y, epochs=5, validation_split=0.2, callbacks=[TensorBoard(**inside)], verbose=0)
    assert math.isnan(model.history.history["loss"][-1])
    assert len(points("epoch_loss")) == 5


def test_labels_are_read_once_before_training():
    labels = Path("labels.tsv")
    labels.write_text("\n".join("abcdefghi"))
    forget = LambdaCallback(on_epoch_begin=lambda epoch, logs: labels.unlink(missing_ok=True))
    fitted(TensorBoard(**EVERYTHING, embeddings_metadata="labels.tsv"), forget)
    assert Path("logs/train/labels_0.tsv").read_text().split() == list("abcdefghi")


def test_a_run_that_goes_on_counts_its_batches_on(tmp_path):
    def stop_at_five(batch, logs):
        if len(seen) == 5:
            raise KeyboardInterrupt
        seen.append(batch)

    seen = []
    with pytest.raises(KeyboardInterrupt):
        fitted(
            LambdaCallback(on_batch_begin=stop_at_five),
            TensorBoard(update_freq="batch"),
            BackupAndRestore("backup", save_freq=1),
        )
    fitted(TensorBoard(update_freq="batch"), BackupAndRestore("backup", save_freq=1))
    assert [step for step, _ in points("batch_loss")] == [1, 2, 3, 4, 5, 6]


def test_every_event_is_in_the_file_at_once():
    board = TensorBoard()
    board.on_train_begin()
    for epoch in range(3):
        board.on_epoch_end(epoch, {"loss": 0.5})
        assert len(points("epoch_loss")) == epoch + 1
    board.on_train_end()


def test_many_fits_of_a_second_write_a_file_each_and_are_read_in_their_order():
    board = TensorBoard(write_graph=False)
    for epoch in range(12):
        fitted(board, epochs=epoch + 1, initial_epoch=epoch)
    assert len(os.listdir("logs/train")) == 12
    assert [step for step, _ in points("epoch_loss")] == list(range(12))


def test_a_loop_of_ones_own_is_drawn_as_well():
    for epoch in loop([TensorBoard(update_freq=3)], epochs=2):
        for batch in epoch.batches(range(4)):
            epoch.log_batch(loss=float(batch), size=2)
        epoch.log(val_loss=0.25, learning_rate=np.float32(0.5))
    assert points("batch_loss") == [(2, 1.0), (4, 3.0), (6, 1.0), (8, 3.0)]
    assert points("epoch_learning_rate") == [(0, 0.5), (1, 0.5)]
    assert points("epoch_loss", "logs/validation") == [(0, 0.25), (1, 0.25)]


@pytest.mark.parametrize("value", [math.nan, math.inf, -1e308, 7, True])
def test_any_number_is_drawn(value):
    board = TensorBoard()
    board.on_epoch_end(0, {"loss": value})
    board.on_train_end()
    ((_, drawn),) = points("epoch_loss")
    with np.errstate(over="ignore"):  # TensorBoard's numbers are float32
        assert np.array_equal(drawn, np.float32(value), equal_nan=True)


STRANGE = ["high", "1", np.str_("1"), b"1", [0.5], None, np.ones(1), np.array(None), {"a": 1}]
STRANGE += [1j, np.complex64(1), np.datetime64("2020-01-01"), 10**400]


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_what_is_no_number_is_left_out_with_one_warning(value):
    board = TensorBoard()
    kind = type(value).__name__
    sentence = f"'strange' in the logs is of type {kind}; it is left out"
    with pytest.warns(RuntimeWarning, match=sentence):
        board.on_epoch_end(0, {"strange": value, "loss": 0.5})
    board.on_epoch_end(1, {"strange": value, "loss": 0.5})  # a second warning would be an error
    board.on_train_end()
    assert tags() == {"epoch_loss"}


def test_the_warning_points_at_the_loop_that_told_it():
    board = TensorBoard()
    with pytest.warns(RuntimeWarning, match="draws numbers") as caught:
        board.on_epoch_end(0, {"strange": "high"})
    assert caught[0].filename == __file__


# -- settings that cannot work ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"update_freq": "batches"}, "update_freq is 'epoch', 'batch' or a number of samples"),
        ({"update_freq": 0}, "not 0"),
        ({"update_freq": True}, "not True"),
        ({"histogram_freq": -1}, "histogram_freq is a number of epochs, or 0 for never, not -1"),
        ({"histogram_freq": 1.5}, r"not 1\.5"),
        ({"embeddings_freq": "1"}, "embeddings_freq is a number of epochs, or 0 for never"),
        ({"batch_size": 0}, "batch_size is a number of rows, at least 1, not 0"),
        (
            {"write_grads": True},
            "^write_grads needs epochs to write at: pass histogram_freq=1, too$",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused_when_they_are_made(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        TensorBoard(**settings)


NO_VALIDATION = (
    "^histogram_freq needs validation data as arrays: pass validation_data or validation_split "
    "to fit, or histogram_freq=0$"
)
NEEDS = {
    "validation data": ({"histogram_freq": 1}, {"validation_split": 0.0}, NO_VALIDATION),
    "points": (
        {"embeddings_freq": 1},
        {},
        "^embeddings_freq needs points to show: pass embeddings_data",
    ),
    "points that fit": (
        {"embeddings_freq": 1, "embeddings_data": np.ones((4, 7), int)},
        {},
        r"shape \(7,\)|\(4, 7\)",
    ),
    "points in range": (
        {"embeddings_freq": 1, "embeddings_data": np.full((4, 3), 9)},
        {},
        "9",
    ),
    "a layer that is there": (
        EVERYTHING | {"embeddings_layer_names": ["embeding"]},
        {},
        "no layer named 'embeding'; there are: embedding, flatten",
    ),
    "a list of layers": (
        EVERYTHING | {"embeddings_layer_names": "embedding"},
        {},
        r"write \['embedding'\]",
    ),
    "labels of a layer that is shown": (
        EVERYTHING | {"embeddings_metadata": {"dense": "labels.tsv"}},
        {},
        "labels for 'dense', which is none of the layers to show: embedding",
    ),
    "labels in UTF-8": (
        EVERYTHING | {"embeddings_metadata": "korean.tsv"},
        {},
        "'korean.tsv' is not UTF-8; save it as UTF-8",
    ),
    "points that are some": (
        {"embeddings_freq": 1, "embeddings_data": 3},
        {},
        "pass embeddings_data, an array like x",
    ),
    "as many labels as points": (
        EVERYTHING | {"embeddings_metadata": "three.tsv"},
        {},
        "3 lines in 'three.tsv', but embeddings_data has 9 rows",
    ),
}


@pytest.mark.parametrize(("settings", "options", "sentence"), NEEDS.values(), ids=NEEDS)
def test_what_is_missing_is_said_before_anything_is_written(settings, options, sentence):
    Path("three.tsv").write_text("a\nb\nc\n")
    Path("korean.tsv").write_bytes("가\n나\n".encode("cp949"))
    board = TensorBoard(**settings)
    with pytest.raises(ValueError, match=sentence):
        fitted(board, **options)
    assert sorted(os.listdir()) == ["korean.tsv", "three.tsv"]


def test_a_file_of_labels_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"there is no file 'labels\.tsv'"):
        fitted(TensorBoard(**EVERYTHING, embeddings_metadata="labels.tsv"))


def test_a_model_without_embeddings_has_none_to_show():
    model = minikeras.Sequential([Dense(1, input_dim=3)])
    model.compile("sgd", "mse")
    board = TensorBoard(embeddings_freq=1, embeddings_data=X)
    sentence = (
        "embeddings_freq needs layers to look at, and this model has no Embedding: name some, such "
        "as embeddings_layer_names=['dense']"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        model.fit(X, Y, callbacks=[board], verbose=0)


@pytest.mark.parametrize(
    "settings",
    [
        {"histogram_freq": 1},
        {"write_images": True},
        {"embeddings_freq": 1, "embeddings_data": X},
    ],
)
def test_a_model_that_shows_nothing_is_told_what_it_lacks(settings):
    board = TensorBoard(**settings)
    board.set_model(SimpleNamespace(stop_training=False))
    board.validation_data = (X, Y, None)
    with pytest.raises(RuntimeError, match="TensorBoard needs a model with weights_by_name"):
        board.on_train_begin()


def test_a_place_that_is_no_folder_is_an_error_before_training():
    Path("logs").write_text("a file")
    epochs = []
    watch = LambdaCallback(on_epoch_begin=lambda epoch, logs: epochs.append(epoch))
    with pytest.raises(NotADirectoryError, match="logs' is no folder"):
        fitted(watch, TensorBoard())
    assert epochs == []


def test_without_the_package_the_error_names_the_extra(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("minikeras.event_files")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    with pytest.raises(ImportError, match=r"^TensorBoard needs .* pip install '\.\[tensorboard\]'"):
        TensorBoard().on_train_begin()


def test_no_file_stays_open_when_training_fails():
    board = TensorBoard()
    failing = LambdaCallback(on_epoch_end=lambda epoch, logs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fitted(board, failing)
    assert board.runs == {}
    assert len(points("epoch_loss")) == 1


def test_other_callbacks_are_not_disturbed():
    stopping = EarlyStopping("loss", mode="max", patience=1, restore_best_weights=True)
    fitted(TensorBoard(**EVERYTHING), stopping, epochs=9)
    assert len(points("epoch_loss")) == stopping.stopped_epoch + 1
