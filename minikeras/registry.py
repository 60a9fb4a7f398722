"""Which thing does a name stand for, and which name stands for a thing?"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

Thing = TypeVar("Thing")
Config = dict[str, Any]  # what JSON can hold


def look_up(kind: str, name: str, table: Mapping[str, Thing]) -> Thing:
    """Return `table[name]`, or say which names there are.

    >>> look_up("colour", "rde", {"red": 1, "blue": 2})
    Traceback (most recent call last):
    ...
    ValueError: there is no colour named 'rde'; did you mean 'red'? There are: blue, red
    """
    if name in table:
        return table[name]
    close = difflib.get_close_matches(name, table, n=1)
    guess = f"; did you mean {close[0]!r}?" if close else "."
    raise ValueError(f"there is no {kind} named {name!r}{guess} There are: {_listed(table)}")


def _listed(table: Mapping[str, Any]) -> str:
    return ", ".join(sorted(table))


def resolve(
    kind: str,
    identifier: Any,
    functions: Mapping[str, Thing],
    factories: Mapping[str, Callable[..., Thing]],
) -> Thing:
    """Return what a name, a config, or a thing itself stands for.

    Names are those of the two tables alone: nothing is imported on the word of a config.
    """
    if isinstance(identifier, str):
        if identifier in factories:
            return factories[identifier]()
        return look_up(kind, identifier, {**factories, **functions})  # type: ignore[return-value]
    if isinstance(identifier, Mapping):
        factory = look_up(kind, str(identifier.get("class_name")), factories)
        return factory(**identifier.get("config", {}))
    if isinstance(identifier, type):
        name = identifier.__name__
        raise TypeError(f"{name} is a class, but the {kind} is an object: write {name}(...)")
    if not callable(identifier):
        example = next(iter({**functions, **factories}))
        raise TypeError(
            f"the {kind} is a name, such as {example!r}, or an object, not {identifier!r}"
        )
    thing: Thing = identifier
    return thing


def describe(
    kind: str, thing: Any, functions: Mapping[str, Any], factories: Mapping[str, Any]
) -> str | Config:
    """Return what stands for `thing` in a config: a function's name, or class name and settings.

    What is in neither table has no name that a reader of the config could look up: ValueError.
    """
    for name, function in functions.items():
        if function is thing:
            return name
    class_name = type(thing).__name__
    if factories.get(class_name) is type(thing):
        return {"class_name": class_name, "config": thing.get_config()}
    own = getattr(thing, "__name__", class_name)
    raise ValueError(
        f"the {kind} {own!r} is your own, so a config cannot hold it by name; "
        f"these have one: {_listed({**functions, **factories})}"
    )


class Settings:
    """What dataclasses of settings share: their config is their fields."""

    def get_config(self) -> Config:
        """Return the settings as what JSON can hold."""
        return dataclasses.asdict(self)  # type: ignore[call-overload,no-any-return]

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Make one from what `get_config` returned."""
        return cls(**config)
