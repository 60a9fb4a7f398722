"""What is a law? Cases, what should happen in them, and a way to see what does."""

from __future__ import annotations

import inspect
import math
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from random import Random
from typing import Any, Literal, NamedTuple

from minikeras.testing.corpus import Domain, Series, Settings

Kind = Literal["class", "function"]
CLASS: frozenset[Kind] = frozenset({"class"})
FUNCTION: frozenset[Kind] = frozenset({"function"})
EITHER = CLASS | FUNCTION
FAILURES = ("raises", "hangs")


class TimeIsUp(BaseException):
    """Raised inside code that takes too long; no `except Exception` of its own catches it."""


class Deed(NamedTuple):
    """Something seen from outside, such as `Deed("rate", 0.5)`; `note` is for the reader alone."""

    kind: str
    value: Any = None
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a run: what is known there (epoch, score, best, wait, ...), and what happens.

    `should` and `did` are None where nothing is looked at.
    """

    cells: Mapping[str, Any]
    should: Deed | None = None
    did: Deed | None = None

    def allows(self, deed: Deed) -> bool:
        """Whether a deed is the right one, or at least no failure where nothing is looked at."""
        return deed.kind not in FAILURES if self.should is None else _alike(self.should, deed)

    @property
    def is_right(self) -> bool:
        return self.did is not None and self.allows(self.did)


@dataclass(frozen=True, repr=False)
class Counterexample:
    """A case in which a law does not hold; the last of its rows is the one that is wrong.

    `call` is how the implementation was called, as code.
    """

    law: str
    settings: Settings
    series: Series
    rows: list[Row]
    call: str = ""

    def __repr__(self) -> str:
        should, did = (deed and deed[:2] for deed in (self.rows[-1].should, self.rows[-1].did))
        return f"<{self.law}: {self.call}, {self.series}: should {should}, did {did}>"


@dataclass(frozen=True)
class Law:
    """A promise, about every case of a domain.

    - `name`: as in reports, where `minikeras.testing.words` has its sentence in each language.
    - `domain`: the cases it speaks about.
    - `should`: what is right, row by row; it knows nothing of any callback but a specification.
    - `did`: runs an implementation and tells what it does, one deed for each row.
    - `kinds`: what the implementation may be.
    - `asks`: the arguments that it must take; by default those in the settings.
    - `given`: what is passed besides the settings, where it is taken.
    - `passes`: what a function is passed first, made from the series.
    - `says`, `why`: the words of a law that `minikeras.testing.words` does not have.

    Called with an implementation, settings and a series, it returns nothing or a counterexample.

    >>> from minikeras.callbacks import EarlyStopping
    >>> from minikeras.testing import laws_of
    >>> law = next(law for law in laws_of("EarlyStopping") if law.name == "tie")
    >>> law(EarlyStopping, {"patience": 1}, (1.0, 1.0))
    >>> class Eager(EarlyStopping):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         super().on_epoch_end(epoch, {"val_loss": logs["val_loss"] - epoch})
    >>> law(Eager, {"patience": 1}, (1.0, 1.0)).rows[-1].should
    Deed(kind='stop', value=None, note='')
    """

    name: str
    domain: Domain = field(repr=False)
    should: Callable[[Settings, Series], list[Row]] = field(repr=False)
    did: Callable[[Any, Settings, Series], Iterator[Deed]] = field(repr=False)
    kinds: frozenset[Kind] = CLASS
    asks: frozenset[str] | None = None
    given: Settings = field(default_factory=dict, repr=False)
    passes: Callable[[Series], Sequence[Any]] = field(default=lambda series: (), repr=False)
    says: str = field(default="", repr=False)
    why: str = field(default="", repr=False)

    def __call__(
        self, implementation: Any, settings: Settings, series: Series
    ) -> Counterexample | None:
        rows, seen = self.should(settings, series), []
        run = guarded(self.did(implementation, settings, series), _file_of(implementation))
        with warnings.catch_warnings(action="ignore"), closing(run) as deeds:
            for row in rows:
                seen.append(next(deeds, Deed("nothing")))
                if not row.allows(seen[-1]):
                    break
            else:
                return None
        told = [replace(row, did=deed) for row, deed in zip(rows, seen, strict=False)]
        call = self._call(implementation, settings, series)
        return Counterexample(self.name, settings, series, told, call)

    def _call(self, implementation: Any, settings: Settings, series: Series) -> str:
        """Return how the implementation was called, as code; nothing where that says nothing."""
        takes = accepts(implementation)
        first = [] if isinstance(implementation, type) else [*map(_code, self.passes(series))]
        told = {name: value for name, value in self.given.items() if takes(name)} | dict(settings)
        arguments = [*first, *(f"{name}={_code(value)}" for name, value in told.items())]
        name = getattr(implementation, "__name__", type(implementation).__name__)
        return f"{name}({', '.join(arguments)})" if arguments else ""

    def search(
        self,
        implementation: Any,
        seed: int = 0,
        tries: int = 100,
        before_case: Callable[[], object] = lambda: None,
        corpus: bool = True,
    ) -> Counterexample | None:
        """Return a smallest counterexample: from the domain in order, then from random cases.

        `seed` chooses the `tries` random ones; with `corpus=False` they are all that is tried.
        """
        for settings, series in self.domain.corpus() if corpus else ():
            before_case()
            found = self(implementation, settings, series)
            if found:
                return found
        random = Random(f"{seed} {self.name}")  # a law's luck does not depend on the others'
        for case in (self.domain.draw(random) for _ in range(tries)):
            if case is None:
                continue
            before_case()
            found = self(implementation, *case)
            while found:  # a simpler one, until there is none
                smallest, found = found, self._simpler(implementation, found, before_case)
                if found is None:
                    return smallest
        return None

    def _simpler(
        self, implementation: Any, found: Counterexample, before_case: Callable[[], object]
    ) -> Counterexample | None:
        if found.rows[-1].did == Deed("hangs"):
            return None  # each try would take as long
        for settings, series in self.domain.simpler(found.settings, found.series):
            before_case()
            simpler = self(implementation, settings, series)
            if simpler:
                return simpler
        return None

    @property
    def needs(self) -> frozenset[str]:
        """The arguments that an implementation must take for this law to be about it."""
        if self.asks is not None:
            return self.asks
        return frozenset(name for settings in self.domain.settings for name in settings)


def guarded(deeds: Iterator[Deed], file: str = "") -> Generator[Deed, None, None]:
    """Give deeds; whatever is raised on the way is a deed, too, and the last one.

    Its note tells the last line of `file` on the way to the error.
    """
    try:
        yield from deeds
    except TimeIsUp:
        yield Deed("hangs")
    except (Exception, SystemExit) as error:
        names = [kind.__name__ for kind in type(error).__mro__]
        known = [name for name in names if name in ("ValueError", "TypeError", "KeyError")]
        frames = traceback.walk_tb(error.__traceback__)
        lines = [line for frame, line in frames if frame.f_code.co_filename == file]
        place = [f"[{os.path.basename(file)}:{lines[-1]}]"] if lines else []
        said = " ".join([str(error)[:200], *place]).strip()
        yield Deed("raises", (known or names)[0], said)


def _file_of(implementation: Any) -> str:
    module = sys.modules.get(getattr(implementation, "__module__", None) or "")
    return getattr(module, "__file__", None) or ""


def _code(value: Any) -> str:
    """Write a value as in a program."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if isinstance(value, list):
        return f"[{', '.join(map(_code, value))}]"
    return getattr(value, "__name__", None) or repr(value)


@lru_cache(maxsize=8)
def accepts(implementation: Any) -> Callable[[str], bool]:
    """Return a function that says whether an implementation takes an argument of that name."""
    try:
        parameters = inspect.signature(implementation).parameters
    except (TypeError, ValueError):
        return lambda name: True
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    return lambda name: takes_all or name in parameters


def made(implementation: Any, settings: Settings, given: Settings) -> Any:
    """Make an object with a law's settings, and with those of `given` that it takes."""
    takes = accepts(implementation)
    return implementation(**{n: v for n, v in given.items() if takes(n)} | dict(settings))


def _alike(one: Deed, other: Deed) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind == "raises":  # either of several will do
        return other.value in str(one.value).split(" or ")
    if isinstance(one.value, float) and isinstance(other.value, float):
        return math.isclose(one.value, other.value, rel_tol=1e-6)  # Keras keeps rates as float32
    return bool(one.value == other.value)
