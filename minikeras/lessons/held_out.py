"""Lesson 03: are these the rows that train, and those that are held out?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minikeras.backend import Array
from minikeras.lessons.verdict import Raised, Verdict

Split = Callable[..., Any]
CASES = {  # labels, and the share of rows to hold out
    "np.repeat([0, 1], 50), 0.2": (np.repeat([0, 1], 50), 0.2),
    "np.repeat([0, 1], 50), 0.5": (np.repeat([0, 1], 50), 0.5),
    "np.repeat([3, 5, 8], 60), 0.3": (np.repeat([3, 5, 8], 60), 0.3),
    "np.tile([0, 1, 2, 3], 40), 0.25": (np.tile([0, 1, 2, 3], 40), 0.25),
}


def check_split(split: Split) -> Verdict:
    """Check `split(y, s, rng)`, which returns two arrays of row numbers.

    `int(len(y) * (1 - s))` of the rows train, the others are held out. No row is in both parts,
    none is lost, the same `rng` gives the same parts, and each label is held out. (A hundred rows
    in an order by chance do not hold out each label only once in millions of times.)

    >>> def cut(y, s, rng):
    ...     return np.split(np.arange(len(y)), [int(len(y) * (1 - s))])
    >>> print(check_split(cut).case, check_split(cut).should, check_split(cut).did, sep="\\n")
    train, held = split(np.repeat([0, 1], 50), 0.2, rng)
        sorted(set(y[held]))
    [0, 1]
    [1]
    """
    for tried, (arguments, (y, s)) in enumerate(CASES.items(), 1):
        call = f"train, held = split({arguments}, rng)"
        parts = _parts(split, y, s)
        if isinstance(parts, Raised):
            return Verdict("held_out", "parts", tried, call, "(train, held)", repr(parts))
        again = _parts(split, y, s)
        for hint, asked, should, did in _questions(y, s, parts, again):
            if should != did:
                case = f"{call}\n    {asked}"
                return Verdict("held_out", hint, tried, case, str(should), str(did))
    return Verdict("held_out", "labels", len(CASES))


def _questions(
    y: Array, s: float, parts: Any, again: Any
) -> Iterator[tuple[str, str, object, object]]:
    """Yield for each promise its hint, the question as code, the right answer and this one."""
    train, held = (set(part) for part in parts)
    yield "size", "len(train)", int(len(y) * (1 - s)), len(parts[0])
    yield "disjoint", "sorted(set(train) & set(held))", [], sorted(train & held)[:5]
    lost = sorted(set(range(len(y))) - train - held)
    yield "complete", "sorted(set(range(len(y))) - set(train) - set(held))", [], lost[:5]
    yield "repeatable", "split(y, s, rng)  # rng: np.random.default_rng(0)", parts, again
    labels = sorted({int(label) for label in y})
    yield "labels", "sorted(set(y[held]))", labels, sorted({int(y[row]) for row in held})


def _parts(split: Split, y: Array, s: float) -> Any:
    """Return the two lists of row numbers, or what came in their place."""
    try:
        train, held = split(y.copy(), s, np.random.default_rng(0))
        parts = [int(row) for row in train], [int(row) for row in held]
    except Exception as error:
        return Raised(f"{type(error).__name__}: {error}")
    if any(not 0 <= row < len(y) for part in parts for row in part):
        return Raised(f"IndexError: {max(map(max, filter(None, parts)))}")
    return parts
