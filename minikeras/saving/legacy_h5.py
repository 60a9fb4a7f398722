"""What is in an `.h5` file, the format that Keras 2 and Keras 3 both read?

    attributes model_config, training_config     JSON
    model_weights/dense/dense/kernel:0           weights; attributes name them, in order

A file of weights alone has the content of `model_weights` at its root. Keras 3 can restore no
optimizer from here, and cannot go on training if it finds one; so ours lies where neither looks:
in the groups of a `.weights.h5` file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from minikeras.saving import from_keras, hdf5, optimizer_h5, to_keras
from minikeras.saving.errors import within
from minikeras.saving.hdf5 import Group, Node, Stored, Writer
from minikeras.saving.optimizer_h5 import Memory
from minikeras.saving.untrusted import parsed
from minikeras.saving.weights_h5 import Saved

if TYPE_CHECKING:
    from minikeras.models import Sequential
    from minikeras.registry import Config

VERSION = b"2.3.1"  # of Keras, whose layout this is


def writer(model: Sequential) -> Writer:
    """Return what writes the file of a model."""
    told, training = to_keras.model_config(model), to_keras.compile_config(model)

    def fill(file: Group) -> None:
        file.attrs["keras_version"] = VERSION
        file.attrs["model_config"] = to_keras.to_json(to_keras.legacy(told)).encode()
        if training:
            file.attrs["training_config"] = to_keras.to_json(_training(training)).encode()
            optimizer_h5.write(file, model)
        _write_weights(file.create_group("model_weights"), model)

    content = hdf5.image(fill)
    return lambda file: file.write(content.getbuffer())


def weights_writer(model: Sequential) -> Writer:
    """Return what writes the file of a model's weights."""
    content = hdf5.image(lambda file: _write_weights(file, model))
    return lambda file: file.write(content.getbuffer())


def _training(compiled: Config) -> Config:
    told = to_keras.legacy(compiled)
    optimizer = told.pop("optimizer")
    config = optimizer["config"]
    config["learning_rate"] = compiled["optimizer"]["config"]["learning_rate"]  # Keras 3 wants all
    del config["name"]  # Keras 2 takes none, and no start of Adagrad's sums
    if config.get("initial_accumulator_value") == 0.1:  # Keras 3's default
        del config["initial_accumulator_value"]
    if isinstance(told["loss"], str) and told["loss"] in from_keras.CLASSES_OF:
        name = told["loss"]
        told["loss"] = {"class_name": from_keras.CLASSES_OF[name], "config": {"name": name}}
    return {"optimizer_config": optimizer, "sample_weight_mode": None, **told}


def _write_weights(group: Group, model: Sequential) -> None:
    group.attrs["keras_version"] = VERSION
    hdf5.write_names(group, "layer_names", [layer.name for layer in model.layers])
    for layer in model.layers:
        names = [f"{layer.name}/{p.name}:0" for p in layer.parameters]
        inner = group.create_group(layer.name)
        hdf5.write_names(inner, "weight_names", names)
        for name, parameter in zip(names, layer.parameters, strict=True):
            inner[name] = model.backend.to_host(parameter.value)


def load(
    make: type[Sequential], stream: BinaryIO, own: Mapping[str, Any], compiled: bool
) -> Sequential:
    """Return the model in a file."""
    with hdf5.opened(stream) as file:
        text, training = (file.text(f"{kind}_config") for kind in ("model", "training"))
        if text is None:
            raise ValueError("there is no model_config: for a file of weights use load_weights")
        with within("model_config"):
            model = from_keras.connected_model(make, parsed(text), own)
        if compiled and training is not None:
            with within("training_config"):
                from_keras.compile_model(model, parsed(training), own)
        weights = _read_weights(file.child("model_weights"), model)
        memory = optimizer_h5.read(file, model) or _memory_of_keras(file, model)
        Saved(weights, memory).begin(model)
    return model


def load_weights(stream: BinaryIO, model: Sequential, allow_compressed: bool) -> None:
    """Give a model the weights in a file, if they fit."""
    with hdf5.opened(stream, allow_compressed) as file:
        group = file.child("model_weights") if "model_weights" in file else file
        Saved(_read_weights(group, model), None).replace(model)


def _read_weights(group: Node, model: Sequential) -> list[Stored]:
    """Match layers that have weights by their order; names may differ, as in Keras."""
    found = []
    for name in group.names("layer_names"):
        inner = group.child(name)
        if arrays := inner.names("weight_names"):
            found.append((name, inner, arrays))
    layers = [layer for layer in model.layers if layer.parameters]
    if len(found) != len(layers):
        raise ValueError(
            f"the file has {len(found)} layers with weights, but the model has {len(layers)}"
        )
    weights = []
    for (name, inner, names), layer in zip(found, layers, strict=True):
        with within(name):
            wanted = layer.parameters
            if len(names) != len(wanted):
                raise ValueError(
                    f"{len(names)} arrays are here, but the model's {layer.name!r} has "
                    f"{len(wanted)}"
                )
            weights += [inner.array(n, p.shape) for n, p in zip(names, wanted, strict=True)]
    return weights


def _memory_of_keras(file: Node, model: Sequential) -> Memory | None:
    """Return what an optimizer of Keras 3 or Keras 2 remembered, whatever its arrays are called."""
    if model.objective is None or "optimizer_weights" not in file:
        return None
    with within("optimizer_weights"):
        group = file.child("optimizer_weights")
        names = group.names("weight_names")
        if not names[0].endswith(":0"):
            return optimizer_h5.recall(group, names, model, not model.optimizer.follows_schedule)
        first, *slots = names  # Keras 2: slot after slot, more than ours, and no learning rate
        count = len(model.trained)
        ours = slots[: count * len(model.optimizer.slots)]
        ours = [name for number in range(count) for name in ours[number::count]]
        return optimizer_h5.recall(group, [first, *ours], model, has_rate=False)
