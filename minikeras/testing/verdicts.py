"""How is what a check has found written down for programs, and read back from a stranger's process?

Nothing is pickled, and nothing that is read back is believed: texts are cut and lose whatever would
move a terminal's cursor, values become numbers, texts, lists and dicts, and the rest is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, TypeVar

from minikeras.callbacks.stateful import to_json
from minikeras.testing.checking import Finding, Report
from minikeras.testing.law import Counterexample, Deed, Row
from minikeras.testing.text import deed_text, remark_text
from minikeras.testing.wording import about_law

LONGEST = 500  # letters of one text
T = TypeVar("T")


class Shown(str):
    """How a value looks that no JSON can hold, such as a function."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def clean(text: str) -> str:
    r"""Return a text as one line that is safe to print, whoever wrote it.

    >>> clean("red: \x1b[31m")
    'red: \\x1b[31m'
    """
    letters = (c if c.isprintable() else ascii(c)[1:-1] for c in text[:LONGEST])
    return "".join(letters)


# -- there: in the process that runs the solution --------------------------------------------------


def written(finding: Finding) -> dict[str, Any]:
    """Return a finding as values that `read` understands; NaN and infinities stay floats."""
    found = finding.counterexample
    return {
        "law": finding.law,
        "holds": finding.holds,
        "reason": finding.reason,
        "missing": list(finding.missing),
        "counterexample": found
        and {
            "settings": _plain(found.settings),
            "series": _plain(found.series),
            "call": found.call,
            "rows": [
                [_plain(row.cells), _written_deed(row.should), _written_deed(row.did)]
                for row in found.rows
            ],
        },
    }


def _written_deed(deed: Deed | None) -> list[Any] | None:
    return deed and [deed.kind, _plain(deed.value), deed.note]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return {"shown": getattr(value, "__name__", None) or repr(value)}


# -- back: in the process that checks --------------------------------------------------------------


def read(told: Any) -> Finding:
    """Return the finding that `written` wrote; ValueError for anything else.

    >>> read(written(Finding("tie", True)))
    Finding(law='tie', holds=True, counterexample=None, reason='', missing=())
    >>> read({"law": "tie", "holds": "yes"})
    Traceback (most recent call last):
    ...
    ValueError: 'yes' is no finding
    """
    told = _a(dict, told)
    law, holds, found = _text(told.get("law")), told.get("holds"), told.get("counterexample")
    if holds is not None:
        _a(bool, holds)
    missing = tuple(_text(name) for name in _a(list, told.get("missing")))
    counterexample = None if found is None else _read_counterexample(law, _a(dict, found))
    return Finding(law, holds, counterexample, _text(told.get("reason")), missing)


def _read_counterexample(law: str, told: dict[str, Any]) -> Counterexample:
    rows = [_read_row(_a(list, row)) for row in _a(list, told.get("rows"))]
    settings = _a(dict, _cleaned(told.get("settings")))
    if not rows:
        raise ValueError("a counterexample has rows")
    series, call = tuple(_a(list, _cleaned(told.get("series")))), _text(told.get("call"))
    return Counterexample(law, settings, series, rows, call)


def _read_row(told: list[Any]) -> Row:
    cells, should, did = told
    return Row(_a(dict, _cleaned(cells)), read_deed(should), read_deed(did))


def read_deed(told: Any) -> Deed | None:
    """Return a deed that came as a list of kind, value and note; ValueError for anything else."""
    if told is None:
        return None
    kind, value, note = _a(list, told)
    return Deed(_text(kind), _cleaned(value), _text(note))


def _a(kind: type[T], told: Any) -> T:
    if not isinstance(told, kind):
        raise ValueError(f"{told!r} is no finding")
    return told


def _text(told: Any) -> str:
    return clean(_a(str, told))


def _cleaned(told: Any) -> Any:
    if isinstance(told, str):
        return clean(told)
    if isinstance(told, list):
        return [_cleaned(item) for item in told]
    if isinstance(told, dict):
        if set(told) == {"shown"}:
            return Shown(_text(told["shown"]))
        return {clean(key): _cleaned(item) for key, item in told.items()}
    return told


# -- out: for a grader's program -------------------------------------------------------------------


def as_json(report: Report, solution: str, seed: int, lang: str = "en") -> dict[str, Any]:
    """Return a report as strict JSON: NaN and infinities are the texts 'nan', 'inf' and '-inf'.

    >>> as_json(Report("A1", "better", (Finding("nan", True),)), "a.py", 0)["laws"]
    [{'name': 'nan', 'holds': True, 'law': 'NaN is never an improvement.', 'reason': ''}]
    """
    trouble = report.trouble
    told = {
        "exercise": report.exercise,
        "solution": clean(solution),
        "name": report.name,
        "holds": report.holds,
        "trouble": trouble and {"kind": trouble.kind, "text": deed_text(trouble, lang, "trouble")},
        "left": list(report.left),
        "remarks": [
            {"kind": remark.kind, "text": remark_text(remark, lang)} for remark in report.remarks
        ],
        "seed": seed,
        "laws": [_law_as_json(report.exercise, finding, lang) for finding in report.findings],
    }
    return dict(to_json(told))


def _law_as_json(exercise: str, finding: Finding, lang: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": finding.law,
        "holds": finding.holds,
        "law": about_law(exercise, finding.law, lang)["law"],
        "reason": finding.reason,
    }
    if finding.missing:
        told["missing"] = list(finding.missing)
    if finding.counterexample:
        shown = written(finding)["counterexample"]
        rows = [
            {"cells": cells, "should": _named(should), "did": _named(did)}
            for cells, should, did in shown["rows"]
        ]
        told["counterexample"] = shown | {"rows": rows}
    return told


def _named(deed: list[Any] | None) -> dict[str, Any] | None:
    return None if deed is None else dict(zip(Deed._fields, deed, strict=True))
