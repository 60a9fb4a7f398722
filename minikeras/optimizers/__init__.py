"""Optimizers: from gradients to better weights."""

from __future__ import annotations

from minikeras import registry
from minikeras.optimizers import schedules
from minikeras.optimizers.learning_rate import LearningRate
from minikeras.optimizers.optimizer import Optimizer
from minikeras.optimizers.rules import SGD, Adagrad, Adam, AdamW, RMSprop
from minikeras.registry import Config

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "LearningRate",
    "Optimizer",
    "RMSprop",
    "get",
    "schedules",
]

CLASSES = {rule.__name__: rule for rule in (SGD, RMSprop, Adagrad, Adam, AdamW)}
KNOWN = CLASSES | {name.lower(): rule for name, rule in CLASSES.items()}


def get(identifier: str | Config | Optimizer) -> Optimizer:
    """Return the optimizer of that name or config, or your own object as it is.

    >>> get("adam").learning_rate
    0.001
    """
    if isinstance(identifier, Optimizer):
        return identifier
    optimizer = registry.resolve("optimizer", identifier, {}, KNOWN)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"the optimizer is a name or an Optimizer, not {identifier!r}")
    return optimizer


def describe(optimizer: Optimizer) -> str | Config:
    """Return the config of an optimizer."""
    return registry.describe("optimizer", optimizer, {}, CLASSES)
