"""What is promised of ModelCheckpoint?"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from minikeras.testing.corpus import GAP, NAN, Domain, Series, Settings, every
from minikeras.testing.law import Deed, Law, Row, made
from minikeras.testing.laws.arguments import REQUIRED, arguments, refuses, refuses_unknown
from minikeras.testing.laws.names import FALLING, RISING, UNKNOWN, WHOLE_WORDS, mode_of
from minikeras.testing.laws.series import (
    falls_and_rises,
    starts_with_a_number,
    starts_with_nan,
    without_ties,
)
from minikeras.testing.specification import model_checkpoint
from minikeras.testing.stand_in import KEY, ONCE, Manner, Save, StandIn, tell

PATH = "model.keras"
GIVEN = {"filepath": PATH, "monitor": KEY}
DECIDING = ("save_best_only", "period", "initial_value_threshold")


# -- what should be --------------------------------------------------------------------------------


def saves(settings: Settings, series: Series, fits: int = 1) -> list[Row]:
    """Return what is saved after each epoch; fits go on where the one before ended.

    Where the settings do not say whether to save the best only, each score of the series is the
    best so far, and it makes no difference.
    """
    known = {name: settings[name] for name in DECIDING if name in settings}
    how: dict[str, Any] = {"save_best_only": True, "mode": mode_of(settings)} | known
    scores = [*series] * fits
    told = model_checkpoint(scores, **how)
    rows = []
    for number, score in enumerate(scores):
        epoch = 1 + number % len(series)
        deed = Deed("saves_nothing")
        if number in told.saves:
            path = settings.get("filepath", PATH).format(epoch=epoch, loss=0.5, **{KEY: score})
            kind = "saves_weights" if settings.get("save_weights_only") else "saves"
            deed = Deed(kind, path)
        is_due = (number + 1) % settings.get("period", 1) == 0
        cells = {"epoch": epoch, "score": score, "best": told.bests[number], "due": is_due}
        rows.append(Row(cells, deed))
    return rows


def fails(settings: Settings, series: Series, error: str) -> list[Row]:
    return [Row({"epoch": 1, "score": series[0]}, Deed("raises", error))]


# -- what is done ----------------------------------------------------------------------------------


def saving(
    implementation: Any, settings: Settings, series: Series, manner: Manner = ONCE
) -> Iterator[Deed]:
    """Tell after each epoch what was saved since the one before."""
    model, manner = StandIn(), replace(manner, key=settings.get("monitor", KEY))
    for moment in tell(lambda: made(implementation, settings, GIVEN), model, series, manner):
        saved, model.saves = model.saves, []
        if moment.epoch is not None:
            yield _deed(saved)


def _deed(saved: Sequence[Save]) -> Deed:
    if not saved:
        return Deed("saves_nothing")
    has_saved_all = any(save.method == "save" for save in saved)
    paths = ", ".join(save.path for save in saved)
    return Deed("saves" if has_saved_all else "saves_weights", paths)


def looking_up(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
    """Tell whether the error for a key that the logs lack names those that they have."""
    try:
        yield from saving(implementation, settings, series)
    except KeyError as error:
        are_named = {"loss", KEY} <= set(re.findall(r"\w+", str(error)))
        yield Deed("raises" if are_named else "raises_without_keys", "KeyError", str(error)[:200])


# -- the laws --------------------------------------------------------------------------------------


def what(name: str, domain: Domain, manner: Manner = ONCE, **options: Any) -> Law:
    """Return a law about what is saved in each epoch."""
    should, did = partial(saves, fits=manner.fits), partial(saving, manner=manner)
    return Law(name, domain, should, did, given=GIVEN, **options)


def _falls(settings: Settings, series: Series) -> bool:
    return all(before > now for before, now in itertools.pairwise(series))


def _best(**choices: Any) -> tuple[Settings, ...]:
    return every(save_best_only=[True], **choices)


ALL, BEST = every(save_best_only=[False]), _best()
DOWN = (4.0, 3.0, 2.0, 1.0)
WEIGHTS = every(filepath=["model.weights.h5"], save_weights_only=[True])
NUMBERED = every(filepath=["{epoch:02d}.keras"])
SCORED = every(filepath=["{epoch}-{val_loss:.2f}.keras", "{epoch}-{loss:.2f}.keras"])
LACKING = Domain(every(filepath=["{f1}.keras"]), longest=1)
CLEVER = [
    field + ".keras"
    for field in ("{epoch.real}", "{val_loss.imag}", "{epoch!r}", "{loss:{epoch}}", "{val_loss[0]}")
]
MIXED = (
    *_best(period=[2]),
    *_best(mode=["min", "max"], initial_value_threshold=[0.0, 2.0]),
    *_best(save_weights_only=[True], filepath=["model.weights.h5"], period=[1, 2]),
)
DUE = every(period=[2, 3], save_best_only=[False, True])
NAMING = frozenset({"save_best_only", "monitor", "mode"})  # mode="auto" reads the name
HALF, BY_NAME = _best(period=[2]), Manner(is_by_name=True)
INFINITE = (1.0, -math.inf, math.inf)
AGAIN = Manner(fits=2)

DOCUMENTED = arguments(
    {
        "filepath": REQUIRED,
        "monitor": KEY,
        "verbose": 0,
        "save_best_only": False,
        "save_weights_only": False,
        "mode": "auto",
        "period": 1,
        "initial_value_threshold": None,
        "save_freq": "epoch",
    }
)

SAVING = (
    what("every-epoch", Domain(ALL, (1.0, 2.0, NAN, GAP), longest=3)),
    what("weights-only", Domain(WEIGHTS, longest=3, where=_falls)),
    what("best-only", Domain(BEST, where=falls_and_rises)),
    what("best-so-far", Domain(BEST, longest=5, where=without_ties)),
    what("tie", Domain(BEST, longest=5)),
    what("first-score", Domain(BEST, (0.0, 1000.0, -1000.0), longest=5)),
    what("nan", Domain(BEST, (1.0, 2.0, NAN), longest=5, where=starts_with_a_number)),
    what("nan-first", Domain(BEST, (1.0, 2.0, NAN), longest=5, where=starts_with_nan)),
    what("gap-is-never-best", Domain(BEST, (1.0, 2.0, GAP), longest=5)),
    what("infinity", Domain(BEST, INFINITE, longest=3, where=starts_with_a_number)),
    what("fine-scores", Domain(BEST, (1.0, 1.0 - 1e-9), longest=3, wide=(1.0,))),
    what("monitor", Domain(_best(monitor=["loss"]), longest=3)),
    what("mode", Domain(_best(mode=["max", "min"]), (1.0, 2.0, -1.0), longest=4)),
    what("names", Domain(_best(monitor=RISING + FALLING), longest=3), asks=NAMING),
    what("whole-words", Domain(_best(monitor=WHOLE_WORDS), longest=3), asks=NAMING),
    what("path-epoch", Domain(NUMBERED, longest=3, where=_falls)),
    what("path-logs", Domain(SCORED, longest=3, where=_falls)),
    Law("path-unknown-key", LACKING, partial(fails, error="KeyError"), looking_up),
    what("period", Domain(DUE, DOWN, longest=4, where=_falls)),
    what("period-compares", Domain(_best(period=[2, 3]), longest=5)),
    what("period-gap", Domain(_best(period=[2]), (1.0, 2.0, GAP), longest=4)),
    what("period-goes-on", Domain(every(save_best_only=[False], period=[2]), longest=3), AGAIN),
    what("best-goes-on", Domain(BEST, longest=3), AGAIN),
    what("threshold", Domain(_best(initial_value_threshold=[2.0, 1.5]), longest=4)),
    what("two-objects", Domain(BEST, longest=4), Manner(is_beside=True)),
    what("logs-by-name", Domain(BEST, (1.0, 2.0, GAP), longest=4), BY_NAME),
    what("period-without-logs", Domain(HALF, (1.0, 2.0, GAP), longest=4), BY_NAME),
    what("together", Domain(MIXED, (1.0, 2.0, -1.0, NAN, GAP), longest=3, most=2000)),
)

REFUSING = (
    Law(
        "path-plain-fields",
        Domain(every(filepath=CLEVER), longest=1),
        partial(fails, error="ValueError"),
        saving,
    ),
    refuses("refuses-period", every(period=[0, -1]), GIVEN),
    refuses("refuses-mode", _best(mode=["maximum"]), GIVEN),
    refuses("refuses-unknown-name", _best(monitor=UNKNOWN), GIVEN),
    refuses_unknown(GIVEN),
)

LAWS = (DOCUMENTED, *SAVING, *REFUSING)


def without_a_choice(laws: Iterable[Law]) -> Iterator[Law]:
    """Give the laws for a class that saves the best only, and cannot be asked for anything else.

    >>> [law.domain.settings for law in without_a_choice(SAVING) if law.name == "tie"]
    [({},)]
    """
    for law in laws:
        settings = tuple(
            {name: value for name, value in chosen.items() if name != "save_best_only"}
            for chosen in law.domain.settings
            if chosen.get("save_best_only", True)
        )
        if settings:
            yield replace(law, domain=replace(law.domain, settings=settings))
