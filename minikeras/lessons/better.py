"""Lesson 07: do these laws tell the right rule from the wrong ones?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

from minikeras.lessons.verdict import Raised, Verdict
from minikeras.testing.specification import is_better

Rule = Callable[..., bool]
Law = Callable[..., Any]

SCORES = (1.0, 2.0, 3.0, math.nan)
DELTAS = (0, 0.5, -0.5)


def check_laws(laws: Iterable[Law]) -> Verdict:
    """Check laws about rules by which a new score takes the place of the best one so far.

    A law is a function: `law(better, a, b, delta)` is true where the rule `better(new, best, mode,
    min_delta)` keeps it, for scores `a` and `b`, which may be NaN. The right rule has to keep all
    laws. Each of the wrong rules that assignment A1 knows has to break one; the verdict shows the
    first that survives them all, where it answers wrongly.

    >>> check_laws([lambda better, a, b, delta: not better(a, a, "min")]).case
    "ignores_mode(2.0, 1.0, 'max', 0)"
    """
    laws = list(laws)
    for law in laws:
        for case in product(SCORES, SCORES, DELTAS):
            answer = _asked(law, right, *case)
            if isinstance(answer, Raised) or not answer:
                call = f"{_name(law)}(right, {', '.join(map(repr, case))})"
                return Verdict("better", "promises_too_much", 1, call, "True", repr(answer))
    for tried, rule in enumerate(WRONG, 2):
        if not any(_breaks(rule, law) for law in laws):
            call, should, did = _first_mistake(rule)
            return Verdict("better", "survivor", tried, call, should, did)
    return Verdict("better", "survivor", 1 + len(WRONG))


def _breaks(rule: Rule, law: Law) -> bool:
    answers = (_asked(law, rule, *case) for case in product(SCORES, SCORES, DELTAS))
    return any(isinstance(answer, Raised) or not answer for answer in answers)


def _first_mistake(rule: Rule) -> tuple[str, str, str]:
    """Return a simple call that a wrong rule answers wrongly, the right answer, and its own."""
    for delta, mode, best, new in product(DELTAS, ("min", "max"), (None, *SCORES), SCORES):
        call = new, best, mode, delta
        if rule(*call) != right(*call):
            written = f"{rule.__name__}({', '.join(map(repr, call))})"
            return written, repr(right(*call)), repr(rule(*call))
    raise AssertionError(f"{rule.__name__} is right")


def _asked(law: Law, rule: Rule, *case: Any) -> Any:
    try:
        return law(rule, *case)
    except Exception as error:
        return Raised(f"{type(error).__name__}: {error}")


def _name(law: Law) -> str:
    return getattr(law, "__name__", "law")


def right(new: float, best: float | None, mode: str, min_delta: float = 0) -> bool:
    return is_better(new, best, mode, min_delta)


# -- the wrong ones: each is right but for one thing ---------------------------------------------


def le(new: float, best: float | None, mode: str, min_delta: float = 0) -> bool:
    return new == best or right(new, best, mode, min_delta)


def ignores_mode(new: float, best: float | None, mode: str, min_delta: float = 0) -> bool:
    return right(new, best, "min", min_delta)


def minus_delta(new: float, best: float | None, mode: str, min_delta: float = 0) -> bool:
    return right(new + _ahead(mode, abs(min_delta)), best, mode)


def signed_delta(new: float, best: float | None, mode: str, min_delta: float = 0) -> bool:
    return right(new - _ahead(mode, min_delta), best, mode)


def relative_delta(new: float, best: float | None, mode: str, min_delta: float = 0) -> bool:
    return right(new, best and best * (1 + _ahead(mode, abs(min_delta))), mode)


def nan_wins(new: float, best: float | None, mode: str, min_delta: float = 0) -> bool:
    return (math.isnan(new) and best is not None) or right(new, best, mode, min_delta)


def nan_first(new: float, best: float | None, mode: str, min_delta: float = 0) -> bool:
    return best is None or right(new, best, mode, min_delta)


def _ahead(mode: str, delta: float) -> float:
    """Return a step in the direction in which scores get better."""
    return -delta if mode == "min" else delta


WRONG = (le, ignores_mode, minus_delta, signed_delta, relative_delta, nan_wins, nan_first)
