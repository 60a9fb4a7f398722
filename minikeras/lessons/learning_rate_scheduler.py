"""LearningRateScheduler: does this schedule warm up?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from minikeras.lessons.verdict import Verdict, answers

IN_ORDER = [0, 1, 2, 3, 4, 5, 6, 19]
OUT_OF_TURN = [3, 0, 0, 4, 1]


def check_warmup(warmup: Callable[[int], Any]) -> Verdict:
    """Check `warmup(epoch)`: .02, .04, .06, .08, .1 and then .1 for good, with `epoch` from 0.

    Asked first for the epochs in their order, then as a run does that goes on in the middle: a
    schedule that counts its calls gives itself away.

    >>> check_warmup(lambda epoch: 0.02 * (epoch + 1)).case
    '<lambda>(5)'
    """
    tried = 0
    for name, epochs in (("rate", IN_ORDER), ("pure", OUT_OF_TURN)):
        cases = [(epoch,) for epoch in epochs]
        verdict = answers("learning_rate_scheduler", name, warmup, _rate, cases)
        tried += verdict.tried
        if not verdict.holds:
            break
    return replace(verdict, tried=tried)


def _rate(epoch: int) -> float:
    return min(0.1, 0.02 * (epoch + 1))
