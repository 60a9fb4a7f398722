"""What does Keras's description of a model mean here?

Names mean what stands in our tables, or in the caller's `custom_objects`; nothing is imported on
the word of a file.
"""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from minikeras import initializers, layers, losses, optimizers, registry, regularizers
from minikeras.metrics import per_row, running
from minikeras.optimizers import schedules
from minikeras.registry import Config
from minikeras.saving.errors import within

if TYPE_CHECKING:
    from minikeras.models import Sequential

Own = Mapping[str, Any]  # custom_objects
PARTS: dict[str, Mapping[str, Any]] = {  # settings that are objects, by the end of their names
    "activation": {},
    "initializer": initializers.KNOWN,
    "regularizer": regularizers.KNOWN,
    "rate": schedules.CLASSES,
}
# settings of Keras that ours lack: those that tell us nothing, and values that change nothing
UNREAD = ("dtype", "name", "ema_momentum", "jit_compile")
USUAL = {
    "axis": -1,
    "data_format": "channels_last",
    "k": 5,
    "reduction": "sum_over_batch_size",
    "summation_method": "interpolation",
    "threshold": 0.5,
}


def _named(function: Callable[..., Any]) -> Callable[..., str]:
    known = [name for name in FUNCTIONS if FUNCTIONS[name] is function]
    return lambda name="": name if name in known else known[0]


FUNCTIONS: dict[str, Callable[..., Any]] = {**losses.FUNCTIONS, **per_row.FUNCTIONS}
METRICS: Mapping[str, Any] = {  # what Keras has as classes may be functions here, with fixed names
    name.title().replace("_", "").replace("KlD", "KLD"): _named(function)
    for name, function in FUNCTIONS.items()
} | running.CLASSES


def parsed(text: str | bytes) -> Config:
    """Return the object that is written as JSON."""
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError(f"an object {{...}} was expected, not {type(content).__name__}")
    return content


def build_model(make: type[Sequential], told: Config, own: Own) -> Sequential:
    """Return a model, built and with fresh weights, from its description."""
    registry.look_up("kind of model", told["class_name"], {"Sequential": make})
    config, rows, dtypes = told["config"], [], set()
    for number, row in enumerate(config["layers"]):
        with within(f"layers[{number}]"):
            if row["class_name"] != "InputLayer":  # its numbers may be of another type
                dtypes |= _dtypes(row["config"])
            rows.append(_layer(row, own))
    if len(dtypes) > 1:
        raise ValueError(f"its layers compute in {sorted(dtypes)}, but a model here in one of them")
    model = make(rows, name=config["name"])
    model.dtype = next(iter(dtypes), model.dtype)
    shape = config.get("build_input_shape")
    model.build(shape and tuple(shape[1:]))
    return model


def compile_model(model: Sequential, told: Config | None, own: Own) -> None:
    """Compile a model as it was; not at all where the file names no loss."""
    if not told or told.get("loss") is None:
        return
    for key in ("loss_weights", "weighted_metrics", "sample_weight_mode"):
        if told.get(key):
            raise ValueError(f"{key}={told[key]!r} is not known here; pass compile=False")
    optimizer = told.get("optimizer") or told.get("optimizer_config")
    if not optimizer:
        warnings.warn(
            "the file names no optimizer (Keras 3 loses it where it has saved an .h5 file before): "
            "compiled with 'rmsprop', Keras's default; call compile to choose another",
            stacklevel=2,
        )
    model.compile(
        _object("optimizer", optimizer or "rmsprop", optimizers.KNOWN, own),
        _object("loss", told["loss"], losses.CLASSES, own),
        [_object("metric", m, METRICS, own) for m in told.get("metrics") or ()],
    )


def _layer(row: Config, own: Own) -> layers.Layer:
    config = dict(row["config"])
    shape = config.pop("batch_shape", None) or config.pop("batch_input_shape", None)
    if shape is not None:
        config["input_shape"] = shape[1:]  # without the batch
    layer: layers.Layer = _made("layer", row["class_name"], config, layers.CLASSES, own)
    return layer


def _object(kind: str, value: Any, table: Mapping[str, Any], own: Own) -> Any:
    """Return what `{"class_name": ..., "config": ...}` stands for; names of ours stay names."""
    if isinstance(value, dict):
        if value["class_name"] != "function":
            return _made(kind, value["class_name"], value["config"], table, own)
        value = value["config"]
    return own.get(value, value) if isinstance(value, str) else value


def _made(kind: str, name: str, config: Config, table: Mapping[str, Any], own: Own) -> Any:
    make = registry.look_up(kind, name, {**table, **own})
    known, settings = _arguments(make), {}
    for key, value in config.items():
        part = key.rpartition("_")[2]
        if key in known:
            settings[key] = _object(part, value, PARTS[part], own) if part in PARTS else value
        elif key not in UNREAD and value not in (None, USUAL.get(key, False)):
            raise ValueError(f"{name} has no setting {key!r} here, and the file says {value!r}")
    if settings.get("distribution") == "normal":  # the name in Keras 2
        settings["distribution"] = "truncated_normal"
    return make(**settings)


def _arguments(make: Callable[..., Any]) -> set[str]:
    """Return the names that a class, with those it inherits from, or a function takes."""
    made_by = [vars(c).get("__init__", make) for c in getattr(make, "__mro__", [make])]
    return {name for function in made_by for name in inspect.signature(function).parameters}


def _dtypes(config: Config) -> set[Any]:
    told = config.get("dtype")
    name = told["config"]["name"] if isinstance(told, dict) else told
    if name not in (None, "float32", "float64"):
        raise ValueError(f"it computes in {name!r}; here are 'float32' and 'float64'")
    return {name} - {None}
