"""What happens to a sum before it becomes an output?

Each activation returns its value and its pullback: a function that takes the gradient arriving
at the output and returns the one that leaves through the input. So a derivative stands
right beside its function.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minikeras import kernels, registry
from minikeras.backend import Array, array_module

Pullback = Callable[[Array], Array]
Activation = Callable[[Array], tuple[Array, Pullback]]


def linear(x: Array) -> tuple[Array, Pullback]:
    """Leave `x` as it is."""
    return x, lambda dy: dy


def relu(x: Array) -> tuple[Array, Pullback]:
    """Zero out the negatives: max(x, 0).

    >>> y, pullback = relu(np.array([-1.0, 2.0]))
    >>> y, pullback(np.array([5.0, 5.0]))
    (array([0., 2.]), array([0., 5.]))
    """
    xp = array_module(x)
    y = xp.maximum(x, 0.0)
    return y, lambda dy: dy * xp.astype(y > 0, dy.dtype)  # five times as fast as xp.where


def leaky_relu(x: Array, negative_slope: float = 0.2) -> tuple[Array, Pullback]:
    """Shrink the negatives: x where x > 0, else negative_slope * x (Maas et al., 2013)."""
    xp = array_module(x)
    slope = xp.where(x > 0, xp.ones_like(x), negative_slope)
    return slope * x, lambda dy: slope * dy


def elu(x: Array, alpha: float = 1.0) -> tuple[Array, Pullback]:
    """Bend the negatives towards -alpha: alpha * (e^x - 1) (Clevert et al., 2015)."""
    xp = array_module(x)
    bent = alpha * xp.expm1(xp.minimum(x, 0.0))
    return xp.where(x > 0, x, bent), lambda dy: dy * xp.where(x > 0, 1.0, bent + alpha)


def selu(x: Array) -> tuple[Array, Pullback]:
    """Scale an elu so that layers keep mean 0 and variance 1 (Klambauer et al., 2017)."""
    alpha, scale = 1.6732632423543772, 1.0507009873554805  # the fixed point, from the paper
    y, pullback = elu(x, alpha)
    return scale * y, lambda dy: scale * pullback(dy)


def sigmoid(x: Array) -> tuple[Array, Pullback]:
    """Squash into (0, 1): 1 / (1 + e^-x), written with e^-|x|, which never overflows."""
    xp = array_module(x)
    e = xp.exp(-xp.abs(x))
    y = xp.where(x >= 0, 1.0, e) / (1.0 + e)
    return y, lambda dy: dy * y * (1.0 - y)


def silu(x: Array) -> tuple[Array, Pullback]:
    """Let the sigmoid of x decide how much of x passes: x * sigmoid(x)."""
    gate, pullback = sigmoid(x)
    return x * gate, lambda dy: dy * gate + pullback(dy * x)


def tanh(x: Array) -> tuple[Array, Pullback]:
    """Squash into (-1, 1)."""
    y = array_module(x).tanh(x)
    return y, lambda dy: dy * (1.0 - y * y)


def softplus(x: Array) -> tuple[Array, Pullback]:
    """Round off relu's corner: log(1 + e^x); its slope is the sigmoid."""
    xp = array_module(x)
    y = xp.maximum(x, 0.0) + xp.log1p(xp.exp(-xp.abs(x)))
    return y, lambda dy: dy * sigmoid(x)[0]


def softsign(x: Array) -> tuple[Array, Pullback]:
    """Squash into (-1, 1) without exponentials: x / (1 + |x|)."""
    width = 1.0 + array_module(x).abs(x)
    return x / width, lambda dy: dy / width / width


def gelu(x: Array) -> tuple[Array, Pullback]:
    """Let x pass with the probability that a standard normal lies below it (Hendrycks, 2016)."""
    xp = array_module(x)
    near = xp.clip(x, -40.0, 40.0)  # beyond, the density is 0 in any precision
    density = xp.exp(-0.5 * near * near) / math.sqrt(2.0 * math.pi)
    tail = density * _mills_ratio(xp.abs(near))  # never 1 - almost 1, which x would magnify
    probability = xp.where(x < 0, tail, 1.0 - tail)
    return x * probability, lambda dy: dy * (probability + near * density)


def softmax(x: Array) -> tuple[Array, Pullback]:
    """Turn each row into probabilities: e^x / sum of e^x, along the last axis.

    >>> softmax(np.array([[1000.0, 1000.0]]))[0]
    array([[0.5, 0.5]])
    """
    xp = array_module(x)
    y = kernels.softmax(x)
    if y is None:
        e = xp.exp(2.0 * xp.maximum(half_below_top(x), -500.0))  # e^-1000 is 0 in any precision
        y = e / xp.sum(e, axis=-1, keepdims=True)

    def pullback(dy: Array | OfScores) -> Array:
        if isinstance(dy, OfScores):
            return dy.dx
        return y * (dy - xp.sum(dy * y, axis=-1, keepdims=True))

    return y, pullback


@dataclass(frozen=True)
class OfScores:
    """A gradient that a loss has taken back through the softmax already."""

    dx: Array


def half_below_top(x: Array) -> Array:
    """Half of each row's distance from its largest element; the whole could overflow."""
    half = 0.5 * x
    return half - array_module(x).max(half, axis=-1, keepdims=True)


def _mills_ratio(x: Array) -> Array:
    """A normal's tail beyond x >= 0, over its density at x (Mills, 1926).

    This is the integral of e^(-xt) e^(-t^2 / 2) over t > 0, taken by Gauss's quadrature.
    """
    xp = array_module(x)
    ratio = xp.zeros_like(x)
    for t, weight in _GAUSS:
        ratio += weight * xp.exp(-t * x)
    return ratio


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(26)  # on [-1, 1]; tails err by less than 1e-15
_TIMES = 4.25 + 4.25 * _NODES  # beyond 8.5, e^(-t^2 / 2) is nothing next to the 1 it starts from
_SHARES = _WEIGHTS * np.exp(-0.5 * _TIMES**2)
_SHARES *= math.sqrt(0.5 * math.pi) / _SHARES.sum()  # so that half of a normal lies beyond 0
_GAUSS = [*zip(_TIMES.tolist(), _SHARES.tolist(), strict=True)]

KNOWN: dict[str, Activation] = {
    "linear": linear,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "gelu": gelu,
    "silu": silu,
    "swish": silu,
    "softplus": softplus,
    "softsign": softsign,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softmax": softmax,
}


def get(identifier: str | Activation | None) -> Activation:
    """Return the activation of that name, `linear` for None, or your own function as it is.

    >>> get("relu") is relu, get(None) is linear
    (True, True)
    """
    return linear if identifier is None else registry.resolve("activation", identifier, KNOWN, {})


def describe(activation: Activation) -> str | registry.Config:
    """Return the name of an activation."""
    return registry.describe("activation", activation, KNOWN, {})
