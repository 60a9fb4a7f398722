"""Which scores, and which settings, tell a wrong callback from a right one?

All numbers are quarters: sums and differences of them are exact, so a right callback may compute
`best - score > min_delta` as well as `score + min_delta < best`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

Settings = Mapping[str, Any]
Series = Sequence[Any]
Case = tuple[Settings, Series]

NAN = math.nan
GAP = None  # an epoch whose logs lack the score
PLAIN = (1.0, 2.0, 3.0)
WIDE = tuple(number / 4 for number in range(1, 17))  # what the random search draws from
LONGEST = 6  # epochs: more would not fit into one look
MOST = 500  # cases of a domain that are tried in order


def small_world() -> Iterator[Series]:
    """Give every series of one to five of 1, 2, 3, NaN and a gap: 3,905 of them, short ones first.

    >>> sum(1 for _ in small_world())
    3905
    """
    for length in range(1, 6):
        yield from itertools.product([*PLAIN, NAN, GAP], repeat=length)


def every(**choices: Sequence[Any]) -> tuple[Settings, ...]:
    """Return the settings that take one of each of the choices.

    >>> every(patience=[1, 2], mode=["max"])
    ({'patience': 1, 'mode': 'max'}, {'patience': 2, 'mode': 'max'})
    """
    values = itertools.product(*choices.values())
    return tuple(dict(zip(choices, chosen, strict=True)) for chosen in values)


def _anything(settings: Settings, series: Series) -> bool:
    return True


@dataclass(frozen=True)
class Domain:
    """The settings and series that a law speaks about.

    - `settings`: those to try, simple ones first.
    - `scores`: of which series are made, simple ones first.
    - `longest`, `shortest`: how many epochs there are.
    - `where`: which of all these cases belong to the law.
    - `wide`: other numbers for the random search; what is no number, or not finite, stays. Where it
      is empty there is no such search: the cases in order are all there are.
    - `most`: so many of all these cases are tried in order, at most.

    >>> domain = Domain(every(patience=[1]), (1.0, 2.0), longest=2)
    >>> [series for settings, series in domain.corpus()]
    [(1.0,), (2.0,), (1.0, 1.0), (1.0, 2.0), (2.0, 1.0), (2.0, 2.0)]
    """

    settings: tuple[Settings, ...] = ({},)
    scores: Sequence[Any] = PLAIN
    longest: int = LONGEST
    shortest: int = 1
    where: Callable[[Settings, Series], bool] = _anything
    wide: Sequence[Any] = WIDE
    most: int = MOST

    def corpus(self) -> Iterator[Case]:
        """Give the cases in order, those of few epochs first."""
        cases = (
            (settings, series)
            for length in range(self.shortest, self.longest + 1)
            for series in itertools.product(self.scores, repeat=length)
            for settings in self.settings
            if self.where(settings, series)
        )
        return itertools.islice(cases, self.most)

    def draw(self, random: Random) -> Case | None:
        """Draw a case, or return None where chance gave one that is not of this domain."""
        if not self.wide:
            return None
        special = [score for score in self.scores if not is_plain(score)]
        numbers = self.wide if len(special) < len(self.scores) else ()
        length = random.randint(self.shortest, self.longest)
        few = random.choices([*numbers, *special], k=3)  # so few that ties abound
        series = tuple(random.choices([*few, *special], k=length))
        settings = random.choice(self.settings)
        return (settings, series) if self.where(settings, series) else None

    def simpler(self, settings: Settings, series: Series) -> Iterator[Case]:
        """Give cases that are a little simpler: an epoch less, or a simpler score."""
        shorter = ((*series[:i], *series[i + 1 :]) for i in range(len(series)))
        plainer = (
            (*series[:i], score, *series[i + 1 :])
            for i, now in enumerate(series)
            for score in self.scores[: self.scores.index(now) if now in self.scores else None]
        )
        for candidate in itertools.chain(shorter, plainer):
            if len(candidate) >= self.shortest and self.where(settings, candidate):
                yield settings, candidate


def is_plain(score: Any) -> bool:
    """Whether a score is a finite number, for which any other may stand."""
    return isinstance(score, float) and math.isfinite(score)
