"""Does a function answer as it should, in every case?"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from minikeras.testing.wording import language


@dataclass(frozen=True, repr=False)
class Verdict:
    """What became of an exercise: right in all of `tried` cases, or wrong in the last of them.

    - `lesson`, `exercise`: where the words of its hint are.
    - `case`: how it was called, as code; empty where all is right.
    - `should`, `did`: what it should have answered there, and what it did.
    """

    lesson: str
    exercise: str
    tried: int
    case: str = ""
    should: str = ""
    did: str = ""

    @property
    def holds(self) -> bool:
        return not self.case

    def text(self, lang: str | None = None) -> str:
        """Return it as text in "en", "ko" or "zh"; None is the language of this computer."""
        said, hints = words("verdict", language(lang)), words(self.lesson, language(lang))
        if self.holds:
            return said["right"].format(tried=self.tried)
        lines = [said["wrong"], "", f"    {self.case}", ""]
        for name, value in (("should", self.should), ("did", self.did)):
            lines.append(said[name].format(value=value.replace("\n", "\n    ")))
        return "\n".join([*lines, "", hints[self.exercise]])

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def answers(
    lesson: str,
    exercise: str,
    yours: Callable[..., Any],
    right: Callable[..., Any],
    cases: Iterable[Sequence[Any]],
    alike: Callable[[Any, Any], bool] | None = None,
) -> Verdict:
    """Call a function with the arguments of each case, simple ones first, until an answer is wrong.

    - `lesson`: the file in words/ where the hint stands; `exercise`: its key there.
    - `right`: gives the right answer for the same arguments.
    - `alike`: whether two answers count as the same; by default equal, floats nearly so.

    Arguments are copied: a function that changes them spoils no later case.

    >>> answers("average", "mean", max, min, [([1, 1],), ([1, 2],)]).case
    'max([1, 2])'
    """
    name = getattr(yours, "__name__", "yours")
    tried = 0
    for tried, case in enumerate(cases, 1):
        should = right(*deepcopy(case))
        try:
            did = yours(*deepcopy(case))
        except Exception as error:
            did = Raised(f"{type(error).__name__}: {error}")
        if isinstance(did, Raised) or not (alike or nearly)(should, did):
            call = f"{name}({', '.join(map(repr, case))})"
            return Verdict(lesson, exercise, tried, call, repr(should), repr(did))
    return Verdict(lesson, exercise, tried)


class Raised(str):
    """An error, in place of an answer."""

    def __repr__(self) -> str:
        return str(self)


def nearly(should: Any, did: Any) -> bool:
    """Whether two answers are equal, where floats may differ in their last digits.

    >>> nearly([0.3, "a"], [0.1 + 0.2, "a"]), nearly(1, None)
    (True, False)
    """
    if isinstance(should, (list, tuple)):
        return (
            isinstance(did, (list, tuple))
            and len(should) == len(did)
            and all(nearly(a, b) for a, b in zip(should, did, strict=True))
        )
    if isinstance(should, float):
        try:
            one, other = float(should), float(did)
        except (TypeError, ValueError):
            return False
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or one != one != other != other
    return bool(should == did)


@cache
def words(file: str, lang: str) -> dict[str, str]:
    """Return the words of a file in words/ in one language.

    >>> sorted(words("verdict", "en"))
    ['did', 'right', 'should', 'wrong']
    """
    path = resources.files("minikeras.lessons") / "words" / f"{file}.toml"
    table: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return table[lang]
