"""What do large weights cost?

A regularizer takes weights and returns their penalty, which joins the loss, and the gradient
of the penalty, which joins the gradient of the loss.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minikeras import registry
from minikeras.backend import Array, array_module
from minikeras.registry import Config, Settings

Regularizer = Callable[[Array], tuple[Array, Array]]


@dataclass(frozen=True)
class L1L2(Settings):
    """The penalty l1 * sum of |w| + l2 * sum of w^2.

    l1 pulls every weight towards zero with the same force, until it is zero; l2 pulls large
    weights harder than small ones.

    >>> L1L2(l1=0.1, l2=0.01)(np.array([1.0, -2.0]))
    (np.float64(0.35...), array([ 0.12, -0.14]))
    """

    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        for name, factor in self.get_config().items():
            if not (np.isreal(factor) and 0.0 <= factor < np.inf):
                raise ValueError(f"{name} is a factor of at least 0, not {factor!r}")

    def __call__(self, w: Array) -> tuple[Array, Array]:
        xp = array_module(w)
        penalty = self.l1 * xp.sum(xp.abs(w)) + self.l2 * xp.sum(w * w)
        return penalty, self.l1 * xp.sign(w) + 2.0 * self.l2 * w


def l1(l1: float = 0.01) -> L1L2:
    """Penalize absolute values: many weights become exactly useless (Tibshirani, 1996)."""
    return L1L2(l1=l1)


def l2(l2: float = 0.01) -> L1L2:
    """Penalize squares: all weights stay small."""
    return L1L2(l2=l2)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """Penalize both."""
    return L1L2(l1, l2)


KNOWN: dict[str, Callable[..., L1L2]] = {
    "l1": l1,
    "l2": l2,
    "l1_l2": l1_l2,
    "L1": l1,
    "L2": l2,
    "L1L2": L1L2,
}


def get(identifier: str | Config | Regularizer | None) -> Regularizer | None:
    """Return the regularizer of that name or config; your own callable or None as it is.

    >>> get("l2")
    L1L2(l1=0.0, l2=0.01)
    """
    if identifier is None:
        return None
    return registry.resolve("regularizer", identifier, {}, KNOWN)


def describe(regularizer: Regularizer | None) -> str | Config | None:
    """Return the config of a regularizer."""
    if regularizer is None:
        return None
    return registry.describe("regularizer", regularizer, {}, KNOWN)
