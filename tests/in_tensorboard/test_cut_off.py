"""A run that is killed while it writes loses no more than the record it was writing."""

import shutil
import subprocess
import sys
import textwrap

import pytest

from minikeras.callbacks import TensorBoard

pytest.importorskip("tensorboard", reason="the package tensorboard is not installed")

from tests.in_tensorboard.board import tensorboard


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return an event file of three epochs, and where its last record begins."""
    folder = tmp_path_factory.mktemp("whole")
    board, sizes = TensorBoard(folder), []
    for epoch in range(3):
        board.on_epoch_end(epoch, {"loss": float(epoch)})
        (path,) = (folder / "train").iterdir()
        sizes.append(path.stat().st_size)
    board.on_train_end()
    return path, sizes[1], sizes[2]


def test_a_file_cut_at_any_byte_of_its_last_record_reads_up_to_it(written, tmp_path):
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    path, start, end = written
    content = path.read_bytes()
    for size in range(start, end + 1):
        cut = tmp_path / path.name
        cut.write_bytes(content[:size])
        steps = [event.step for event in EventFileLoader(str(cut)).Load() if event.summary.value]
        assert steps == ([0, 1, 2] if size == end else [0, 1]), size


@pytest.mark.parametrize("loader", ["true", "false"], ids=["rust", "python"])
def test_the_server_shows_what_is_whole(written, tmp_path, loader):
    """One run for each byte at which the file can be cut."""
    path, start, end = written
    content = path.read_bytes()
    for size in range(start, end + 1):
        (tmp_path / str(size)).mkdir()
        (tmp_path / str(size) / path.name).write_bytes(content[:size])
    with tensorboard(tmp_path, "--load_fast", loader) as board:
        board.eventually("plugin/scalars/tags", until=lambda runs: len(runs) == end + 1 - start)
        for size in range(start, end):
            assert board.scalars(str(size), "epoch_loss", 2) == [(0, 0.0), (1, 1.0)]
        assert len(board.scalars(str(end), "epoch_loss", 3)) == 3


def test_what_was_cut_off_can_be_written_on(written, tmp_path):
    """A second run in the same folder has a file of its own; TensorBoard reads both."""
    path, start, end = written
    (tmp_path / "train").mkdir()
    cut = shutil.copy(path, tmp_path / "train")
    with open(cut, "r+b") as file:
        file.truncate((start + end) // 2)
    board = TensorBoard(tmp_path)
    for epoch in (2, 3):
        board.on_epoch_end(epoch, {"loss": float(epoch)})
    board.on_train_end()
    with tensorboard(tmp_path) as server:
        assert server.scalars("train", "epoch_loss", 4) == [(i, float(i)) for i in range(4)]


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a signal")
def test_a_killed_run_has_written_all_that_it_was_told(tmp_path):
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    code = """
        import os, signal, sys
        from minikeras.callbacks import TensorBoard
        board = TensorBoard(sys.argv[1], update_freq="batch")
        for batch in range(1000):
            board.on_train_batch_end(batch, {"loss": 0.5, "size": 1})
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), tmp_path], check=False)
    assert done.returncode == -9
    (path,) = (tmp_path / "train").iterdir()
    steps = [event.step for event in EventFileLoader(str(path)).Load() if event.summary.value]
    assert steps == list(range(1, 1001))
