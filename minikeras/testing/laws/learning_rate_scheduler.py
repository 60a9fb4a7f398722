"""What is promised of LearningRateScheduler?

A series says what the schedule gives in each epoch, unless a law says that it means another thing.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from minikeras.testing.corpus import GAP, NAN, Domain, Series, Settings
from minikeras.testing.law import Deed, Law, Row
from minikeras.testing.laws.arguments import REQUIRED, arguments, refuses_unknown
from minikeras.testing.stand_in import ONCE, Manner, StandIn, fits, tell

START = 1.0  # the rate before the first epoch
Schedule = Callable[..., Any]


class Watched(StandIn):
    """A model that remembers the rates it was trained with; others may set them afterwards."""

    def __init__(self, others: Sequence[float] = ()) -> None:
        super().__init__(START)
        self.others = iter(others)
        self.rates: list[float] = []

    def train(self, fit: int, epoch: int) -> None:
        super().train(fit, epoch)
        self.rates.append(self.optimizer.learning_rate)
        self.optimizer.learning_rate = next(self.others, self.optimizer.learning_rate)


# -- schedules -------------------------------------------------------------------------------------


def in_turn(series: Series) -> Schedule:
    """Return a schedule that gives the next rate whenever it is asked, whatever the epoch."""
    left = iter(series)
    return lambda epoch, rate: next(left, series[-1])


def by_epoch(series: Series) -> Schedule:
    return lambda epoch, rate: _at(series, epoch)


def by_epoch_alone(series: Series) -> Schedule:
    return lambda epoch: _at(series, epoch)


def _at(series: Series, epoch: int) -> Any:
    return series[epoch] if 0 <= epoch < len(series) else 8.0


def half_the_rate(series: Series) -> Schedule:
    return lambda epoch, rate: rate / 2


def always_half(series: Series) -> Schedule:
    return lambda epoch, rate: START / 2


class Half:
    """An object that can be called, and its method."""

    def __call__(self, epoch: int, rate: float) -> float:
        return rate / 2

    def of_start(self, epoch: int) -> float:
        return START / 2


CALLABLES: dict[str, Schedule] = {
    "method": Half().of_start,
    "object": Half(),
    "partial": functools.partial(lambda divisor, epoch, rate: rate / divisor, 2),
    "default": lambda epoch, rate=8.0: rate / 2,
}


def called(series: Series) -> Schedule:
    return CALLABLES[series[0]]


# -- what is seen ----------------------------------------------------------------------------------


def as_given(before: float, given: Any) -> float:
    return float(given)


def halved(before: float, given: Any) -> float:
    return before / 2


def to_half(before: float, given: Any) -> float:
    return START / 2


def sets(
    name: str,
    domain: Domain,
    schedule: Callable[[Series], Schedule],
    rate: Callable[[float, Any], float] = as_given,
    manner: Manner = ONCE,
    means: str = "gives",
) -> Law:
    """Return a law about the rate that each epoch is trained with.

    - `schedule`: makes one from a series.
    - `rate`: the right one, from the one before and the item of the series.
    - `means`: what the series is, if not what the schedule gives: the rates that `others` set, each
      after its epoch; names of a `schedule`; the `score` of each epoch.
    """
    has_others = means == "others"

    def should(settings: Settings, series: Series) -> list[Row]:
        rows, now = [], START
        for epoch, given in [*enumerate(series)] * manner.fits:
            cells = {"epoch": epoch + 1, "rate": now, means: given}
            now = rate(now, given)
            rows.append(Row(cells, Deed("rate", now)))
            now = given if has_others else now
        return rows

    def did(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
        schedules = iter([schedule(series), schedule(series[::-1])])  # one for each object
        model = Watched(series if has_others else ())
        for moment in tell(lambda: implementation(next(schedules)), model, series, manner):
            if moment.epoch is not None:
                yield Deed("rate", model.rates[-1])

    return Law(name, domain, should, did)


def refuses_rate(name: str, given: Series, error: str) -> Law:
    """Return the law that a schedule which gives any of these is an error."""

    def should(settings: Settings, series: Series) -> list[Row]:
        return [Row({"epoch": 1, "gives": series[0]}, Deed("raises", error))]

    return replace(sets(name, Domain(scores=given, longest=1, wide=()), by_epoch), should=should)


def surfaces(settings: Settings, series: Series) -> list[Row]:
    return [Row({"epoch": 1}, Deed("surfaces"))]


def surfacing(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
    """Tell whether a TypeError inside a schedule comes out as it is."""
    mistake = TypeError("unsupported operand: the schedule's own mistake")

    def schedule(epoch: int, rate: float | None = None) -> float:
        if rate is None:  # asked again, as if it took the epoch alone
            return START
        raise mistake

    try:
        for _ in tell(lambda: implementation(schedule), Watched(), [START]):
            yield Deed("hides")
    except TypeError as error:
        if error is not mistake:
            raise
        yield Deed("surfaces")


def logs(settings: Settings, series: Series) -> list[Row]:
    return [Row({"epoch": epoch + 1}, Deed("logs", rate)) for epoch, rate in enumerate(series)]


def logging(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
    for moment in tell(lambda: implementation(by_epoch(series)), Watched(), series):
        if moment.logs is not None:
            yield Deed("logs", moment.logs.get("learning_rate"))


def logging_alone(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
    """Tell what becomes of a dict that was given empty."""
    callback = implementation(by_epoch(series))
    given: dict[str, Any] = {}
    for moment in fits(callback, Watched(), series):
        if moment.epoch is not None:
            callback.on_epoch_end(moment.epoch, given)
            yield Deed("logs", given.pop("learning_rate", None))


# -- the laws --------------------------------------------------------------------------------------

RATES = (0.5, 0.25, 2.0)
SHORT = Domain(scores=RATES, longest=3, wide=RATES)
GAPS = Domain(scores=(GAP, 1.0), longest=3)

LAWS = (
    arguments({"schedule": REQUIRED, "verbose": 0}),
    sets("each-epoch", SHORT, in_turn),
    sets("index-from-zero", SHORT, by_epoch),
    sets("one-argument", SHORT, by_epoch_alone),
    sets(
        "any-callable",
        Domain(scores=tuple(CALLABLES), longest=1),
        called,
        to_half,
        ONCE,
        "schedule",
    ),
    sets("overrides", SHORT, always_half, to_half, ONCE, "others"),
    sets("current-rate", SHORT, half_the_rate, halved, ONCE, "others"),
    sets("integer-rate", Domain(scores=(1, 0), longest=3), by_epoch),
    refuses_rate("refuses-rate", (NAN, math.inf, -math.inf, -0.5), "ValueError"),
    refuses_rate("refuses-no-number", (None, "half"), "TypeError or ValueError"),
    Law("schedule-errors", Domain(shortest=0, longest=0), surfaces, surfacing),
    Law("rate-in-logs", SHORT, logs, logging),
    Law("empty-logs", SHORT, logs, logging_alone),
    sets("second-fit", SHORT, by_epoch, manner=Manner(fits=2)),
    sets("two-objects", SHORT, by_epoch, manner=Manner(is_beside=True)),
    sets("logs-by-name", GAPS, always_half, to_half, Manner(is_by_name=True), "score"),
    refuses_unknown({"schedule": lambda epoch: START}),
)
