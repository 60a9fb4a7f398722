"""What can be wrong with names, groups and what an optimizer remembers, in an HDF5 file?"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np

from tests.hostile.files import (
    BARE,
    CONFIG,
    DIGEST,
    INNER,
    KERAS,
    KERNEL,
    WEIGHTS,
    WHOLE,
    edited,
    parts,
    valid,
    zipped,
)

Change = Callable[[h5py.File, str], object]


def digest(value: object, **options: object) -> Change:
    """Give the file, which has none, a digest of its own."""
    return lambda file, at: file.attrs.create(DIGEST, value, **options)


RECORD = np.dtype([("real", "float32"), ("more", "float32")])
DIGESTS: dict[str, Change] = {
    "a digest of other content": digest(np.bytes_(b"0" * 64)),
    "a digest that is too short": digest(np.bytes_(b"0" * 63)),
    "a digest in capitals": digest(np.bytes_(b"A" * 64)),
    "a digest that is a number": digest(5),
    "a digest that is a list": digest([b"0" * 64] * 2),
    "a digest that is nothing": digest(h5py.Empty("S64")),
    "a digest of records": digest(np.zeros((), RECORD)),
    "a digest that is empty": digest(""),
    "a digest of one letter": lambda file, at: (
        digest("a")(file, at),
        file.create_dataset("more", data=np.full(2**21, ord("a"), "u1")),
    ),
    "a digest that is no UTF-8": digest(np.bytes_(b"\xff" * 64)),
}


# -- Keras 2: attributes name layers and weights -----------------------------------------------


def names(where: str, value: object, **options: object) -> Change:
    """Replace an attribute of the group of all layers, or of the layer "dense"."""

    def change(file: h5py.File, at: str) -> None:
        group = file[at].parent.parent.parent
        group = group if where == "layer_names" else group["dense"]
        group.attrs.create(where, value, **options)

    return change


def weights(*paths: str | bytes) -> Change:
    found = [path if isinstance(path, bytes) else path.encode() for path in paths]
    return names("weight_names", np.asarray(found or np.zeros(0)))  # as Keras writes it


def many_names(file: h5py.File, at: str) -> None:
    """One layer, linked under many names, has a weight with a name of 60 KB."""
    group = file[at].parent.parent.parent
    for number in range(3000):
        group[f"l{number}"] = group["dense"]
    group["dense"].attrs["weight_names"] = np.asarray([b"x" * 60_000])
    group.attrs["layer_names"] = np.asarray([f"l{i}".encode() for i in range(3000)])


KERNEL_NAME, BIAS = "dense/kernel:0", "dense/bias:0"
NAMES: dict[str, Change] = {
    "names that are numbers": names("layer_names", [1, 2, 3]),
    "names that are one number": names("layer_names", 5.0),
    "names that are records": names("layer_names", np.zeros(2, RECORD)),
    "names without meaning": names("layer_names", np.void(b"dense")),
    "names that are no UTF-8": names("layer_names", [b"\xff\xfe"]),
    "names of layers that are not there": names("layer_names", [b"dense", b"dense_9"]),
    "the same layer twice": names("layer_names", [b"dense", b"dense"]),
    "60,000 times the same layer": names("layer_names", np.full(60_000, b"dense"[:1])),
    "60,000 times a layer without weights": names("layer_names", np.full(9_000, b"dropout")),
    "a layer that is a path": names("layer_names", [b"dense/../dense", b"dense_1"]),
    "a layer that is the file": names("layer_names", [b"/", b"dense_1"]),
    "a layer without a name": names("layer_names", [b"", b"dense_1"]),
    "a layer that is an array": names("layer_names", [b"dense/dense/bias:0", b"dense_1"]),
    "a name of 40,000 letters": names("layer_names", [b"d" * 40_000]),
    "3000 layers that are one, with a long name": lambda file, at: many_names(file, at),
    "a weight above its layer": weights(f"../dense/{KERNEL_NAME}", BIAS),
    "a weight from the root": weights(f"/model_weights/dense/{KERNEL_NAME}", BIAS),
    "a weight with an empty group": weights("dense//kernel:0", BIAS),
    "a weight with a dot": weights("./dense/kernel:0", BIAS),
    "a weight with a zero in it": weights(b"dense/kernel:0\0x", BIAS),
    "a weight that is a group": weights("dense", BIAS),
    "weights in another order": weights(BIAS, KERNEL_NAME),
    "the same weight twice": weights(KERNEL_NAME, KERNEL_NAME),
    "a weight too few": weights(KERNEL_NAME),
    "weights without names": weights(),
}


# -- Keras 3: groups name layers, and an optimizer remembers -------------------------------------


def memory(number: int, value: object) -> Change:
    def change(file: h5py.File, at: str) -> None:
        del file[f"optimizer/vars/{number}"]
        file[f"optimizer/vars/{number}"] = value

    return change


def many_groups(file: h5py.File, at: str) -> None:
    """Thousands of layers without weights, all of them the same empty group."""
    empty = file.create_group("layers/empty")
    for number in range(10_001):
        file["layers"][f"l{number}"] = empty


def moved(old: str, make: Callable[[str], object]) -> Change:
    def change(file: h5py.File, at: str) -> None:
        file.move(old, "there")
        file[old] = make("/there")

    return change


GROUPS: dict[str, Change] = {
    "10,001 groups": many_groups,
    "a layer more": lambda f, at: f.copy("layers/dense", "layers/dense_7"),
    "a layer less": lambda f, at: f["layers"].__delitem__("dense_1"),
    "a weight more": lambda f, at: f["layers/dense/vars"].create_dataset("2", data=np.zeros(4)),
    "a layer that is an array": lambda f, at: f["layers"].create_dataset("more", data=[1.0]),
    "layers that are an array": lambda f, at: (f.pop("layers"), f.create_dataset("layers", data=1)),
    "layers elsewhere": moved("layers", h5py.SoftLink),
    "layers in another file": moved("layers", lambda path: h5py.ExternalLink("x.h5", path)),
    "an old group that leads away": lambda f, at: f.__setitem__(
        "_layer_checkpoint_dependencies", h5py.ExternalLink("/etc/passwd", "/")
    ),
    "a memory elsewhere": moved("optimizer", h5py.SoftLink),
    "a memory in another file": moved(
        "optimizer/vars", lambda path: h5py.ExternalLink("/etc/passwd", path)
    ),
    "a memory that is an array": lambda f, at: (f.pop("optimizer"), f.__setitem__("optimizer", 1)),
    "steps with a fraction": memory(0, 1.5),
    "steps below zero": memory(0, -1),
    "steps that are text": memory(0, "many"),
    "steps that are a list": memory(0, [1]),
    "a rate that is infinite": memory(1, np.inf),
    "a rate that is no number": memory(1, np.nan),
    "a rate below zero": memory(1, -0.1),
    "a slot of another shape": memory(2, np.zeros((4, 3))),
    "a slot of text": memory(9, np.full(1, b"text")),
    "a slot that leads away": lambda f, at: (
        f["optimizer/vars"].pop("9"),
        f["optimizer/vars"].__setitem__("9", h5py.SoftLink("/optimizer/vars/2")),
    ),
    "an optimizer with a number for a name": lambda f, at: f["optimizer/vars"].attrs.__setitem__(
        "name", 5
    ),
}


def legacy(folder: Path, change: Callable[[bytes, str], bytes]) -> Iterator[Path]:
    """Write the two files in the layout of Keras 2, changed."""
    for name in (WHOLE, BARE):
        (folder / name).write_bytes(change(valid(name), KERNEL[name]))
        yield folder / name


def modern(folder: Path, change: Change) -> Iterator[Path]:
    """Write the two files in the layout of Keras 3, changed."""
    content = edited(valid(WEIGHTS), lambda file: change(file, KERNEL[WEIGHTS]))
    (folder / WEIGHTS).write_bytes(content)
    yield folder / WEIGHTS
    (folder / KERAS).write_bytes(zipped({**parts(), INNER: content}))
    yield folder / KERAS


# -- models that are much larger than their files --------------------------------------------------


def large(folder: Path, count: int, kernel: Callable[[h5py.File], object]) -> Iterator[Path]:
    """Write a `.keras` file of `count` layers, whose kernels are one array, made by `kernel`."""
    config = json.loads(parts()[CONFIG])
    first, dense = config["config"]["layers"][:2]
    dense["config"] |= {"units": 512, "use_bias": False}
    first["config"]["batch_shape"] = [None, 512]
    rows = [{**dense, "config": {**dense["config"], "name": f"d{i}"}} for i in range(count)]
    config |= {"compile_config": None}
    config["config"]["layers"] = [first, *rows]
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        kernel(file)
        for number in range(count):
            at = f"layers/dense_{number}" if number else "layers/dense"
            file[f"{at}/vars/0"] = file["kernel"]
    (folder / KERAS).write_bytes(
        zipped({CONFIG: json.dumps(config).encode(), INNER: stream.getvalue()})
    )
    yield folder / KERAS


SHAPE = (512, 512)
LARGE: dict[str, Callable[[h5py.File], object]] = {
    "150 layers with one array": lambda f: f.create_dataset("kernel", data=np.ones(SHAPE, "f4")),
    "150 layers without numbers": lambda f: f.create_dataset("kernel", SHAPE, "f4"),
    "150 layers of one packed array": lambda f: f.create_dataset(
        "kernel", data=np.zeros(SHAPE, "f4"), compression="gzip"
    ),
}
