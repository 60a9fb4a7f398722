"""Which series tell one mistake from another?"""

from __future__ import annotations

import itertools
import math

from minikeras.testing.corpus import Series, Settings


def falls_and_rises(settings: Settings, series: Series) -> bool:
    """Whether scores fall down to one best, then rise: nobody can mistake what is better there."""
    lowest = series.index(min(series))
    head, tail = series[: lowest + 1], series[lowest:]
    return all(a > b for a, b in itertools.pairwise(head)) and all(
        a < b for a, b in itertools.pairwise(tail)
    )


def is_bar_the_one_before(settings: Settings, series: Series) -> bool:
    """Whether a score below the one before is always below all before, too."""
    return without_ties(settings, series) and all(
        (now < before) == (now < min(series[: epoch + 1]))
        for epoch, (before, now) in enumerate(itertools.pairwise(series))
    )


def without_ties(settings: Settings, series: Series) -> bool:
    """Whether no two scores are equal next to each other, or to the best so far."""
    return all(
        now not in (series[epoch], min(series[: epoch + 1])) for epoch, now in enumerate(series[1:])
    )


def misses_delta(settings: Settings, series: Series) -> bool:
    """Whether no score is better than a score before it by exactly `min_delta`."""
    return all(a - b != settings["min_delta"] for a, b in itertools.combinations(series, 2))


def starts_with_nan(settings: Settings, series: Series) -> bool:
    return isinstance(series[0], float) and math.isnan(series[0])


def starts_with_a_number(settings: Settings, series: Series) -> bool:
    return isinstance(series[0], float) and math.isfinite(series[0])
