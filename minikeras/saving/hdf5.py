"""How is an HDF5 file read and written?

Reading goes step by step, and asks at each whether what was expected is there: see the rules in
`untrusted.py`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

import h5py
import numpy as np

from minikeras.backend import Host, Shape
from minikeras.saving import compressed, seal
from minikeras.saving.attributes import Text
from minikeras.saving.errors import within
from minikeras.saving.untrusted import LARGEST_FILE

Group = Any  # a group of h5py, which has no type annotations
Writer = Callable[[Any], object]  # what writes a file that is complete in memory
HEADER = 60_000  # bytes: an attribute has to fit into an object's header of 64 KiB
SPARE = 2**22  # bytes that a zip has besides the weights
MOST_MEMBERS, MOST_PARTS = 10_000, 256  # of a group; of a list of names that was cut
NUMBERS = (h5py.h5t.INTEGER, h5py.h5t.FLOAT)
MAGIC = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class Stored:
    """An array in a file, checked but not read yet."""

    place: str
    dataset: Any
    allowance: Allowance

    def read(self) -> Host:
        with within(self.place):
            if self.allowance.damage:
                raise ValueError(self.allowance.damage)
            if self.dataset.chunks:
                return compressed.read(self.dataset)
            return np.asarray(self.dataset[()])


@dataclass
class Allowance:
    """What a file may still cost: bytes of its arrays and attributes; whether chunks are read."""

    bytes: int
    compressed: bool
    text: Text
    damage: str | None = None  # what is wrong with the digest


class Node:
    """A group in a file, from where we go on to what is in it."""

    def __init__(self, group: Group, allowance: Allowance) -> None:
        self.group, self.allowance = group, allowance

    def __contains__(self, path: str) -> bool:
        return self._at(path) is not None

    def __len__(self) -> int:
        count = len(self.group)
        if count > MOST_MEMBERS:
            raise ValueError(f"{count} members are here; at most {MOST_MEMBERS} are read")
        return count

    def __iter__(self) -> Iterator[str]:
        return iter(self.group if len(self) else ())

    def child(self, path: str) -> Node:
        """Return the group at this path, or say that it is missing."""
        found = self._at(path)
        if not isinstance(found, h5py.Group):
            raise ValueError(f"there is no group {path!r}")
        return Node(found, self.allowance)

    def array(self, path: str, shape: Shape | None) -> Stored:
        """Return the array at this path, if it holds plain numbers in this shape (None: any)."""
        with within(path):
            found = self._at(path)
            if not isinstance(found, h5py.Dataset):
                raise ValueError("there is no array of this name")
            self._check(found, shape)
            return Stored(f"{self.group.name}/{path}".lstrip("/"), found, self.allowance)

    def text(self, name: str) -> str | None:
        """Return an attribute that is a string, or None if there is none."""
        if name not in self.group.attrs:
            return None
        found = self.allowance.text.strings(self.group, name)
        if len(found) != 1:
            raise ValueError(f"the attribute {name!r} is not one string, but {len(found)}")
        return found[0]

    def names(self, name: str) -> list[str]:
        """Return an attribute that is a list of strings; Keras cuts long ones: name0, name1, ..."""
        attributes = self.group.attrs
        parts = [name] if name in attributes else [f"{name}{i}" for i in range(MOST_PARTS)]
        strings = self.allowance.text.strings
        found = [strings(self.group, part) for part in parts if part in attributes]
        if not found:
            raise ValueError(f"there is no attribute {name!r}")
        return [value for part in found for value in part]

    def _at(self, path: str) -> Any:
        """Follow a path by hard links; others lead out of what is known, or of the file."""
        found = self.group
        for name in path.split("/"):
            if not isinstance(found, h5py.Group):
                raise ValueError(f"{name!r} is expected in a group, but this is something else")
            if not name or "\0" in name:  # at a zero libhdf5 would stop to read
                return None
            links = found.id.links  # `name in found` would look where the link leads
            if not links.exists(name.encode()):
                return None
            if links.get_info(name.encode()).type != h5py.h5l.TYPE_HARD:
                raise ValueError(f"{name!r} leads to another place or file, and is not followed")
            try:
                found = found[name]
            except Exception as error:
                raise ValueError(f"{name!r} is damaged ({error})") from error
        return found

    def _check(self, found: Any, shape: Shape | None) -> None:
        settings = found.id.get_create_plist()
        layout, filters = settings.get_layout(), settings.get_nfilters()
        in_chunks = layout == h5py.h5d.CHUNKED
        if not in_chunks and layout not in (h5py.h5d.COMPACT, h5py.h5d.CONTIGUOUS):
            raise ValueError("its numbers lie in other arrays, which are not opened")
        if settings.get_external_count():
            raise ValueError("its numbers lie in another file, which is not opened")
        if found.shape is None or shape not in (None, found.shape):
            raise ValueError(f"its shape is {found.shape}, but the model's is {shape}")
        if found.id.get_type().get_class() not in NUMBERS or found.dtype.itemsize > 8:
            raise ValueError(f"it holds {found.dtype}, not real numbers")
        if in_chunks and self.allowance.compressed:
            compressed.check(found)
            self.allowance.damage = None  # it was packed since, by who does not know the digest
            return
        if in_chunks or filters:
            raise ValueError(
                "it is compressed or cut into chunks; if you trust the file, pass "
                "allow_compressed=True to load_weights"
            )
        size = math.prod(found.shape) * found.dtype.itemsize
        if found.id.get_storage_size() != size:
            raise ValueError(f"{found.id.get_storage_size()} bytes are stored for {size}")
        self.allowance.bytes -= size
        if self.allowance.bytes < 0:
            raise ValueError("the arrays up to here have more bytes than the file")


@contextmanager
def opened(stream: BinaryIO, allow_compressed: bool = False) -> Iterator[Node]:
    """Open the HDF5 file that a stream holds, to read it; the digest, if there is one, is right."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    begins = stream.read(16)
    if not begins.startswith(MAGIC):
        raise ValueError("this is not an HDF5 file")
    version = begins[len(MAGIC)] if len(begins) == 16 else 0
    if tuple(begins[13:15] if version < 2 else begins[9:11]) != (8, 8):
        raise ValueError("this HDF5 file does not count its bytes in 64 bits")
    try:
        file = h5py.File(stream, "r")
    except OSError as error:
        raise ValueError(f"this is a damaged HDF5 file ({error})") from error
    with file:
        allowance = Allowance(size, allow_compressed, Text(stream))
        root = Node(file, allowance)
        if (digest := root.text(seal.NAME)) is not None:
            allowance.damage = seal.problem(stream, digest)
        if allowance.damage and not allow_compressed:
            raise ValueError(allowance.damage)
        yield root


def image(fill: Callable[[Group], object]) -> BytesIO:
    """Return an HDF5 file with what `fill` writes into it, and its digest."""
    stream = BytesIO()
    with h5py.File(stream, "w") as file:
        file.attrs[seal.NAME] = np.bytes_(seal.OPEN)
        fill(file)
    if stream.getbuffer().nbytes > LARGEST_FILE - SPARE:
        raise ValueError(f"the model is too large: a file holds at most {LARGEST_FILE} bytes")
    seal.close(stream)
    return stream


def write_names(group: Group, name: str, values: Sequence[str]) -> None:
    """Write a list of strings as an attribute, as Keras does."""
    encoded = np.asarray([value.encode() for value in values])
    parts = np.array_split(encoded, encoded.nbytes // HEADER + 1)
    for number, part in enumerate(parts):
        group.attrs[name if len(parts) == 1 else f"{name}{number}"] = part


def write_arrays(file: Group, path: str, name: str, arrays: Sequence[Host]) -> None:
    """Write arrays as 0, 1, ... into a new group, which belongs to what is called `name`."""
    group = file.create_group(path)
    group.attrs["name"] = name
    for number, values in enumerate(arrays):
        group[str(number)] = values
