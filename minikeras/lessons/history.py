"""History: which epoch of a list was the best?"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from minikeras.lessons.verdict import Verdict, answers
from minikeras.testing.corpus import Series, small_world

Scores = list[float | None]


def check_best_epoch(best_epoch: Callable[..., Any]) -> Verdict:
    """Check `best_epoch(scores, mode)`, the index of the best score, None where there is none.

    The first one wins a tie; NaN and None are no scores. All series of up to five epochs made of 1,
    2, 3, NaN and None are tried with both modes: plain numbers, then NaN, then None, short ones
    first.

    >>> check_best_epoch(lambda scores, mode: scores.index(min(scores))).case
    "<lambda>([1.0, 2.0], 'max')"
    """
    series = sorted(small_world(), key=_hardness)
    cases = [([*scores], mode) for scores in series for mode in ("min", "max")]
    return answers("history", "best_epoch", best_epoch, _best_epoch, cases)


def _hardness(series: Series) -> tuple[bool, bool, int]:
    return None in series, any(score != score for score in series), len(series)


def _best_epoch(scores: Scores, mode: str) -> int | None:
    best: int | None = None
    for epoch, score in enumerate(scores):
        if score is None or math.isnan(score):
            continue
        old = None if best is None else scores[best]
        if old is None or (score < old if mode == "min" else score > old):
            best = epoch
    return best
