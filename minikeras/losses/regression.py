"""How far off is a number?

Each loss returns one value for each row of predictions and the pullback to the predictions:
`(y_true, y_pred) -> (value, pullback)`. The last axis is averaged away, as in Keras.
"""

from __future__ import annotations

from dataclasses import dataclass

from minikeras.activations import Pullback
from minikeras.backend import Array, array_module
from minikeras.registry import Settings


def mean_squared_error(y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
    """Average the squares of the errors.

    >>> value, pullback = mean_squared_error(np.array([[1.0, 2.0]]), np.array([[1.0, 4.0]]))
    >>> value, pullback(np.ones(1))
    (array([2.]), array([[0., 2.]]))
    """
    error = y_pred - y_true  # (batch, n)
    return _mean(error * error), lambda dv: dv[..., None] * error * (2.0 / error.shape[-1])


def mean_absolute_error(y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
    """Average the sizes of the errors: a single wild one counts for less than in squares."""
    xp = array_module(y_true, y_pred)
    error = y_pred - y_true  # (batch, n)
    return _mean(xp.abs(error)), lambda dv: dv[..., None] * xp.sign(error) / error.shape[-1]


def huber(y_true: Array, y_pred: Array, delta: float = 1.0) -> tuple[Array, Pullback]:
    """Square errors up to `delta`, beyond it grow in a straight line (Huber, 1964)."""
    xp = array_module(y_true, y_pred)
    error = y_pred - y_true  # (batch, n)
    near = xp.clip(error, -delta, delta)
    return _mean(near * (error - 0.5 * near)), lambda dv: dv[..., None] * near / near.shape[-1]


def hinge(y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
    """Ask that y_true * y_pred reach 1; labels are -1 and 1, and 0 and 1 are taken as those."""
    xp = array_module(y_true, y_pred)
    only_0_and_1 = xp.all((y_true == 0) | (y_true == 1))
    sign = xp.where(only_0_and_1, 2.0 * y_true - 1.0, y_true)
    short = 1.0 - sign * y_pred  # (batch, n)
    value = _mean(xp.maximum(short, 0.0))
    return value, lambda dv: dv[..., None] * xp.where(short > 0, -sign, 0.0) / short.shape[-1]


def _mean(x: Array) -> Array:
    return array_module(x).mean(x, axis=-1)


@dataclass(frozen=True)
class MeanSquaredError(Settings):
    """`mean_squared_error` as an object."""

    def __call__(self, y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
        return mean_squared_error(y_true, y_pred)


@dataclass(frozen=True)
class MeanAbsoluteError(Settings):
    """`mean_absolute_error` as an object."""

    def __call__(self, y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
        return mean_absolute_error(y_true, y_pred)


@dataclass(frozen=True)
class Huber(Settings):
    """`huber` with its `delta`.

    >>> Huber(delta=1.0)(np.zeros((1, 2)), np.array([[0.5, 3.0]]))[0]
    array([1.3125])
    """

    delta: float = 1.0

    def __call__(self, y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
        return huber(y_true, y_pred, self.delta)


@dataclass(frozen=True)
class Hinge(Settings):
    """`hinge` as an object."""

    def __call__(self, y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
        return hinge(y_true, y_pred)
