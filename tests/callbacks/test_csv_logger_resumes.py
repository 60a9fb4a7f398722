"""Does a run that goes on from a saved state write each row once, below the rows of that state?"""

import json
import os

import pytest

from minikeras.callbacks import CSVLogger

HEADER = b"epoch,loss\r\n"


def rows(*epochs):
    return b"".join(b"%d,%.1f\r\n" % (epoch, epoch) for epoch in epochs)


def write(logger, *epochs):
    for epoch in epochs:
        logger.on_epoch_end(epoch, {"loss": float(epoch)})


def state_after(path, *epochs, append=False):
    """Return the state of a run after these epochs."""
    logger = CSVLogger(path, append=append)
    logger.on_train_begin()
    write(logger, *epochs)
    state = json.loads(json.dumps(logger.state_dict()))
    logger.on_train_end()
    return state


def resumed(path, state, append=False):
    """Return a logger that goes on from a state."""
    logger = CSVLogger(path, append=append)
    logger.load_state_dict(state)
    logger.on_train_begin()
    return logger


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


def test_a_state_tells_the_columns_and_where_the_last_row_ends(path):
    assert state_after(path, 0, 1) == {"keys": ["loss"], "size": len(HEADER + rows(0, 1))}
    assert state_after(path) == {"keys": None, "size": 0}


AFTER = {  # what a killed run wrote after its state, where that is
    "nothing": b"",
    "rows": rows(2, 3),
    "half a row": rows(2) + b"3,",
    "less than a row": b"2",
}


@pytest.mark.parametrize("append", [False, True])
@pytest.mark.parametrize("after", AFTER.values(), ids=AFTER)
def test_rows_from_after_the_state_are_cut_off_and_written_again(after, append, path):
    state = state_after(path, 0, 1)
    with path.open("ab") as file:
        file.write(after)
    logger = resumed(path, state, append)
    assert path.read_bytes() == HEADER + rows(0, 1)
    write(logger, 2)
    logger.on_train_end()
    assert path.read_bytes() == HEADER + rows(0, 1, 2)


@pytest.mark.parametrize("append", [False, True])
def test_a_state_from_before_the_first_row_keeps_what_was_there_before(append, path):
    before = HEADER + rows(7) if append else b""
    path.write_bytes(before)
    state = state_after(path, append=append)
    assert state == {"keys": None, "size": len(before)}
    state_after(path, 0, 1, append=append)  # the run goes on, and is killed
    logger = resumed(path, state, append)
    assert path.read_bytes() == before
    write(logger, 0)
    logger.on_train_end()
    assert path.read_bytes() == (before or HEADER) + rows(0)


def test_half_a_row_that_was_there_before_is_no_part_of_the_state(path):
    path.write_bytes(HEADER + rows(7) + b"8,")
    assert state_after(path, append=True)["size"] == len(HEADER + rows(7))
    assert path.read_bytes() == HEADER + rows(7) + b"8,"  # nothing is changed before a row comes


SHORTER = {  # what is left of a file with two rows, what comes before the next row
    "gone": (None, HEADER),
    "empty": (b"", HEADER),
    "half the header": (HEADER[:5], HEADER),
    "the header": (HEADER, HEADER),
    "half a row": (HEADER + b"0,", HEADER),
    "a row": (HEADER + rows(0), HEADER + rows(0)),
    "a row and a half": (HEADER + rows(0) + b"1,1", HEADER + rows(0)),
}


@pytest.mark.parametrize("case", SHORTER)
def test_a_file_that_lost_rows_goes_on_below_those_it_has(case, path):
    left, before = SHORTER[case]
    state = state_after(path, 0, 1)
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    logger = resumed(path, state)
    write(logger, 2)
    logger.on_train_end()
    assert path.read_bytes() == before + rows(2)


def test_a_file_with_other_columns_is_refused_before_training_and_left_as_it_is(path):
    state = state_after(path, 0, 1)
    other = b"epoch,accuracy\r\n" + rows(*range(9))
    path.write_bytes(other)
    logger = CSVLogger(path)
    logger.load_state_dict(state)
    with pytest.raises(ValueError, match="begins with 'epoch,accuracy'; the columns of this run"):
        logger.on_train_begin()
    logger.on_exception(ValueError())
    assert path.read_bytes() == other


@pytest.mark.parametrize("seen", [0, 1])
def test_a_state_may_be_loaded_again_while_the_file_is_open(seen, path):
    state = state_after(path, *range(seen))
    logger = resumed(path, state)
    file = logger.file
    logger.load_state_dict(state)
    logger.is_resuming = False
    assert logger.file is file
    assert not file.closed
    write(logger, *range(seen, 3))
    assert logger.state_dict() == {"keys": ["loss"], "size": len(HEADER + rows(0, 1, 2))}
    logger.on_train_end()
    assert path.read_bytes() == HEADER + rows(0, 1, 2)


def test_the_next_run_after_a_resumed_one_begins_anew(path):
    logger = resumed(path, state_after(path, 0))
    logger.on_train_end()
    logger.on_train_begin()
    assert path.read_bytes() == b""
    assert logger.state_dict() == {"keys": None, "size": 0}
    logger.on_train_end()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [(os.devnull, "is a device or a pipe, not a file"), (".", "'.' is a folder: give the name")],
)
def test_what_is_no_file_is_refused_before_training(name, sentence):
    with pytest.raises(OSError, match=sentence):
        CSVLogger(name).on_train_begin()
