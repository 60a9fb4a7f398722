"""Which points the Projector is given, under which names, with which labels."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from minikeras import Sequential
from minikeras.callbacks.projection import Projection
from minikeras.layers import Dense, Embedding, Flatten

projector = pytest.importorskip(
    "minikeras.event_files.projector", reason="the package tensorboard is not installed"
)
WORDS = np.arange(5)[:, None]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def some_model():
    layers = [Embedding(5, 3, input_length=1), Flatten(), Dense(2, name="out")]
    return Sequential(layers)


def written(layers=None, labels=None, data=WORDS, model=None):
    """Return what is said of each tensor, after two writes."""
    from google.protobuf.text_format import Parse
    from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

    projection, model = Projection(layers, labels, data, 2), model or some_model()
    labels = projection.read_labels(model, "logs")
    for _ in range(2):  # the second in place of the first
        projection.write(model, "logs", labels)
    config = Parse(Path("logs/train/projector_config.pbtxt").read_text(), ProjectorConfig())
    return {entry.tensor_name: entry for entry in config.embeddings}


def rows(entry):
    with open(f"logs/train/{entry.tensor_path}", newline="") as file:
        return np.array([[float(cell) for cell in row] for row in csv.reader(file, "excel-tab")])


@pytest.mark.parametrize("layers", [None, []])
def test_unnamed_layers_are_all_embeddings(layers):
    model = some_model()
    entries = written(layers, model=model)
    assert list(entries) == ["embedding"]
    assert np.array_equal(rows(entries["embedding"]), model.get_weights()[0])
    assert list(entries["embedding"].tensor_shape) == [5, 3]


def test_named_layers_are_shown_as_predict_sees_them():
    model = some_model()
    entries = written(["out", "flatten"], model=model)
    assert list(entries) == ["out", "flatten"]
    shown = model.predict(WORDS, verbose=0)
    assert rows(entries["out"]) == pytest.approx(shown, rel=1e-6)


@pytest.mark.parametrize("data", [WORDS, [WORDS], WORDS.tolist()], ids=["array", "list", "rows"])
def test_data_is_an_array_or_a_list_with_one(data):
    assert list(written(data=data)["embedding"].tensor_shape) == [5, 3]


@pytest.mark.parametrize("place", [".", "logs"])
@pytest.mark.parametrize("kind", [str, Path])
def test_one_file_of_labels_serves_all_layers_wherever_it_lies(place, kind):
    Path("logs").mkdir()
    Path(place, "words.tsv").write_text("하나\n二\nthree\n\nfive\n", encoding="utf-8")
    entries = written(["embedding", "out"], kind("words.tsv"))
    for entry in entries.values():
        copy = Path("logs/train", entry.metadata_path)
        assert copy.read_bytes() == Path(place, "words.tsv").read_bytes()


def test_labels_of_a_layer_that_is_not_shown_name_those_that_are():
    with pytest.raises(ValueError, match="'dense', which is none of the layers to show: out, flat"):
        written(["out", "flatten"], {"dense": "words.tsv"})


def test_a_dict_gives_each_layer_its_own_labels():
    Path("table.tsv").write_text("word\tlength\n" + "".join(f"w{i}\t2\n" for i in range(5)))
    entries = written(["embedding", "out"], {"out": "table.tsv", "embedding": None})
    assert not entries["embedding"].metadata_path
    assert "length" in Path("logs/train", entries["out"].metadata_path).read_text()


@pytest.mark.parametrize(
    ("text", "count"), [("a\nb\n", 2), ("a\nb", 2), ("a\tb\n1\t2\n", 1), ("a\n\n", 2), ("a", 1)]
)
def test_labels_are_counted_as_the_projector_reads_them(text, count):
    Path("labels.tsv").write_text(text)
    assert projector.read_labels("labels.tsv", count) == text.encode()
    for other in (count - 1, count + 1):
        with pytest.raises(ValueError, match=f"has {count} lines in 'labels.tsv'"):
            projector.read_labels("labels.tsv", other)


floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(
    points=arrays.arrays(np.float32, arrays.array_shapes(min_dims=1, max_dims=3), elements=floats)
)
def test_numbers_come_back_as_they_were(points):
    projector.write_points("points", {"name\twith\ntricks": points}, {})
    lines = Path("points/embedding_0.tsv").read_text().splitlines()
    back = np.array([line.split("\t") for line in lines], np.float32)
    assert np.array_equal(back, points.reshape(len(points), -1))


def test_nothing_is_written_where_the_data_does_not_fit():
    with pytest.raises(ValueError, match="x holds 7, but the Embedding's input_dim allows 0 to 4"):
        written(data=np.full((2, 1), 7))
    assert not Path("logs").exists()
