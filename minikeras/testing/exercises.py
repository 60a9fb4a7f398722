"""What can be checked, and by which laws?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from minikeras.testing.law import Kind, Law
from minikeras.testing.laws import early_stopping
from minikeras.testing.laws.arguments import REQUIRED, arguments


@dataclass(frozen=True)
class Exercise:
    """Something to write, and the laws that it must obey.

    - `name`: what `minikeras check` calls it.
    - `expects`: the name of the class or function in a file, where there are several.
    - `page`: where to read about it.
    """

    name: str
    expects: str
    page: str
    laws: tuple[Law, ...]


def exercise(name: str) -> Exercise:
    """Return an exercise by its name; ValueError where there is none.

    >>> exercise("EarlyStopping").page
    'callbacks/early_stopping'
    """
    if name not in EXERCISES:
        raise ValueError(f"there is no exercise {name!r}; there are: {', '.join(EXERCISES)}")
    return EXERCISES[name]


def laws_of(name: str) -> tuple[Law, ...]:
    """Return the laws of an exercise, in the order in which they are best learned.

    >>> [law.name for law in laws_of("EarlyStopping")][:3]
    ['arguments', 'patience', 'patience-zero']
    """
    return exercise(name).laws


def about(laws: Iterable[Law], takes: Iterable[str], kind: Kind = "class") -> tuple[Law, ...]:
    """Return the laws about series that speak of no argument but these, and of this kind of thing.

    Laws about arguments alone, their defaults and what is refused, are left to the full exercises.
    """
    taken = frozenset(takes)
    return tuple(
        law for law in laws if law.domain.longest and law.needs <= taken and kind in law.kinds
    )


STOPPING, ITS_PAGE = early_stopping.LAWS, "callbacks/early_stopping"
A3_TAKES = ("monitor", "patience", "restore_best_weights", "start_from_epoch")

EXERCISES = {
    told.name: told
    for told in (
        Exercise("EarlyStopping", "EarlyStopping", ITS_PAGE, STOPPING),
        Exercise(
            "A2",
            "stop_epoch",
            ITS_PAGE,
            (arguments({"patience": REQUIRED}), *about(STOPPING, ["patience"], "function")),
        ),
        Exercise(
            "A3",
            "Stop",
            ITS_PAGE,
            (arguments(dict.fromkeys(A3_TAKES, REQUIRED)), *about(STOPPING, A3_TAKES)),
        ),
    )
}
