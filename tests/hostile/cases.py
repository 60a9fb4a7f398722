"""Which files are bad, which are good, and through which doors does each go?"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

import minikeras as keras
from minikeras.layers import Flatten
from tests.hostile import bad_config, bad_hdf5, bad_names, bad_strings, bad_zip
from tests.hostile.files import (
    CONFIG,
    DIGEST,
    KERAS,
    NAMES,
    WHOLE,
    Change,
    doors_of,
    each_config,
    each_hdf5,
    each_json,
    edited,
    parts,
    put,
    valid,
    zipped,
)

LOAD_MODEL, LOAD_WEIGHTS, ALLOW = ("load_model",), ("load_weights",), ("allow_compressed",)
PLAIN = (*LOAD_MODEL, *LOAD_WEIGHTS)


@dataclass(frozen=True)
class Case:
    """A kind of file: what writes it into a folder, and the doors, if they are not all that fit."""

    write: Callable[[Path], Iterator[Path]]
    only: tuple[str, ...] | None = None

    def doors(self, path: Path) -> tuple[str, ...]:
        fit = doors_of(path.name)
        return tuple(door for door in fit if self.only is None or door in self.only)


def hdf5(change: Change) -> Case:
    """Let a change go over all four formats."""
    return Case(lambda folder: each_hdf5(folder, changed(change)))


def changed(change: Change) -> Callable[[bytes, str], bytes]:
    return lambda content, at: edited(content, lambda file: change(file, at))


def made(content: Callable[[], bytes], *, name: str = KERAS) -> Case:
    def write(folder: Path) -> Iterator[Path]:
        (folder / name).write_bytes(content())
        yield folder / name

    return Case(write)


def each(make: Callable[[Path], object]) -> Case:
    """Let something stand where any of the formats is expected."""

    def write(folder: Path) -> Iterator[Path]:
        for name in NAMES:
            make(folder / name)
            yield folder / name

    return Case(write)


def a_thousand_layers(file: h5py.File, at: str) -> None:
    """Write names as Keras does, in lists of free length, and most layers have no weights."""
    group = file[at].parent.parent.parent
    rows = [f"a_usual_name_of_a_layer_{i}" for i in range(1000)]
    for name in rows:
        group.create_group(name).attrs["weight_names"] = np.zeros(0)
    group.attrs["layer_names"] = [name.encode() for name in ["dense", *rows, "dense_1"]]
    for name in ("dense", "dense_1"):
        paths = [path.decode() for path in group[name].attrs["weight_names"]]
        group[name].attrs["weight_names"] = paths


def without_weights(folder: Path) -> Iterator[Path]:
    """Write a model of layers that have none, and change a number in its description."""
    keras.Sequential([Flatten(input_shape=(2, 3))], name="m2").save(folder / WHOLE)
    content = (folder / WHOLE).read_bytes()
    assert b"[null, 2, 3]" in content
    (folder / WHOLE).write_bytes(content.replace(b"[null, 2, 3]", b"[null, 2, 4]"))
    yield folder / WHOLE


BAD: dict[str, Case] = {
    **{name: hdf5(change) for name, change in bad_hdf5.ALL.items()},
    **{name: hdf5(change) for name, change in bad_names.DIGESTS.items()},
    **{
        f"{name}, not allowed": Case(hdf5(change).write, PLAIN)
        for name, change in bad_hdf5.COMPRESSED.items()
    },
    **{
        name: Case(lambda folder, c=change: bad_names.legacy(folder, changed(c)))
        for name, change in bad_names.NAMES.items()
    },
    **{
        name: Case(lambda folder, c=change: bad_names.legacy(folder, c))
        for name, change in bad_strings.STRINGS.items()
    },
    **{
        f"groups: {name}": Case(lambda folder, c=change: bad_names.modern(folder, c))
        for name, change in bad_names.GROUPS.items()
    },
    **{
        name: Case(lambda folder, c=kernel: bad_names.large(folder, 150, c), LOAD_MODEL)
        for name, kernel in bad_names.LARGE.items()
    },
    **{f"zip: {name}": made(content) for name, content in bad_zip.ZIPS.items()},
    **{name: each(make) for name, make in bad_zip.THINGS.items()},
    "a block before the file": each(lambda path: path.write_bytes(bad_zip.in_front(path.name))),
    **{
        name: Case(lambda folder, c=change: each_config(folder, c), LOAD_MODEL)
        for name, change in bad_config.CONFIGS.items()
    },
    "a model without weights, changed": Case(without_weights, LOAD_MODEL),
    "a training_config that is null": Case(
        lambda folder: reversed([*each_json(folder, parts()[CONFIG], b"null")][1:]), LOAD_MODEL
    ),
    **{
        f"JSON: {name}": Case(lambda folder, t=text: each_json(folder, t()), LOAD_MODEL)
        for name, text in bad_config.JSONS.items()
    },
}


# -- good files: to be strict is not to refuse them ------------------------------------------------


def rewritten(**options: object) -> Callable[[bytes, str], bytes]:
    """Write everything anew, with other settings of libhdf5."""

    def change(content: bytes, at: str) -> bytes:
        stream = io.BytesIO()
        with h5py.File(io.BytesIO(content)) as old, h5py.File(stream, "w", **options) as new:
            for name, value in old.attrs.items():
                if name != DIGEST:
                    new.attrs[name] = value
            for name in old:
                old.copy(name, new)
        return stream.getvalue()

    return change


def all_arrays(make: Callable[[h5py.Group, str, np.ndarray], object]) -> Change:
    """Write every array anew."""

    def change(file: h5py.File, at: str) -> None:
        found: list[str] = []
        file.visititems(lambda name, item: found.append(name) if hasattr(item, "dtype") else None)
        for path in found:
            values = file[path][()]
            parent, _, name = path.rpartition("/")
            del file[path]
            make(file[parent], name, values)

    return change


def compact(parent: h5py.Group, name: str, values: np.ndarray) -> None:
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple(values.shape) if values.shape else h5py.h5s.create(0)
    kind = h5py.h5t.py_create(values.dtype)
    made = h5py.h5d.create(parent.id, name.encode(), kind, space, plan)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(values))


def of_type(order: str) -> Change:
    return all_arrays(lambda p, name, v: p.create_dataset(name, data=v.astype(f"{order}f8")))


def big_endian(parent: h5py.Group, name: str, values: np.ndarray) -> None:
    parent.create_dataset(name, data=values.astype(values.dtype.newbyteorder(">")))


def extras(file: h5py.File, at: str) -> None:
    """Add what other programs leave in a file, and nobody asks for."""
    file.attrs["history"] = "made with love"
    file.attrs["numbers"] = np.zeros(1000)
    file["external"] = h5py.ExternalLink("/etc/passwd", "/")
    file["soft"] = h5py.SoftLink("/nowhere")
    file.create_dataset("packed", data=np.zeros(10_000), compression="gzip")


def linked(folder: Path) -> Iterator[Path]:
    for name in NAMES:
        path = folder / name
        path.symlink_to(put(folder, f"there-{name}"))
        yield path


def read_only(folder: Path) -> Iterator[Path]:
    for name in NAMES:
        path = put(folder, name)
        os.chmod(path, 0o444)
        yield path


def rezipped(members: Callable[[], dict[str, bytes]], packed: int = zipfile.ZIP_STORED) -> Case:
    return made(lambda: zipped(members(), packed))


def streamed() -> bytes:
    """Write a zip as Keras does, with heads that are made for large files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts().items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(content)
    return stream.getvalue()


