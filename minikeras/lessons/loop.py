"""Lesson 01: is this the slope of the loss by the scores?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minikeras.backend import Array
from minikeras.lessons.by_hand import Weights, guess, losses_of, new_weights
from minikeras.lessons.verdict import Verdict

NUDGE = 1e-5  # small enough for a slope, large enough for the digits of a float
NEAR = 1e-6  # two slopes that are nearer than this count as the same


def check_dz(dz: Callable[[Any, Any], Any]) -> Verdict:
    """Check `dz(p, y)`, the slope of the mean loss of a batch by each of its scores.

    It is carried on to the slopes of the weights `w2` and `b2`. They are compared with slopes that
    are measured: the weight is moved a little up and a little down. First one row is tried, then
    two, then more; what is shown is the weight whose two slopes differ most.

    >>> check_dz(lambda p, y: (p - np.eye(10)[y]) / len(y)).holds
    True
    >>> check_dz(lambda p, y: p - np.eye(10)[y]).case
    'w2[17, 3]  # y = [2, 3]'
    """
    rng, tried = np.random.default_rng(0), 0
    for rows in (1, 2, 2, 3, 5, 8):
        x, y = rng.uniform(0, 1, (rows, 64)), rng.integers(0, 10, rows)
        weights = new_weights(rng)
        hidden, p = guess(x, weights)
        try:
            yours = np.asarray(dz(p, y.copy()), dtype=float)
        except Exception as error:
            return _wrong("dz(p, y).shape", y, (rows, 10), f"{type(error).__name__}: {error}")
        if yours.shape != (rows, 10):
            return _wrong("dz(p, y).shape", y, (rows, 10), yours.shape)
        for name, at, slopes in (("w2", 2, hidden.T @ yours), ("b2", 3, yours.sum(axis=0))):
            measured = _measured(x, y, weights, at)
            tried += slopes.size
            apart = np.nan_to_num(np.abs(slopes - measured), nan=np.inf)
            place = np.unravel_index(apart.argmax(), apart.shape)
            if apart[place] > NEAR:
                case = f"{name}[{', '.join(map(str, place))}]"
                return _wrong(case, y, f"{measured[place]:+.4f}", f"{slopes[place]:+.4f}")
    return Verdict("loop", "dz", tried)


def _measured(x: Array, y: Array, weights: Weights, at: int) -> Array:
    """Return how fast the mean loss rises with each number of `weights[at]`."""
    slopes = np.empty_like(weights[at])
    for place in np.ndindex(slopes.shape):
        means = []
        for sign in (1, -1):
            moved = [w.copy() for w in weights]
            moved[at][place] += sign * NUDGE
            means.append(losses_of(guess(x, moved)[1], y).mean())
        slopes[place] = (means[0] - means[1]) / (2 * NUDGE)
    return slopes


def _wrong(case: str, y: Array, should: object, did: object) -> Verdict:
    return Verdict("loop", "dz", 1, f"{case}  # y = {y.tolist()}", str(should), str(did))
