"""How does Keras write down a model like ours, as JSON?

In two dialects: `.keras` files tell where in Keras each class lives, and `.h5` files use the words
that Keras 2.3 and Keras 3 both understand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from minikeras import layers, losses, optimizers, registry
from minikeras.layers import Layer
from minikeras.metrics import per_row, running
from minikeras.registry import Config
from minikeras.saving.untrusted import MOST_LAYERS, MOST_METRICS, parsed

if TYPE_CHECKING:
    from minikeras.models import Sequential


def model_config(model: Sequential) -> Config:
    """Return what kind of model it is, its name and its layers."""
    model.build()
    _check_count("layers", len(model.layers) + 1, MOST_LAYERS)  # with the InputLayer
    told = {
        "batch_shape": [None, *(model.input_shape or ())],
        "dtype": model.dtype,
        "sparse": False,
        "name": _free_name("input_layer", model.layers),
    }
    first = {"class_name": "InputLayer", "config": told}
    rows = [first, *(_layer(layer, model.dtype) for layer in model.layers)]
    config = {"name": model.name, "layers": [_in("layers", row) for row in rows]}
    return {"module": "keras", "class_name": "Sequential", "config": config}


def compile_config(model: Sequential) -> Config | None:
    """Return how a model learns, or None if it is not compiled."""
    if model.objective is None:
        return None
    _check_count("metrics", len(model.objective.metrics), MOST_METRICS)
    optimizer: Any = optimizers.describe(model.optimizer)
    rate = optimizer["config"]["learning_rate"]
    optimizer["config"]["learning_rate"] = _in("optimizers.schedules", rate)
    metrics = zip(model.objective.metric_names, model.objective.metrics.values(), strict=True)
    return {
        "optimizer": _in("optimizers", optimizer),
        "loss": _in("losses", losses.describe(model.objective.loss)),
        "loss_weights": None,
        "metrics": [_metric(said, metric) for said, metric in metrics],
        "weighted_metrics": None,
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": False,
    }


def legacy(config: Any) -> Any:
    """Return a config in the words of both Keras 2.3 and Keras 3."""
    if isinstance(config, list):
        return [legacy(part) for part in config]
    if not isinstance(config, dict):
        return config
    told = {key: legacy(config[key]) for key in config if key not in ("module", "registered_name")}
    if "batch_shape" in told:
        told["batch_input_shape"] = told.pop("batch_shape")
    if told.get("distribution") == "truncated_normal":
        told["distribution"] = "normal"
    return told


def to_json(config: Config) -> str:
    """Return strict JSON; ValueError or TypeError for what it cannot hold, or we would not read."""
    text = json.dumps(config, default=_plain, allow_nan=False)
    parsed(text)
    return text


def _check_count(things: str, count: int, most: int) -> None:
    """Refuse to write what we would refuse to read."""
    if count > most:
        raise ValueError(f"this model has {count} {things}, and a file holds at most {most}")


def _layer(layer: Layer, dtype: str) -> Config:
    config = {"dtype": dtype}
    for key, value in layer.get_config().items():
        kind = key.rpartition("_")[2]
        config[key] = _in(f"{kind}s", value) if kind in ("initializer", "regularizer") else value
    return {"class_name": type(layer).__name__, "config": config}


def _metric(said: Any, metric: Any) -> Any:
    if said == "kld":  # Keras 3 has the metric, but not by this name
        return _in("metrics", {"class_name": "KLDivergence", "config": {"name": said}})
    if isinstance(said, str):
        return said
    return _in("metrics", registry.describe("metric", metric, per_row.FUNCTIONS, running.CLASSES))


def _in(module: str, told: Any) -> Any:
    """Say of a class where Keras has it, or that it is the user's own; a name stays a name."""
    if not isinstance(told, dict):
        return told
    name = told["class_name"]
    if module == "layers" and name not in layers.CLASSES:
        return {**told, "module": None, "registered_name": name}
    return {**told, "module": f"keras.{module}", "registered_name": None}


def _free_name(name: str, taken: list[Layer]) -> str:
    return _free_name(f"{name}_0", taken) if name in [layer.name for layer in taken] else name


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a model's settings hold {value!r}, which JSON cannot: use a plain number")
