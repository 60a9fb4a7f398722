"""What is promised of EarlyStopping?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from minikeras.testing.corpus import GAP, NAN, Domain, Series, Settings, every
from minikeras.testing.law import CLASS, EITHER, FUNCTION, Deed, Law, Row, made
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
from minikeras.testing.specification import Stopping, early_stopping
from minikeras.testing.stand_in import KEY, ONCE, Manner, StandIn, tell

GIVEN = {"monitor": KEY}


def specified(settings: Settings, series: Series) -> Stopping:
    known = {name: settings[name] for name in settings if name not in ("monitor", "mode")}
    return early_stopping(series, mode=mode_of(settings), **known)


# -- when it stops ---------------------------------------------------------------------------------


def stops(settings: Settings, series: Series, manner: Manner = ONCE) -> list[Row]:
    """Return the epochs that are trained, the last of which may be the one that stops."""
    told = specified(settings, series)
    stopped = len(series) - 1 if manner.is_stopped and told.stopped is None else told.stopped
    rows = [
        Row(cells, Deed("stop" if epoch == stopped else "go_on"))
        for epoch, cells in enumerate(_cells(told, series))
    ]
    return rows * manner.fits


def stopping(
    implementation: Any, settings: Settings, series: Series, manner: Manner = ONCE
) -> Iterator[Deed]:
    """Tell after each epoch whether training goes on."""
    if not isinstance(implementation, type):
        yield from _stopping_by_function(implementation, settings, series)
        return
    model, manner = StandIn(), replace(manner, key=settings.get("monitor", KEY))
    for moment in tell(lambda: made(implementation, settings, GIVEN), model, series, manner):
        if moment.epoch is not None:
            yield Deed("stop" if model.stop_training else "go_on")


def _stopping_by_function(function: Any, settings: Settings, series: Series) -> Iterator[Deed]:
    """Ask a function for the epoch, counted from 0, at which it stops: None if it never does."""
    stopped = function(list(series), **settings)
    is_index = hasattr(stopped, "__index__") and not isinstance(stopped, bool)  # NumPy's ints, too
    if stopped is not None and not (is_index and 0 <= stopped < len(series)):
        yield from (Deed("returns", repr(stopped)) for _ in series)
        return
    for epoch in range(len(series)):
        yield Deed("stop" if epoch == stopped else "go_on")


# -- with which weights ----------------------------------------------------------------------------


def rests(settings: Settings, series: Series, manner: Manner = ONCE) -> list[Row]:
    """Return the epochs that are trained, and the one whose weights the model has in the end."""
    rows = []
    for scores in manner.series(series):
        told = specified(settings, scores)
        rows += [Row(cells) for cells in _cells(told, scores)]
        kept = len(told.waits) - 1 if told.restored is None else told.restored
        rows.append(Row({"epoch": "end"}, Deed("weights", kept + 1)))
    return rows


def resting(
    implementation: Any,
    settings: Settings,
    series: Series,
    manner: Manner = ONCE,
    is_in_place: bool = False,
) -> Iterator[Deed]:
    """Train as many epochs as specified, whatever the implementation says; tell what is left."""
    head = series[: len(specified(settings, series).waits)]
    model, manner = StandIn(is_in_place=is_in_place), replace(manner, is_heeded=False)
    for moment in tell(lambda: made(implementation, settings, GIVEN), model, head, manner):
        if moment.epoch is not None:
            yield Deed("trained")
            continue
        fit, epoch = model.weights[0]
        yield Deed("weights" if fit == moment.fit else "weights_of_earlier_fit", epoch + 1)


def _cells(told: Stopping, series: Series) -> Iterator[dict[str, Any]]:
    for epoch, (wait, best) in enumerate(zip(told.waits, told.bests, strict=True)):
        yield {"epoch": epoch + 1, "score": series[epoch], "best": best, "wait": wait}


# -- the laws --------------------------------------------------------------------------------------


def when(name: str, domain: Domain, manner: Manner = ONCE, **options: Any) -> Law:
    """Return a law about the epoch after which it stops."""
    should, did = partial(stops, manner=manner), partial(stopping, manner=manner)
    known = {"kinds": EITHER if manner == ONCE else CLASS, "given": GIVEN}
    return Law(name, domain, should, did, passes=lambda series: [[*series]], **known | options)


def what(name: str, domain: Domain, manner: Manner = ONCE, is_in_place: bool = False) -> Law:
    """Return a law about the weights that are left."""
    did = partial(resting, manner=manner, is_in_place=is_in_place)
    return Law(name, domain, partial(rests, manner=manner), did, given=GIVEN)


def _is_stopped_at_the_end(settings: Settings, series: Series) -> bool:
    return specified(settings, series).stopped == len(series) - 1


def _never_stops(settings: Settings, series: Series) -> bool:
    return specified(settings, series).stopped is None


def _gets_better_after_the_stop(settings: Settings, series: Series) -> bool:
    stopped = specified(settings, series).stopped
    head = series if stopped is None else series[: stopped + 1]
    return min(series) not in head and falls_and_rises(settings, head)


PATIENT = every(patience=[1, 2, 3])
MIXED = (
    *every(patience=[0]),
    *every(patience=[1, 2], start_from_epoch=[1]),
    *every(patience=[1, 2], mode=["max"], min_delta=[0.5, -0.5]),
    *every(patience=[1, 2], mode=["min", "max"], baseline=[0.0, 2.0]),
)
AGAIN = PATIENT + every(patience=[1], start_from_epoch=[1]) + every(patience=[1], baseline=[2.0])
TOGETHER = (1.0, 1.5, 2.0, 0.0, NAN, GAP)
NAMED = every(patience=[1], monitor=[*RISING, *FALLING])
NAMING = frozenset({"patience", "monitor", "mode"})  # mode="auto" reads the name
CHOOSY = every(patience=[1, 2], min_delta=[0.5, 0.25])
STEPS = (1.0, 0.75, 0.5, 0.25)
AFTER_ANOTHER = Manner(fits=2, before=(1.0,))
RESTORED = every(patience=[1, 2], restore_best_weights=[True])
MIXED_RESTORED = tuple(
    {**settings, "restore_best_weights": True} for settings in (*every(patience=[2]), *MIXED)
)

LAWS = (
    arguments(
        {
            "monitor": KEY,
            "min_delta": 0,
            "patience": 0,
            "verbose": 0,
            "mode": "auto",
            "baseline": None,
            "restore_best_weights": False,
            "start_from_epoch": 0,
        }
    ),
    when("patience", Domain(PATIENT, where=falls_and_rises)),
    when("patience-zero", Domain(every(patience=[0]), where=falls_and_rises)),
    when("future", Domain(PATIENT, where=_gets_better_after_the_stop), kinds=FUNCTION),
    when("in-a-row", Domain(PATIENT, where=is_bar_the_one_before)),
    when("best-so-far", Domain(PATIENT, where=without_ties)),
    when("tie", Domain(PATIENT)),
    when("first-score", Domain(PATIENT, (0.0, 1000.0, -1000.0))),
    when("nan", Domain(PATIENT, (1.0, 2.0, NAN), where=starts_with_a_number)),
    when("nan-first", Domain(PATIENT, (1.0, 2.0, NAN), where=starts_with_nan)),
    when("gap", Domain(PATIENT, (1.0, 2.0, GAP))),
    when("monitor", Domain(every(patience=[1], monitor=["loss"]), longest=3)),
    when("infinity", Domain(PATIENT, (1.0, -math.inf, math.inf), where=starts_with_a_number)),
    when("fine-scores", Domain(every(patience=[1]), (1.0, 1.0 - 1e-9, 1.0 - 2e-9), wide=(1.0,))),
    when("min-delta", Domain(CHOOSY, STEPS, where=misses_delta)),
    when("exact-delta", Domain(CHOOSY, STEPS)),
    when("delta-sign", Domain(every(patience=[1, 2], min_delta=[-0.5]), STEPS)),
    when("mode", Domain(every(patience=[1, 2], mode=["max", "min"]), (1.0, 2.0, -1.0))),
    when("names", Domain(NAMED, longest=3), asks=NAMING),
    when("whole-words", Domain(every(patience=[1], monitor=WHOLE_WORDS), longest=3), asks=NAMING),
    when("baseline", Domain(every(patience=[1, 2], baseline=[2.0, 1.5]))),
    when("start-from-epoch", Domain(every(patience=[1, 2], start_from_epoch=[1, 2]))),
    what("best-weights", Domain(RESTORED, where=_is_stopped_at_the_end)),
    what("best-weights-always", Domain(RESTORED, where=_never_stops)),
    what("nothing-to-restore", Domain(RESTORED, (GAP,))),
    what("weights-are-copied", Domain(RESTORED), is_in_place=True),
    what("weights-left-alone", Domain(every(patience=[1, 2], restore_best_weights=[False]))),
    when("second-fit", Domain(AGAIN, longest=3), Manner(fits=2)),
    what("second-fit-weights", Domain(RESTORED, (1.0, 2.0, GAP), longest=4), AFTER_ANOTHER),
    when("two-objects", Domain(PATIENT), Manner(is_beside=True)),
    what("two-objects-weights", Domain(RESTORED, longest=3), Manner(is_beside=True)),
    when("logs-by-name", Domain(PATIENT, (1.0, 2.0, GAP)), Manner(is_by_name=True)),
    when("others-stop", Domain(PATIENT), Manner(is_stopped=True)),
    when("together", Domain(MIXED, TOGETHER, longest=3, most=4000)),
    what("together-weights", Domain(MIXED_RESTORED, TOGETHER, longest=3, most=4000)),
    refuses("refuses-patience", every(patience=[-1]), GIVEN),
    refuses("refuses-mode", every(mode=["maximum"]), GIVEN),
    refuses("refuses-unknown-name", every(monitor=UNKNOWN), GIVEN),
    refuses_unknown(GIVEN),
)
