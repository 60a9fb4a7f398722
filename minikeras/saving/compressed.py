"""How is a compressed array read, if the caller allows it?

HDF5 unpacks a chunk to whatever size it has, and a small chunk can hold gigabytes. So chunks are
unpacked here, and only as far as they may go. Keras writes no such arrays; other programs do.
"""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np
from h5py import h5z

from minikeras.backend import Host

SPARE = 2**24  # bytes that a chunk may have more than its array


def check(dataset: Any) -> None:
    """Say if chunks are larger than the array, or packed by more than gzip and shuffle."""
    itemsize, chunk = dataset.dtype.itemsize, math.prod(dataset.chunks)
    if chunk * itemsize > math.prod(dataset.shape) * itemsize + SPARE:
        raise ValueError(f"its chunks, {dataset.chunks}, are larger than the array")
    if not set(_filters(dataset)) <= {h5z.FILTER_DEFLATE, h5z.FILTER_SHUFFLE}:
        raise ValueError("it is compressed; only gzip, with or without shuffle, is read here")


def read(dataset: Any) -> Host:
    """Return the array in a dataset that `check` has passed."""
    array = np.empty(dataset.shape, dataset.dtype)
    for part in dataset.iter_chunks():
        corner = tuple(axis.start for axis in part)
        if not dataset.id.get_chunk_info_by_coord(corner).size:
            raise ValueError("a chunk was never written")
        skipped, packed = dataset.id.read_direct_chunk(corner)
        chunk = np.frombuffer(_unpacked(dataset, packed, skipped), dataset.dtype)
        chunk = chunk.reshape(dataset.chunks)
        array[part] = chunk[tuple(slice(axis.stop - axis.start) for axis in part)]
    return array


def _unpacked(dataset: Any, content: bytes, skipped: int) -> bytes:
    """Undo the filters of a chunk, the last one first; bit n of `skipped`: n was not used."""
    filters = _filters(dataset)
    size = math.prod(dataset.chunks) * dataset.dtype.itemsize
    for number in reversed(range(len(filters))):
        if skipped >> number & 1:
            continue
        if filters[number] == h5z.FILTER_DEFLATE:
            content = _inflated(content, size + 1)
        elif len(content) == size:  # shuffle: the first bytes of all numbers, then the second, ...
            columns = np.frombuffer(content, np.uint8).reshape(dataset.dtype.itemsize, -1)
            content = columns.T.tobytes()
    if len(content) != size:
        raise ValueError(f"a chunk does not unpack to the {size} bytes that it declares")
    return content


def _inflated(content: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, most)
    except zlib.error as error:
        raise ValueError(f"a chunk cannot be unpacked ({error})") from error


def _filters(dataset: Any) -> list[int]:
    settings = dataset.id.get_create_plist()
    return [settings.get_filter(number)[0] for number in range(settings.get_nfilters())]
