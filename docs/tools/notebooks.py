"""How does a lesson become a Jupyter notebook, in each language?"""

from __future__ import annotations

import base64
import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lessons
import source_code
from blocks import Page
from translations import SECTION

CALLOUT = re.compile(r'^!!! \w+ "(?P<title>[^"]+)"\n(?P<body>(?:    .*\n?|\n(?=    ))+)', re.M)
LINK = re.compile(r"(?P<words>\]\()(?P<page>[\w./-]+\.md)(?P<section>#[\w-]+)?\)")
WHEEL = "minikeras-learn @ {site}assets/python/minikeras_learn-{version}-py3-none-any.whl"


def write(markdown: str, page: Page, site: Path, address: str) -> None:
    """Write a page as a notebook beside it; `address` is where the site will be."""
    path = site / page.path.replace(".md", ".ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebook(markdown, page, address), encoding="utf-8")


def notebook(markdown: str, page: Page, address: str) -> str:
    """Return a page as a notebook (nbformat 4.5), its first cell bringing the library."""
    book = [_code(0, install(address), [])]
    for number, (kind, body) in enumerate(_parts(markdown, page), 1):
        if kind == "text" and body.strip():
            book.append(_text(number, _links(body, page, address)))
        elif kind == "cell":
            cell = page.lesson.cells[body]
            shown = cell.outputs[page.lang] if cell.kind != "exercise" else []
            book.append(_code(number, cell.code, [_output(*told) for told in shown]))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    told = {"kernelspec": kernel, "language_info": {"name": "python"}}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": told, "cells": book}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def install(address: str) -> str:
    """Return the cell that brings the library from the site itself, unless it is there."""
    from minikeras import __version__

    return (
        "try:\n    import minikeras\nexcept ImportError:\n"
        f'    %pip install -q "{WHEEL.format(site=address, version=__version__)}"'
    )


def _parts(markdown: str, page: Page) -> Iterator[tuple[str, str]]:
    """Give the texts and the cells of a page in order; other fences become text."""
    position = 0
    for fence in lessons.FENCE.finditer(markdown):
        yield "text", _plain(markdown[position : fence.start()])
        position = fence.end()
        if lessons.is_cell(fence):
            yield "cell", lessons.CELL.fullmatch(fence["body"].strip())["name"]  # type: ignore[index]
        else:
            yield "text", _fence(fence, page)
    yield "text", _plain(markdown[position:])


def _fence(fence: re.Match[str], page: Page) -> str:
    """Return a fence as a notebook can show it."""
    body = fence["body"].rstrip("\n")
    if fence["kind"] == "picture":
        expression, _, caption = body.partition("\n")
        svg = page.lesson.pictures[expression][page.lang].encode()
        told = " ".join(caption.split())
        return f"![{told}](data:image/svg+xml;base64,{base64.b64encode(svg).decode()})\n\n*{told}*"
    if fence["kind"] == "source":
        path, code = source_code.excerpt(body)
        return f"`{path}`\n\n```python\n{code}\n```"
    if fence["kind"] == "signature":
        return f"```python\n{source_code.signature(body)}\n```"
    if fence["kind"] == "bet":
        question, *lines = body.splitlines()
        answers = [line[2:].partition(" :: ") for line in lines]
        told = "\n".join(
            f"<details><summary>{answer}</summary>{reply}</details>" for answer, _, reply in answers
        )
        return f"**{page.words['bet']}**: {question}\n\n{told}"
    if fence["kind"] == "lab":
        return f"[{page.words['whole_lab']}](../lab.md)"
    return "" if fence["kind"] == "links" else fence[0]


def _plain(markdown: str) -> str:
    """Return Markdown of the site as plain Markdown: no ids, and callouts as quotes."""
    text = SECTION.sub(lambda mark: f"{mark['level']} {mark['title']}\n", markdown)

    def quote(found: re.Match[str]) -> str:
        body = "\n".join(
            f"> {line.removeprefix('    ')}".rstrip() for line in found["body"].splitlines()
        )
        return f"> **{found['title']}**\n>\n{body}\n"

    return CALLOUT.sub(quote, text).strip()


def _links(markdown: str, page: Page, address: str) -> str:
    """Return Markdown whose links lead to the site."""
    top = address + ("" if page.lang == "en" else f"{page.lang}/")

    def absolute(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), link["page"]))
        place = path.removesuffix(".md").removesuffix("index").rstrip("/")
        return f"]({top}{place}/{link['section'] or ''})"

    return LINK.sub(absolute, markdown)


def _text(number: int, markdown: str) -> dict[str, Any]:
    return {"id": f"c{number}", "cell_type": "markdown", "metadata": {}, "source": markdown}


def _code(number: int, code: str, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "cell_type": "code",
        "metadata": {},
        "source": code,
        "execution_count": None,
        "outputs": outputs,
    }


def _output(kind: str, text: str) -> dict[str, Any]:
    if kind == "text":
        return {"output_type": "stream", "name": "stdout", "text": text}
    media = {"svg": "image/svg+xml", "html": "text/html"}[kind]
    return {"output_type": "display_data", "metadata": {}, "data": {media: text}}
