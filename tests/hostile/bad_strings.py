"""What can be wrong with strings, and with the bytes where libhdf5 keeps them?

Each entry changes a whole file, in the layout of Keras 2; `at` is where its first kernel lies.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import h5py
import numpy as np

from tests.hostile.bad_names import names
from tests.hostile.files import DIGEST, edited

LONG, OFTEN = 2**20 + 7, 3000  # bytes of a string that is found again by its length; how often
SHORT = 1019  # bytes of another one


def shared_string(reserved: bytes) -> Callable[[bytes, str], bytes]:
    """Let thousands of names be one and the same string of a megabyte, which HDF5 allows."""

    def change(content: bytes, at: str) -> bytes:
        values = ["x" * LONG, *["y"] * (OFTEN - 1)]
        change_names = names("layer_names", values, dtype=h5py.string_dtype())
        content = edited(content, lambda file: change_names(file, at))
        place = content.index(struct.pack("<L", LONG))
        one = content[place : place + 16]
        content = content[:place] + one * OFTEN + content[place + 16 * OFTEN :]
        return content.replace(b"GCOL\1\0\0\0", b"GCOL\1" + reserved)

    return change


STRINGS: dict[str, Callable[[bytes, str], bytes]] = {
    "thousands of names that are one string": shared_string(b"\0\0\0"),
    "the same, and an odd mark": shared_string(b"\1\2\3"),
}


def with_names(**values: object) -> Callable[[bytes, str], bytes]:
    """Give attributes to the group of all layers, as large as a later libhdf5 lets them be."""

    def change(content: bytes, at: str) -> bytes:
        stream = io.BytesIO()
        with h5py.File(io.BytesIO(content)) as old, h5py.File(stream, "w", libver="latest") as new:
            place = old[at].parent.parent.parent.name  # a group made anew, or it would stay small
            for group in {"/", place}:
                for name, value in old[group].attrs.items():
                    if name not in (DIGEST, "layer_names"):
                        new.require_group(group).attrs[name] = value
            for name in old[place]:
                old.copy(f"{place}/{name}", new[place])
            for name, value in values.items():
                new[place].attrs[name] = value
        return stream.getvalue()

    return change


def shared_short(content: bytes, at: str) -> bytes:
    """Many more names that are one string, which is not long."""
    values = ["x" * SHORT, *[""] * (100_000 - 1)]
    content = with_names(layer_names=values)(content, at)
    place = content.index(struct.pack("<L", SHORT))
    while content[place + 4 : place + 8] == bytes(4):  # there it stands as a size, in 64 bits
        place = content.index(struct.pack("<L", SHORT), place + 1)
    one = content[place : place + 16] * 100_000
    return content[:place] + one + content[place + len(one) :]


def in_32_bits(content: bytes, at: str) -> bytes:
    """Places in the file are counted in four bytes, so where strings lie is written otherwise."""
    plan, access = h5py.h5p.create(h5py.h5p.FILE_CREATE), h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    plan.set_sizes(4, 4)
    access.set_fapl_core(backing_store=False)
    new = h5py.h5f.create(b"nowhere", h5py.h5f.ACC_TRUNC, plan, access)
    with h5py.File(io.BytesIO(content)) as old, h5py.File(new) as file:
        for name in old:
            old.copy(name, file)
        file.flush()
        return bytes(new.get_file_image())


def broken_array(content: bytes, at: str) -> bytes:
    """The link leads to bytes that are no array."""
    content = edited(content, lambda file: None)
    with h5py.File(io.BytesIO(content)) as file:
        place = h5py.h5o.get_info(file[at].id).addr
    return content[:place] + b"\7" * 16 + content[place + 16 :]


def broken_heap(content: bytes, at: str) -> bytes:
    """A string that takes no bytes: libhdf5 alone would look for the next one for ever."""
    content = edited(content, lambda file: file.attrs.create("a", "x" * 100))
    place = content.index(b"GCOL") + 16
    return content[:place] + bytes(16) + content[place + 16 :]


PARTS = {f"layer_names{i}": np.bytes_(b"x" * 100_000) for i in range(200)}
STRINGS |= {
    "names of 20 MB in 200 attributes": with_names(**PARTS),
    "names in 400 attributes": with_names(**{f"layer_names{i}": b"x" for i in range(400)}),
    "100,000 names that are one string": shared_short,
    "names of 40 MB": with_names(layer_names=np.full(10, b"x" * 4_000_000)),
    "5000 names of free length": with_names(layer_names=["x"] * 5000),
    "17 large strings": with_names(
        layer_names=np.asarray([b"dense", b"dropout", b"dense_1"]),
        **{f"a{i}": "x" * 70_000 for i in range(17)},
    ),
    "places in 32 bits": in_32_bits,
    "a string that takes no bytes": broken_heap,
    "an array that is damaged": broken_array,
}
