"""Is every row of CSVLogger there, whole and once, whatever happens to the program or the disk?"""

import json
import os
import random

import pytest

from minikeras.callbacks import CSVLogger
from minikeras.whole_file import write_whole
from tests.durability.children import (
    KILLED,
    REFUSED,
    calls_of,
    count,
    file_size_limit,
    forks,
    interrupted,
    killed_at,
    small_disk,
)

pytestmark = forks
EPOCHS = 4
HEADER = b"epoch,loss\r\n"


def row(epoch):
    return f"{epoch},{1 / (epoch + 1)}\r\n".encode()


def rows(epochs):
    """Return the file of so many epochs, of which none is lost and none is there twice."""
    return HEADER * (epochs > 0) + b"".join(map(row, range(epochs)))


def run(logger, first=0, last=EPOCHS, after_epoch=lambda epoch: None):
    logger.on_train_begin()
    for epoch in range(first, last):
        logger.on_epoch_end(epoch, {"loss": 1 / (epoch + 1)})
        after_epoch(epoch)
    logger.on_train_end()


def whole_rows_in(path):
    """Return how many rows end; the file must begin with them and have half a row more at most."""
    content = path.read_bytes() if path.exists() else b""
    number = max(0, content.count(b"\n") - 1)
    assert rows(number + 1).startswith(content)
    return number


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


def test_rows_are_what_this_file_says_they_are(path):
    run(CSVLogger(path))
    assert path.read_bytes() == rows(EPOCHS)


# -- killed ----------------------------------------------------------------------------------------


def goes_on_with_append(path):
    done = whole_rows_in(path)
    run(CSVLogger(path, append=True), first=done, last=done + EPOCHS)
    assert path.read_bytes() == rows(done + EPOCHS)
    return done


def test_after_a_kill_at_any_system_call_append_goes_on_below_whole_rows(strace, path, log_folder):
    calls = calls_of(lambda: run(CSVLogger(path)), log_folder)
    for call in calls[:: count(5, 1, 1)]:
        path.unlink()
        assert interrupted(lambda: run(CSVLogger(path)), call, "signal=SIGKILL") == KILLED
        goes_on_with_append(path)


def test_after_a_kill_at_any_moment_no_row_that_was_reported_is_lost(path):
    rng, (reported_to, reports) = random.Random(0), os.pipe()
    for _ in range(count(10, 100, 500)):
        path.unlink(missing_ok=True)
        os.write(reports, b"-1 ")

        def report(epoch):
            os.write(reports, f"{epoch} ".encode())

        killed_at(lambda: run(CSVLogger(path), last=1000, after_epoch=report), rng.uniform(0, 0.01))
        reported = int(os.read(reported_to, 1 << 16).split()[-1])
        assert goes_on_with_append(path) in (reported + 1, reported + 2)
    os.close(reports)
    os.close(reported_to)


def run_with_backup(path, backup):
    """Go on where the backup says, which is made after every second epoch."""
    logger, first = CSVLogger(path), 0
    if backup.exists():
        kept = json.loads(backup.read_text())
        logger.load_state_dict(kept["logger"])
        first = kept["epoch"]

    def keep(epoch):
        if epoch % 2:
            kept = json.dumps({"logger": logger.state_dict(), "epoch": epoch + 1}).encode()
            write_whole(backup, lambda file: file.write(kept), overwrite=True)

    run(logger, first, 2 * EPOCHS, keep)


def test_after_a_kill_at_any_system_call_a_resumed_run_ends_with_the_same_file(
    strace, path, log_folder
):
    backup = path.parent / "backup"
    calls = calls_of(lambda: run_with_backup(path, backup), log_folder)
    for call in calls[:: count(30, 4, 1)]:
        for file in (path, backup):
            file.unlink(missing_ok=True)
        end = interrupted(lambda: run_with_backup(path, backup), call, "signal=SIGKILL")
        assert end == KILLED
        run_with_backup(path, backup)
        assert path.read_bytes() == rows(2 * EPOCHS)


# -- full disks ------------------------------------------------------------------------------------


def run_until_an_error(logger, first=0, last=EPOCHS):
    """Return the epoch whose row could not be written."""
    logger.on_train_begin()
    for epoch in range(first, last):
        try:
            logger.on_epoch_end(epoch, {"loss": 1 / (epoch + 1)})
        except OSError:
            return epoch
    return last


def test_where_a_file_may_not_grow_half_a_row_is_cut_off_and_written_later(path):
    for size in range(len(rows(EPOCHS)) + 1):
        logger = CSVLogger(path)
        with file_size_limit(size):
            failed = run_until_an_error(logger)
        assert path.read_bytes() == rows(failed)
        assert len(rows(failed)) == logger.state_dict()["size"] <= size
        assert failed == EPOCHS or len(rows(failed + 1)) > size
        for epoch in range(failed, EPOCHS):  # when there is room again
            logger.on_epoch_end(epoch, {"loss": 1 / (epoch + 1)})
        logger.on_train_end()
        assert path.read_bytes() == rows(EPOCHS)


def test_a_full_disk_keeps_whole_rows(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, 3 * 4096):
        logger = CSVLogger(folder / "log.csv")
        failed = run_until_an_error(logger, last=10_000)
        assert 300 < failed < 10_000
        assert (folder / "log.csv").read_bytes() == rows(failed)
        logger.on_exception(OSError())


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_write_that_fails_is_an_error_and_leaves_whole_rows(error, strace, path, log_folder):
    calls = calls_of(lambda: run(CSVLogger(path)), log_folder)
    for call in calls:
        if call[0] not in ("write", "fsync", "ftruncate", "openat"):
            continue
        path.unlink()
        assert interrupted(lambda: run(CSVLogger(path)), call, f"error={error}") == REFUSED
        done = whole_rows_in(path)
        assert (path.read_bytes() if path.exists() else b"") == rows(done)
        goes_on_with_append(path)
