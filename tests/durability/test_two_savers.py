"""Do programs that save to one path at once leave each other in peace?"""

import os
import signal

import pytest

from minikeras.whole_file import write_whole
from tests.durability.children import (
    REFUSED,
    SAVED,
    count,
    end_of,
    forks,
    go_on,
    stopped_child,
)
from tests.durability.saves import NAMES, Saves

pytestmark = forks


def start(*actions):
    """Call each of the actions in a child of its own; return the ids of these."""
    children = [stopped_child(action) for action in actions]
    for child in children:
        go_on(child)
    return children


def read_until_all_end(children, read):
    """Call `read()` again and again while the children live; return how often, and their ends."""
    reads, ends = 0, {}
    while len(ends) < len(children):
        for child in set(children) - set(ends):
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                ends[child] = os.waitstatus_to_exitcode(status)
        read()
        reads += 1
    return reads, [ends[child] for child in children]


@pytest.mark.parametrize("name", NAMES)
def test_of_two_who_save_to_one_path_each_finds_whole_files_only(name, tmp_path):
    saves = Saves(tmp_path, name)
    saves.save_here(0)
    each = count(30, 300, 1000)
    last = (100_000 + each - 1, 200_000 + each - 1)

    def many(first):
        for number in range(first, first + each):
            saves.save(number)

    def read():
        held = saves.held()
        assert held == 0 or held in range(100_000, 300_000)

    children = start(lambda: many(100_000), lambda: many(200_000))
    reads, ends = read_until_all_end(children, read)
    assert ends == [SAVED, SAVED]
    assert reads > 2
    assert saves.held() in last
    assert saves.others() == []


def test_small_files_of_many_who_sweep_are_whole_and_nothing_is_left(tmp_path):
    """Short saves, most of whose time goes into sweeping, are the ones to lose a race."""
    path = tmp_path / "small"
    path.write_bytes(b"0" * 1000)
    each = count(100, 1000, 5000)

    def many(letter):
        for _ in range(each):
            write_whole(path, lambda file: file.write(letter * 1000), overwrite=True)

    def read():
        content = path.read_bytes()
        assert content == content[:1] * 1000

    children = start(*(lambda letter=letter: many(letter) for letter in (b"1", b"2", b"3")))
    _, ends = read_until_all_end(children, read)
    assert ends == [SAVED] * 3
    assert os.listdir(tmp_path) == ["small"]


def test_of_two_who_save_to_one_new_path_one_succeeds(tmp_path):
    path = tmp_path / "new"
    for _ in range(count(30, 300, 1500)):
        children = start(
            *(
                lambda letter=letter: write_whole(path, lambda f: f.write(letter), overwrite=False)
                for letter in (b"1", b"2")
            )
        )
        ends = [end_of(child) for child in children]
        assert sorted(ends) == [SAVED, REFUSED]
        assert path.read_bytes() == (b"1" if ends[0] == SAVED else b"2")
        assert os.listdir(tmp_path) == ["new"]
        path.unlink()


def test_a_save_that_goes_on_while_another_one_sweeps_keeps_its_file(tmp_path):
    path = tmp_path / "slow"

    def write_slowly(file):
        file.write(b"slow")
        os.kill(os.getpid(), signal.SIGSTOP)

    (child,) = start(lambda: write_whole(path, write_slowly, overwrite=True))
    os.waitpid(child, os.WUNTRACED)
    write_whole(path, lambda file: file.write(b"fast"), overwrite=True)
    assert len(os.listdir(tmp_path)) == 2
    go_on(child)
    assert end_of(child) == SAVED
    assert path.read_bytes() == b"slow"
    assert os.listdir(tmp_path) == ["slow"]
