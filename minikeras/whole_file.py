"""How does a file appear whole, or not at all?"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import IO


def write_whole(
    path: str | os.PathLike[str], write: Callable[[IO[bytes]], object], overwrite: bool
) -> None:
    """Call `write(file)` on a new file beside `path`, then give it the name `path`.

    Whatever interrupts it, `path` holds all of the old content or all of the new. FileExistsError
    where there is something and not `overwrite`.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/greeting"
    >>> write_whole(path, lambda file: file.write(b"hello"), overwrite=False)
    >>> write_whole(path, lambda file: file.write(b"hi"), overwrite=False)
    Traceback (most recent call last):
    ...
    FileExistsError: there is already a file at ...greeting': choose another name, or pass ...
    """
    path = os.fspath(path)
    if not overwrite and os.path.exists(path):
        raise FileExistsError(
            f"there is already a file at {path!r}: choose another name, or pass overwrite=True to "
            "replace it"
        )
    unfinished = f"{path}.{os.getpid()}.tmp"
    try:
        with open(unfinished, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        if os.path.exists(unfinished):
            os.remove(unfinished)
        raise
