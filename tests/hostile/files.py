"""What do files of ours look like, before an attacker takes them apart?

Each format is one name; its ending tells by which doors a file can be loaded.
"""

from __future__ import annotations

import functools
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np

import minikeras as keras
from minikeras.layers import Dense, Dropout
from minikeras.models import Sequential

KERAS, WEIGHTS, WHOLE, BARE = "m.keras", "m.weights.h5", "m.h5", "m.hdf5"
NAMES = (KERAS, WEIGHTS, WHOLE, BARE)  # BARE: weights alone, in the layout of Keras 2
KERNEL = {  # where the first kernel, of shape (3, 4), lies
    WEIGHTS: "layers/dense/vars/0",
    WHOLE: "model_weights/dense/dense/kernel:0",
    BARE: "dense/dense/kernel:0",
}
CONFIG, INNER = "config.json", "model.weights.h5"
DIGEST = "minikeras_sha256"


def model(seed: int = 1, units: int = 4) -> Sequential:
    """Return a small model that has learned a little; other seeds, other numbers."""
    keras.utils.set_random_seed(seed)
    made = Sequential([Dense(units, "relu", input_dim=3), Dropout(0.5, seed=1), Dense(1)])
    made.compile(keras.optimizers.Adam(0.01 * seed), "mse", ["mae", keras.metrics.AUC(3)])
    for _ in range(seed):
        made.train_on_batch(np.eye(3), np.ones(3))
    return made


@functools.cache
def valid(name: str, units: int = 4) -> bytes:
    """Return the file that we write of `model()`, or of one with more units."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        made = model(units=units)
        save = made.save if name in (KERAS, WHOLE) else made.save_weights
        save(path)
        return path.read_bytes()


def put(folder: Path, name: str) -> Path:
    """Write a valid file; its name may have something in front of one of `NAMES`."""
    path = folder / name
    ending = next(n for n in (WEIGHTS, KERAS, WHOLE, BARE) if name.endswith(n))
    path.write_bytes(valid(ending))
    return path


def doors_of(name: str) -> tuple[str, ...]:
    """Return the doors for a file of this format."""
    doors = ("load_model", "load_weights", "allow_compressed")
    return doors if name in (KERAS, WHOLE) else doors[1:]


def holds_memory(name: str) -> bool:
    """Whether `load_weights` finds the optimizer's memory in it, too."""
    return name in (KERAS, WEIGHTS)


# -- HDF5 ------------------------------------------------------------------------------------------

Change = Callable[[h5py.File, str], object]  # what is done to an open file, and to the kernel in it


def edited(content: bytes, change: Callable[[h5py.File], object]) -> bytes:
    """Return an HDF5 file with a change in it; it then carries no digest."""
    stream = io.BytesIO(content)
    with h5py.File(stream, "r+") as file:
        del file.attrs[DIGEST]
        change(file)
    return stream.getvalue()


def each_hdf5(folder: Path, change: Callable[[bytes, str], bytes]) -> Iterator[Path]:
    """Write files of all four formats whose HDF5 part is changed; the zip is made anew."""
    for name, kernel in KERNEL.items():
        path = folder / name
        path.write_bytes(change(valid(name), kernel))
        yield path
    path = folder / KERAS
    path.write_bytes(zipped({**parts(), INNER: change(valid(WEIGHTS), KERNEL[WEIGHTS])}))
    yield path


# -- .keras ----------------------------------------------------------------------------------------


@functools.cache
def parts(units: int = 4) -> dict[str, bytes]:
    """Return the members of a valid `.keras` file, but with weights that carry no digest."""
    with zipfile.ZipFile(io.BytesIO(valid(KERAS, units))) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    return {**found, INNER: edited(found[INNER], lambda file: None)}


def zipped(members: dict[str, bytes], packed: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip with these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, packed)
    return stream.getvalue()


def each_config(folder: Path, change: Callable[[dict], object]) -> Iterator[Path]:
    """Write the files that hold a description, changed; in `.h5`, by the same keys as in `.keras`.

    `change` gets the description, with `compile_config` in it.
    """
    told = json.loads(parts()[CONFIG])
    change(told)
    yield from each_json(folder, json.dumps(told).encode(), json.dumps(_training(told)).encode())


def each_json(folder: Path, text: bytes, training: bytes | None = None) -> Iterator[Path]:
    """Write the files that hold a description, with this text in its place."""
    path = folder / KERAS
    path.write_bytes(zipped({**parts(), CONFIG: text}))
    yield path

    def change(file):
        for name, value in (("model_config", text), ("training_config", training)):
            if value and b"\0" not in value:  # a string of free length, which may be long
                file.attrs.create(name, value, dtype=h5py.string_dtype())
            elif value is not None:
                file.attrs[name] = np.bytes_(value.replace(b"\0", b"\1"))

    path = folder / WHOLE
    path.write_bytes(edited(valid(WHOLE), change))
    yield path


def _training(told):
    compiled = told.get("compile_config") if isinstance(told, dict) else None
    if not isinstance(compiled, dict):
        return compiled
    return {"optimizer_config" if k == "optimizer" else k: v for k, v in compiled.items()}


@functools.cache
def unsealed(name: str, units: int = 4) -> bytes:
    """Return the file that we write, but without a digest."""
    if name == KERAS:
        return zipped(parts(units))
    return edited(valid(name, units), lambda file: None)
