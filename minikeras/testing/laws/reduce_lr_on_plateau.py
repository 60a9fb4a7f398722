"""What is promised of ReduceLROnPlateau?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from minikeras.testing.corpus import GAP, NAN, Domain, Series, Settings, every
from minikeras.testing.law import Deed, Law, Row, made
from minikeras.testing.laws.arguments import arguments, refuses, refuses_unknown
from minikeras.testing.laws.names import FALLING, RISING, UNKNOWN, WHOLE_WORDS, mode_of
from minikeras.testing.laws.series import (
    falls_and_rises,
    is_bar_the_one_before,
    misses_delta,
    starts_with_a_number,
    starts_with_nan,
    without_ties,
)
from minikeras.testing.specification import Plateaus, reduce_lr_on_plateau
from minikeras.testing.stand_in import KEY, ONCE, Manner, Moment, StandIn, tell

GIVEN = {"monitor": KEY, "cooldown": 0, "min_lr": 0.0}


def specified(settings: Settings, series: Series, rate: float = 1.0) -> Plateaus:
    known = {name: settings[name] for name in settings if name not in ("monitor", "mode")}
    return reduce_lr_on_plateau(series, rate, mode=mode_of(settings), **known)


# -- what should be --------------------------------------------------------------------------------


def cuts(
    settings: Settings, series: Series, fits: int = 1, rate: float = 1.0, growth: float = 1.0
) -> list[Row]:
    """Return the rate after each epoch; another callback multiplies it by `growth` between them."""
    rows = []
    for _ in range(fits):  # each begins with the rate that the one before has left
        told = specified(settings, series, rate)
        rate = told.rate
        for epoch, after in enumerate([*told.rates[1:], told.rate]):
            rows.append(Row(_cells(told, series, epoch), Deed("rate", after * growth**epoch)))
    return rows


def never_rises(settings: Settings, series: Series) -> list[Row]:
    told = specified(settings, series)
    return [Row(_cells(told, series, epoch), Deed("does_not_rise")) for epoch in range(len(series))]


def logged(settings: Settings, series: Series) -> list[Row]:
    """Return the rate that each epoch had: the one before a cut."""
    told = specified(settings, series)
    return [
        Row(_cells(told, series, epoch), Deed("logs_rate", rate))
        for epoch, rate in enumerate(told.rates)
    ]


def _cells(told: Plateaus, series: Series, epoch: int) -> dict[str, Any]:
    return {
        "epoch": epoch + 1,
        "score": series[epoch],
        "best": told.bests[epoch],
        "wait": told.waits[epoch],
        "cooling": told.coolings[epoch],
    }


# -- what is done ----------------------------------------------------------------------------------


def cutting(
    implementation: Any,
    settings: Settings,
    series: Series,
    manner: Manner = ONCE,
    rate: float = 1.0,
    growth: float = 1.0,
) -> Iterator[Deed]:
    model = StandIn(rate)
    for _ in _epochs(implementation, settings, series, model, manner):
        yield Deed("rate", model.optimizer.learning_rate)
        model.optimizer.learning_rate *= growth


def rising(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
    model = StandIn()
    before = model.optimizer.learning_rate
    for _ in _epochs(implementation, settings, series, model):
        now = model.optimizer.learning_rate
        yield Deed("rises", now) if now > before else Deed("does_not_rise")
        before = now


def logging(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
    for moment in _epochs(implementation, settings, series, StandIn()):
        yield Deed("logs_rate", (moment.logs or {}).get("learning_rate"))


def _epochs(
    implementation: Any,
    settings: Settings,
    series: Series,
    model: StandIn,
    manner: Manner = ONCE,
) -> Iterator[Moment]:
    manner = replace(manner, key=settings.get("monitor", KEY))
    for moment in tell(lambda: made(implementation, settings, GIVEN), model, series, manner):
        if moment.epoch is not None:
            yield moment


# -- the laws --------------------------------------------------------------------------------------


def rate(name: str, domain: Domain, manner: Manner = ONCE, **options: Any) -> Law:
    """Return a law about the rate after each epoch."""
    should, did = partial(cuts, fits=manner.fits), partial(cutting, manner=manner)
    return Law(name, domain, should, did, given=GIVEN, **options)


def rate_of(name: str, domain: Domain, **how: Any) -> Law:
    """Return the same where the rate begins as another one, or changes between epochs."""
    return Law(name, domain, partial(cuts, **how), partial(cutting, **how), given=GIVEN)


def _ends_with_the_cut(settings: Settings, series: Series) -> bool:
    """Whether no epoch but the last one ends in a cut, and no two scores are alike."""
    cut = specified(settings, series).reductions
    return cut in ([], [len(series) - 1]) and without_ties(settings, series)


def _falls_rises_and_ends(settings: Settings, series: Series) -> bool:
    return falls_and_rises(settings, series) and _ends_with_the_cut(settings, series)


def _is_first_cut_in_a_row(settings: Settings, series: Series) -> bool:
    return is_bar_the_one_before(settings, series) and _ends_with_the_cut(settings, series)


def _has_one_best(settings: Settings, series: Series) -> bool:
    """Whether nothing improves once the rate was cut."""
    told = specified(settings, series)
    is_last_best = all(told.bests[epoch] == told.best for epoch in told.reductions)
    return is_last_best and without_ties(settings, series)


def _settings(patience: tuple[int, ...] = (1,), **choices: Any) -> tuple[Settings, ...]:
    return every(factor=[0.5], patience=patience, **choices)


PATIENT = _settings((1, 2))
NAMING = frozenset({"factor", "patience", "monitor", "mode"})  # mode="auto" reads the name
MIXED = (
    *_settings((0,), cooldown=[0, 2]),
    *_settings((1,), cooldown=[2, 3]),
    *_settings((2,), cooldown=[3]),
    *_settings((1,), cooldown=[2], min_lr=[0.75]),
    *_settings((1,), mode=["max"], min_delta=[0.5, -0.5]),
)
COOLED = _settings(cooldown=[2])
FINE = (1.0, 1.0 - 1e-9, 1.0 - 2e-9)
CHOOSY = _settings(min_delta=[0.5, 0.25])
INFINITE = (1.0, -math.inf, math.inf)
LARGE = (0.0, 1000.0, -1000.0)
STEPS = (1.0, 0.75, 0.5, 0.25)

LAWS = (
    arguments(
        {
            "monitor": KEY,
            "factor": 0.1,
            "patience": 10,
            "verbose": 0,
            "mode": "auto",
            "min_delta": 0.0001,
            "cooldown": 0,
            "min_lr": 0,
        }
    ),
    rate("cut-after-patience", Domain(_settings((1, 2, 3)), where=_falls_rises_and_ends)),
    rate("cut-patience-zero", Domain(_settings((0,)), where=_falls_rises_and_ends)),
    rate("in-a-row", Domain(_settings((2, 3)), where=_is_first_cut_in_a_row)),
    rate("best-so-far", Domain(PATIENT, where=_ends_with_the_cut)),
    Law(
        "never-rises",
        Domain(_settings(cooldown=[0, 2]), longest=4),
        never_rises,
        rising,
        given=GIVEN,
    ),
    rate("factor", Domain(every(factor=[0.5, 0.25, 0.75], patience=[1]), where=without_ties)),
    rate("cut-each-patience", Domain(_settings((2, 3)), where=without_ties)),
    rate("tie", Domain(PATIENT, longest=4)),
    rate("first-score", Domain(PATIENT, LARGE, longest=4, where=without_ties)),
    rate("nan", Domain(PATIENT, (1.0, 2.0, NAN), longest=4, where=starts_with_a_number)),
    rate("nan-first", Domain(PATIENT, (1.0, 2.0, NAN), longest=4, where=starts_with_nan)),
    rate("gap", Domain(PATIENT, (1.0, 2.0, GAP), longest=5)),
    rate("monitor", Domain(_settings(monitor=["loss"]), longest=3)),
    rate("infinity", Domain(PATIENT, INFINITE, longest=3, where=starts_with_a_number)),
    rate("fine-scores", Domain(_settings(min_delta=[0.0]), FINE, longest=3, wide=(1.0,))),
    rate("min-delta", Domain(CHOOSY, STEPS, longest=4, where=misses_delta)),
    rate("exact-delta", Domain(CHOOSY, STEPS, longest=4)),
    rate("delta-sign", Domain(_settings(min_delta=[-0.5]), STEPS, longest=4)),
    rate("mode", Domain(_settings(mode=["max", "min"]), (1.0, 2.0, -1.0), longest=4)),
    rate("names", Domain(_settings(monitor=RISING + FALLING), longest=3), asks=NAMING),
    rate("whole-words", Domain(_settings(monitor=WHOLE_WORDS), longest=3), asks=NAMING),
    rate("cooldown-one", Domain(_settings((1, 2), cooldown=[1]), where=_has_one_best)),
    rate("cooldown", Domain(_settings(cooldown=[2, 3]), where=_has_one_best)),
    rate("cooldown-wait", Domain(_settings((2,), cooldown=[2, 3]), where=_has_one_best)),
    rate("cooldown-best", Domain(_settings(cooldown=[2, 3]), shortest=4)),
    rate("cooldown-gap", Domain(_settings(cooldown=[2, 3]), (1.0, 2.0, GAP))),
    rate("floor", Domain(_settings(min_lr=[0.5, 0.25]), longest=4)),
    rate("floor-is-reached", Domain(_settings(min_lr=[0.75, 0.2]), longest=4)),
    rate_of("below-the-floor", Domain(_settings(min_lr=[0.5]), longest=3), rate=0.25),
    rate_of("rate-of-others", Domain(PATIENT, longest=4), growth=2.0),
    Law(
        "rate-in-logs",
        Domain(_settings(monitor=[KEY]), (1.0, 2.0, GAP), longest=4),
        logged,
        logging,
    ),
    rate("second-fit", Domain(PATIENT + _settings(cooldown=[3]), longest=3), Manner(fits=2)),
    rate("two-objects", Domain(PATIENT + COOLED, longest=4), Manner(is_beside=True)),
    rate("logs-by-name", Domain(PATIENT, (1.0, 2.0, GAP), longest=4), Manner(is_by_name=True)),
    rate("together", Domain(MIXED, (1.0, 1.5, 2.0, NAN, GAP), longest=4, most=4000)),
    refuses("refuses-factor", every(factor=[0.0, 1.0, 1.5, -0.5]), GIVEN),
    refuses("refuses-patience", every(patience=[-1]), GIVEN),
    refuses("refuses-mode", every(mode=["maximum"]), GIVEN),
    refuses("refuses-unknown-name", every(monitor=UNKNOWN), GIVEN),
    refuses_unknown(GIVEN),
)
