"""What does a student read about the laws that a class obeys, and those that it breaks?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from minikeras.testing.exercises import EXERCISES
from minikeras.testing.law import FAILURES, Counterexample, Deed, Row
from minikeras.testing.table import LINE, WIDEST, aligned, wrapped
from minikeras.testing.wording import about_law, phrase

if TYPE_CHECKING:
    from minikeras.testing.checking import Finding, Report

INDENT = "  "
COUNTED = ("line", "epoch", "batch")  # the columns by which rows are in order
SHOWN = 3  # laws with their cases: one mistake breaks many, and the first of them names it


def text_of(report: Report, lang: str = "en", is_full: bool = False) -> str:
    """Return a report as text: the verdict, what holds, and each broken law with its reason.

    The cases of the first `SHOWN` broken laws are drawn, with `is_full` those of all.

    >>> from minikeras.testing import check
    >>> print(text_of(check("EarlyStopping", lambda patience: None)).splitlines()[0])
    EarlyStopping: <lambda> obeys 0 of 12 laws.
    """
    return "\n\n".join(_parts(report, lang, is_full))


def not_checked_text(finding: Finding, lang: str) -> str:
    """Return why a law was not checked."""
    return phrase("reasons", finding.reason, lang, missing=", ".join(finding.missing))


def broken_text(report: Report, finding: Finding, lang: str) -> str:
    """Return what a student reads about a law that is broken: the promise, a case, the reason."""
    said = about_law(report.exercise, finding.law, lang)
    parts = [_told("broken", lang, law=finding.law) + "\n" + _lines(said["law"])]
    found = finding.counterexample
    if found:
        parts += [_call(found, lang), _table(found.rows, lang)]
    kind, _ = _failure(finding)
    why = phrase("report", kind, lang) if kind else said["why"]
    return "\n\n".join(part.rstrip() for part in (*parts, _lines(why)) if part)


def deed_text(deed: Deed, lang: str, table: str = "deeds") -> str:
    """Return what was done, or what should be; of `trouble`, what ended a check.

    >>> deed_text(Deed("raises", "KeyError", "'val_loss'"), "en")
    "raises KeyError: 'val_loss'"
    """
    note = " ".join(deed.note.split())
    said = phrase(table, deed.kind, lang, value=cell_text(deed.value, lang))
    return f"{said}: {note}" if note else said


def remark_text(remark: Deed, lang: str) -> str:
    """Return a remark as a sentence.

    >>> remark_text(Deed("misspelt", "on_epoch_ends", "on_epoch_end"), "en")
    'on_epoch_ends is no hook; did you mean on_epoch_end?'
    """
    return phrase("remarks", remark.kind, lang, value=remark.value, note=remark.note)


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


def _parts(report: Report, lang: str, is_full: bool) -> Iterator[str]:
    held = [finding.law for finding in report.findings if finding.holds]
    broken = [finding for finding in report.findings if finding.holds is False]
    counts = {"held": len(held), "checked": len(held) + len(broken)}
    names = {"exercise": report.exercise, "name": report.name}
    yield _told("verdict" if counts["checked"] else "no_verdict", lang, **names, **counts)
    if report.trouble:
        yield _told("trouble", lang, trouble=deed_text(report.trouble, lang, "trouble"))
    if report.left:
        yield _told("left", lang, files=", ".join(report.left))
    if report.remarks:
        told = (_lines(remark_text(remark, lang), "- ") for remark in report.remarks)
        yield "\n".join([_told("remarks", lang), *told])
    if held:
        yield _told("holds", lang) + "\n" + _listed(held)
    unknown = [finding for finding in report.findings if finding.holds is None]
    if unknown:
        yield "\n".join([_told("not_checked", lang), *_by_reason(unknown, lang)])
    shown = broken if is_full else _distinct(broken)[:SHOWN]
    for finding in shown:
        yield broken_text(report, finding, lang)
    rest = [finding.law for finding in broken if finding not in shown]
    if rest:
        yield _told("broken_as_well", lang) + "\n" + _listed(rest)
    if broken and report.exercise in EXERCISES:
        yield _told("page", lang, page=EXERCISES[report.exercise].page)


def _told(name: str, lang: str, /, **values: object) -> str:
    return _lines(phrase("report", name, lang, **values))


def _lines(text: str, mark: str = "") -> str:
    """Return a text in lines that fit; what comes after a mark stays to the right of it."""
    lines = wrapped(text, WIDEST - len(mark))
    return "\n".join((" " * len(mark) if n else mark) + line for n, line in enumerate(lines))


def _listed(names: Sequence[str]) -> str:
    return _lines(", ".join(names), INDENT)


def _by_reason(unknown: Sequence[Finding], lang: str) -> Iterator[str]:
    for reason in dict.fromkeys(finding.reason for finding in unknown):
        alike = [finding for finding in unknown if finding.reason == reason]
        missing = dict.fromkeys(name for finding in alike for name in finding.missing)
        told = not_checked_text(replace(alike[0], missing=tuple(missing)), lang)
        yield _lines(told, "- ") + "\n" + _listed([finding.law for finding in alike])


def _distinct(broken: Sequence[Finding]) -> list[Finding]:
    """Leave out those that fail as one before them does."""
    firsts: dict[object, Finding] = {}
    for finding in broken:
        kind, note = _failure(finding)
        firsts.setdefault((kind, note) if kind else finding.law, finding)
    return [*firsts.values()]


def _failure(finding: Finding) -> tuple[str, str]:
    """Return what fails where nothing should, and says nothing of the law: no text if nothing."""
    last = finding.counterexample.rows[-1] if finding.counterexample else None
    if last is None or last.did is None or last.did.kind not in FAILURES:
        return "", ""
    should = last.should.kind if last.should else ""
    return ("", "") if should in FAILURES else (last.did.kind, last.did.note)


def _call(found: Counterexample, lang: str) -> str:
    """Return the call as code, if there is one, and scores that come after the table."""
    lines = [_lines(found.call, INDENT)] if found.call else []
    in_table = sum("score" in row.cells for row in found.rows)
    if 0 < in_table < len(found.series) and "[" not in found.call:
        scores = ", ".join(cell_text(score, lang) for score in found.series)
        lines.append(_lines(phrase("report", "scores", lang, scores=scores), INDENT))
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
