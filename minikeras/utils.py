"""Which small tools go with a model?"""

from __future__ import annotations

from typing import Any

import numpy as np

from minikeras.backend import Host, get_backend
from minikeras.checks import count, real_array
from minikeras.data import Sequence
from minikeras.progress import Progbar
from minikeras.seeding import set_random_seed

__all__ = ["Progbar", "Sequence", "set_random_seed", "to_categorical"]


def to_categorical(x: Any, num_classes: int | None = None) -> Host:
    """Turn class numbers into rows with a 1 in the column of the class.

    `x` (rows,) or (rows, 1) holds whole numbers from 0; the result is (rows, num_classes) of
    float32. `num_classes` is one more than the largest number unless given. ValueError on numbers
    that are negative, fractional or too large.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    numbers = real_array(x, "x", get_backend())
    if numbers.ndim > 1 and numbers.shape[-1] == 1:
        numbers = numbers[..., 0]
    if np.any(numbers != np.floor(numbers)) or numbers.min() < 0:
        raise ValueError("x holds class numbers: whole, from 0")
    largest = int(numbers.max())
    classes = largest + 1 if num_classes is None else count(num_classes, "num_classes")
    if largest >= classes:
        raise ValueError(f"x holds {largest}, but num_classes={classes} allows 0 to {classes - 1}")
    rows: Host = np.eye(classes, dtype="float32")[numbers.astype(int)]
    return rows
