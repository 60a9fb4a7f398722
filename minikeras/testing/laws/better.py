"""What is promised of the rule by which one score is better than another?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from minikeras.testing.corpus import GAP, NAN, PLAIN, WIDE, Domain, Series, Settings, every
from minikeras.testing.law import FUNCTION, Deed, Law, Row
from minikeras.testing.laws.arguments import REQUIRED, arguments
from minikeras.testing.specification import is_better


def judges(settings: Settings, series: Series) -> list[Row]:
    """Return the one answer; a series is a new score, and the best one so far."""
    new, best = series
    is_yes = is_better(new, best, **settings)
    return [Row({"new": new, "best": best}, Deed("yes" if is_yes else "no"))]


def judging(function: Any, settings: Settings, series: Series) -> Iterator[Deed]:
    new, best = series
    answer = function(new, best, **settings)
    is_answer = type(answer).__name__ in ("bool", "bool_")  # Python's, or NumPy's
    yield Deed("yes" if answer else "no") if is_answer else Deed("returns", repr(answer))


def asks(
    name: str,
    settings: tuple[Settings, ...],
    scores: Series,
    where: Callable[[Settings, Any, Any], bool],
    wide: Series = WIDE,
) -> Law:
    """Return a law about pairs of scores; `where` is asked of a new one and the best so far."""
    domain = Domain(settings, scores, 2, 2, lambda settings, pair: where(settings, *pair), wide)
    return Law(name, domain, judges, judging, FUNCTION, passes=lambda pair: pair)


def _are_numbers(settings: Settings, new: Any, best: Any) -> bool:
    return not _is_nan(new) and best is not None and not _is_nan(best) and new != best


def _are_plain(settings: Settings, new: Any, best: Any) -> bool:
    return bool(new != best != 0)


def _is_equal(settings: Settings, new: Any, best: Any) -> bool:
    return bool(new == best != 0)


def _is_first(settings: Settings, new: Any, best: Any) -> bool:
    return new is not None and best is None


def _is_infinite(settings: Settings, new: Any, best: Any) -> bool:
    is_new = new is not None and math.isinf(new)
    return is_new or (new is not None and best is not None and math.isinf(best))


def _is_best_zero(settings: Settings, new: Any, best: Any) -> bool:
    return bool(best == 0)


def _is_new_nan(settings: Settings, new: Any, best: Any) -> bool:
    return _is_nan(new) and best is not None and not _is_nan(best)


def _is_best_one(settings: Settings, new: Any, best: Any) -> bool:
    """Whether a share of the best score is the same as a difference."""
    return best == 1 and not _is_exact(settings, new, best)


def _is_inexact(settings: Settings, new: Any, best: Any) -> bool:
    return not _is_exact(settings, new, best)


def _is_exact(settings: Settings, new: Any, best: Any) -> bool:
    return bool(abs(new - best) == settings["min_delta"])


def _are_any(settings: Settings, new: Any, best: Any) -> bool:
    return True


def _is_nan(score: Any) -> bool:
    return score is not None and math.isnan(score)


MODES = every(mode=["min", "max"])
CHOOSY = every(mode=["min"], min_delta=[0.5, 0.25])
STEPS = (1.0, 0.25, 0.5, 0.75, 1.25, 1.5)
FINE = (1.0, 1.0 + 1e-9, 1.0 + 2e-9)
ARGUMENTS = {"new": REQUIRED, "best": REQUIRED, "mode": REQUIRED, "min_delta": 0}

LAWS = (
    arguments(ARGUMENTS, FUNCTION),
    asks("smaller", every(mode=["min"]), PLAIN, _are_plain),
    asks("larger", every(mode=["max"]), PLAIN, _are_plain),
    asks("tie", MODES, (1.0, 2.0), _is_equal),
    asks("first-score", MODES, (1.0, 0.0, 1000.0, -1000.0, GAP), _is_first),
    asks("zero", MODES, (1.0, 0.0, -1.0), _is_best_zero),
    asks("nan", MODES, (1.0, NAN), _is_new_nan),
    asks("nan-first", MODES, (NAN, GAP), _is_first),
    asks("infinity", MODES, (1.0, -math.inf, math.inf, GAP), _is_infinite),
    asks("fine-scores", MODES, FINE, _are_numbers, wide=FINE),
    asks("min-delta", CHOOSY, STEPS, _is_best_one),
    asks("relative-delta", CHOOSY, (1.0, 0.125, 100.0, 101.0), _is_inexact),
    asks("exact-delta", CHOOSY, STEPS, _is_exact),
    asks("delta-sign", every(mode=["min"], min_delta=[-0.5]), STEPS, _are_any),
    asks("mirror", every(mode=["max"], min_delta=[0.5, -0.5]), STEPS, _are_any),
)
