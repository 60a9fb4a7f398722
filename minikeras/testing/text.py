"""What does a student read about the laws that a class obeys, and those that it breaks?"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from minikeras.testing.exercises import EXERCISES
from minikeras.testing.law import FAILURES, Counterexample, Deed, Row
from minikeras.testing.table import LINE, aligned
from minikeras.testing.wording import about_law, language, phrase

__all__ = ["broken_text", "cell_text", "deed_text", "language", "not_checked_text", "text_of"]

if TYPE_CHECKING:
    from minikeras.testing.checking import Finding, Report

INDENT = "  "
COUNTED = ("line", "epoch", "batch")  # the columns by which rows are in order
SHOWN = 3  # laws with their cases: one mistake breaks many, and the first of them names it


def text_of(report: Report, lang: str = "en") -> str:
    """Return a report as text: the verdict, what holds, and each broken law with its reason.

    >>> from minikeras.testing import check
    >>> print(text_of(check("EarlyStopping", lambda patience: None)).splitlines()[0])
    EarlyStopping: <lambda> obeys 0 of 12 laws.
    """
    return "\n\n".join(_parts(report, lang))


def not_checked_text(finding: Finding, lang: str) -> str:
    """Return why a law was not checked."""
    return phrase("reasons", finding.reason, lang, missing=", ".join(finding.missing))


def broken_text(report: Report, finding: Finding, lang: str) -> str:
    """Return what a student reads about a law that is broken: the promise, a case, the reason."""
    said = about_law(report.exercise, finding.law, lang)
    parts = [phrase("report", "broken", lang, law=finding.law) + "\n" + said["law"]]
    found = finding.counterexample
    if found:
        parts += [_call(report.name, found, lang), _table(found.rows, lang)]
    return "\n\n".join(part.rstrip() for part in (*parts, said["why"]) if part)


def deed_text(deed: Deed, lang: str, table: str = "deeds") -> str:
    """Return what was done, or what should be; of `trouble`, what ended a check.

    >>> deed_text(Deed("raises", "KeyError", "'val_loss'"), "en")
    "raises KeyError: 'val_loss'"
    """
    note = " ".join(deed.note.split())
    said = phrase(table, deed.kind, lang, value=cell_text(deed.value, lang))
    return f"{said}: {note}" if note else said


def cell_text(value: Any, lang: str) -> str:
    """Return a value as it stands in a table: floats with as many digits as tell them apart.

    >>> cell_text(0.1**3, "en"), cell_text(1 - 1e-9, "en"), cell_text(None, "en")
    ('0.001', '0.999999999', '-')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return phrase("cells", "yes" if value else "no", lang)
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else f"{value:.12g}"
    return phrase("cells", str(value), lang)


def _parts(report: Report, lang: str) -> Iterator[str]:
    held = [finding.law for finding in report.findings if finding.holds]
    broken = [finding for finding in report.findings if finding.holds is False]
    counts = {"held": len(held), "checked": len(held) + len(broken)}
    names = {"exercise": report.exercise, "name": report.name}
    yield phrase("report", "verdict", lang, **names, **counts)
    if report.trouble:
        told = deed_text(report.trouble, lang, "trouble")
        yield phrase("report", "trouble", lang, trouble=told)
    if report.left:
        yield phrase("report", "left", lang, files=", ".join(report.left))
    if held:
        yield phrase("report", "holds", lang) + "\n" + _listed(held)
    unknown = [finding for finding in report.findings if finding.holds is None]
    if unknown:
        yield "\n".join([phrase("report", "not_checked", lang), *_by_reason(unknown, lang)])
    for finding in broken[:SHOWN]:
        yield broken_text(report, finding, lang)
    if broken[SHOWN:]:
        rest = [finding.law for finding in broken[SHOWN:]]
        yield phrase("report", "broken_as_well", lang) + "\n" + _listed(rest)
    if broken and report.exercise in EXERCISES:
        yield phrase("report", "page", lang, page=EXERCISES[report.exercise].page)


def _listed(names: Sequence[str]) -> str:
    lines = textwrap.wrap(", ".join(names), 86, break_on_hyphens=False)
    return textwrap.indent("\n".join(lines), INDENT)


def _by_reason(unknown: Sequence[Finding], lang: str) -> Iterator[str]:
    for reason in dict.fromkeys(finding.reason for finding in unknown):
        alike = [finding for finding in unknown if finding.reason == reason]
        missing = dict.fromkeys(name for finding in alike for name in finding.missing)
        told = not_checked_text(replace(alike[0], missing=tuple(missing)), lang)
        yield f"- {told}\n" + _listed([finding.law for finding in alike])


def _call(name: str, found: Counterexample, lang: str) -> str:
    """Return the settings as a call, if there are any, and scores that come after the table."""
    given = (
        f"{argument}={getattr(value, '__name__', None) or repr(value)}"
        for argument, value in found.settings.items()
    )
    lines = [f"{INDENT}{name}({', '.join(given)})"] if found.settings else []
    in_table = sum("score" in row.cells for row in found.rows)
    if 0 < in_table < len(found.series):
        scores = ", ".join(cell_text(score, lang) for score in found.series)
        lines.append(INDENT + phrase("report", "scores", lang, scores=scores))
    return "\n".join(lines)


def _table(rows: Sequence[Row], lang: str) -> str:
    """Return the rows of a counterexample; the last one, where it goes wrong, has a mark."""
    names = list(dict.fromkeys(name for row in rows for name in row.cells))
    header = [phrase("columns", name, lang) for name in (*names, "should", "did")]
    table: list[Sequence[str] | None] = [["", *header]]
    for number, row in enumerate(rows):
        if number and _begins_a_fit(row, rows[number - 1]):
            table.append(LINE)
        mark = ">" if number == len(rows) - 1 else ""
        cells = [cell_text(row.cells[name], lang) if name in row.cells else "" for name in names]
        table.append([mark, *cells, *_deeds(row, lang)])
    numbers = [not _is_text([row.cells.get(name) for row in rows]) for name in names]
    return "\n".join(aligned(table, right=[1 + n for n, yes in enumerate(numbers) if yes]))


def _begins_a_fit(row: Row, before: Row) -> bool:
    """Whether what is counted in the rows is counted anew."""
    now, then = ([r.cells[name] for name in COUNTED if name in r.cells] for r in (row, before))
    if not now or not all(map(_is_number, now)):
        return False
    return "end" in then or (all(map(_is_number, then)) and now <= then)


def _deeds(row: Row, lang: str) -> tuple[str, str]:
    is_looked_at = row.should is not None or (row.did and row.did.kind in FAILURES)
    should = deed_text(row.should, lang) if row.should else ""
    return should, deed_text(row.did, lang) if row.did and is_looked_at else ""


def _is_text(column: Sequence[Any]) -> bool:
    return any(isinstance(value, str) for value in column) and not any(map(_is_number, column))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
