"""Does a save that cannot be done say so, and leave what was there?"""

import pytest

from minikeras import whole_file
from tests.durability.children import (
    REFUSED,
    SAVED,
    calls_of,
    count,
    file_size_limit,
    forks,
    interrupted,
    small_disk,
)
from tests.durability.saves import NAMES, Saves

pytestmark = forks


def sizes_up_to(size):
    return range(0, size, size // count(10, 100, 300))


def lost_at_sizes(saves, sizes):
    """Return the sizes at which a save that cannot grow larger loses the old file."""
    lost = []
    for size in sizes:
        saves.save(0)
        with file_size_limit(size), pytest.raises(OSError):
            saves.save(1)
        if saves.held() != 0 or saves.others():
            lost.append(size)
    return lost


def test_a_file_that_may_not_grow_is_an_error_and_the_old_one_stays(saves):
    size = saves.path.stat().st_size
    assert lost_at_sizes(saves, sizes_up_to(size)) == []
    with file_size_limit(size):
        saves.save_here(1)


def test_overwriting_in_place_is_caught_losing_files_that_may_not_grow(saves, in_place):
    sizes = sizes_up_to(saves.path.stat().st_size)
    assert lost_at_sizes(saves, sizes) == list(sizes)


# -- a full disk -----------------------------------------------------------------------------------

PAGE = 4096


@pytest.fixture
def full_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, 4 << 20):
        yield folder


def fill(folder, free):
    """Fill a disk but for so many bytes."""
    block = b"\0" * PAGE
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(block)
        except OSError:
            file.truncate(max(0, file.tell() - free))


def lost_on_a_full_disk(folder, name):
    saves = Saves(folder, name)
    saves.save(0)
    size, lost = saves.path.stat().st_size, []
    for free in range(0, size - 2 * PAGE, PAGE * count(25, 5, 1)):
        saves.save(0)
        fill(folder, free)
        with pytest.raises(OSError):
            saves.save(1)
        (folder / "filler").unlink()
        if saves.held() != 0 or saves.others():
            lost.append(free)
    return lost


@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_is_an_error_and_the_old_file_stays(name, full_disk):
    assert lost_on_a_full_disk(full_disk, name) == []


@pytest.mark.parametrize("name", NAMES)
def test_overwriting_in_place_is_caught_losing_files_on_a_full_disk(
    name, full_disk, in_place, monkeypatch
):
    truncate = whole_file._begin

    def truncate_and_lose_the_room_to_another(path):
        file = truncate(path)
        if (full_disk / "filler").exists():
            fill(full_disk, free=PAGE)
        return file

    monkeypatch.setattr(whole_file, "_begin", truncate_and_lose_the_room_to_another)
    assert len(lost_on_a_full_disk(full_disk, name)) >= 2


# -- a disk that fails -----------------------------------------------------------------------------

TO_CARRY = ("write", "fsync", "fdatasync", "rename", "flock", "chmod", "ftruncate")

NEVER_FAIL = ("exit_group",)  # the end of the process


def lost_by_errors(saves, calls, error="EIO"):
    """Return the system calls whose failure was not told, or lost a file, or left another one."""
    lost = []
    for number, call in enumerate(calls, start=1):
        saves.save(number - 1)
        end = interrupted(lambda n=number: saves.save(n), call, f"error={error}")
        assert end in (SAVED, REFUSED)
        good = (number,) if end == SAVED else (number - 1, number)
        if saves.held() not in good or (call[0] in TO_CARRY and saves.others()):
            lost.append(call)
        if call[0] in ("write", "fsync", "rename") and end == SAVED:
            lost.append(call)
    return lost


def test_a_system_call_that_fails_is_an_error_and_the_old_file_stays(strace, saves, log_folder):
    calls = calls_of(lambda: saves.save(0), log_folder)
    carrying = [call for call in calls if call[0] in TO_CARRY]
    assert {"write", "fsync", "rename"} <= {name for name, _ in carrying}
    others = [call for call in calls if call[0] not in (*TO_CARRY, *NEVER_FAIL)]
    assert lost_by_errors(saves, carrying + others[:: count(12, 3, 1)]) == []
    saves.save_here(0)


def test_overwriting_in_place_is_caught_losing_files_when_system_calls_fail(
    strace, saves, log_folder, in_place
):
    calls = calls_of(lambda: saves.save(0), log_folder)
    carrying = [call for call in calls if call[0] == "write"][: count(3, 10, 100)]
    assert lost_by_errors(saves, carrying) == carrying
