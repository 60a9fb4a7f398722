"""Activation: an activation function as a layer of its own."""

from __future__ import annotations

from typing import Any

from minikeras import activations
from minikeras.backend import Array, Shape
from minikeras.layers.layer import Layer, LayerPullback
from minikeras.registry import Config


class Activation(Layer):
    """y = activation(x); the shape stays. ValueError for an unknown name.

    >>> Activation("softmax").get_config()
    {'name': 'activation', 'trainable': True, 'activation': 'softmax'}
    """

    def __init__(self, activation: str | activations.Activation, **common: Any) -> None:
        super().__init__(**common)
        self.activation = activations.get(activation)

    def make(self, input_shape: Shape) -> Shape:
        return input_shape

    def forward(self, x: Array, training: bool = False) -> tuple[Array, LayerPullback]:
        y, pullback = self.activation(x)
        return y, lambda dy, wants_dx=True: pullback(dy)

    def get_config(self) -> Config:
        return super().get_config() | {"activation": activations.describe(self.activation)}
