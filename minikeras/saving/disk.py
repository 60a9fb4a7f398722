"""Which doors lead to the disk? Two: every model file comes and goes through them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

from minikeras.saving.errors import within
from minikeras.whole_file import write_whole

Path = str | os.PathLike[str]


def write(filepath: Path, content: BytesIO, overwrite: bool) -> None:
    """Put a file that is complete in memory at this path; FileExistsError if it must not be."""
    write_whole(filepath, lambda file: file.write(content.getbuffer()), overwrite)


@contextmanager
def reading(filepath: Path) -> Iterator[BinaryIO]:
    """Open a file, once; whatever its content makes go wrong is a `ModelFileError`."""
    with open(filepath, "rb") as stream, within(os.fspath(filepath)):
        yield stream
