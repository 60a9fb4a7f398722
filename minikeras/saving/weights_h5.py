"""How do weights lie in `.weights.h5`, the file that is also inside `.keras`?

    layers/dense/vars/0, 1     kernel and bias of the first Dense; the second is dense_1
    optimizer/vars/0, 1, ...   what the optimizer remembers

Layers go by their class, and their order in it; names do not matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from minikeras.backend import Host
from minikeras.layers import Layer
from minikeras.saving import hdf5, optimizer_h5
from minikeras.saving.errors import within
from minikeras.saving.hdf5 import Group, Node, Stored, Writer
from minikeras.saving.optimizer_h5 import Memory

if TYPE_CHECKING:
    from minikeras.models import Sequential

OLD = "_layer_checkpoint_dependencies"  # what Keras once called the group `layers`


@dataclass(frozen=True)
class Saved:
    """What a file holds for a model: all its weights, and what its optimizer remembers."""

    weights: Sequence[Stored]
    memory: Memory | None

    def begin(self, model: Sequential) -> None:
        """Let a model that has no weights yet begin with these, read one after the other."""
        weights = iter(self.weights)
        model.build(first=lambda parameter: next(weights).read())
        if self.memory:
            self.memory.restore(model, (slot.read() for slot in self.memory.slots))

    def replace(self, model: Sequential) -> None:
        """Replace the weights of a model, once all are read: from then on nothing can go wrong."""

        def cast(arrays: Sequence[Stored]) -> list[Host]:
            return [stored.read().astype(model.dtype, copy=False) for stored in arrays]

        weights, slots = cast(self.weights), cast(self.memory.slots if self.memory else ())
        model.set_weights(weights)
        if self.memory:
            self.memory.restore(model, slots)


def write(file: Group, model: Sequential) -> None:
    """Write the weights of a model into a file and, if it is compiled, its optimizer's memory."""
    for group, layer in _groups(model):
        weights = [model.backend.to_host(p.value) for p in layer.parameters]
        hdf5.write_arrays(file, f"layers/{group}/vars", layer.name, weights)
    if model.objective is not None:
        optimizer_h5.write(file, model)
    hdf5.write_arrays(file, "vars", model.name, [])


def image(model: Sequential) -> BytesIO:
    """Return the file of a model's weights."""
    return hdf5.image(lambda file: write(file, model))


def weights_writer(model: Sequential) -> Writer:
    """Return what writes the file of a model's weights."""
    content = image(model)
    return lambda file: file.write(content.getbuffer())


def load_weights(stream: BinaryIO, model: Sequential, allow_compressed: bool) -> None:
    """Give a model the weights in a file, if they fit."""
    with opened(stream, model, allow_compressed) as saved:
        saved.replace(model)


@contextmanager
def opened(stream: BinaryIO, model: Sequential, allow_compressed: bool = False) -> Iterator[Saved]:
    """Open a file whose weights all fit the model."""
    with hdf5.opened(stream, allow_compressed) as file:
        yield read(file, model)


def read(file: Node, model: Sequential) -> Saved:
    """Return what is in a file, if all of it fits the model."""
    place = OLD if OLD in file else "layers"
    with within(place):
        weights = _read_layers(file.child(place), model)
    return Saved(weights, optimizer_h5.read(file, model))


def _read_layers(layers: Node, model: Sequential) -> list[Stored]:
    expected, weights = dict(_groups(model)), []
    counts = {}
    for name in layers:
        with within(name):
            inner = layers.child(name)
            counts[name] = len(inner.child("vars")) if "vars" in inner else 0
        if counts[name] and name not in expected:
            raise ValueError(f"{name} has weights here, but the model has no such layer")
    for name, layer in expected.items():
        wanted, count = len(layer.parameters), counts.get(name, 0)
        if count != wanted:
            raise ValueError(
                f"{name} has {count} arrays here, but the model's {layer.name!r} has {wanted}"
            )
        with within(name):
            for number, parameter in enumerate(layer.parameters):
                weights.append(layers.child(name).array(f"vars/{number}", parameter.shape))
    return weights


def _groups(model: Sequential) -> Iterator[tuple[str, Layer]]:
    """Name layers after their class, numbered: dense, dropout, dense_1, ..."""
    seen: Counter[str] = Counter()
    for layer in model.layers:
        name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", type(layer).__name__)
        name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
        yield f"{name}_{seen[name]}" if seen[name] else name, layer
        seen[name] += 1
