"""How are names and descriptions read from an HDF5 file?

They are attributes, and a string of free length lies elsewhere in the file, in a heap. Thousands of
names may be one and the same long string, so we look before how often heaps with long ones are
named.
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
SHORT, MOST_LONG, MOST_HEAPS = 2**10, 16, 2**12  # bytes; heaps with longer ones, and in all
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
        each = SHORT if kind.is_variable_str() else kind.get_size()
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
    """Say if a heap is damaged, or if long strings are named so often that this is too much."""
    heaps = {
        place: int.from_bytes(block[at + 8 : at + HEAD.size], "little")
        for place, at, block in _places(stream, HEAP, HEAD.size)
    }
    if len(heaps) > MOST_HEAPS:
        raise ValueError(f"it keeps strings in {len(heaps)} places; at most {MOST_HEAPS} are read")
    named, long = 0, 0
    for place, size in heaps.items():
        stream.seek(place)
        if (longest := _longest(stream.read(min(size, MOST_TEXT)))) > SHORT:
            long += 1
            if long <= MOST_LONG:  # each takes a look at the whole file
                named += longest * sum(1 for _ in _places(stream, place.to_bytes(8, "little"), 8))
    if long > MOST_LONG or named > MOST_TEXT:
        raise ValueError(f"its long strings, in {long} places, may have more than {named} bytes")


def _longest(heap: bytes) -> int:
    """Go from string to string: libhdf5 would go in circles, for ever, where one takes no bytes."""
    place, longest = HEAD.size, 0
    while place + HEAD.size <= len(heap):
        number, size = HEAD.unpack_from(heap, place)
        step = size if number == 0 else HEAD.size + -(-size // 8) * 8  # 0: what is free, whole
        if not HEAD.size <= step <= len(heap) - place:
            raise ValueError("a place where it keeps strings is damaged")
        longest = max(longest, size if number else 0)
        place += step
    return longest


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
