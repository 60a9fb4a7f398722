"""Which tables are made from data that the tests use, too?"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from functools import cache
from html import escape
from typing import Any

import yaml
from blocks import Page, inline
from lessons import ROOT
from wording import words

GROUP = re.compile(r"^# -- (?P<group>[\w ]+?) -+$", re.M)


def glossary(body: str, page: Page) -> str:
    """Show a group of terms in three languages; the reader's own language comes first."""
    order = sorted(("en", "ko", "zh"), key=lambda lang: lang != page.lang)
    names = {"en": page.words["english"], "ko": page.words["korean"], "zh": page.words["chinese"]}
    terms = groups()[body]
    rows = [
        [f'<span lang="{lang}">{escape(term[lang])}</span>' for lang in order] for term in terms
    ]
    ids = [re.sub(r"\W+", "-", term["en"]).strip("-").lower() for term in terms]
    return table([names[lang] for lang in order], rows, ids)


def differences(body: str, page: Page) -> str:
    """Show where we differ from which Keras; the rows are those that the tests prove."""
    heads = [page.words[name] for name in ("difference", "there", "why", "shown_by")]
    rows, ids = [], []
    for row in _differences():
        told = said(row, page.lang)
        theirs = "<br>".join(
            f"<strong>{escape(keras)}</strong>: {inline(does)}"
            for keras, does in told["theirs"].items()
        )
        test = page.link_to_code(row.test.split("::")[0])
        callback = f"<strong>{escape(row.callback)}</strong><br>"
        rows.append([callback + inline(told["ours"]), theirs, inline(told["why"]), test])
        ids.append(row.id)
    return table(heads, rows, ids)


def said(row: Any, lang: str) -> dict[str, Any]:
    """Return what a row says in a language; KeyError where it is not translated."""
    if lang == "en":
        return {"ours": row.ours, "theirs": row.theirs, "why": row.why}
    told = translations(lang)[row.id]
    return {"ours": told["ours"], "theirs": dict(zip(row.theirs, told["theirs"], strict=True)),
            "why": told["why"]}  # fmt: skip


@cache
def translations(lang: str) -> dict[str, Any]:
    path = ROOT / "docs" / lang / "differences.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def figures(body: str, page: Page) -> str:
    """Show what `python -m benchmarks.site` measured last, beside what was wanted."""
    told = json.loads((ROOT / "docs" / "figures.json").read_text(encoding="utf-8"))
    said = words(page.lang)["figures"]
    shown = [
        (name, f"{bytes_ / 1000:.0f} KB", "≤ 90 KB") for name, bytes_ in told["weight"].items()
    ]
    shown += [("performance", f"{told['performance']}", "≥ 90")]
    shown += [("accessibility", f"{told['accessibility']}", "100")]
    shown += [("first", f"{told['first']:.1f} s", "≤ 4 s")]
    shown += [("stop", f"{1000 * told['stop']:.0f} ms", "≤ 100 ms")]
    shown += [("rerun", f"{1000 * told['rerun']:.0f} ms", "≤ 16 ms")]
    shown += [(name, f"{told[name]:.0f} s", "≤ 20 s") for name in ("build", "again")]
    rows = [[said[name], measured, wanted] for name, measured, wanted in shown]
    where = f"<p>{said['where'].format(**told)}</p>"
    heads = [said["what"], said["measured"], said["wanted"]]
    return table(heads, rows, [f"figure-{name}" for name, *_ in shown]) + where


def table(heads: list[str], rows: list[list[str]], ids: list[str]) -> str:
    """Return a table whose rows can be linked to."""
    top = "".join(f"<th>{head}</th>" for head in heads)
    body = "".join(
        f'<tr id="{name}">{"".join(f"<td>{cell}</td>" for cell in row)}</tr>'
        for name, row in zip(ids, rows, strict=True)
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


@cache
def groups() -> dict[str, list[dict[str, Any]]]:
    """Return the glossary's terms by group; groups are comments in its file."""
    source = (ROOT / "docs" / "glossary.yml").read_text(encoding="utf-8")
    source = source[: source.index("\nstyle:")]
    marks = list(GROUP.finditer(source))
    ends = [mark.start() for mark in marks[1:]] + [len(source)]
    return {
        mark["group"]: yaml.safe_load(source[mark.end() : end])
        for mark, end in zip(marks, ends, strict=True)
    }


def _differences() -> tuple[Any, ...]:
    folder = str(ROOT / "tests" / "callbacks")
    if folder not in sys.path:
        sys.path.append(folder)
    from differences import DIFFERENCES

    return tuple(DIFFERENCES)


TABLES = {"glossary": glossary, "differences": differences, "figures": figures}
