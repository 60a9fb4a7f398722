"""Does the picture of a log show what CSVLogger wrote, or say why not?"""

import math
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.image import imread

from minikeras import cli
from minikeras.callbacks import CSVLogger, EarlyStopping, ReduceLROnPlateau
from minikeras.layers import Dense
from minikeras.models import Sequential
from minikeras.plotting import draw, plot_log, read_log

SEPARATORS = ",;\t |:'e"


def write(logger, *epochs, first=0, params=None):
    """Tell a logger of these logs, one dict for each epoch."""
    logger.set_params(params or {})
    logger.on_train_begin()
    for epoch, logs in enumerate(epochs, start=first):
        logger.on_epoch_end(epoch, logs)
    logger.on_train_end()


def shown(figure):
    """Return the points of the curves by panel and kind."""
    return {
        (axes.get_title(), line.get_label()): repr(list(zip(*line.get_data(), strict=True)))
        for axes in figure.axes
        for line in axes.lines
        if line.get_label() in ("training", "validation", "NaN or infinite")
        or line.get_drawstyle() == "steps-mid"
    }


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


@pytest.fixture
def drawn(monkeypatch):
    """Every figure that is saved."""
    figures, save = [], Figure.savefig
    monkeypatch.setattr(
        Figure, "savefig", lambda figure, *a, **k: figures.append(figure) or save(figure, *a, **k)
    )
    return figures


def fit(*callbacks):
    model = Sequential([Dense(1, input_dim=1)])
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = [[0.0], [1.0], [2.0]], [1.0, 2.0, -1.0]
    options = {"validation_data": ([[1.0]], [9.0]), "validation_freq": 2}
    return model.fit(x, y, epochs=8, verbose=0, callbacks=list(callbacks), **options)


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_log_has_the_curves_of_its_history(separator, path, drawn):
    halving = ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=10.0)
    stopping = EarlyStopping("val_loss", patience=3, mode="max")
    history = fit(halving, CSVLogger(path, separator), stopping)
    picture = plot_log(path)
    assert picture == str(path.with_suffix(".png"))
    (figure,) = drawn
    assert shown(figure) == shown(history.plot())
    assert len(shown(figure)) == 5
    assert figure.legends[0].get_title().get_text() == "log.csv"
    assert imread(picture).std() > 0.01


NAMES = st.text(max_size=5).filter(lambda key: key.isprintable())
KEYS = (NAMES | NAMES.map(lambda key: f"={key}")).filter(
    lambda key: not key.startswith(("'=", "'+", "'-", "'@"))  # not to be told from `=`, `+`, ...
)
ROWS = st.lists(st.dictionaries(KEYS, st.floats(), max_size=4), min_size=1, max_size=6)


@pytest.mark.filterwarnings("ignore:.*came after the first row:RuntimeWarning")
@given(ROWS, st.sampled_from(SEPARATORS))
def test_what_csv_logger_writes_is_read_to_the_bit(tmp_path_factory, rows, separator):
    path = tmp_path_factory.mktemp("csv") / "log.csv"
    write(CSVLogger(path, separator), *rows)
    (run,) = read_log(path)
    assert run.epochs == list(range(len(rows)))
    told = {key: {e: row[key] for e, row in enumerate(rows) if key in row} for key in rows[0]}
    assert repr(run.curves) == repr(dict(sorted(told.items())))


def test_what_is_no_number_is_left_out(path):
    write(CSVLogger(path), {"a": [1, 2], "b": "word", "c": 1.0}, {"a": 1.0}, {"c": -math.inf})
    (run,) = read_log(path)
    assert run.curves == {"a": {1: 1.0}, "c": {0: 1.0, 2: -math.inf}}


def test_a_log_that_a_spreadsheet_has_saved_is_read(path):
    path.write_bytes(b"\xef\xbb\xbfepoch;loss\n0;0.5\n")
    assert read_log(path)[0].curves == {"loss": {0: 0.5}}


def test_the_last_of_several_runs_is_drawn(path, drawn):
    for n in (1, 2, 3):
        write(CSVLogger(path, append=True), *[{"loss": n / 8}] * n)
    write(CSVLogger(path, append=True), {"loss": 0.5}, first=3)  # goes on
    runs = read_log(path)
    assert [run.epochs for run in runs] == [[0], [0, 1], [0, 1, 2, 3]]
    plot_log(path)
    assert shown(drawn[0]) == shown(draw(runs[-1]))
    assert drawn[0].legends[0].get_title().get_text() == "log.csv, run 3 of 3"


def test_half_a_row_at_the_end_does_not_count(path):
    write(CSVLogger(path), {"loss": 0.5, "val_loss": 1.0}, {"loss": 0.25, "val_loss": 2.0})
    content = path.read_bytes()
    rows = content.splitlines(keepends=True)
    for size in range(len(content) + 1):
        path.write_bytes(content[:size])
        whole = sum(size >= len(b"".join(rows[: n + 1])) for n in range(len(rows)))
        if whole >= 2:
            (run,) = read_log(path)
            assert run.epochs == list(range(whole - 1))
        else:
            with pytest.raises(ValueError, match=r"has no rows yet|first column is not 'epoch'"):
                read_log(path)


