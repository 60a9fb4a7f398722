"""What must something be able to do, to be trained by this loop?"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from minikeras.backend import Array, Backend, Shape
from minikeras.checks import Fitting
from minikeras.layers.layer import LayerPullback
from minikeras.layers.parameters import Parameter
from minikeras.losses import Loss
from minikeras.optimizers import Optimizer


class Trainee(ABC):
    """A value with a pullback, parameters, and an optimizer that moves them.

    `Sequential` is the one that there is; the loop asks for no more than this.
    """

    backend: Backend
    rng: np.random.Generator
    optimizer: Optimizer
    stop_training: bool = False
    order_seed: int = 0  # of the order in which this epoch takes the rows

    @property
    @abstractmethod
    def built(self) -> bool:
        """Whether the weights exist."""

    @property
    @abstractmethod
    def ends_in_softmax(self) -> bool:
        """Whether a softmax makes the predictions: a loss may lead back through it."""

    @property
    @abstractmethod
    def trained(self) -> list[Parameter]:
        """The parameters that learn."""

    @abstractmethod
    def build(self, input_shape: Shape | None = None) -> None:
        """Make the weights for this shape of a row, unless they are there."""

    @abstractmethod
    def forward(self, x: Array, training: bool = False) -> tuple[Array, list[LayerPullback]]:
        """Return the predictions for a batch, and the pullbacks of what made them."""

    @abstractmethod
    def backward(self, pullbacks: list[LayerPullback], dy: Array) -> None:
        """Write the gradients of all parameters, from that of the predictions."""

    @abstractmethod
    def fitting(self, loss: Loss | None) -> Fitting:
        """Return what data this model takes, once it is built."""

    @abstractmethod
    def prepare_optimizer(self) -> None:
        """Show the optimizer which parameters to train."""
