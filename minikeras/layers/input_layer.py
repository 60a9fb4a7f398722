"""InputLayer: what shape arrives?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minikeras.backend import Array, Shape
from minikeras.layers.layer import Layer, LayerPullback
from minikeras.registry import Config


class InputLayer(Layer):
    """Say the shape of one row, `shape`, to a model that begins with this; x passes unchanged.

    >>> from minikeras.layers import Dense
    >>> from minikeras.models import Sequential
    >>> Sequential([Input(shape=(4,)), Dense(2)]).output_shape
    (2,)
    """

    def __init__(self, shape: Sequence[int] | None = None, **common: Any) -> None:
        if shape is not None:
            common["input_shape"] = shape
        super().__init__(**common)
        if self.input_shape is None:
            raise ValueError("say which shape arrives: Input(shape=(784,))")

    def make(self, input_shape: Shape) -> Shape:
        return input_shape

    def forward(self, x: Array, training: bool = False) -> tuple[Array, LayerPullback]:
        return x, lambda dy, wants_dx=True: dy

    def get_config(self) -> Config:
        shape = None if self.input_shape is None else list(self.input_shape)
        return super().get_config() | {"shape": shape}


def Input(shape: Sequence[int], name: str | None = None) -> InputLayer:  # noqa: N802 (Keras's name)
    """Return an `InputLayer`; in Keras this makes the tensor that a model begins with."""
    return InputLayer(shape, name=name)
