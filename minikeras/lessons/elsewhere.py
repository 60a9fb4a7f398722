"""Lesson 15: after which epoch does EarlyStopping stop, here and in Keras 3?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from minikeras.lab.presets import PRESETS
from minikeras.lessons.verdict import Verdict
from minikeras.testing.specification import Series, early_stopping
from minikeras.testing.table import aligned

CASES: dict[str, float | None] = {  # a preset, and the baseline that EarlyStopping is given
    "overfit": None,
    "zigzag": None,
    "gaps": None,
    "nan_first": None,
    "second_valley": 0.3,
}
PATIENCE = 3
MOST = 6  # epochs that are shown


class Seen(NamedTuple):
    """What Keras 3's EarlyStopping holds after an epoch, which counts from 1."""

    epoch: int
    score: float | None
    best: float | None
    wait: int
    stops: bool


def check_stops(stops: Mapping[str, Sequence[int]]) -> Verdict:
    """Check for five presets after which epoch EarlyStopping stops: `(here, in Keras 3)`.

    Patience is 3, epochs count from 1; "second_valley" has `baseline=0.3`. A verdict shows what
    Keras 3 does in the first epochs, or in the last ones.

    >>> check_stops({"overfit": (13, 13), "zigzag": (6, 7)}).case.splitlines()[0]
    "stops['zigzag']"
    """
    for tried, (name, baseline) in enumerate(CASES.items(), 1):
        scores = PRESETS[name].scores
        here = early_stopping(scores, patience=PATIENCE, baseline=baseline)
        seen = keras_3(scores, PATIENCE, baseline)
        should, did = (len(here.waits), seen[-1].epoch), tuple(stops.get(name, ()))
        if did != should:
            case = f"stops[{name!r}]\n\n    " + "\n    ".join(["Keras 3:", *_table(seen)])
            return Verdict("elsewhere", name, tried, case, repr(should), repr(did))
    return Verdict("elsewhere", "overfit", len(CASES))


def keras_3(series: Series, patience: int, baseline: float | None = None) -> list[Seen]:
    """Return the epochs that Keras 3.15's EarlyStopping runs, where a small score is good.

    >>> [(row.wait, row.stops) for row in keras_3([2.0, 1.0, 1.0], patience=1)]
    [(0, False), (0, False), (1, True)]
    """
    seen: list[Seen] = []
    best: float | None = None
    wait = 0
    for epoch, score in enumerate(series, 1):
        stops = False
        if score is not None:
            wait += 1
            if best is None or score < best:
                best, wait = score, 0 if baseline is None or score < baseline else wait
            else:
                stops = wait >= patience
        seen.append(Seen(epoch, score, best, wait, stops))
        if stops:
            break
    return seen


def _table(seen: list[Seen]) -> list[str]:
    rows = [["-" if cell is None else str(cell) for cell in row[:4]] for row in seen[-MOST:]]
    return aligned([["epoch", "score", "best", "wait"], *rows], right=range(4))
