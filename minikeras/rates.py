"""How is an optimizer's learning rate read and set, whoever made the optimizer?

The one place that looks for an attribute: Keras 2 says `lr`, Keras 3 `learning_rate`.
"""

from __future__ import annotations

import math
from typing import Any


def get_rate(optimizer: Any) -> float:
    """Return the learning rate as a float; TypeError where it is no number.

    >>> from types import SimpleNamespace
    >>> get_rate(SimpleNamespace(lr=0.1))
    0.1
    """
    value = getattr(optimizer, _name(optimizer))
    if not hasattr(type(value), "__float__"):
        raise TypeError(
            f"the optimizer's learning rate is a {type(value).__name__}, not a number: a schedule "
            "sets the rate by itself, so a callback cannot; make the optimizer with a number"
        )
    return float(value)


def set_rate(optimizer: Any, value: float) -> None:
    """Set the learning rate."""
    setattr(optimizer, _name(optimizer), value)


def checked_rate(value: Any, source: str) -> float:
    """Return a number that can be a learning rate as a float, or say what `source` gave.

    Any real number will do: ints, scalars and 0-d arrays of NumPy. TypeError for what is none,
    ValueError for one that is NaN, infinite or negative.

    >>> checked_rate(1, "the schedule")
    1.0
    """
    if isinstance(value, bool) or not hasattr(type(value), "__float__"):
        raise TypeError(f"{source} gave {value!r}; a learning rate is a number")
    rate = float(value)
    if not math.isfinite(rate) or rate < 0.0:
        raise ValueError(f"{source} gave {rate}; a learning rate is finite and at least 0")
    return rate


def _name(optimizer: Any) -> str:
    for name in ("learning_rate", "lr"):
        if hasattr(optimizer, name):
            return name
    raise TypeError(f"{type(optimizer).__name__} has neither learning_rate nor lr")
