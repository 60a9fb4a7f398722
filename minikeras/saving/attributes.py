"""How are names and descriptions read from an HDF5 file?

They are attributes, and a string of free length lies elsewhere in the file, in a heap. Thousands of
names may be one and the same long string, so we look before how often each large heap is named.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import h5py
import numpy as np

MOST_TEXT, LEAST_TEXT = 2**24, 2**9  # bytes of all attributes of a file; what a string costs
HEAP = b"GCOL\1"  # how a heap begins
HEAD = struct.Struct("<H6xQ")  # what stands before a string in it: number, bytes
SMALL_HEAP, MOST_LARGE, MOST_HEAPS = 2**13, 16, 2**12  # bytes; how many a file may have
BLOCK = 2**20


class Text:
    """The attributes of a file: how much text they may still have."""

    def __init__(self, stream: BinaryIO) -> None:
        self.left = MOST_TEXT
        _check_heaps(stream)

    def strings(self, group: Any, name: str) -> list[str]:
        """Return an attribute that is a string or a list of them, if it is not too long."""
        low = h5py.h5a.open(group.id, name.encode())
        count, kind = low.get_space().get_simple_extent_npoints(), low.get_type()
        if not count:
            return []  # Keras writes an empty list as one of numbers
        if kind.get_class() != h5py.h5t.STRING:
            raise ValueError(f"the attribute {name!r} is no list of strings")
        each = SMALL_HEAP if kind.is_variable_str() else kind.get_size()
        if count * each > 2 * MOST_TEXT:
            raise ValueError(f"the attribute {name!r} may have more than {2 * MOST_TEXT} bytes")
        values = np.atleast_1d(group.attrs[name]).tolist()
        self.left -= sum(max(len(value), LEAST_TEXT) for value in values)
        if self.left < 0:
            raise ValueError(f"the attributes up to {name!r} have too many strings, or too long")
        try:
            return [v.decode() if isinstance(v, bytes) else v.encode().decode() for v in values]
        except UnicodeError as error:
            raise ValueError(f"the attribute {name!r} is no UTF-8") from error


def _check_heaps(stream: BinaryIO) -> None:
    """Say if a heap is damaged, or if large ones are named so often that this is too much text."""
    heaps = {
        place: int.from_bytes(block[at + 8 : at + HEAD.size], "little")
        for place, at, block in _places(stream, HEAP, HEAD.size)
    }
    large = {place: size for place, size in heaps.items() if size > SMALL_HEAP}
    if len(large) > MOST_LARGE or len(heaps) > MOST_HEAPS:
        raise ValueError(
            f"it keeps strings in {len(heaps)} places, of which {len(large)} are large"
        )
    named = 0
    for place, size in large.items():
        named += size * sum(1 for _ in _places(stream, place.to_bytes(8, "little"), 8))
    if named > MOST_TEXT:
        raise ValueError(f"its strings may have {named} bytes; at most {MOST_TEXT} are read")
    for place, size in heaps.items():
        stream.seek(place)
        _check_heap(stream.read(min(size, MOST_TEXT)))


def _check_heap(heap: bytes) -> None:
    """Go from string to string: libhdf5 would go in circles, for ever, where one takes no bytes."""
    place = HEAD.size
    while place + HEAD.size <= len(heap):
        number, size = HEAD.unpack_from(heap, place)
        step = size if number == 0 else HEAD.size + -(-size // 8) * 8  # 0: what is free, whole
        if not HEAD.size <= step <= len(heap) - place:
            raise ValueError("a place where it keeps strings is damaged")
        place += step


def _places(stream: BinaryIO, wanted: bytes, size: int) -> Iterator[tuple[int, int, bytes]]:
    """Find bytes in a file: yield where they are, and where in a block that has `size` of them."""
    start, rest = stream.seek(0), b""
    while part := stream.read(BLOCK):
        block = rest + part
        at = block.find(wanted)
        while 0 <= at <= len(block) - size:
            yield start + at, at, block
            at = block.find(wanted, at + 1)
        rest = block[1 - size :]
        start += len(block) - len(rest)
