"""What is in an `.h5` file, the format that Keras 2 and Keras 3 both read?

    attributes model_config, training_config     JSON
    model_weights/dense/dense/kernel:0           weights; attributes name them, in order

A file of weights alone has the content of `model_weights` at its root. Keras 3 can restore no
optimizer from here, and cannot go on training if it finds one; so ours lies where neither looks:
in the groups of a `.weights.h5` file.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from minikeras.backend import Host
from minikeras.saving import from_keras, hdf5, optimizer_h5, to_keras, weights_h5
from minikeras.saving.errors import within
from minikeras.saving.hdf5 import Group
from minikeras.saving.optimizer_h5 import Memory

if TYPE_CHECKING:
    from minikeras.models import Sequential
    from minikeras.registry import Config
    from minikeras.saving.from_keras import Own
    from minikeras.saving.weights_h5 import Saved

VERSION = b"2.3.1"  # of Keras, whose layout this is


def to_bytes(model: Sequential) -> BytesIO:
    """Return the file of a model."""
    told, training = to_keras.model_config(model), to_keras.compile_config(model)
    image = BytesIO()
    with hdf5.opened(image, "w") as file:
        file.attrs["keras_version"] = VERSION
        file.attrs["model_config"] = to_keras.to_json(to_keras.legacy(told)).encode()
        if training:
            file.attrs["training_config"] = to_keras.to_json(_training(training)).encode()
            optimizer_h5.write(file, model)
        _write_weights(file.create_group("model_weights"), model)
    return image


def weights_to_bytes(model: Sequential) -> BytesIO:
    """Return the file of a model's weights."""
    image = BytesIO()
    with hdf5.opened(image, "w") as file:
        _write_weights(file, model)
    return image


def _training(compiled: Config) -> Config:
    told = to_keras.legacy(compiled)
    optimizer = told.pop("optimizer")
    config = optimizer["config"]
    config["learning_rate"] = compiled["optimizer"]["config"]["learning_rate"]  # Keras 3 wants all
    del config["name"]  # Keras 2 takes none, and no start of Adagrad's sums
    if config.get("initial_accumulator_value") == 0.1:  # Keras 3's default
        del config["initial_accumulator_value"]
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


def load(make: type[Sequential], stream: BinaryIO, own: Own, compiled: bool) -> Sequential:
    """Return the model in a file."""
    with hdf5.opened(stream, "r") as file:
        text, training = (hdf5.text(file, f"{kind}_config") for kind in ("model", "training"))
        if text is None:
            raise ValueError("there is no model_config: for a file of weights use load_weights")
        with within("model_config"):
            model = from_keras.build_model(make, from_keras.parsed(text), own)
        if compiled and training is not None:
            with within("training_config"):
                from_keras.compile_model(model, from_keras.parsed(training), own)
        weights = _read_weights(hdf5.child(file, "model_weights"), model)
        memory = optimizer_h5.read(file, model) or _memory_of_keras(file, model)
    weights_h5.restore(model, (weights, memory))
    return model


def read_weights(stream: BinaryIO, model: Sequential) -> Saved:
    """Return the weights in a file, if they fit the model."""
    with hdf5.opened(stream, "r") as file:
        is_model = "model_weights" in file
        return _read_weights(hdf5.child(file, "model_weights") if is_model else file, model), None


def _read_weights(group: Group, model: Sequential) -> list[Host]:
    """Match layers that have weights by their order; names may differ, as in Keras."""
    found = [(name, hdf5.child(group, name)) for name in hdf5.names(group, "layer_names")]
    found = [(name, inner) for name, inner in found if len(hdf5.names(inner, "weight_names"))]
    layers = [layer for layer in model.layers if layer.parameters]
    if len(found) != len(layers):
        raise ValueError(
            f"the file has {len(found)} layers with weights, but the model has {len(layers)}"
        )
    weights = []
    for (name, inner), layer in zip(found, layers, strict=True):
        with within(name):
            names, wanted = hdf5.names(inner, "weight_names"), layer.parameters
            if len(names) != len(wanted):
                raise ValueError(
                    f"{len(names)} arrays are here, but the model's {layer.name!r} has "
                    f"{len(wanted)}"
                )
            weights += [hdf5.array(inner, n, p.shape) for n, p in zip(names, wanted, strict=True)]
    return weights


def _memory_of_keras(file: Group, model: Sequential) -> Memory | None:
    """Return what an optimizer of Keras 3 or Keras 2 remembered, whatever its arrays are called."""
    if model.objective is None or "optimizer_weights" not in file:
        return None
    with within("optimizer_weights"):
        group = hdf5.child(file, "optimizer_weights")
        names = hdf5.names(group, "weight_names")
        if not names[0].endswith(":0"):
            return optimizer_h5.recall(group, names, model, not model.optimizer.follows_schedule)
        first, *slots = names  # Keras 2: slot after slot, more than ours, and no learning rate
        count = len(model.trained)
        ours = slots[: count * len(model.optimizer.slots)]
        ours = [name for number in range(count) for name in ours[number::count]]
        return optimizer_h5.recall(group, [first, *ours], model, has_rate=False)
