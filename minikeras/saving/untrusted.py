"""How is a file read that a stranger may have made?

A file is data. Nothing in it is run, imported or unpickled; every name in it is looked up in our
tables. Whatever is wrong with it is one `ModelFileError`, and the model stays as it was.

- The file is opened once, by us, and it is a regular one of at most 2 GiB. No other file is opened,
  whatever it says, and nothing is unpacked to disk.
- A `.keras` file is a zip from its first byte to its last; its members are the three that we know,
  each once, end to end, stored as they are or deflated from at most 16 MiB (`unzip.py`).
- JSON is strict: UTF-8, one object, no key twice, no NaN; size, numbers, depth within bounds.
- HDF5 is followed by hard links only, to arrays of plain numbers in the expected shape that lie in
  this file in one piece, uncompressed, together no larger than the file (`hdf5.py`); names are
  attributes, of bounded length (`attributes.py`). Who asks for it may have arrays unpacked, each
  chunk no further than it declares (`compressed.py`).
- A description names at most 1000 layers and 100 metrics, and each setting has the type that our
  code asks for (`from_keras.py`).
- So reading takes at most twice the size of the file, and 64 MiB.
- Our own files carry a digest; if it is wrong, the file was damaged or changed (`seal.py`).
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from minikeras.registry import Config
from minikeras.saving.errors import ModelFileError, within

LARGEST_FILE = 2**31
MOST_LAYERS, MOST_METRICS = 1000, 100  # a running metric may take 300 KB
LARGEST_JSON = 3 * 2**19  # bytes; as Python objects they take up to 35 times as much
DEEPEST, LONGEST_NUMBER, LONGEST_TEXT = 32, 40, 2**16  # of JSON: levels, digits, letters


# -- files -----------------------------------------------------------------------------------------


@contextmanager
def reading(filepath: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a regular file, once; whatever its content makes go wrong is a `ModelFileError`.

    FileNotFoundError and other errors of the disk itself stay what they are.
    """
    name = os.fspath(filepath)
    _check_kind(name, os.stat(name))  # some devices do something when they are opened
    with open(name, "rb", opener=_at_once) as stream:
        _check_kind(name, os.fstat(stream.fileno()))
        with within(name):
            yield stream


def _check_kind(name: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ModelFileError("a model file is a regular file, not a folder or a device", name)
    if status.st_size > LARGEST_FILE:
        raise ModelFileError(
            f"it has {status.st_size} bytes; at most {LARGEST_FILE} are read", name
        )


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe would make us wait


# -- JSON ------------------------------------------------------------------------------------------


def parsed(text: str | bytes) -> Config:
    """Return the object that is written as JSON."""
    if len(text) > LARGEST_JSON:
        raise ValueError(f"this JSON has {len(text)} bytes; at most {LARGEST_JSON} are read")
    try:
        content = json.loads(
            text if isinstance(text, str) else text.decode(),
            object_pairs_hook=_without_twins,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_bounded,
        )
        _check_depth(content, DEEPEST)
    except RecursionError:
        raise ValueError(f"this JSON is more than {DEEPEST} levels deep") from None
    except UnicodeError:
        raise ValueError("this JSON is not text in UTF-8") from None
    if not isinstance(content, dict):
        raise ValueError(f"an object {{...}} was expected, not {type(content).__name__}")
    return content


def _without_twins(pairs: list[tuple[str, Any]]) -> Config:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("an object in this JSON has the same key twice")
    return content


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if abs(number) < float("inf") else _no_number(text[:LONGEST_NUMBER])


def _bounded(text: str) -> int:
    return int(text) if len(text) <= LONGEST_NUMBER else int(_no_number(text[:LONGEST_NUMBER]))


def _check_depth(content: Any, left: int) -> None:
    if left == 0:
        raise ValueError(f"this JSON is more than {DEEPEST} levels deep")
    if isinstance(content, str):
        content.encode()  # half a character, such as \ud800, could never be written again
        if len(content) > LONGEST_TEXT:
            raise ValueError(f"a string in this JSON has more than {LONGEST_TEXT} letters")
    elif isinstance(content, dict | list):
        for part in [*content, *content.values()] if isinstance(content, dict) else content:
            _check_depth(part, left - 1)
