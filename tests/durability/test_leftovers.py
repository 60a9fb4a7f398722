"""Does a save remove what killed ones left behind, and nothing that anybody needs?"""

import errno
import os

import pytest

from minikeras import whole_file
from minikeras.whole_file import write_whole
from tests.durability.children import failing


def save(path, overwrite=True):
    write_whole(path, lambda file: file.write(b"new"), overwrite)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    return tmp_path / "a"


LEFT = ["a.0123abcd.unfinished", "a.ffffffff.unfinished"]
NOT_LEFT = [  # files of other paths, and of users
    "b.0123abcd.unfinished",
    "aa.0123abcd.unfinished",
    "a.0123abcd.unfinished.0123abcd.unfinished",
    "a.0123ABCD.unfinished",
    "a.0123abcd.unfinished~",
    "a.unfinished",
    "a.12345678",
]


def test_leftovers_of_the_same_path_are_swept_and_nothing_else(path):
    for name in LEFT + NOT_LEFT:
        (path.parent / name).touch()
    save(path)
    assert sorted(os.listdir(path.parent)) == sorted(["a", *NOT_LEFT])


def test_a_leftover_that_cannot_be_removed_stops_no_save(path):
    (path.parent / LEFT[0]).mkdir()
    (path.parent / LEFT[1]).touch()
    save(path)
    assert sorted(os.listdir(path.parent)) == ["a", LEFT[0]]


@pytest.mark.parametrize("moment", ["before the lock", "while the sweeper has the lock"])
def test_a_file_that_is_swept_before_it_is_locked_is_begun_again(moment, path, monkeypatch):
    locked, flock = [], whole_file.fcntl.flock

    def sweep_the_first(file, how):
        locked.append(file.name)
        if len(locked) == 1:
            os.remove(file.name)
            if moment != "before the lock":
                raise BlockingIOError
        flock(file, how)

    monkeypatch.setattr(whole_file.fcntl, "flock", sweep_the_first)
    save(path)
    assert len(set(locked)) == 2
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == ["a"]


def test_without_locks_files_are_saved_and_nothing_is_swept(path, monkeypatch):
    monkeypatch.setattr(whole_file.fcntl, "flock", failing(errno.ENOLCK))
    (path.parent / LEFT[0]).touch()
    save(path)
    assert path.read_bytes() == b"new"
    assert sorted(os.listdir(path.parent)) == ["a", LEFT[0]]


def test_without_hard_links_a_new_file_is_renamed(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", failing(errno.EPERM))
    save(tmp_path / "new", overwrite=False)
    assert os.listdir(tmp_path) == ["new"]


@pytest.mark.parametrize("overwrite", [True, False])
def test_where_open_files_cannot_be_renamed_a_file_is_closed_first(
    overwrite, tmp_path, monkeypatch
):
    """As on Windows, which has no fcntl."""
    files, replace, link = [], os.replace, os.link

    def write(file):
        files.append(file)
        file.write(b"new")

    def closed_first(change):
        def method(*names):
            assert files[0].closed
            change(*names)

        return method

    monkeypatch.setattr(whole_file, "fcntl", None)
    monkeypatch.setattr(os, "replace", closed_first(replace))
    monkeypatch.setattr(os, "link", closed_first(link))
    (tmp_path / LEFT[0]).touch()
    write_whole(tmp_path / "a", write, overwrite)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]
