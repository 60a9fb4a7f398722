"""Is the file of CSVLogger a table that other programs read, whatever happens while it grows?"""

import csv
import math
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minikeras
from minikeras.callbacks import Callback, CSVLogger

VALIDATED = {"do_validation": True, "metrics": ["loss", "mae", "val_loss", "val_mae"]}


def write(logger, *epochs, first=0, params=None):
    """Tell a logger of these logs, one dict for each epoch."""
    logger.set_params(params or {})
    logger.on_train_begin()
    for epoch, logs in enumerate(epochs, start=first):
        logger.on_epoch_end(epoch, logs)
    logger.on_train_end()


def table(path, separator=","):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=separator))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


BYTES = {  # the logs of each epoch, the file's content
    "by name": (
        [{"loss": 0.5, "acc": 1}, {"acc": 0.1, "loss": 1e-10}],
        "epoch,acc,loss\r\n0,1,0.5\r\n1,0.1,1e-10\r\n",
    ),
    "missing": (
        [{"a": 1.0, "b": 2.0}, {"b": 2.0}, None],
        "epoch,a,b\r\n0,1.0,2.0\r\n1,NA,2.0\r\n2,NA,NA\r\n",
    ),
    "no numbers": ([{"loss": math.nan}, {"loss": -math.inf}], "epoch,loss\r\n0,nan\r\n1,-inf\r\n"),
    "nothing": ([None, {}], "epoch\r\n0\r\n1\r\n"),
    "no epoch": ([], ""),
    "sequences": (
        [{"x": [1, 2]}, {"x": (0.5,)}, {"x": np.arange(2)}, {"x": []}],
        'epoch,x\r\n0,"""[1, 2]"""\r\n1,"""[0.5]"""\r\n2,"""[0, 1]"""\r\n3,"""[]"""\r\n',
    ),
    "scalars": (
        [{"x": np.float64(0.5)}, {"x": np.array(0.5)}, {"x": "a b"}],
        "epoch,x\r\n0,0.5\r\n1,0.5\r\n2,a b\r\n",
    ),
    "quoted": (
        [{"a,b": 1.0, 'c"d': 2.0, "e\nf": 3.0}],
        'epoch,"a,b","c""d","e\nf"\r\n0,1.0,2.0,3.0\r\n',
    ),
    "formulas": (
        [{"=a": 1.0, "+b": 2.0, "-c": -3.0, "@d": 4.0, "e=": 5.0}],
        "epoch,'+b,'-c,'=a,'@d,e=\r\n0,2.0,-3.0,1.0,4.0,5.0\r\n",
    ),
    "unicode": ([{"손실": 1.0, "ß": 2.0}], "epoch,ß,손실\r\n0,2.0,1.0\r\n"),
}


@pytest.mark.parametrize("case", BYTES)
def test_a_file_holds_exactly_these_bytes(case, path):
    epochs, content = BYTES[case]
    write(CSVLogger(path), *epochs)
    assert path.read_bytes() == content.encode()


@pytest.mark.parametrize("separator", [";", "\t", "|", " "])
def test_another_separator_separates_and_is_quoted_in_names(separator, path):
    write(CSVLogger(path, separator), {"loss": 0.5, f"a{separator}b": [1, 2]})
    header = f'epoch{separator}"a{separator}b"{separator}loss\r\n'
    assert path.read_bytes().startswith(header.encode())
    assert table(path, separator) == [["epoch", f"a{separator}b", "loss"], ["0", '"[1, 2]"', "0.5"]]


@pytest.mark.parametrize("separator", ["", ", ", "\n", '"', None])
def test_what_cannot_separate_is_refused(separator):
    with pytest.raises(ValueError, match="separator is one character, such as ','"):
        CSVLogger("log.csv", separator)


KEYS = st.text(max_size=5).filter(lambda key: key.isprintable())
VALUES = st.floats() | st.lists(st.floats(), max_size=2)
ROWS = st.lists(st.dictionaries(KEYS, VALUES, max_size=4), min_size=1, max_size=6)


