"""How do all weights of a model lie in one long vector?

One vector of values and one of gradients; each layer's kernel and bias are views into both. So a
layer writes gradients, and an optimizer reads them, without a dictionary between.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minikeras.backend import Array, Backend, FloatName, Host, Shape, array_module, full_like
from minikeras.initializers import Initializer
from minikeras.regularizers import Regularizer


@dataclass(eq=False)
class Parameter:
    """An array of weights by name, with its gradient beside it; both are views once bound."""

    name: str
    shape: Shape
    initializer: Initializer
    regularizer: Regularizer | None = None
    value: Array = None
    grad: Array = None
    dtype: FloatName = "float32"

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"value": None, "grad": None}  # a copied view would see nothing

    def initial(self, rng: np.random.Generator) -> Host:
        """Draw the first values; ValueError if the initializer returns another shape."""
        drawn = np.asarray(self.initializer(self.shape, rng))
        if drawn.shape != self.shape:
            raise ValueError(
                f"the initializer of {self.name!r} returned an array of shape {drawn.shape}; "
                f"these weights have shape {self.shape}"
            )
        return drawn


@dataclass(eq=False)
class ParameterVector:
    """The parameters of a model, their values and their gradients, end to end."""

    parameters: list[Parameter]
    values: Array = field(repr=False)
    grads: Array = field(repr=False)

    @classmethod
    def lay_out(
        cls,
        parameters: list[Parameter],
        backend: Backend,
        dtype: FloatName,
        first: Callable[[Parameter], Host],
    ) -> ParameterVector:
        """Put the parameters end to end; those without values get their `first`."""
        size = sum(p.size for p in parameters)
        host = full_like(np.empty(size, dtype), 0.0)
        start = 0
        for p in parameters:
            value = first(p) if p.value is None else backend.to_host(p.value)
            host[start : start + p.size] = value.reshape(-1)
            p.dtype = dtype
            start += p.size
        values = backend.to_device(host)
        vector = cls(parameters, values, full_like(values, 0.0))
        vector.bind()
        return vector

    def relocate(self, place: Callable[[Array], Array]) -> None:
        """Keep values and gradients elsewhere: in what `place` makes of them."""
        self.values, self.grads = place(self.values), place(self.grads)
        self.bind()

    def bind(self) -> None:
        """Let each parameter see its place in the vectors."""
        start = 0
        for p in self.parameters:
            part = slice(start, start + p.size)
            p.value, p.grad = (_view(v, part, p.shape) for v in (self.values, self.grads))
            start += p.size

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.bind()

    def spans(self, frozen: set[int]) -> list[tuple[int, int]]:
        """Return the ranges to train: all, but for parameters whose `id` is in `frozen`."""
        spans: list[tuple[int, int]] = []
        start = 0
        for p in self.parameters:
            stop = start + p.size
            if id(p) not in frozen:
                if spans and spans[-1][1] == start:
                    spans[-1] = (spans[-1][0], stop)
                else:
                    spans.append((start, stop))
            start = stop
        return spans


def _view(vector: Array, part: slice, shape: Shape) -> Array:
    return array_module(vector).reshape(vector[part], shape)