LOGS = {  # the content of the file, what is said of it
    "nothing yet": (b"", "has no rows yet"),
    "no row yet": (b"epoch,loss\r\n", "has no rows yet"),
    "another table": (b"time,loss\n0,0.5\n", "its first column is not 'epoch'"),
    "a model": (b"\x89HDF\r\n\x1a\n" + bytes(range(256)), "its first column is not 'epoch'"),
    "no epoch": (b"epoch,loss\nx,0.5\n", "no file of CSVLogger, or it is damaged"),
    "half an epoch": (b"epoch,loss\n0.5,0.5\n", "or it is damaged"),
    "too few cells": (b"epoch,loss,mae\n0,0.5\n", "or it is damaged"),
    "too many cells": (b"epoch,loss\n0,0.5\n1,0.5,0.5\n", "or it is damaged"),
    "an empty line": (b"epoch,loss\n\n0,0.5\n", "or it is damaged"),
    "a huge cell": (b"epoch,loss\n0," + b"1" * 200_000 + b"\n", "or it is damaged"),
    "only epochs": (b"epoch\n0\n1\n", "has no 'val_loss'.*it has: nothing"),
    "no loss": (b"epoch,mae\n0,1\n", "has no 'val_loss'.*it has: mae"),
}


@pytest.mark.parametrize("case", LOGS)
def test_a_file_that_is_no_log_is_one_sentence(case, path, tmp_path):
    content, sentence = LOGS[case]
    path.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        plot_log(path, tmp_path / "new" / "picture.png")
    assert os.listdir(tmp_path) == ["log.csv"]


OUTPUTS = {
    "picture.jpeg": (ValueError, "ends in none of .png, .svg, .pdf"),
    "picture": (ValueError, "ends in none of .png, .svg, .pdf"),
    "folder.png": (IsADirectoryError, "is a folder: give the name of a file"),
    "log.csv/picture.png": (NotADirectoryError, "is no folder: choose another"),
}


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_picture_that_cannot_be_written_is_one_sentence(output, path, tmp_path):
    write(CSVLogger(path), {"loss": 0.5})
    (tmp_path / "folder.png").mkdir()
    error, sentence = OUTPUTS[output]
    with pytest.raises(error, match=sentence):
        plot_log(path, tmp_path / output)
    assert sorted(os.listdir(tmp_path)) == ["folder.png", "log.csv"]


def test_a_log_is_never_drawn_over(tmp_path):
    path = tmp_path / "log.png"
    write(CSVLogger(path), {"loss": 0.5})
    before = path.read_bytes()
    with pytest.raises(ValueError, match="is the log itself: give the picture another name"):
        plot_log(path)
    assert path.read_bytes() == before


def test_a_log_that_is_not_there_is_one_sentence(path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*: give one that"):
        plot_log(path)


STARTS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF", ".PNG": b"\x89PNG"}


@pytest.mark.parametrize("ending", STARTS)
def test_the_ending_chooses_the_format_and_folders_are_made(ending, path, tmp_path):
    write(CSVLogger(path), {"loss": 0.5, "손실": 0.25})
    picture = tmp_path / "new" / f"picture{ending}"
    assert plot_log(path, picture) == str(picture)
    assert picture.read_bytes().startswith(STARTS[ending])
    assert os.listdir(tmp_path / "new") == [f"picture{ending}"]


def test_a_picture_that_fails_leaves_the_older_one(path, monkeypatch):
    write(CSVLogger(path), {"loss": 0.5})
    picture = path.with_suffix(".png")
    picture.write_bytes(b"older")

    def fails(figure, file, **options):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(Figure, "savefig", fails)
    with pytest.raises(OSError, match="no space left"):
        plot_log(path)
    assert picture.read_bytes() == b"older"
    assert sorted(os.listdir(path.parent)) == ["log.csv", "log.png"]


def test_the_command_draws_and_says_where(path, tmp_path, drawn, capsys):
    write(CSVLogger(path), {"f1x": 0.5, "loss": 2.0}, {"f1x": 0.25, "loss": 1.0})
    picture = str(tmp_path / "f1x.svg")
    arguments = ["--output", picture, "--monitor", "val_f1x", "--mode", "max", "--dark"]
    assert cli.main(["plot", str(path), *arguments]) == 0
    assert capsys.readouterr().out == f"written: {picture}\n"
    texts = [text.get_text() for text in drawn[0].legends[0].get_texts()]
    assert "best f1x: epoch 1" in texts
    assert sum(drawn[0].get_facecolor()[:3]) < 1


def test_the_command_fails_in_one_sentence(path, capsys):
    assert cli.main(["plot", str(path)]) == 1
    assert capsys.readouterr().err.startswith("minikeras plot: there is no file ")
