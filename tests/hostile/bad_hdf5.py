"""What can be wrong in an HDF5 file? Each entry is done to the first kernel, in every format.

The kernel has the shape (3, 4) and holds float32; `at` is its path in the file.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable

import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t

from tests.hostile.files import Change

SHAPE = (3, 4)
VALUES = np.arange(12, dtype="float32").reshape(SHAPE)
ELSEWHERE = "/etc/passwd"
BOMB = 2**28  # bytes: far more than may be taken


def put(values: object = VALUES, **options: object) -> Change:
    """Replace the kernel by another dataset."""

    def change(file: h5py.File, at: str) -> None:
        del file[at]
        file.create_dataset(at, data=values, **options)

    return change


def link(depth: int, make: Callable[[str], object]) -> Change:
    """Put a link in the place of the kernel, or `depth` groups above it."""

    def change(file: h5py.File, at: str) -> None:
        path = "/".join(at.split("/")[: at.count("/") + 1 - depth])
        file.move(path, "there")
        file[path] = make(f"/there{at[len(path) :]}" if depth == 0 else "/there")

    return change


def cycle(file: h5py.File, at: str) -> None:
    """A group that is its own child, in the place of the kernel."""
    parent = file[at].parent
    del file[at]
    parent[at.rpartition("/")[2]] = parent


def instead(make: Callable[[h5py.Group, str], object]) -> Change:
    """Put something made by h5py in the place of the kernel."""

    def change(file: h5py.File, at: str) -> None:
        del file[at]
        parent, _, name = at.rpartition("/")
        make(file[parent or "/"], name)

    return change


def low(
    shape: tuple[int, ...] = SHAPE, kind: object = h5t.IEEE_F32LE, **settings: object
) -> Change:
    """Make a dataset with settings of the lowest level, and write nothing into it."""

    def make(parent: h5py.Group, name: str) -> None:
        plan = h5p.create(h5p.DATASET_CREATE)
        for setting, arguments in settings.items():
            getattr(plan, setting)(*arguments)
        space = h5s.create_simple(shape, shape)
        h5d.create(parent.id, name.encode(), kind, space, plan)

    return instead(make)


def packed_bomb(file: h5py.File, at: str) -> None:
    """A chunk of the right shape that gzip unpacks to much more than it should."""
    put(VALUES, chunks=SHAPE, compression="gzip")(file, at)
    file[at].id.write_direct_chunk((0, 0), packed_zeros())


@functools.cache
def packed_zeros() -> bytes:
    return zlib.compress(bytes(BOMB))


def packed_short(file: h5py.File, at: str) -> None:
    """A chunk that unpacks to less than it should."""
    put(VALUES, chunks=SHAPE, compression="gzip")(file, at)
    file[at].id.write_direct_chunk((0, 0), zlib.compress(b"1234"))


def not_packed(file: h5py.File, at: str) -> None:
    put(VALUES, chunks=SHAPE, compression="gzip")(file, at)
    file[at].id.write_direct_chunk((0, 0), b"this is not gzip")


def shuffled_short(file: h5py.File, at: str) -> None:
    """Seven bytes cannot be columns of four."""
    put(VALUES, chunks=SHAPE, shuffle=True)(file, at)
    file[at].id.write_direct_chunk((0, 0), b"1234567")


def large_chunk(file: h5py.File, at: str) -> None:
    """A chunk that declares a gigabyte, around twelve numbers."""
    del file[at]
    options = {"chunks": (2**14, 2**14), "maxshape": (None, None), "compression": "gzip"}
    file.create_dataset(at, SHAPE, "float32", **options)
    file[at].id.write_direct_chunk((0, 0), packed_zeros())


def raw_chunk(file: h5py.File, at: str) -> None:
    """A chunk that claims gzip, but takes 32 MiB where 48 bytes are declared."""
    put(VALUES, chunks=SHAPE, compression="gzip")(file, at)
    file[at].id.write_direct_chunk((0, 0), bytes(2**25))


def virtual(filename: str, shape: tuple[int | None, ...] = SHAPE) -> Change:
    """A dataset that is made of another one."""

    def make(parent: h5py.Group, name: str) -> None:
        source = h5py.VirtualSource(filename, "there", SHAPE, maxshape=shape, dtype="float32")
        layout = h5py.VirtualLayout(SHAPE, "float32", maxshape=shape)
        if None in shape:
            layout[: h5s.UNLIMITED, :] = source[: h5s.UNLIMITED, :]
        else:
            layout[...] = source
        parent.create_virtual_dataset(name, layout)

    return instead(make)


def empty_space(parent: h5py.Group, name: str) -> None:
    parent.create_dataset(name, data=h5py.Empty("float32"))


def named_type(parent: h5py.Group, name: str) -> None:
    parent[name] = np.dtype("float32")


def of_type(kind: object) -> Change:
    return low(kind=kind)


def enumerated(file: h5py.File, at: str) -> None:
    put(np.zeros(SHAPE, h5py.enum_dtype({"a": 0, "b": 1})))(file, at)


RECORD = np.dtype([("real", "float32"), ("more", "float32")])
LINKS: dict[str, Change] = {
    f"{kind} {('in place of the kernel', 'one level up', 'two levels up')[depth]}": link(
        depth, make
    )
    for depth in range(2)
    for kind, make in {
        "a soft link": h5py.SoftLink,
        "a soft link into nothing": lambda path: h5py.SoftLink("/nowhere"),
        "a soft link to itself": lambda path: h5py.SoftLink("."),
        "an external link": lambda path: h5py.ExternalLink(ELSEWHERE, path),
        "an external link to a pipe": lambda path: h5py.ExternalLink("/dev/stdin", path),
    }.items()
}
STORAGE: dict[str, Change] = {
    "a group that is its own child": cycle,
    "a group for an array": instead(lambda parent, name: parent.create_group(name)),
    "a type for an array": instead(named_type),
    "no array at all": lambda file, at: file.__delitem__(at),
    "external storage": put(external=[(ELSEWHERE, 0, 48)]),
    "external storage of a device": low(set_external=(b"/dev/zero", 0, 48)),
    "a virtual dataset": virtual(ELSEWHERE),
    "a virtual dataset without an end": virtual(ELSEWHERE, (None, 4)),
    "a virtual dataset of itself": virtual("."),
    "numbers that were never written": low(),
    "numbers that are written late": low(set_alloc_time=(h5d.ALLOC_TIME_LATE,)),
    "a compact array that is too short": low(
        set_layout=(h5d.COMPACT,), kind=h5t.array_create(h5t.IEEE_F32LE, (2,))
    ),
    "no space": instead(empty_space),
    "a space without numbers": put(np.zeros((0, 4), "float32")),
    "a scalar": put(np.float32(1)),
    "an axis more": put(VALUES[None]),
    "axes in another order": put(np.ascontiguousarray(VALUES.T)),
    "a shape beyond the file": low((2**20, 2**20)),
    "a shape beyond all computers": low((2**60,)),
}
TYPES: dict[str, Change] = {
    "records": put(np.zeros(SHAPE, RECORD)),
    "text of fixed length": put(np.full(SHAPE, b"text")),
    "text of free length": put(np.full(SHAPE, "text", object), dtype=h5py.string_dtype()),
    "arrays of free length": of_type(h5t.vlen_create(h5t.IEEE_F32LE)),
    "arrays of arrays": of_type(h5t.array_create(h5t.IEEE_F32LE, (2**20,))),
    "references": of_type(h5t.STD_REF_OBJ),
    "references to regions": of_type(h5t.STD_REF_DSETREG),
    "bytes without meaning": put(np.zeros(SHAPE, "V8")),
    "an enumeration": enumerated,
    "complex numbers": put(VALUES.astype("complex64")),
    "numbers longer than double": put(VALUES.astype(np.longdouble)),
    "dates": of_type(h5t.UNIX_D32LE),
    "truth values": put(VALUES > 3),
}
CHUNKS: dict[str, Change] = {  # refused even where compressed arrays are welcome
    "lzf": put(chunks=SHAPE, compression="lzf"),
    "fletcher32": put(chunks=SHAPE, fletcher32=True),
    "scale and offset": put(VALUES.astype(int), chunks=SHAPE, scaleoffset=0),
    "n bits": low(set_chunk=(SHAPE,), set_filter=(h5py.h5z.FILTER_NBIT, 1)),
    "a filter that nobody knows": low(set_chunk=(SHAPE,), set_filter=(31999, 1)),
    "gzip over lzf": low(set_chunk=(SHAPE,), set_filter=(32000, 1), set_deflate=(4,)),
    "a chunk that unpacks to 256 MiB": packed_bomb,
    "a chunk that unpacks to too little": packed_short,
    "a chunk that is not packed": not_packed,
    "a shuffled chunk that is too short": shuffled_short,
    "a chunk that declares a gigabyte": large_chunk,
    "a chunk that takes 32 MiB": raw_chunk,
    "chunks that were never written": low(set_chunk=(SHAPE,), set_deflate=(4,)),
}
COMPRESSED: dict[str, Change] = {  # refused, but with allow_compressed=True loaded
    "gzip": put(chunks=SHAPE, compression="gzip"),
    "gzip and shuffle": put(chunks=SHAPE, compression="gzip", shuffle=True),
    "shuffle alone": put(chunks=SHAPE, shuffle=True),
    "chunks that are not packed": put(chunks=SHAPE),
    "chunks that do not fill the array evenly": put(chunks=(2, 3), compression="gzip"),
    "gzip of big-endian numbers": put(VALUES.astype(">f8"), chunks=SHAPE, compression="gzip"),
    "an array that may grow": put(maxshape=(None, None), chunks=(8, 8), compression="gzip"),
}
ALL = LINKS | STORAGE | TYPES | CHUNKS
