"""Which laws of an exercise does this class or function obey?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from html import escape
from io import TextIOBase
from typing import Any

from minikeras.testing.exercises import Exercise, exercise
from minikeras.testing.law import FUNCTION, Counterexample, Deed, Law, accepts
from minikeras.testing.text import text_of
from minikeras.testing.wording import language


@dataclass(frozen=True)
class Finding:
    """Whether a law holds; None where it was not checked, with the reason.

    `missing` names the arguments that the law is about and the implementation does not take.
    """

    law: str
    holds: bool | None
    counterexample: Counterexample | None = None
    reason: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Report:
    """What a check has found, law by law; printed, it reads as in `minikeras check`.

    `trouble` is what ended it early, such as `Deed("dies", "signal 11")`; `left` names the files
    that the implementation has left behind; `remarks` tell what a reader would ask about.
    """

    exercise: str
    name: str
    findings: tuple[Finding, ...]
    trouble: Deed | None = None
    left: tuple[str, ...] = ()
    remarks: tuple[Deed, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether no law is broken, at least one was checked, and nothing ended the check."""
        held = [finding.holds for finding in self.findings]
        return self.trouble is None and True in held and False not in held

    def text(self, lang: str | None = None) -> str:
        """Return it as text in "en", "ko" or "zh"; None is the language of this computer."""
        return text_of(self, language(lang))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        broken = [finding.law for finding in self.findings if finding.holds is False]
        return f"<Report on {self.name} as {self.exercise}: breaks {', '.join(broken) or 'no law'}>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


class Nowhere(TextIOBase):
    """Takes whatever is printed."""

    def write(self, text: str) -> int:
        return len(text)


def check(name: str, implementation: Any, seed: int = 0, tries: int = 100) -> Report:
    """Check a class or function against every law of an exercise, in this process.

    `seed` chooses the random cases of which each law tries `tries`, after those that are always
    tried. What the implementation prints goes nowhere.

    >>> from minikeras.callbacks import EarlyStopping
    >>> check("EarlyStopping", EarlyStopping).holds
    True
    """
    asked = exercise(name)
    if not callable(implementation):
        raise TypeError(f"what is checked is a class or a function, not {implementation!r}")
    told = getattr(implementation, "__name__", type(implementation).__name__)
    if trouble := wrong_kind(asked, implementation):
        return Report(name, told, (), trouble)
    return Report(name, told, tuple(findings(asked, implementation, seed, tries)))


def wrong_kind(asked: Exercise, implementation: Any) -> Deed | None:
    """Return what is wrong with a class where a function is asked for, or the other way round."""
    name = getattr(implementation, "__name__", "")
    if isinstance(implementation, type):
        return None if "class" in asked.kinds else Deed("class_for_function", asked.expects, name)
    return None if "function" in asked.kinds else Deed("function_for_class", asked.expects, name)


def findings(
    asked: Exercise,
    implementation: Any,
    seed: int = 0,
    tries: int = 100,
    before_case: Callable[[], object] = lambda: None,
) -> Iterator[Finding]:
    """Give what is found about each law; `before_case` is called before each of its cases."""
    takes = accepts(implementation)
    kind = "class" if isinstance(implementation, type) else "function"
    for law in laws_for(asked, implementation):
        missing = tuple(sorted(name for name in law.needs if not takes(name)))
        if kind not in law.kinds:
            yield Finding(law.name, None, reason=f"not_for_{kind}")
        elif missing:
            yield Finding(law.name, None, reason="missing", missing=missing)
        else:
            yield _found(law, implementation, seed, tries, before_case)


def laws_for(asked: Exercise, implementation: Any) -> tuple[Law, ...]:
    """Return the laws that an implementation must obey.

    Of a class, none that it obeys whatever it does, such as that nobody may look ahead.
    """
    is_for_classes = any("class" in law.kinds for law in asked.laws)
    if not (isinstance(implementation, type) and is_for_classes):
        return asked.laws
    return tuple(law for law in asked.laws if law.kinds != FUNCTION)


def _found(
    law: Law, implementation: Any, seed: int, tries: int, before_case: Callable[[], object]
) -> Finding:
    with redirect_stdout(Nowhere()), redirect_stderr(Nowhere()):
        broken = law.search(implementation, seed, tries, before_case)
    return Finding(law.name, broken is None, broken)
