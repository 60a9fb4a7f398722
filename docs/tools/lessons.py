"""What is a lesson, and which page shows it?

A lesson is a Python file in tutorials/, cut into cells by lines `# %% name`; a page names each of
them once, in order. Nothing here knows of MkDocs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(__file__).resolve().parent
LANGUAGES = ("en", "ko", "zh")
CELL = re.compile(r"^# %% (?P<name>[a-z0-9-]+)(?P<native> native)?[ \t]*$", re.M)
FENCE = re.compile(r"^```(?P<kind>\w+)[ \t]*\n(?P<body>.*?)^```[ \t]*$", re.M | re.S)
TEST_KINDS = ("exercise", "solution")


@dataclass(frozen=True)
class Cell:
    """A piece of a lesson: its code, and what came out when it ran.

    - `outputs`: by language, pairs such as ("text", "hello\\n"), ("svg", ...) or ("html", ...).
    - `packages`: what the page must load before this cell can run there.
    - `holds`: of the value of an exercise or a solution, whether its check passed; else None.
    """

    name: str
    code: str
    is_native: bool = False
    outputs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    packages: list[str] = field(default_factory=list)
    holds: bool | None = None

    @property
    def kind(self) -> str:
        """Return "exercise", "solution" or "run"."""
        first = self.name.split("-")[0]
        return first if first in TEST_KINDS else "run"


@dataclass(frozen=True)
class Lesson:
    """A lesson that has run: its cells by name, and its pictures by expression and language."""

    cells: dict[str, Cell]
    pictures: dict[str, dict[str, str]]

    @staticmethod
    def read(text: str) -> Lesson:
        """Read what execute.py has written."""
        told = json.loads(text)
        cells = {name: Cell(**cell) for name, cell in told["cells"].items()}
        return Lesson(cells, told["pictures"])


def cut(source: str) -> dict[str, Cell]:
    """Cut a lesson's source into cells that have not run yet."""
    marks = list(CELL.finditer(source))
    ends = [*(mark.start() for mark in marks[1:]), len(source)]
    cells = [
        Cell(mark["name"], source[mark.end() : end].strip("\n"), bool(mark["native"]))
        for mark, end in zip(marks, ends, strict=False)  # without a mark there is one end
    ]
    names = [cell.name for cell in cells]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two cells have the name {', '.join(sorted(twice))}")
    return {cell.name: cell for cell in cells}


def shown_cells(markdown: str) -> list[str]:
    """Return the names of the cells that a page shows, in order."""
    bodies = [match["body"].strip() for match in FENCE.finditer(markdown) if is_cell(match)]
    return [CELL.fullmatch(body)["name"] for body in bodies]  # type: ignore[index]


def is_cell(fence: re.Match[str]) -> bool:
    """Whether a fence stands for a cell of the lesson."""
    return fence["kind"] == "python" and bool(CELL.fullmatch(fence["body"].strip()))


def file_of(page: str) -> Path | None:
    """Return the lesson that belongs to a page such as "start/loop.md"; None if there is none."""
    folder, _, name = page.rpartition("/")
    if folder not in ("start", "callbacks") and page != "index.md":
        return None
    slug = name.removesuffix(".md")
    found = sorted((ROOT / "tutorials").glob(f"[0-9][0-9]_{slug}.py"))
    return found[0] if found else None


def page_of(path: Path) -> str:
    """Return the page that a lesson belongs to."""
    number, _, slug = path.stem.partition("_")
    if slug == "index":
        return "index.md"
    return f"{'start' if int(number) < 20 else 'callbacks'}/{slug}.md"


def captions(page: str) -> dict[str, dict[str, str]]:
    """Return the captions of a page's pictures, by expression and language."""
    found: dict[str, dict[str, str]] = {}
    for lang in LANGUAGES:
        path = ROOT / "docs" / lang / page
        for match in FENCE.finditer(path.read_text(encoding="utf-8") if path.is_file() else ""):
            if match["kind"] == "picture":
                expression, _, caption = match["body"].partition("\n")
                found.setdefault(expression, {})[lang] = " ".join(caption.split())
    return found
