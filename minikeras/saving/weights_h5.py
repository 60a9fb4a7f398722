"""How do weights lie in `.weights.h5`, the file that is also inside `.keras`?

    layers/dense/vars/0, 1     kernel and bias of the first Dense; the second is dense_1
    optimizer/vars/0, 1, ...   what the optimizer remembers

Layers go by their class, and their order in it; names do not matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from minikeras.backend import Host
from minikeras.layers import Layer
from minikeras.saving import hdf5, optimizer_h5
from minikeras.saving.errors import within
from minikeras.saving.hdf5 import Group
from minikeras.saving.optimizer_h5 import Memory

if TYPE_CHECKING:
    from minikeras.models import Sequential

OLD = "_layer_checkpoint_dependencies"  # what Keras once called the group `layers`
Saved = tuple[list[Host], Memory | None]  # all weights, and what the optimizer remembers


def restore(model: Sequential, saved: Saved) -> None:
    """Give a model what one of the readers found fitting."""
    weights, memory = saved
    if memory and memory.slots:
        model.prepare_optimizer()
    model.set_weights(weights)
    if memory:
        memory.restore(model)


def weights_to_bytes(model: Sequential) -> BytesIO:
    """Return the file of a model's weights and, if it is compiled, of its optimizer."""
    image = BytesIO()
    with hdf5.opened(image, "w") as file:
        for group, layer in _groups(model):
            weights = [model.backend.to_host(p.value) for p in layer.parameters]
            hdf5.write_arrays(file, f"layers/{group}/vars", layer.name, weights)
        if model.objective is not None:
            optimizer_h5.write(file, model)
        hdf5.write_arrays(file, "vars", model.name, [])
    return image


def read_weights(stream: BinaryIO, model: Sequential) -> Saved:
    """Return what is in a file, if all of it fits the model."""
    with hdf5.opened(stream, "r") as file:
        place = OLD if OLD in file else "layers"
        with within(place):
            weights = _read_layers(hdf5.child(file, place), model)
        return weights, optimizer_h5.read(file, model)


def _read_layers(layers: Group, model: Sequential) -> list[Host]:
    expected, weights = dict(_groups(model)), []
    counts = {name: len(layers[name].get("vars", ())) for name in layers}
    for name, count in counts.items():
        if count and name not in expected:
            raise ValueError(f"{name} has weights here, but the model has no such layer")
    for name, layer in expected.items():
        wanted, count = len(layer.parameters), counts.get(name, 0)
        if count != wanted:
            raise ValueError(
                f"{name} has {count} arrays here, but the model's {layer.name!r} has {wanted}"
            )
        with within(name):
            for number, parameter in enumerate(layer.parameters):
                weights.append(hdf5.array(layers[name], f"vars/{number}", parameter.shape))
    return weights


def _groups(model: Sequential) -> Iterator[tuple[str, Layer]]:
    """Name layers after their class, numbered: dense, dropout, dense_1, ..."""
    seen: Counter[str] = Counter()
    for layer in model.layers:
        name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", type(layer).__name__)
        name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
        yield f"{name}_{seen[name]}" if seen[name] else name, layer
        seen[name] += 1
