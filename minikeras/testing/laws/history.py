"""What is promised of History? A series holds the score of each epoch, None where logs lack it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from minikeras.testing.corpus import GAP, NAN, Domain, Series, Settings
from minikeras.testing.law import Deed, Law, Row
from minikeras.testing.laws.arguments import refuses_unknown
from minikeras.testing.laws.series import starts_with_a_number
from minikeras.testing.stand_in import ONCE, Manner, StandIn, fits, logs_of, tell

Lists = dict[str, list[Any]]


def recorded(series: Series, manner: Manner = ONCE, first: int = 0) -> list[Lists]:
    """Return what a history holds after each epoch of a fit: `epoch`, and a list for each key.

    >>> recorded((1.0,))
    [{'epoch': [0], 'loss': [0.5], 'val_loss': [1.0]}]
    """
    after: list[Lists] = []
    lists: Lists = {"epoch": []}
    for epoch, score in enumerate(series, first):
        logs = {} if manner.is_by_name and score is None else logs_of(score, manner.key)
        for name, value in {"epoch": epoch, **logs}.items():
            lists.setdefault(name, []).append(value)
        after.append({name: list(values) for name, values in lists.items()})
    return after


def shown(lists: Lists) -> str:
    """Write lists in the order of their names: as text NaN is like NaN."""
    return ", ".join(f"{name} {[*map(_number, lists[name])]}" for name in sorted(lists))


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, float) else value  # NumPy writes its own otherwise


def holds(
    name: str,
    domain: Domain,
    what: Callable[[Lists], Lists] = lambda lists: lists,
    manner: Manner = ONCE,
    first: int = 0,
    is_emptied: bool = False,
) -> Law:
    """Return a law about `what` a history holds after each epoch.

    - `first`: the number of the first epoch.
    - `is_emptied`: somebody empties the dict of the logs afterwards.
    """

    def should(settings: Settings, series: Series) -> list[Row]:
        return [
            Row({"epoch": epoch + 1, "score": score}, Deed("holds", shown(what(lists))))
            for (epoch, score), lists in zip(
                enumerate(series, first), recorded(series, manner, first), strict=True
            )
        ] * manner.fits

    def did(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
        histories: list[Any] = []

        def make() -> Any:
            histories.append(implementation())
            return histories[-1]

        if manner.is_beside:
            moments = tell(make, StandIn(), series, manner)
        else:
            moments = fits(make(), StandIn(), series, manner, first)
        for moment in moments:
            if moment.epoch is None:
                continue
            if is_emptied and moment.logs is not None:
                moment.logs.clear()
            lists = {"epoch": histories[0].epoch, **histories[0].history}
            yield Deed("holds", shown(what(lists)))

    return Law(name, domain, should, did)


def _values(lists: Lists) -> Lists:
    return {name: values for name, values in lists.items() if name != "epoch"}


def _epochs(lists: Lists) -> Lists:
    return {"epoch": lists["epoch"]}


SHORT = Domain(longest=3)
NUMBERS_FIRST = Domain(scores=(1.0, 2.0, GAP), longest=3, where=starts_with_a_number)
GAPS_FIRST = Domain(scores=(1.0, 2.0, GAP), longest=3)

LAWS = (
    holds("values", Domain(scores=(1.0, 2.0, 1 / 3), longest=3), _values),
    holds("epochs-from-zero", SHORT, _epochs),
    holds("initial-epoch", SHORT, _epochs, first=3),
    holds("shorter-list", NUMBERS_FIRST),
    holds("later-list", GAPS_FIRST),
    holds("nan-is-kept", Domain(scores=(1.0, NAN), longest=3)),
    holds("own-values", SHORT, is_emptied=True),
    holds("second-fit", SHORT, manner=Manner(fits=2)),
    holds("two-objects", SHORT, manner=Manner(is_beside=True)),
    holds("logs-by-name", GAPS_FIRST, manner=Manner(is_by_name=True)),
    refuses_unknown({}),
)
