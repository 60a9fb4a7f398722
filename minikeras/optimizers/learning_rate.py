"""What is the learning rate now, and how is it changed?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from minikeras import registry
from minikeras.optimizers.schedules import CLASSES, Schedule


class LearningRate(float):
    """A float that knows whose learning rate it is.

    It is the value at the moment of reading; `assign` changes the optimizer's.

    >>> from minikeras.optimizers import SGD
    >>> optimizer = SGD(0.1)
    >>> optimizer.learning_rate.assign(0.05)
    0.05
    >>> round(optimizer.lr.numpy(), 5)
    0.05
    """

    _set: Callable[[float], None]

    def __new__(cls, value: float, set_value: Callable[[float], None]) -> LearningRate:
        self = super().__new__(cls, value)
        self._set = set_value
        return self

    def __reduce__(self) -> tuple[type, tuple[float]]:
        return float, (float(self),)  # a copy is a plain number: nobody's learning rate

    def numpy(self) -> float:
        """Return the plain number, as Keras's variables do."""
        return float(self)

    def assign(self, value: float) -> LearningRate:
        """Set the optimizer's learning rate and return it."""
        self._set(value)
        return LearningRate(value, self._set)


def checked(value: Any) -> float:
    """Return a learning rate as a float; ValueError or TypeError if it cannot be one.

    >>> checked(np.float32(0.5))
    0.5
    """
    try:
        rate = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"learning_rate is a number or a schedule of minikeras.optimizers.schedules, "
            f"not {value!r}"
        ) from None
    if not math.isfinite(rate) or rate < 0.0:
        raise ValueError(f"learning_rate is a finite number of at least 0, not {rate!r}")
    return rate


def checked_or_schedule(value: Any) -> float | Schedule:
    """Return what an optimizer may be made with: a number, a schedule, or a schedule's config."""
    if isinstance(value, Mapping) or (callable(value) and not isinstance(value, type)):
        return registry.resolve("schedule", value, {}, CLASSES)
    return checked(value)
