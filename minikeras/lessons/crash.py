"""Lesson 12: does a run that was killed go on as if nothing had happened?"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from minikeras.lessons.verdict import Raised, Verdict
from minikeras.testing.table import aligned

EPOCHS = 10


def check_resume(
    make: Callable[[], Any],
    keep: Callable[[Any], Any],
    go_on: Callable[[Any, Any], object],
) -> Verdict:
    """Kill a run in each of its ten epochs, go on from what was kept, and compare all losses.

    - `make`: returns a new run; its `train()` trains an epoch and returns the loss.
    - `keep(run)`: called after each epoch, returns what is to be on the disk.
    - `go_on(run, kept)`: brings a new run to where the old one was.

    What was kept goes through `pickle`, as it would through a file. Nothing is kept before the end
    of the first epoch. Losses have to be equal to the last bit.

    >>> class Run:
    ...     w = 8.0
    ...     def train(self):
    ...         self.w /= 2
    ...         return self.w
    >>> check_resume(Run, lambda run: None, lambda run, kept: None).case.splitlines()[0]
    'killed in epoch 2'
    """
    whole, unbroken = make(), []
    for _ in range(EPOCHS):
        unbroken.append(whole.train())
    for killed in range(1, EPOCHS + 1):
        try:
            again = _resumed(make, keep, go_on, killed)
        except Exception as error:
            told = Raised(f"{type(error).__name__}: {error}")
            return Verdict("crash", "resume", killed, f"killed in epoch {killed}", "", repr(told))
        apart = [epoch for epoch in range(EPOCHS) if again[epoch] != unbroken[epoch]]
        if apart:
            case = _table(killed, apart[0], unbroken, again)
            should, did = repr(unbroken[apart[0]]), repr(again[apart[0]])
            return Verdict("crash", "resume", killed, case, should, did)
    return Verdict("crash", "resume", EPOCHS)


def _resumed(
    make: Callable[[], Any],
    keep: Callable[[Any], Any],
    go_on: Callable[[Any, Any], object],
    killed: int,
) -> list[Any]:
    """Return the losses of ten epochs, of which number `killed` was begun twice."""
    first, losses, disk = make(), [], None
    for _ in range(killed - 1):
        losses.append(first.train())
        disk = pickle.dumps(keep(first))
    first.train()  # lost
    second = make()
    if disk is not None:
        go_on(second, pickle.loads(disk))
    return losses + [second.train() for _ in range(EPOCHS - len(losses))]


def _table(killed: int, apart: int, unbroken: list[Any], again: list[Any]) -> str:
    rows = [
        [">" if row == apart else "", str(row + 1), f"{unbroken[row]:.6g}", f"{again[row]:.6g}"]
        for row in range(max(0, apart - 2), min(EPOCHS, apart + 3))
    ]
    lines = aligned([["", "epoch", "unbroken", "resumed"], *rows], right=(1, 2, 3))
    return f"killed in epoch {killed}\n\n    " + "\n    ".join(lines)