def everywhere(change: Callable[[bytes, str], bytes]) -> Case:
    return Case(lambda folder: each_hdf5(folder, change))


GOOD: dict[str, Case] = {  # each holds the weights of `files.model()`
    "as we write it": each(lambda path: path.write_bytes(valid(path.name))),
    "without a digest": hdf5(lambda file, at: None),
    "behind a symbolic link": Case(linked),
    "read-only": Case(read_only),
    "by a later libhdf5": everywhere(rewritten(libver="latest")),
    "by HDF5 1.8": everywhere(rewritten(libver=("earliest", "v108"))),
    "big-endian": hdf5(all_arrays(big_endian)),
    "arrays in their headers": hdf5(all_arrays(compact)),
    "with extras": hdf5(extras),
    "with bytes behind the end": everywhere(lambda content, at: rewritten()(content, at) + b"x"),
    "deflated": rezipped(parts, zipfile.ZIP_DEFLATED),
    "without metadata": rezipped(lambda: {k: v for k, v in parts().items() if "meta" not in k}),
    "members in another order": rezipped(lambda: dict(sorted(parts().items(), reverse=True))),
    "written as a stream": made(streamed),
    **{
        f"costly JSON: {name}": Case(lambda folder, t=text: each_json(folder, t()), LOAD_MODEL)
        for name, text in bad_config.COSTLY.items()
    },
    "a thousand layers": Case(
        lambda folder: bad_names.legacy(folder, changed(a_thousand_layers)),
        (*LOAD_WEIGHTS, *ALLOW),
    ),
    "names of free length": Case(
        lambda folder: bad_names.legacy(
            folder,
            changed(bad_names.names("layer_names", ["dense", "dropout", "dense_1"])),
        )
    ),
}
PACK = bad_hdf5.COMPRESSED["gzip"]
SEAL = bad_names.DIGESTS["a digest of other content"]
PACKED: dict[str, Case] = {  # each has `bad_hdf5.VALUES` for its first kernel
    **{name: Case(hdf5(change).write, ALLOW) for name, change in bad_hdf5.COMPRESSED.items()},
    "with the digest of the file before": Case(
        hdf5(lambda file, at: (PACK(file, at), SEAL(file, at))).write, ALLOW
    ),
}
