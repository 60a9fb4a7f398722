"""What becomes of the fences of a page?

Each kind of fence is one function, from what stands in it to HTML. The HTML is put in after
Markdown has done its work, where a token holds its place. Nothing here knows of MkDocs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import Any

import lessons
import running
import source_code
from latex2mathml.converter import convert
from markdown import markdown
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from wording import words

TOKEN = re.compile(r"<p>@@block-(\d+)@@</p>")
MATHS = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\s*\\[(\[](?P<tex>.*?)\\[)\]]\s*</(?P=tag)>', re.S
)


@dataclass
class Page:
    """A page on its way to HTML: `path` such as "start/loop.md", `lang`, and what it has so far.

    - `root`: the way from the page to the top of its language, such as "../../".
    - `repository`: where the code can be read, as an address that file names can follow, or "".
    - `meta`: the page's front matter.
    """

    path: str
    lang: str
    root: str = ""
    repository: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)

    @property
    def words(self) -> dict[str, str]:
        return words(self.lang)["page"]

    @property
    def lesson(self) -> lessons.Lesson:
        return running.run(self.path)

    def link_to_code(self, path: str) -> str:
        """Return the name of a file, as a link where the repository's address is known."""
        name = f"<code>{escape(path)}</code>"
        return f'<a href="{self.repository}{path}">{name}</a>' if self.repository else name


def render(markdown_text: str, page: Page) -> str:
    """Replace the fences of a page by tokens, and keep their HTML in `page.parts`."""

    def hold(fence: re.Match[str]) -> str:
        make = cell if lessons.is_cell(fence) else BLOCKS.get(fence["kind"])
        if make is None:
            return fence[0]
        try:
            page.parts.append(make(fence["body"].rstrip("\n"), page))
        except Exception as error:
            error.add_note(f"in docs/{page.lang}/{page.path}: {fence[0][:200]}")
            raise
        return f"\n@@block-{len(page.parts) - 1}@@\n"

    return lessons.FENCE.sub(hold, markdown_text)


def put_in(html: str, page: Page) -> str:
    """Put the blocks where their tokens are, and write formulas as MathML."""
    return maths(TOKEN.sub(lambda token: page.parts[int(token[1])], html))


def maths(html: str) -> str:
    """Turn TeX into MathML, which browsers draw without a script."""

    def drawn(found: re.Match[str]) -> str:
        tex = unescape(found["tex"])
        if found["tag"] == "span":
            return convert(tex)
        return f'<div class="maths" tabindex="0">{convert(tex, display="block")}</div>'

    return MATHS.sub(drawn, html)


def inline(text: str) -> str:
    """Return one paragraph of Markdown as HTML."""
    return markdown(text).removeprefix("<p>").removesuffix("</p>")


def code(text: str) -> str:
    """Return Python code in colours, as Material's style sheet expects it."""
    style = HtmlFormatter(cssclass="language-python highlight", wrapcode=True)
    return highlight(text, PythonLexer(), style)


def cell(body: str, page: Page) -> str:
    """Show a cell of the lesson, with what came out of it."""
    name = lessons.CELL.fullmatch(body.strip())["name"]  # type: ignore[index]
    told = page.lesson.cells[name]
    shown = output(told, page.lang) if told.kind != "exercise" else ""
    note = f'<p class="py-native">{page.words["native"]}</p>' if told.is_native else ""
    place = "py-plain" if told.is_native else "py-cell"
    html = (
        f'<div class="{place}" data-name="{name}" data-kind="{told.kind}" '
        f'data-packages="{" ".join(told.packages)}">{code(told.code)}{note}</div>'
        f'<div class="py-static" data-search-exclude>{shown}</div>'
    )
    if told.kind != "solution":
        return html
    return f'<details class="solution"><summary>{page.words["solution"]}</summary>{html}</details>'


def output(told: lessons.Cell, lang: str) -> str:
    """Return what came out of a cell as HTML."""
    parts = []
    for kind, text in told.outputs[lang]:
        if kind == "text":
            parts.append(f'<pre class="py-out" tabindex="0">{escape(text)}</pre>')
        else:
            parts.append(f'<div class="py-out">{text}</div>')
    return "".join(parts)


def picture(body: str, page: Page) -> str:
    expression, _, caption = body.partition("\n")
    svg = page.lesson.pictures[expression][page.lang]
    told = f"<figcaption>{inline(' '.join(caption.split()))}</figcaption>" if caption else ""
    return f'<figure class="picture">{svg}{told}</figure>'


def source(body: str, page: Page) -> str:
    path, text = source_code.excerpt(body)
    return f'<div class="from-file">{page.link_to_code(path)}</div>{code(text)}'


def signature(body: str, page: Page) -> str:
    return code(source_code.signature(body))


def bet(body: str, page: Page) -> str:
    """Ask for a prediction; each answer shows its reply once it is chosen."""
    question, *lines = body.splitlines()
    number, answers = len(page.parts), []
    if sorted(line[:2] for line in lines).count("+ ") != 1:
        raise ValueError("exactly one answer of a bet begins with +")
    for line in lines:
        answer, found, reply = line[2:].partition(" :: ")
        if line[:2] not in ("+ ", "- ") or not found:
            raise ValueError(f"an answer reads '- answer :: reply', not {line!r}")
        kind = "right" if line[0] == "+" else "wrong"
        answers.append(
            f'<div class="bet-answer {kind}"><label><input type="radio" name="bet-{number}">'
            f"<span>{inline(answer)}</span></label>"
            f'<p class="bet-reply">{inline(reply)}</p></div>'
        )
    asked = f"<legend>{page.words['bet']}</legend><p>{inline(question)}</p>"
    return f'<fieldset class="bet" data-search-exclude>{asked}{"".join(answers)}</fieldset>'


def lab(body: str, page: Page) -> str:
    """Embed the lab; until Python is there, and without scripts, a picture stands in its place."""
    from minikeras.lab import controls, still

    page.meta["lab"] = True  # the page loads its script
    told = json.dumps(controls(page.lang), ensure_ascii=False).replace("</", "<\\/")
    address = f"{page.root}lab/?{escape(body)}"
    link = f'<p class="lab-link"><a href="{address}">{page.words["whole_lab"]}</a></p>'
    return (
        f'<div class="lab" data-state="{escape(body)}">{still(body, page.lang)}'
        f'<script type="application/json" class="lab-controls">{told}</script></div>'
        f"{'' if page.path == 'lab.md' else link}"
    )


def links(body: str, page: Page) -> str:
    """List where a callback's code, tests and reference are."""
    slug = Path(page.path).stem
    paths = [(page.words["source"], f"minikeras/callbacks/{slug}.py")]
    paths += [(page.words["tests"], f"tests/callbacks/test_{slug}.py")]
    items = [f"{label}: {page.link_to_code(path)}" for label, path in paths]
    items.append(f'<a href="{page.root}reference/callbacks/">{page.words["reference"]}</a>')
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


BLOCKS: dict[str, Callable[[str, Page], str]] = {
    "picture": picture,
    "source": source,
    "signature": signature,
    "bet": bet,
    "lab": lab,
    "links": links,
}
