"""In which order is a file carried to the disk, so that it survives a failure of power too?"""

import re

import pytest

from minikeras.callbacks import CSVLogger, ModelCheckpoint
from minikeras.whole_file import make_folder, write_whole
from tests.durability.children import forks, log_of
from tests.durability.saves import some_model

pytestmark = [forks, pytest.mark.usefixtures("strace")]

CHANGES = ("create", "write", "fsync", "rename", "link", "unlink", "mkdir")
CALL = re.compile(r"(\w+)\((?:AT_FDCWD<[^>]*>, )?(?:\d+<([^>]*)>|\"([^\"]*)\")(.*)")


def steps(action, log_folder, folder):
    """Return what `action` does to the files below `folder`, such as "write a"."""
    found = []
    for line in log_of(action, log_folder):
        match = CALL.match(line)
        if not match:
            continue
        call, opened, named, rest = match.groups()
        path = opened or named
        if not path.startswith(str(folder)):
            continue
        name = path.removeprefix(str(folder)).lstrip("/") or "the folder"
        name = re.sub(r"\.[0-9a-f]{8}\.unfinished", ".unfinished", name)
        if call == "openat":
            call = "create" if "O_CREAT" in rest else "open"
        if call in CHANGES or call == "read":
            found.append(f"{call} {name}")
    return found


def save(path, overwrite=True):
    return lambda: write_whole(path, lambda file: file.write(b"all"), overwrite)


WHOLE = ["create a.unfinished", "write a.unfinished", "fsync a.unfinished"]


def test_a_save_is_written_carried_renamed_and_its_name_carried(tmp_path, log_folder):
    found = steps(save(tmp_path / "a"), log_folder, tmp_path)
    assert found == [*WHOLE, "rename a.unfinished", "fsync the folder"]


def test_a_first_save_that_overwrites_nothing_gets_its_name_by_a_link(tmp_path, log_folder):
    found = steps(save(tmp_path / "a", overwrite=False), log_folder, tmp_path)
    assert found == [*WHOLE, "link a.unfinished", "unlink a.unfinished", "fsync the folder"]


def test_a_new_folder_is_carried_before_a_file_in_it(tmp_path, log_folder):
    found = steps(lambda: make_folder(str(tmp_path / "new/er")), log_folder, tmp_path)
    assert found == ["mkdir new", "fsync the folder", "mkdir new/er", "fsync new"]


def test_a_checkpoint_is_durable_with_the_folders_it_makes(tmp_path, log_folder):
    saving = ModelCheckpoint(tmp_path / "{epoch}" / "m.h5")
    saving.set_model(some_model())
    saving.on_train_begin()
    found = steps(lambda: saving.on_epoch_end(0, {}), log_folder, tmp_path)
    unfinished = "1/m.h5.unfinished"
    assert list(dict.fromkeys(found)) == [  # however many writes there are
        *("mkdir 1", "fsync the folder"),
        *(f"{call} {unfinished}" for call in ("create", "write", "fsync", "rename")),
        "fsync 1",
    ]


def test_a_row_is_one_write_that_is_carried_before_training_goes_on(tmp_path, log_folder):
    logger = CSVLogger(tmp_path / "log.csv")

    def three_rows():
        logger.on_train_begin()
        for epoch in range(3):
            logger.on_epoch_end(epoch, {"loss": 0.5})
        logger.on_train_end()

    found = steps(three_rows, log_folder, tmp_path)
    row = ["write log.csv", "fsync log.csv"]
    assert found[-6:] == row * 3  # and nothing is read again
    before = [step for step in found[:-6] if step != "read log.csv"]
    assert before == ["create log.csv", "fsync the folder"]
