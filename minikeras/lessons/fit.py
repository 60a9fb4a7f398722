"""Lesson 04: can this run be repeated, to the last bit?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minikeras.lessons.verdict import Raised, Verdict
from minikeras.utils import set_random_seed

AGAIN = "first, again = run(0), run(0)"
OTHER = "first, other = run(0), run(1)"


def check_repeatable(run: Callable[[int], Any]) -> Verdict:
    """Check `run(seed)`, which makes a model, trains it and returns the loss of each epoch.

    The same seed must give the same losses, whatever was seeded or drawn before; another seed must
    give others. Of two runs that differ, the first epoch is shown in which they do. Afterwards
    Python is seeded with 0.

    >>> check_repeatable(lambda seed: [1 / (seed + 1), 1 / (seed + 2)]).holds
    True
    >>> verdict = check_repeatable(lambda seed: [0.5, 0.25])
    >>> verdict.case, verdict.should, verdict.did
    ('first, other = run(0), run(1); first != other', 'True', 'False')
    """
    runs = []
    for before, seed in ((11, 0), (12, 0), (13, 1)):
        set_random_seed(before)  # as if Python had just begun, each time in another state
        losses = _losses(run, seed)
        if isinstance(losses, Raised):
            return Verdict("fit", "repeatable", 1, f"run({seed})", "[float, ...]", repr(losses))
        runs.append(losses)
    set_random_seed(0)
    first, again, other = runs
    if len(first) != len(again):
        case = f"{AGAIN}; len(again)"
        return Verdict("fit", "repeatable", 1, case, str(len(first)), str(len(again)))
    for epoch, (should, did) in enumerate(zip(first, again, strict=True)):
        if should != did:
            case = f"{AGAIN}; again[{epoch}]"
            return Verdict("fit", "repeatable", 1, case, repr(should), repr(did))
    if first == other:
        return Verdict("fit", "another_seed", 2, f"{OTHER}; first != other", "True", "False")
    return Verdict("fit", "repeatable", 2)


def _losses(run: Callable[[int], Any], seed: int) -> Any:
    """Return the losses of a run as a list of floats, or what came in their place."""
    try:
        losses = run(seed)
    except Exception as error:
        return Raised(f"{type(error).__name__}: {error}")
    try:
        return [float(loss) for loss in losses] or Raised("[]")
    except (TypeError, ValueError):
        return Raised(type(losses).__name__)
