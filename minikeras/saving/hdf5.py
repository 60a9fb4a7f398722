"""How is an HDF5 file read? Step by step, asking at each whether what was expected is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

import h5py
import numpy as np

from minikeras.backend import Host, Shape
from minikeras.saving.errors import within

Group = Any  # a group of h5py, which has no type annotations
HEADER = 60_000  # bytes: an attribute has to fit into an object's header of 64 KiB


@contextmanager
def opened(stream: BinaryIO, mode: str) -> Iterator[Group]:
    """Open the HDF5 file that a stream holds, `mode` "r", or make one, "w"."""
    try:
        file = h5py.File(stream, mode)
    except OSError as error:
        raise ValueError(f"this is not an HDF5 file, or a damaged one ({error})") from error
    with file:
        yield file


def child(group: Group, name: str) -> Group:
    """Return the group of that name within a group, or say that it is missing."""
    found = group.get(name)
    if not isinstance(found, h5py.Group):
        raise ValueError(f"there is no group {name!r}")
    return found


def array(group: Group, name: str, shape: Shape | None = None) -> Host:
    """Return the array of that name, if it holds real numbers in this shape (None: any)."""
    with within(name):
        found = group.get(name)
        if not isinstance(found, h5py.Dataset):
            raise ValueError("there is no array of this name")
        if shape is not None and found.shape != shape:
            raise ValueError(f"its shape is {found.shape}, but the model's is {shape}")
        if found.dtype.kind not in "iuf":
            raise ValueError(f"it holds {found.dtype}, not real numbers")
        return np.asarray(found[()])


def text(group: Group, name: str) -> str | None:
    """Return an attribute that is a string, or None if there is none."""
    value = group.attrs.get(name)
    return None if value is None else _decoded(value)


def names(group: Group, name: str) -> list[str]:
    """Return an attribute that is a list of strings; Keras cuts long ones: name0, name1, ..."""
    parts = [name] if name in group.attrs else [f"{name}{i}" for i in range(len(group.attrs))]
    values = [value for part in parts for value in group.attrs.get(part, ())]
    if name not in group.attrs and not values:
        raise ValueError(f"there is no attribute {name!r}")
    return [_decoded(value) for value in values]


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


def _decoded(value: Any) -> str:
    if not isinstance(value, str | bytes):
        raise ValueError(f"a string was expected, not {type(value).__name__}")
    return value.decode() if isinstance(value, bytes) else value
