"""ProgbarLogger: how many batches does an epoch have?"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from minikeras.lessons.verdict import Verdict, answers

MOST = 50


def check_steps(steps: Callable[..., Any]) -> Verdict:
    """Check `steps(n, batch)`, the number of batches of at most `batch` rows that hold `n` rows.

    Every `n` and every `batch` up to 50 is tried.

    >>> check_steps(lambda n, batch: n // batch).case
    '<lambda>(1, 2)'
    """
    numbers = range(1, MOST + 1)
    cases = product(numbers, repeat=2)
    return answers("progbar_logger", "steps", steps, _steps, cases)


def _steps(n: int, batch: int) -> int:
    return len(range(0, n, batch))
