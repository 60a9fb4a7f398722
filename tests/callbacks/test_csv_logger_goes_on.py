"""Does CSVLogger go on below what is there, spoil no other file, and write what Keras writes?"""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minikeras
from minikeras.callbacks import CSVLogger

NEEDS = "needs the extra `oracle`: pip install -e '.[oracle]'"
VALIDATED = {"do_validation": True, "metrics": ["loss", "val_loss"]}


def write(logger, *epochs, first=0, params=None):
    """Tell a logger of these logs, one dict for each epoch."""
    logger.set_params(params or {})
    logger.on_train_begin()
    for epoch, logs in enumerate(epochs, start=first):
        logger.on_epoch_end(epoch, logs)
    logger.on_train_end()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


HEADER, ROW = b"epoch,loss\r\n", b"0,1.0\r\n"
NEW = b"7,0.5\r\n"
APPENDED = {  # what is in the file, what is in it after a row for epoch 7
    "no file": (None, HEADER + NEW),
    "an empty file": (b"", HEADER + NEW),
    "the header": (HEADER, HEADER + NEW),
    "rows": (HEADER + ROW, HEADER + ROW + NEW),
    "half a row": (HEADER + ROW + b"1,0.", HEADER + ROW + NEW),
    "half the end of a line": (HEADER + ROW + b"1,0.5\r", HEADER + ROW + NEW),
    "half a row alone": (HEADER + b"0", HEADER + NEW),
    "half a header": (b"epoch,lo", HEADER + NEW),
    "a header without its end": (b"epoch,loss", HEADER + NEW),
    "lines of Unix": (b"epoch,loss\n0,1.0\n", b"epoch,loss\n0,1.0\n" + NEW),
    "quotes": (b'"epoch","loss"\r\n', b'"epoch","loss"\r\n' + NEW),
}


@pytest.mark.parametrize("case", APPENDED)
def test_rows_are_appended_to_whole_rows(case, path):
    before, after = APPENDED[case]
    if before is not None:
        path.write_bytes(before)
    write(CSVLogger(path, append=True), {"loss": 0.5}, first=7)
    assert path.read_bytes() == after


def test_without_append_a_file_is_begun_anew(path):
    path.write_bytes(b"epoch,other\r\n0,1.0\r\n")
    write(CSVLogger(path), {"loss": 0.5}, first=7)
    assert path.read_bytes() == HEADER + NEW


OTHERS = [
    b"epoch,accuracy\r\n0,1.0\r\n",
    b"epoch,accuracy\r\n0,1",
    b"epoch,loss,val_loss\r\n",
    b"loss\r\n",
    b"\r\n",
    b"a thought, without the end of a line",
    b"epoch;loss\r\n0;1.0\r\n",
    "epoch,größe\n".encode("latin-1"),
]


@pytest.mark.parametrize("before", OTHERS)
def test_a_file_with_other_columns_is_refused_and_left_as_it_is(before, path):
    path.write_bytes(before)
    logger = CSVLogger(path, append=True)
    logger.on_train_begin()
    with pytest.raises(ValueError, match=r"begins with .* this run are 'epoch,loss': choose an"):
        logger.on_epoch_end(0, {"loss": 0.5})
    logger.on_exception(ValueError())
    assert path.read_bytes() == before


@pytest.mark.parametrize("key", ["loss", "손실"])
def test_a_run_killed_at_any_byte_can_be_appended_to(key, path):
    header = f"epoch,{key}\r\n".encode()
    for cut in range(len(header + ROW) + 1):
        path.write_bytes((header + ROW)[:cut])
        write(CSVLogger(path, append=True), {key: 0.5}, first=7)
        rows = ROW if cut == len(header + ROW) else b""
        assert path.read_bytes() == header + rows + NEW


SERIES = [{"loss": 1.0}, {"loss": 0.5, "val_loss": 2.0}, {"val_loss": 3.0}, {"loss": 0.25}]


@pytest.mark.parametrize("append", [False, True])
@pytest.mark.parametrize("halfway", range(len(SERIES) + 1))
def test_a_run_in_two_halves_writes_the_same_file(halfway, append, tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    write(CSVLogger(one), *SERIES, params=VALIDATED)
    first, second = (CSVLogger(other, append=append) for _ in range(2))
    write(first, *SERIES[:halfway], params=VALIDATED)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    write(second, *SERIES[halfway:], first=halfway, params=VALIDATED)
    assert one.read_bytes() == other.read_bytes()


def test_a_run_goes_on_with_a_header_though_its_file_was_lost(path):
    first, second = CSVLogger(path), CSVLogger(path)
    write(first, {"loss": 1.0})
    path.unlink()
    second.load_state_dict(first.state_dict())
    write(second, {"loss": 0.5}, first=7)
    assert path.read_bytes() == HEADER + NEW


def test_a_second_fit_has_columns_of_its_own(path):
    logger = CSVLogger(path)
    write(logger, {"loss": 1.0})
    write(logger, {"accuracy": 0.5})
    assert path.read_bytes() == b"epoch,accuracy\r\n0,0.5\r\n"


@pytest.fixture(scope="module")
def keras():
    os.environ["KERAS_BACKEND"] = "torch"  # Keras reads this once, when it is imported
    pytest.importorskip("torch", reason=NEEDS)
    return pytest.importorskip("keras", reason=NEEDS)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="=+-@\r\n"), max_size=5)
CELLS = st.floats() | st.integers() | NAMES | st.lists(st.floats(), max_size=2)


@st.composite
def full_runs(draw):
    """Draw two runs whose epochs all have the same keys, one of validation among them."""
    keys = draw(st.sets(NAMES, max_size=3)) - {"epoch"} | {"val_loss"}
    row = st.fixed_dictionaries(dict.fromkeys(keys, CELLS))
    return draw(st.tuples(st.lists(row, max_size=3), st.lists(row, max_size=3)))


@pytest.mark.oracle
@given(full_runs(), st.sampled_from(",;\t"), st.booleans())
def test_without_missing_keys_the_bytes_are_those_of_keras(
    keras, tmp_path_factory, runs, separator, append
):
    ours, theirs = tmp_path_factory.mktemp("ours"), tmp_path_factory.mktemp("theirs")
    for library, folder in ((minikeras, ours), (keras, theirs)):
        logger = library.callbacks.CSVLogger(str(folder / "log.csv"), separator, append)
        for epochs in runs:
            write(logger, *epochs)
    assert (ours / "log.csv").read_bytes() == (theirs / "log.csv").read_bytes()
