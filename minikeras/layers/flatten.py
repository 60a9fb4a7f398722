"""Flatten: a picture becomes a row of numbers."""

from __future__ import annotations

import math

from minikeras.backend import Array, Shape, array_module
from minikeras.layers.layer import Layer, LayerPullback


class Flatten(Layer):
    """Lay all axes but the batch end to end: (batch, 28, 28) becomes (batch, 784).

    >>> from minikeras.models import Sequential
    >>> Sequential([Flatten(input_shape=(28, 28))]).output_shape
    (784,)
    """

    def make(self, input_shape: Shape) -> Shape:
        return (math.prod(input_shape),)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, LayerPullback]:
        xp = array_module(x)
        y = xp.reshape(x, (x.shape[0], -1))
        return y, lambda dy, wants_dx=True: xp.reshape(dy, x.shape)
