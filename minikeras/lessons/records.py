"""Lesson 11: has a log been read as it was written?"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from minikeras.lessons.verdict import Verdict
from minikeras.testing.table import aligned

BATCHES = 45  # in an epoch of the digits
NEIGHBOURS = 2  # rows that are shown before and after the one that answers
Rows = list[dict[str, str]]


def check_reading(
    a: str, b: str, *, overfits: str, best: int, cuts: Iterable[int], epoch_of_100: int
) -> Verdict:
    """Check what was read in two files of `CSVLogger`; epochs count from 1.

    - `overfits`: the file whose `val_loss` ends furthest above its lowest value.
    - `best`: the epoch of that lowest value, the first one if there are several.
    - `cuts`: the epochs of `a` that were the first to train with a smaller learning rate.
    - `epoch_of_100`: the epoch in which step 100 of `batch_loss` lies, at 45 batches an epoch.

    A verdict shows the rows around the one that answers, which `>` marks.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/log.csv"
    >>> with open(path, "w") as file:
    ...     _ = file.write("epoch,val_loss\\n0,0.5\\n1,0.25\\n2,0.5\\n")
    >>> verdict = check_reading(path, path, overfits=path, best=1, cuts=[], epoch_of_100=3)
    >>> verdict.holds, verdict.did, verdict.should
    (False, '1', '2')
    """
    logs = {name: _read(name) for name in (a, b)}
    worst = max(logs, key=lambda name: _rise(logs[name]))
    scores = _column(logs[worst], "val_loss")
    lowest = scores.index(min(scores))
    fell = _falls(logs[a])
    questions: list[tuple[str, Any, Any, str, int]] = [
        ("overfits", overfits, worst, worst, len(scores) - 1),
        ("best", best, lowest + 1, worst, lowest),
        ("cuts", list(cuts), [row + 1 for row in fell], a, _first_apart(list(cuts), fell)),
        ("epoch_of_100", epoch_of_100, (100 - 1) // BATCHES + 1, "", 0),
    ]
    for tried, (name, answer, right, file, lit) in enumerate(questions, 1):
        if answer != right:
            shown = "\n    ".join(["\n", *_lit(logs[file], file, lit)]) if file else ""
            case = f"{name}={answer!r}{shown}"
            return Verdict("records", name, tried, case, repr(right), repr(answer))
    return Verdict("records", "best", len(questions))


def _read(name: str) -> Rows:
    with open(name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _column(rows: Rows, name: str) -> list[float]:
    return [float(row[name]) for row in rows]


def _rise(rows: Rows) -> float:
    scores = _column(rows, "val_loss")
    return scores[-1] - min(scores)


def _falls(rows: Rows) -> list[int]:
    """Return the places of the rows whose learning rate is below that of the row before."""
    rates = _column(rows, "learning_rate") if "learning_rate" in rows[0] else []
    return [row for row in range(1, len(rates)) if rates[row] < rates[row - 1]]


def _first_apart(cuts: list[int], fell: list[int]) -> int:
    """Return the row of the first cut that the answer lacks, or 0."""
    return next((row for row in fell if row + 1 not in cuts), fell[0] if fell else 0)


def _lit(rows: Rows, name: str, row: int) -> list[str]:
    """Return a few rows as text, the one that matters behind a `>`."""
    first = max(0, row - NEIGHBOURS)
    table = [
        [">" if number == row else "", *rows[number].values()]
        for number in range(first, min(len(rows), row + NEIGHBOURS + 1))
    ]
    return [name, *aligned([["", *rows[0]], *table], right=range(1, len(rows[0]) + 1))]
