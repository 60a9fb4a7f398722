"""Layers, in the order to read them."""

from __future__ import annotations

from collections.abc import Callable

from minikeras import registry
from minikeras.layers.activation import Activation
from minikeras.layers.dense import Dense
from minikeras.layers.dropout import Dropout
from minikeras.layers.embedding import Embedding
from minikeras.layers.flatten import Flatten
from minikeras.layers.input_layer import Input, InputLayer
from minikeras.layers.layer import Layer
from minikeras.registry import Config

__all__ = [
    "Activation",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "Input",
    "InputLayer",
    "Layer",
    "from_config",
]

CLASSES: dict[str, Callable[..., Layer]] = {
    "InputLayer": InputLayer,
    "Dense": Dense,
    "Activation": Activation,
    "Dropout": Dropout,
    "Flatten": Flatten,
    "Embedding": Embedding,
}


def from_config(config: Config) -> Layer:
    """Make a layer from `{"class_name": ..., "config": {...}}`; only the layers above are known.

    >>> from_config({"class_name": "Dense", "config": {"units": 3}}).units
    3
    """
    layer = registry.look_up("layer", str(config.get("class_name")), CLASSES)
    return layer(**config.get("config", {}))
