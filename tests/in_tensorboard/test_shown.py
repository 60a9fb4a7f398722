"""What the real TensorBoard shows of a run, asked through its own HTTP interface."""

import io
from urllib.parse import parse_qsl

import numpy as np
import pytest

import minikeras
from minikeras.callbacks import ReduceLROnPlateau, TensorBoard
from minikeras.layers import Dense, Embedding, Flatten

pytest.importorskip("tensorboard", reason="the package tensorboard is not installed")

from PIL import Image

from tests.in_tensorboard.board import tensorboard

X = np.random.default_rng(0).integers(0, 9, (40, 3))
Y = X.sum(axis=1) / 24.0
WORDS = np.arange(9)[:, None].repeat(3, 1)
EPOCHS = 4


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model that was trained with all that TensorBoard can be asked for."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "words.tsv").write_text(
        "word\tlength\n" + "".join(f"낱말 {i}\t{i}\n" for i in range(9)), encoding="utf-8"
    )
    board = TensorBoard(
        folder / "logs",
        histogram_freq=1,
        batch_size=5,
        write_grads=True,
        write_images=True,
        embeddings_freq=1,
        embeddings_layer_names=["words", "dense"],
        embeddings_metadata={"words": folder / "words.tsv"},
        embeddings_data=[WORDS],
        update_freq=16,
    )
    model = minikeras.Sequential([Embedding(9, 2, name="words"), Flatten(), Dense(3), Dense(1)])
    model.compile("adam", "mse", ["mae"])
    callbacks = [ReduceLROnPlateau(patience=1, min_delta=9.0), board]
    model.fit(X, Y, 8, EPOCHS, callbacks=callbacks, validation_split=0.2, verbose=0)
    model.folder = folder
    return model


@pytest.fixture(scope="module")
def board(model):
    with tensorboard(model.folder / "logs") as board:
        yield board


def test_train_and_validation_are_two_curves_of_one_chart(board, model):
    for name in ("loss", "mae"):
        for run, prefix in (("train", ""), ("validation", "val_")):
            steps, values = zip(*board.scalars(run, f"epoch_{name}", EPOCHS), strict=True)
            assert steps == tuple(range(EPOCHS))
            assert values == pytest.approx(model.history.history[prefix + name], rel=1e-6)


def test_the_learning_rate_is_shown(board, model):
    points = board.scalars("train", "epoch_learning_rate", EPOCHS)
    rates = model.history.history["learning_rate"]
    assert [value for _, value in points] == pytest.approx(rates, rel=1e-6)
    assert rates[-1] < rates[0]


def test_a_number_of_samples_lies_between_two_points(board):
    """32 rows in batches of 8: every second batch."""
    points = board.scalars("train", "batch_loss", 2 * EPOCHS)
    assert [step for step, _ in points] == [2 * i for i in range(1, 2 * EPOCHS + 1)]


def test_histograms_show_weights_gradients_and_outputs(board, model):
    shown = board.tags("histograms")["train"]
    weights = [f"{layer.name}/{p.name}" for layer in model.layers for p in layer.parameters]
    outputs = [f"{layer.name}/out" for layer in model.layers]
    assert shown == {*weights, *(f"{name}_grad" for name in weights), *outputs}
    points = board.read("plugin/histograms/histograms", run="train", tag="dense_1/kernel")
    assert [step for _, step, _ in points] == list(range(EPOCHS))
    buckets = np.array(points[-1][2])
    kernel = model.weights_by_name()["dense_1/kernel"]
    assert (buckets[0, 0], buckets[-1, 1]) == pytest.approx((kernel.min(), kernel.max()))
    assert buckets[:, 2].sum() == kernel.size
    outputs = board.read("plugin/histograms/histograms", run="train", tag="dense_1/out")[-1][2]
    assert np.array(outputs)[:, 2].sum() == 8  # the validation rows, in chunks of 5 and 3


def test_pictures_show_the_weights(board):
    assert "dense/kernel/image" in board.tags("images")["train"]
    (shown, *_) = board.read(
        "plugin/images/images", run="train", tag="dense/kernel/image", sample=0
    )
    png = board.get("plugin/images/individualImage", **dict(parse_qsl(shown["query"])))
    assert Image.open(io.BytesIO(png)).size == (6, 3)


def test_the_graph_is_that_of_the_model(board):
    assert board.read("plugin/graphs/info")["train"]["run_graph"]
    graph = board.get("plugin/graphs/graph", run="train", conceptual="false").decode()
    for name in ("input", "words/Embedding", "flatten/Flatten", "dense/kernel", "dense_1/Dense"):
        assert f'name: "{name}"' in graph


def test_the_projector_shows_points_with_their_labels(board, model):
    assert board.eventually("plugin/projector/runs") == ["train"]
    entries = board.read("plugin/projector/info", run="train")["embeddings"]
    assert [(e["tensorName"], e["tensorShape"]) for e in entries] == [
        ("words", [9, 6]),
        ("dense", [9, 3]),
    ]
    for name, array in model.outputs_by_layer(WORDS, names=["words", "dense"]).items():
        shown = board.get("plugin/projector/tensor", run="train", name=name, num_rows=99)
        assert np.array_equal(np.frombuffer(shown, "float32"), array.reshape(-1))
    labels = board.get("plugin/projector/metadata", run="train", name="words", num_rows=99).decode()
    assert labels.splitlines()[:2] == ["word\tlength", "낱말 0\t0"]


def test_a_server_that_was_there_first_shows_all_that_comes(tmp_path):
    """It looks for a projector once, when it first sees the run."""
    (tmp_path / "logs").mkdir()
    with tensorboard(tmp_path / "logs") as board:
        board.read("plugin/scalars/tags")
        model = minikeras.Sequential([Embedding(9, 2), Flatten(), Dense(1)])
        model.compile("sgd", "mse")
        listener = TensorBoard(tmp_path / "logs", embeddings_freq=1, embeddings_data=WORDS)
        for start in range(3):
            model.fit(X, Y, epochs=start + 1, initial_epoch=start, callbacks=[listener], verbose=0)
            assert len(board.scalars("train", "epoch_loss", start + 1)) == start + 1
        assert board.eventually("plugin/projector/runs") == ["train"]
        assert board.read("plugin/graphs/info")["train"]["run_graph"]
