"""Does it take the documented arguments, and refuse what makes no sense?"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from minikeras.testing.corpus import Domain, Series, Settings
from minikeras.testing.law import CLASS, Deed, Kind, Law, Row, made

REQUIRED = inspect.Parameter.empty  # the default of an argument that has none
STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
NO_SERIES = Domain(shortest=0, longest=0)


def arguments(
    documented: Mapping[str, Any], kinds: frozenset[Kind] = CLASS, positional: int = 0
) -> Law:
    """Return the law that these arguments are taken by name, with these defaults, and none besides.

    One that is `REQUIRED` may have any default, or none. `positional` ones come first and are
    passed without a name.

    >>> law = arguments({"filename": REQUIRED, "separator": ","})
    >>> law(lambda filename, separator=";": None, {}, ()).rows[-1].did
    Deed(kind='takes', value="separator=';'", note='')
    """

    def should(settings: Settings, series: Series) -> list[Row]:
        rows = [
            Row({"argument": name}, Deed("takes", _shown(name, default)))
            for name, default in documented.items()
        ]
        return [*rows, Row({"argument": "others"}, Deed("asks_for_nothing_else"))]

    def did(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
        try:
            taken = inspect.signature(implementation).parameters
        except (TypeError, ValueError):  # it does not tell
            taken = inspect.signature(lambda **anything: None).parameters
        takes_all = any(p.kind is p.VAR_KEYWORD for p in taken.values())
        for name, default in documented.items():
            if name not in taken:
                yield Deed("takes", _shown(name, default)) if takes_all else Deed("lacks", name)
            else:
                theirs = taken[name].default
                is_right = default is REQUIRED or theirs == default  # 0.0 is as good as 0
                yield Deed("takes", _shown(name, default if is_right else theirs))
        others = [
            name
            for name, p in [*taken.items()][positional:]
            if name not in documented and p.default is REQUIRED and p.kind not in STARRED
        ]
        yield Deed("asks_for", ", ".join(others)) if others else Deed("asks_for_nothing_else")

    return Law("arguments", NO_SERIES, should, did, kinds)


def refuses(
    name: str, settings: tuple[Settings, ...], given: Settings, error: str = "ValueError"
) -> Law:
    """Return the law that making an object with any of these settings is an error."""

    def should(settings: Settings, series: Series) -> list[Row]:
        shown = ", ".join(_shown(name, value) for name, value in settings.items())
        return [Row({"made_with": shown}, Deed("raises", error))]

    def did(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
        made(implementation, settings, given)
        yield Deed("accepts")

    return Law(name, Domain(settings, shortest=0, longest=0), should, did)


def refuses_unknown(given: Settings) -> Law:
    """Return the law that a misspelt argument is a TypeError, as in any function of Python."""
    law = refuses("unknown-argument", ({"patence": 3},), given, "TypeError")
    return Law(law.name, law.domain, law.should, law.did, asks=frozenset())


def _shown(name: str, default: Any) -> str:
    return name if default is REQUIRED else f"{name}={default!r}"
