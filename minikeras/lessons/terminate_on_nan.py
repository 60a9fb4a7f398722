"""TerminateOnNaN: does this function know a loss that is no number?"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from minikeras.lessons.verdict import Verdict, answers

LOSSES = [0.5, math.nan, math.inf, -math.inf, 0.0, -1.0, 1e308, -1e308, None]


def check_bad(bad: Callable[[float | None], Any]) -> Verdict:
    """Check `bad(loss)`: True for NaN and infinities; a missing loss is None, and is not bad.

    >>> check_bad(lambda loss: loss != loss).case
    '<lambda>(inf)'
    """
    cases = [(loss,) for loss in LOSSES]
    return answers("terminate_on_nan", "bad", bad, _is_bad, cases, alike=_as_truths)


def _is_bad(loss: float | None) -> bool:
    return loss is not None and not math.isfinite(loss)


def _as_truths(should: Any, did: Any) -> bool:
    return bool(should) == bool(did)
