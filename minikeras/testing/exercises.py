"""What can be checked, and by which laws?"""

from __future__ import annotations

import os
import runpy
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from minikeras.testing.law import CLASS, EITHER, FUNCTION, Kind, Law
from minikeras.testing.laws import (
    better,
    csv_logger,
    early_stopping,
    history,
    learning_rate_scheduler,
    model_checkpoint,
    reduce_lr_on_plateau,
    terminate_on_nan,
    training_loop,
)
from minikeras.testing.laws.arguments import REQUIRED, arguments


@dataclass(frozen=True)
class Exercise:
    """Something to write, and the laws that it must obey.

    - `name`: what `minikeras check` calls it.
    - `expects`: the name of the class or function in a file, where there are several.
    - `page`: where to read about it.
    - `kinds`: whether a class is asked for, a function, or either.
    """

    name: str
    expects: str
    page: str
    laws: tuple[Law, ...] = field(repr=False)
    kinds: frozenset[Kind] = EITHER


def exercise(name: str) -> Exercise:
    """Return an exercise by its name; ValueError where there is none.

    >>> exercise("EarlyStopping").page
    'callbacks/early_stopping'
    """
    if name not in EXERCISES:
        raise ValueError(f"there is no exercise {name!r}; there are: {', '.join(EXERCISES)}")
    return EXERCISES[name]


def laws_of(name: str, *chosen: str) -> tuple[Law, ...]:
    """Return the laws of an exercise, or those of these names, in the order to learn them in.

    ValueError for an exercise or a law that there is not.

    >>> [law.name for law in laws_of("EarlyStopping", "tie", "nan")]
    ['tie', 'nan']
    """
    laws = exercise(name).laws
    known = [law.name for law in laws]
    for law in chosen:
        if law not in known:
            raise ValueError(f"{name} has no law {law!r}; there are: {', '.join(known)}")
    return tuple(law for law in laws if not chosen or law.name in chosen)


def load(path: str) -> None:
    """Run a teacher's file, which adds exercises to `EXERCISES`; every check loads it, too.

    FileNotFoundError where there is none, ValueError with the line in which it fails.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no file {path!r}")
    try:
        runpy.run_path(path)
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == path]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        place = f" (line {line})" if line else ""
        said = " ".join(str(getattr(error, "msg", error)).split())
        raise ValueError(f"{path}: {type(error).__name__}: {said}{place}") from None
    LOADED.append(os.path.abspath(path))


def about(laws: Iterable[Law], takes: Iterable[str], kind: Kind = "class") -> tuple[Law, ...]:
    """Return the laws about series that speak of no argument but these, and of this kind of thing.

    Laws about arguments alone, their defaults and what is refused, are left to the full exercises.
    """
    taken, chosen = frozenset(takes), []
    for law in laws:
        settings = tuple(s for s in law.domain.settings if taken.issuperset(s))
        is_about = settings and taken.issuperset(law.asks or ()) and kind in law.kinds
        if is_about and law.domain.longest:
            chosen.append(replace(law, domain=replace(law.domain, settings=settings)))
    return tuple(chosen)


def _about(slug: str, name: str, laws: tuple[Law, ...], kinds: frozenset[Kind] = CLASS) -> Exercise:
    return Exercise(name, name, f"callbacks/{slug}", laws, kinds)


def _assignment(
    name: str,
    expects: str,
    full: Exercise,
    takes: Mapping[str, Any],
    kind: Kind = "class",
    laws: Iterable[Law] = (),
) -> Exercise:
    """Return the exercise to write a part of a full one, which takes only these arguments."""
    positional = 1 if kind == "function" else 0  # the scores, by whatever name
    kinds = frozenset({kind})
    asked = arguments(takes, kinds, positional)
    chosen = [law for law in about(laws or full.laws, takes, kind) if law.name not in UNSAID]
    return Exercise(name, expects, full.page, (asked, *chosen), kinds)


def _required(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, REQUIRED)


UNSAID = ("infinity",)  # what statements of assignments do not speak of
LOADED: list[str] = []  # so that the process in which a solution runs knows them as well
STOPPING = _about("early_stopping", "EarlyStopping", early_stopping.LAWS, EITHER)
REDUCING = _about("reduce_lr_on_plateau", "ReduceLROnPlateau", reduce_lr_on_plateau.LAWS)
SAVING = _about("model_checkpoint", "ModelCheckpoint", model_checkpoint.LAWS)

EXERCISES = {
    told.name: told
    for told in (
        STOPPING,
        REDUCING,
        SAVING,
        _about("learning_rate_scheduler", "LearningRateScheduler", learning_rate_scheduler.LAWS),
        _about("terminate_on_nan", "TerminateOnNaN", terminate_on_nan.LAWS),
        _about("csv_logger", "CSVLogger", csv_logger.LAWS),
        _about("history", "History", history.LAWS),
        Exercise("better", "better", "start/better", better.LAWS, FUNCTION),
        Exercise("A1", "better", "start/better", better.LAWS, FUNCTION),
        _assignment("A2", "stop_epoch", STOPPING, _required("patience"), "function"),
        _assignment(
            "A3",
            "Stop",
            STOPPING,
            _required("monitor", "patience", "restore_best_weights", "start_from_epoch"),
        ),
        _assignment(
            "A4", "Plateau", REDUCING, _required("patience", "factor", "cooldown", "min_lr")
        ),
        _assignment(
            "A5",
            "Keep",
            SAVING,
            _required("filepath", "monitor") | {"period": 1},
            laws=model_checkpoint.without_a_choice(model_checkpoint.SAVING),
        ),
        Exercise("A6", "train", "start/own_loop", training_loop.LAWS, FUNCTION),
    )
}
