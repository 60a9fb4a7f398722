"""What is a layer?

Weights, and a function from x to (y, pullback). The pullback takes the gradient that arrives at
y, writes the gradients of the weights, and returns the gradient that leaves through x.
"""

from __future__ import annotations

import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from minikeras.backend import Array, Backend, Host, Shape
from minikeras.layers.parameters import Parameter
from minikeras.registry import Config

# pullback(dy, wants_dx): nobody wants dx from the first layer that learns, and it costs a product
LayerPullback = Callable[[Array, bool], Array]


class Layer(ABC):
    """What all layers share: a name, the shape they were told to expect, and their parameters.

    `input_shape` leaves out the batch: `(784,)`; `input_dim=784` says the same. A layer belongs to
    one model, which gives it places in its parameter vector and its random generator.
    """

    takes_class_numbers: ClassVar[bool] = False  # whether x holds numbers of things, not measures

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        input_shape: Sequence[int] | None = None,
        input_dim: int | None = None,
    ) -> None:
        if name is not None:
            check_name(name, "layer")
        self.has_own_name = name is not None
        self.name = name or re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()
        self.trainable = trainable
        if input_dim is not None:
            input_shape = (input_dim,)
        self.input_shape = None if input_shape is None else shape_of(input_shape, "input_shape")
        self.output_shape: Shape | None = None
        self.parameters: list[Parameter] = []
        self.backend: Backend | None = None
        self.rng = np.random.default_rng(0)  # replaced by the model's own
        self.own_rng: np.random.Generator | None = None  # only of a layer with a seed
        self.owner: Any = None

    def build(self, input_shape: Shape) -> None:
        """Learn the shape that arrives, once; make parameters, which have no values yet."""
        if self.output_shape is None:
            self.output_shape = self.make(input_shape)
            self.input_shape = input_shape

    @abstractmethod
    def make(self, input_shape: Shape) -> Shape:
        """Make `self.parameters` for this input shape and return the output shape."""

    @abstractmethod
    def forward(self, x: Array, training: bool = False) -> tuple[Array, LayerPullback]:
        """Return y and the pullback."""

    def get_weights(self) -> list[Host]:
        """Return copies of the weights, as NumPy arrays; a layer in no model has none."""
        self._ask_owner()
        return [np.array(self._bound().to_host(p.value)) for p in self.parameters]

    def set_weights(self, weights: Sequence[Host]) -> None:
        """Replace the weights; ValueError, and nothing is changed, where a shape differs."""
        self._ask_owner()
        backend = self._bound()
        for parameter, new in zip(self.parameters, fitting(self.parameters, weights), strict=True):
            parameter.value[...] = backend.to_device(new)

    def _ask_owner(self) -> None:
        """Let the model that this layer is in make the weights, if it knows its input shape."""
        if self.owner is not None and self.owner.input_shape is not None:
            self.owner.build()

    def _bound(self) -> Backend:
        if self.backend is None:
            raise ValueError(
                f"the layer {self.name!r} has no weights yet: add it to a model whose first "
                "layer is given input_shape, and call model.build()"
            )
        return self.backend

    def count_params(self) -> int:
        """Return how many numbers this layer can learn."""
        return sum(p.size for p in self.parameters)

    def get_config(self) -> Config:
        """Return the settings as what JSON can hold."""
        return {"name": self.name, "trainable": self.trainable}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Make one, with fresh weights, from what `get_config` returned."""
        return cls(**config)


def check_name(name: Any, kind: str) -> None:
    """ValueError unless this is a name that every file can hold."""
    if not isinstance(name, str) or not name or "/" in name or not name.isprintable():
        raise ValueError(f"the name of a {kind} is a word without '/', not {name!r}")


def fitting(parameters: Sequence[Parameter], weights: Sequence[Host]) -> list[Host]:
    """Return `weights` as arrays that fit, one for each parameter; ValueError if they do not."""
    arrays = [np.asarray(new) for new in weights]
    came, wanted = [a.shape for a in arrays], [p.shape for p in parameters]
    if came != wanted:
        raise ValueError(f"weights have the shapes {came}; the model takes {wanted}")
    for parameter, new in zip(parameters, arrays, strict=True):
        if new.dtype.kind not in "biuf":
            raise TypeError(f"the weights {parameter.name!r} are {new.dtype}, not real numbers")
    return [new.astype(p.dtype, copy=False) for p, new in zip(parameters, arrays, strict=True)]


def shape_of(shape: Any, argument: str) -> Shape:
    """Return a shape of whole numbers above 0; an int stands for one axis."""
    try:
        axes = tuple(operator.index(n) for n in (shape if np.iterable(shape) else (shape,)))
    except TypeError:
        axes = ()
    if not axes or min(axes) < 1:
        raise ValueError(
            f"{argument} is the shape of one row, such as (784,), without the batch axis; "
            f"not {shape!r}"
        )
    return axes