@pytest.mark.filterwarnings("ignore:.*came after the first row:RuntimeWarning")
@given(ROWS, st.sampled_from(",;\t "), st.booleans())
def test_a_table_has_one_row_for_each_epoch_and_is_rectangular(
    tmp_path_factory, rows, separator, append
):
    path = tmp_path_factory.mktemp("csv") / "log.csv"
    write(CSVLogger(path, separator, append), *rows)
    header, *body = table(path, separator)
    keys = sorted(rows[0])
    titles = [f"'{key}" if key[:1] in ("=", "+", "-", "@") else key for key in keys]
    assert header == ["epoch", *titles]
    assert [row[0] for row in body] == [str(epoch) for epoch in range(len(rows))]
    for row, logs in zip(body, rows, strict=True):
        assert len(row) == len(header)
        for cell, key in zip(row[1:], keys, strict=True):
            value = logs.get(key, "NA")
            assert cell == (str(value) if not isinstance(value, list) else f'"{value}"')


# -- columns --------------------------------------------------------------------------------------


def test_columns_of_validation_are_there_from_the_first_row(path):
    write(CSVLogger(path), {"loss": 1.0}, {"loss": 0.5, "val_loss": 0.25}, params=VALIDATED)
    assert table(path) == [
        ["epoch", "loss", "val_loss", "val_mae"],
        ["0", "1.0", "NA", "NA"],
        ["1", "0.5", "0.25", "NA"],
    ]


def test_without_validation_there_are_no_columns_of_it(path):
    write(CSVLogger(path), {"loss": 1.0}, params=VALIDATED | {"do_validation": False})
    assert table(path)[0] == ["epoch", "loss"]


def test_a_real_fit_that_validates_now_and_then_fills_a_table(path):
    history = fit([CSVLogger(path)], epochs=4, validation_freq=2)
    header, *rows = table(path)
    assert header == ["epoch", "loss", "mae", "val_loss", "val_mae"]
    assert [row[3:] == ["NA", "NA"] for row in rows] == [True, False, True, False]
    assert [float(row[1]) for row in rows] == history["loss"]
    assert [float(row[3]) for row in rows[1::2]] == history["val_loss"]


@pytest.mark.filterwarnings("ignore:.*came after:RuntimeWarning")
def test_keys_that_come_later_are_left_out(path):
    write(CSVLogger(path), {"b": 1.0}, {"a": 2.0, "b": 3.0, "c": 4.0}, {"c": 5.0})
    assert table(path) == [["epoch", "b"], ["0", "1.0"], ["1", "3.0"], ["2", "NA"]]


# -- while training, and how it ends --------------------------------------------------------------


def fit(callbacks, **options):
    model = minikeras.Sequential([minikeras.layers.Dense(1, input_dim=1)])
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = [[0.0], [1.0]], [1.0, 2.0]
    options = {"verbose": 0, "validation_data": (x, y)} | options
    return model.fit(x, y, callbacks=callbacks, **options).history


def test_each_row_can_be_read_before_training_goes_on(path):
    seen = []

    class Reads(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(len(table(path)))

    fit([CSVLogger(path), Reads()], epochs=3)
    assert seen == [2, 3, 4]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_exception_closes_the_file_and_keeps_the_rows(error, path):
    class Fails(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise error

    logger = CSVLogger(path)
    with pytest.raises(error):
        fit([logger, Fails()], epochs=5)
    assert logger.file is None
    assert len(table(path)) == 3


def test_a_run_that_was_left_without_a_word_leaves_no_file_open(path):
    logger = CSVLogger(path)
    logger.on_train_begin()
    first = logger.file
    logger.on_train_begin()
    assert first.closed
    logger.on_train_end()


def test_folders_are_made_when_training_begins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("new/folder/log.csv", "log.csv"):
        logger = CSVLogger(name)
        assert not os.path.exists(name)
        write(logger, {"loss": 0.5})
        assert os.path.exists(name)


def test_a_row_before_the_beginning_says_what_to_call(path):
    with pytest.raises(RuntimeError, match="call that first"):
        CSVLogger(path).on_epoch_end(0, {"loss": 0.5})
    assert not path.exists()
