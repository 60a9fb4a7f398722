"""Embedding: a row of numbers, learned, for each word (or user, or square of a board)."""

from __future__ import annotations

from typing import Any, ClassVar

from minikeras import initializers, regularizers
from minikeras.backend import Array, Shape, add_at, array_module
from minikeras.checks import count
from minikeras.initializers import Initializer
from minikeras.layers.layer import Layer, LayerPullback
from minikeras.layers.parameters import Parameter
from minikeras.registry import Config
from minikeras.regularizers import Regularizer


class Embedding(Layer):
    """y[i, j] = embeddings[x[i, j]]: look up a vector for each number.

    x (batch, n) holds whole numbers in [0, input_dim); y is (batch, n, output_dim). It must be a
    model's first layer. `input_length` is n; without it, n is that of the first data.

    >>> from minikeras.models import Sequential
    >>> model = Sequential([Embedding(10, 4, input_length=3)])
    >>> model.predict([[1, 2, 1]], verbose=0).shape
    (1, 3, 4)
    """

    takes_class_numbers: ClassVar[bool] = True

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: str | Config | Initializer = "uniform",
        embeddings_regularizer: str | Config | Regularizer | None = None,
        *,
        input_length: int | None = None,
        **common: Any,
    ) -> None:
        if input_length is not None:
            common["input_shape"] = (input_length,)
        super().__init__(**common)
        self.input_dim = count(input_dim, "input_dim")
        self.output_dim = count(output_dim, "output_dim")
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)

    def make(self, input_shape: Shape) -> Shape:
        shape = (self.input_dim, self.output_dim)
        self.embeddings = Parameter(
            "embeddings", shape, self.embeddings_initializer, self.embeddings_regularizer
        )
        self.parameters = [self.embeddings]
        return (*input_shape, self.output_dim)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, LayerPullback]:
        xp = array_module(x)
        numbers = xp.reshape(x, (-1,))  # (batch * n,)
        y = xp.take(self.embeddings.value, numbers, axis=0)

        def pullback(dy: Array, wants_dx: bool = True) -> Array:
            grad = self.embeddings.grad
            grad[...] = 0.0
            add_at(grad, numbers, xp.reshape(dy, (-1, self.output_dim)))
            return None  # numbers of things have no slope

        return xp.reshape(y, (*x.shape, self.output_dim)), pullback

    def get_config(self) -> Config:
        return super().get_config() | {
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.describe(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.describe(self.embeddings_regularizer),
        }
