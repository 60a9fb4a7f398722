"""How does a file appear whole, or not at all?

Whoever overwrites a file in place and is killed halfway has lost it. So the new content goes into a
file of its own in the same folder, is carried to the disk, and only then takes the name of the old
one, which a system does in one step.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from typing import IO

try:
    import fcntl
except ImportError:  # Windows, where nobody can remove a file that is open: that will do for a lock
    fcntl = None  # type: ignore[assignment]

ENDING = ".unfinished"
LONGEST = 255  # bytes in the name of a file, on most systems


def write_whole(
    path: str | os.PathLike[str], write: Callable[[IO[bytes]], object], overwrite: bool
) -> None:
    """Call `write(file)` on a new file beside `path`, then give it the name `path`.

    Whatever interrupts it, `path` holds all of the old content or all of the new; when it returns,
    the new one, through a failure of power too. A link stays: what it points to is replaced. The
    new file has the permissions of the old one, and belongs to whoever saves. What a killed run
    leaves behind, `name.1f9a03c7.unfinished`, is removed by the next save to the same path.

    FileExistsError where there is a file and not `overwrite`: of those who save to one new path at
    the same moment one succeeds (all do, and the last one's file stays, on a disk without hard
    links). OSError, and the old file stays, for what cannot be written.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/greeting"
    >>> write_whole(path, lambda file: file.write(b"hello"), overwrite=False)
    >>> write_whole(path, lambda file: file.write(b"hi"), overwrite=False)
    Traceback (most recent call last):
    ...
    FileExistsError: there is already a file at ...greeting': choose another name, or pass ...
    """
    check_writable(path)
    path = os.path.realpath(path)
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"there is no folder {folder!r}: make it, or choose another")
    if not overwrite and os.path.exists(path):
        raise _taken(path)
    _sweep(path)
    file = _begin(path)
    try:
        if os.path.exists(path):
            os.chmod(file.name, stat.S_IMODE(os.stat(path).st_mode))
        write(file)
        file.flush()
        os.fsync(file.fileno())
        if fcntl is None:
            file.close()
        _give_name(file.name, path, overwrite)
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell of
            file.close()
        with suppress(OSError):
            os.remove(file.name)
        raise
    file.close()  # and with it goes the lock
    sync_folder(folder)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise what saving to `path` would raise, as far as it can be known without writing.

    Missing folders are no error if they can be made.
    """
    check_file(path)
    check_folder(os.path.dirname(os.path.realpath(path)))


def check_file(path: str | os.PathLike[str]) -> None:
    """Raise an error that says why `path` cannot be a file to write, if it cannot."""
    path = os.fspath(path)
    if os.path.isdir(path) or not os.path.basename(path):
        raise IsADirectoryError(f"{path!r} is a folder: give the name of a file")
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError(f"{path!r} is a device or a pipe, not a file: choose another name")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise PermissionError(
            f"{path!r} is write-protected: choose another name, or allow writing to it"
        )


def check_folder(folder: str) -> None:
    """Raise what saving into a folder would raise; a missing one is fine if it can be made."""
    folder = os.path.realpath(folder)
    while not os.path.exists(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder):
        raise NotADirectoryError(f"{folder!r} is no folder: choose another")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(
            f"the folder {folder!r} takes no new files: choose another, or allow writing to it"
        )


def make_folder(folder: str) -> None:
    """Make a folder and those above it that are missing, so that they are there to stay."""
    folder = os.path.realpath(folder)
    above = os.path.dirname(folder)
    if folder != above and not os.path.isdir(folder):
        make_folder(above)
        os.makedirs(folder, exist_ok=True)
        sync_folder(above)


def sync_folder(folder: str) -> None:
    """Carry to the disk which names a folder holds."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows, or a folder whose names we may not read
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a filesystem that does this for files only
            raise
    finally:
        os.close(descriptor)


def _begin(path: str) -> IO[bytes]:
    """Return a new file beside `path`, locked until it is closed, so that nobody sweeps it."""
    while True:
        file = open(f"{_stem(path)}.{os.urandom(4).hex()}{ENDING}", "x+b")  # noqa: SIM115
        if _lock(file):
            return file
        file.close()


def _lock(file: IO[bytes]) -> bool:
    """Lock a new file; False if another process has taken it for a leftover by then."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a filesystem without locks: there nobody sweeps
        return True
    return os.path.exists(file.name)


def _sweep(path: str) -> None:
    """Remove what killed runs left of this path: files that nobody has locked."""
    folder, stem = os.path.split(_stem(path))
    leftover = re.compile(re.escape(stem) + r"\.[0-9a-f]{8}" + re.escape(ENDING))
    with suppress(OSError):
        for name in filter(leftover.fullmatch, os.listdir(folder)):
            with suppress(OSError):
                _remove_unless_locked(os.path.join(folder, name))


def _remove_unless_locked(path: str) -> None:
    if fcntl is None:
        os.remove(path)
        return
    with open(path, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.remove(path)


def _stem(path: str) -> str:
    """Return `path`, its name shortened so that what we add to it is not too long."""
    folder, name = os.path.split(path)
    while len(os.fsencode(name)) > LONGEST - len(".12345678" + ENDING):
        name = name[:-1]
    return os.path.join(folder, name)


def _give_name(unfinished: str, path: str, overwrite: bool) -> None:
    if not overwrite:
        try:
            os.link(unfinished, path)  # fails where there is a file by now; os.replace does not
        except FileExistsError:
            raise _taken(path) from None
        except OSError:
            pass  # a filesystem without hard links
        else:
            os.remove(unfinished)
            return
    os.replace(unfinished, path)


def _taken(path: str) -> FileExistsError:
    return FileExistsError(
        f"there is already a file at {path!r}: choose another name, or pass overwrite=True to "
        "replace it"
    )
