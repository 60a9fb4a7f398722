"""Dense: every output looks at every input."""

from __future__ import annotations

from typing import Any

from minikeras import activations, initializers, regularizers
from minikeras.activations import Activation
from minikeras.backend import Array, Shape, array_module
from minikeras.checks import count
from minikeras.initializers import Initializer
from minikeras.layers.layer import Layer, LayerPullback
from minikeras.layers.parameters import Parameter
from minikeras.registry import Config
from minikeras.regularizers import Regularizer


class Dense(Layer):
    """y = activation(x @ kernel + bias), along the last axis of x.

    `units` is the number of outputs. Shapes: x (batch, ..., n), kernel (n, units), bias (units,),
    y (batch, ..., units). ValueError where a setting is unknown or a number is not positive.

    >>> from minikeras.models import Sequential
    >>> model = Sequential([Dense(2, activation="relu", input_dim=3)])
    >>> [w.shape for w in model.get_weights()]
    [(3, 2), (2,)]
    """

    def __init__(
        self,
        units: int,
        activation: str | Activation | None = None,
        use_bias: bool = True,
        kernel_initializer: str | Config | Initializer = "glorot_uniform",
        bias_initializer: str | Config | Initializer = "zeros",
        kernel_regularizer: str | Config | Regularizer | None = None,
        bias_regularizer: str | Config | Regularizer | None = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.units, self.use_bias = count(units, "units"), use_bias
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)

    def make(self, input_shape: Shape) -> Shape:
        kernel_shape = (input_shape[-1], self.units)
        self.kernel = Parameter(
            "kernel", kernel_shape, self.kernel_initializer, self.kernel_regularizer
        )
        self.parameters = [self.kernel]
        if self.use_bias:
            self.bias = Parameter(
                "bias", (self.units,), self.bias_initializer, self.bias_regularizer
            )
            self.parameters.append(self.bias)
        return (*input_shape[:-1], self.units)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, LayerPullback]:
        z = x @ self.kernel.value  # (batch, ..., units)
        if self.use_bias:
            z += self.bias.value
        y, activation_pullback = self.activation(z)

        def pullback(dy: Array, wants_dx: bool = True) -> Array:
            dz = activation_pullback(dy)
            rows = _rows(dz)  # (batch * ..., units)
            xp = array_module(dz)
            xp.matmul(_rows(x).T, rows, out=self.kernel.grad)
            if self.use_bias:
                xp.sum(rows, axis=0, out=self.bias.grad)
            return dz @ self.kernel.value.T if wants_dx else None

        return y, pullback

    def get_config(self) -> Config:
        return super().get_config() | {
            "units": self.units,
            "activation": activations.describe(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.describe(self.kernel_initializer),
            "bias_initializer": initializers.describe(self.bias_initializer),
            "kernel_regularizer": regularizers.describe(self.kernel_regularizer),
            "bias_regularizer": regularizers.describe(self.bias_regularizer),
        }


def _rows(x: Array) -> Array:
    return x if x.ndim == 2 else array_module(x).reshape(x, (-1, x.shape[-1]))
