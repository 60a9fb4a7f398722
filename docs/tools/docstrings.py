"""How does the reference speak the reader's language?

docs/<lang>/reference/docstrings.yml maps the path of an object to its docstring in that language.
The first line of each, `en: 1a2b3c4d`, is a digest of the English docstring that was translated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import griffe
import yaml
from lessons import ROOT

EXAMPLE = re.compile(r"(?:^>>> .*\n(?:^(?!>>> )\S.*\n|^ +\S.*\n|^>>> .*\n|^\n(?=>>> ))*)", re.M)
language = "en"  # of the pages that are being built


def digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:8]


def translated(lang: str) -> dict[str, str]:
    """Return the docstrings of a language, by the path of what they are about."""
    path = ROOT / "docs" / lang / "reference" / "docstrings.yml"
    if not path.is_file():
        return {}
    told: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return told


def parts(docstring: str) -> tuple[str, str]:
    """Cut a docstring into what it says and its examples, which no language changes.

    Prose between two examples belongs to what is said.
    """
    said = EXAMPLE.sub("", docstring + "\n")
    return said.strip(), "\n".join(EXAMPLE.findall(docstring + "\n")).strip()


def fenced(docstring: str) -> str:
    """Return a docstring whose examples stand in fences, as Markdown needs them."""
    return EXAMPLE.sub(lambda example: f"```pycon\n{example[0].strip()}\n```\n\n", docstring + "\n")


class Translate(griffe.Extension):
    """Replaces docstrings by their translations where there are some, and fences examples."""

    def on_package(self, *, pkg: griffe.Module, **kwargs: Any) -> None:
        theirs = translated(language)
        for told in _all(pkg):
            docstring = told.docstring
            if docstring is None:
                continue
            mine = theirs.pop(told.path, None)
            if mine is not None:
                stamp, _, text = mine.partition("\n")
                if stamp != f"en: {digest(docstring.value)}":
                    griffe.logger.warning(f"{language}: the docstring of {told.path} has changed")
                else:
                    docstring.value = text.strip()
            docstring.value = fenced(docstring.value)
        for path in theirs:
            griffe.logger.warning(f"{language}: there is no {path} any more")


def _all(told: griffe.Module | griffe.Class) -> Iterator[griffe.Object]:
    """Give a module or class and everything in it, imported names aside."""
    yield told
    for member in told.members.values():
        if isinstance(member, (griffe.Module, griffe.Class)):
            yield from _all(member)
        elif not member.is_alias:
            yield member  # type: ignore[misc]
