"""Which files does a save replace, what does it refuse, and what does it leave behind?"""

import errno
import os
import re
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.whole_file import check_writable, make_folder, sync_folder, write_whole
from tests.durability.children import failing, forks, told_by_nobody


def save(path, content=b"new", overwrite=True):
    write_whole(path, lambda file: file.write(content), overwrite)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    return tmp_path / "a"


# -- what is replaced ------------------------------------------------------------------------------


@given(st.binary(), st.binary())
def test_a_file_is_what_was_written_last(tmp_path_factory, one, other):
    path = tmp_path_factory.mktemp("whole") / "a"
    for content in (one, other):
        save(path, content)
        assert path.read_bytes() == content
        assert os.listdir(path.parent) == ["a"]


def test_a_link_stays_and_what_it_points_to_is_replaced(tmp_path, path):
    (tmp_path / "folder").mkdir()
    link, dangling = tmp_path / "folder" / "link", tmp_path / "folder" / "dangling"
    link.symlink_to("../a")
    dangling.symlink_to("../b")
    save(link)
    save(dangling, overwrite=False)
    assert link.is_symlink()
    assert dangling.is_symlink()
    assert path.read_bytes() == (tmp_path / "b").read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "folder"]


def test_another_name_of_the_old_file_keeps_the_old_content(tmp_path, path):
    os.link(path, tmp_path / "twin")
    save(path)
    assert (tmp_path / "twin").read_bytes() == b"old"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o666, 0o755])
def test_a_file_keeps_the_permissions_of_the_one_it_replaces(bits, path):
    path.chmod(bits)
    write_whole(path, lambda file: modes.append(mode(Path(file.name))), overwrite=True)
    assert mode(path) == bits
    assert modes.pop() == bits  # from before the first byte of it: nobody may peep


modes = []


@pytest.mark.parametrize(("umask", "bits"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_permissions_of_any_new_file(umask, bits, tmp_path):
    before = os.umask(umask)
    try:
        save(tmp_path / "new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == bits


@pytest.mark.parametrize("name", ["a" * 255, "손" * 85, "é" * 127, ".keras", "a b\n*[x]?.h5"])
def test_any_name_that_a_file_may_have_will_do(name, tmp_path):
    leftovers = []
    for content in (b"old", b"new"):
        write_whole(
            tmp_path / name,
            lambda file, c=content: (leftovers.append(file.name), file.write(c)),
            overwrite=True,
        )
        assert (tmp_path / name).read_bytes() == content
    Path(leftovers[0]).touch()
    save(tmp_path / name)
    assert os.listdir(tmp_path) == [name]


def test_a_path_may_be_relative(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    save("a")
    assert path.read_bytes() == b"new"


# -- what is refused -------------------------------------------------------------------------------


def refused_paths(folder):
    (folder / "folder").mkdir()
    (folder / "file").touch()
    os.mkfifo(folder / "pipe")
    return {
        folder / "folder": (IsADirectoryError, "'.*folder' is a folder: give the name of a file"),
        f"{folder}/folder/": (IsADirectoryError, "is a folder"),
        f"{folder}/no/": (IsADirectoryError, "is a folder"),
        "": (IsADirectoryError, "'' is a folder"),
        folder / "pipe": (OSError, "'.*pipe' is a device or a pipe, not a file: choose another na"),
        os.devnull: (OSError, "'/dev/null' is a device or a pipe"),
        folder / "file" / "a": (NotADirectoryError, "'.*file' is no folder: choose another"),
        folder / "file" / "b" / "a": (NotADirectoryError, "'.*file' is no folder"),
    }


def test_what_no_file_can_replace_is_refused_before_anything_is_made(tmp_path):
    paths = refused_paths(tmp_path)
    before = sorted(os.listdir(tmp_path)), os.stat(os.devnull)
    for path, (error, sentence) in paths.items():
        for refuse in (save, check_writable):
            with pytest.raises(error, match=sentence) as raised:
                refuse(path)
            assert type(raised.value) is error
    assert (sorted(os.listdir(tmp_path)), os.stat(os.devnull)) == before


def test_a_missing_folder_is_refused_but_can_be_made(tmp_path):
    path = tmp_path / "new" / "folder" / "a"
    with pytest.raises(FileNotFoundError, match=r"there is no folder '.*new/folder': make it"):
        save(path)
    check_writable(path)
    assert not path.parent.parent.exists()
    make_folder(str(path.parent))
    make_folder(str(path.parent))
    save(path)


def test_a_file_that_is_there_is_refused_unless_it_may_be_replaced(path):
    with pytest.raises(FileExistsError, match=r"at '.*a': choose another name, or pass overwrite"):
        save(path, overwrite=False)
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == ["a"]


@pytest.fixture
def open_folder():
    """A folder in which anybody may do anything, as far as the folders above it allow."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        yield Path(folder)


@forks
@pytest.mark.parametrize("refuse", [save, check_writable])
def test_what_one_may_not_write_is_refused(refuse, open_folder):
    protected, closed = open_folder / "protected", open_folder / "closed"
    protected.write_bytes(b"old")
    protected.chmod(0o444)
    closed.mkdir(mode=0o555)
    told = told_by_nobody(lambda: refuse(protected))
    assert re.match(r"PermissionError: '.*protected' is write-protected: choose another na", told)
    told = told_by_nobody(lambda: refuse(closed / "a"))
    assert re.match(r"PermissionError: the folder '.*closed' takes no new files: choose", told)
    assert protected.read_bytes() == b"old"
    assert sorted(os.listdir(open_folder)) == ["closed", "protected"]


@forks
def test_a_folder_whose_names_one_may_not_read_will_do(open_folder):
    (open_folder / "dark").mkdir()
    (open_folder / "dark").chmod(0o733)
    assert told_by_nobody(lambda: save(open_folder / "dark" / "a")) == ""
    assert (open_folder / "dark" / "a").read_bytes() == b"new"


# -- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_an_error_while_writing_comes_out_and_leaves_the_old_file_alone(error, path):
    def write(file):
        file.write(b"half of it")
        raise error("mine")

    with pytest.raises(error, match="mine"):
        write_whole(path, write, overwrite=True)
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == ["a"]


def test_an_error_while_removing_does_not_hide_the_first_one(path, monkeypatch):
    monkeypatch.setattr(os, "replace", failing(errno.ENOSPC))
    monkeypatch.setattr(os, "remove", failing(errno.EIO))
    with pytest.raises(OSError) as raised:
        save(path)
    assert raised.value.errno == errno.ENOSPC


def test_a_filesystem_that_syncs_no_folders_will_do_but_one_that_fails_is_told_of(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(os, "fsync", failing(errno.EINVAL))
    sync_folder(str(tmp_path))
    monkeypatch.setattr(os, "fsync", failing(errno.EIO))
    with pytest.raises(OSError):
        sync_folder(str(tmp_path))
