"""Lesson 13: does this callback end training when the time is up?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from types import SimpleNamespace
from typing import Any, NamedTuple

from minikeras.lessons.verdict import Raised, Verdict
from minikeras.testing.stand_in import Manner, call, introduce
from minikeras.testing.table import aligned

LIMITS = (2, 3, 5)
LENGTHS = (1, 2, 3)  # seconds that an epoch may take
PAUSE = 10.0  # seconds before a fit begins: who looks at the clock too early is found out
WITHOUT_LOGS = Manner(is_by_name=True)


class Told(NamedTuple):
    """The end of an epoch: seconds since its fit began, the stop flag, and what it should be."""

    fit: int
    epoch: int
    seconds: float
    stop_training: bool
    should: bool


def check_time_limit(time_limit: Callable[..., Any]) -> Verdict:
    """Check `TimeLimit(seconds, clock)`, a callback, in two fits with one object.

    It must stop after the first epoch that ends `seconds` or more after `on_train_begin`; `logs`
    are None. The clock is not a real one, so nobody waits.

    >>> class Never:
    ...     def __init__(self, seconds, clock): ...
    >>> verdict = check_time_limit(Never)
    >>> verdict.should, verdict.did
    ('stop_training = True', 'stop_training = False')
    """
    cases = [
        (seconds, lengths)
        for count in (1, 2, 3)
        for seconds in LIMITS
        for lengths in product(LENGTHS, repeat=count)
    ]
    for tried, (seconds, lengths) in enumerate(cases, 1):
        rows: list[Told] = []
        should, did = "", ""
        try:
            _tell(time_limit, seconds, lengths, rows)
        except Exception as error:
            did = repr(Raised(f"{type(error).__name__}: {error}"))
        if not did and rows[-1].stop_training != rows[-1].should:
            should = f"stop_training = {rows[-1].should}"
            did = f"stop_training = {rows[-1].stop_training}"
        if did:
            return Verdict("yours", "time_limit", tried, _table(seconds, rows), should, did)
    return Verdict("yours", "time_limit", len(cases))


def _tell(
    time_limit: Callable[..., Any], seconds: float, lengths: Sequence[int], rows: list[Told]
) -> None:
    """Take a callback through two fits whose epochs take so long, as far as it is right."""
    time = 0.0
    callback, model = time_limit(seconds, lambda: time), SimpleNamespace(stop_training=False)
    for fit in (1, 2):
        time += PAUSE
        start, model.stop_training = time, False
        introduce(callback, model)
        call(callback, "on_train_begin", WITHOUT_LOGS)
        for epoch, length in enumerate(lengths):
            call(callback, "on_epoch_begin", WITHOUT_LOGS, epoch)
            time += length
            call(callback, "on_epoch_end", WITHOUT_LOGS, epoch)
            is_due = time - start >= seconds
            rows.append(Told(fit, epoch + 1, time - start, model.stop_training, is_due))
            if model.stop_training != is_due:
                return
            if is_due:
                break
        call(callback, "on_train_end", WITHOUT_LOGS)


def _table(seconds: float, rows: list[Told]) -> str:
    texts = [[f"{cell:g}" for cell in row[:3]] + [str(row.stop_training)] for row in rows]
    lines = aligned([list(Told._fields[:4]), *texts], right=range(4)) if rows else []
    return f"TimeLimit({seconds}, clock)" + "\n\n    " * bool(rows) + "\n    ".join(lines)
