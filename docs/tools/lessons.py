"""How does a lesson become cells with output?

A lesson is a Python file in tutorials/, cut into cells by lines `# %% name`. It runs in a process
of its own, in an empty folder; what it prints and shows is kept, so that a page can show it.
Nothing here knows of MkDocs.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
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


def picture_expressions(markdown: str) -> list[str]:
    """Return the first lines of a page's picture fences."""
    return [m["body"].split("\n")[0] for m in FENCE.finditer(markdown) if m["kind"] == "picture"]


def file_of(page: str) -> Path | None:
    """Return the lesson that belongs to a page such as "start/loop.md"; None if there is none."""
    folder, _, name = page.rpartition("/")
    if folder not in ("start", "callbacks"):
        return None
    slug = name.removesuffix(".md")
    found = sorted((ROOT / "tutorials").glob(f"[0-9][0-9]_{slug}.py"))
    return found[0] if found else None


def page_of(path: Path) -> str:
    """Return the page that a lesson belongs to."""
    number, _, slug = path.stem.partition("_")
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


@cache
def run(page: str) -> Lesson:
    """Run the lesson of a page, and draw its pictures; what has run before is looked up."""
    asked = request(page)
    kept = ROOT / ".cache" / "lessons" / f"{_digest(asked)}.json"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        whole_file(kept, execute(asked))
    return Lesson.read(kept.read_text(encoding="utf-8"))


def prepare(pages: Iterable[str]) -> None:
    """Run lessons side by side, as they are now; what fails will say so when its page asks."""
    run.cache_clear()
    _library.cache_clear()
    _library()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for page in pages:
            pool.submit(run, page)


def request(page: str) -> str:
    """Return what execute.py is asked for: a lesson's path, its source, and the captions."""
    path = file_of(page)
    source = path.read_text(encoding="utf-8") if path else ""
    return json.dumps([str(path) if path else "", source, captions(page)])


def whole_file(path: Path, text: str) -> None:
    """Write a file that others may read at the same time."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    os.replace(file.name, path)


def execute(asked: str) -> str:
    """Run a lesson in a new process and an empty folder; RuntimeError with what it says."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-W", "error", str(TOOLS / "execute.py")],
            input=asked,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=folder,
            env={**os.environ, "LANG": "en", "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"}
            | {"LC_ALL": "", "LC_MESSAGES": "", "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"exit code {done.returncode}")
    return done.stdout


@cache
def _library() -> str:
    """Return a digest of everything that a lesson's output depends on besides itself."""
    files = [*(ROOT / "minikeras").rglob("*.*"), *TOOLS.rglob("*.*")]
    files += (ROOT / "tutorials" / "recorded").glob("*")
    kept = [path for path in sorted(files) if path.suffix in (".py", ".toml", ".npz", ".txt")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in kept)).hexdigest()


def _digest(asked: str) -> str:
    return hashlib.sha256(f"{sys.version} {_library()} {asked}".encode()).hexdigest()[:24]


def troubles(page: str) -> list[str]:
    """Return what is wrong with a page's cells, in words; nothing where all is well."""
    path, lesson, wrong = file_of(page), run(page), []
    for lang in LANGUAGES:
        shown = ROOT / "docs" / lang / page
        if not shown.is_file():
            wrong.append(f"docs/{lang}/{page} is missing")
        elif path and shown_cells(shown.read_text(encoding="utf-8")) != list(lesson.cells):
            wrong.append(
                f"docs/{lang}/{page} does not show the cells {list(lesson.cells)} in order"
            )
    for cell in lesson.cells.values():
        if cell.kind in TEST_KINDS and cell.holds is not (cell.kind == "solution"):
            wrong.append(
                f"{cell.name}: its check should {'fail' if cell.kind == 'exercise' else 'pass'}"
            )
    return wrong


def told(cell: Cell, lang: str = "en") -> str:
    """Return a cell's output as plain text, pictures only mentioned."""
    parts = [text if kind == "text" else f"[{kind}]\n" for kind, text in cell.outputs[lang]]
    return "".join(parts)


if __name__ == "__main__":  # python docs/tools/lessons.py tutorials/26_early_stopping.py
    for name in sys.argv[1:]:
        page = page_of(Path(name))
        for cell in run(page).cells.values():
            print(f"\n# %% {cell.name}   {' '.join(cell.packages)}\n{told(cell)}", end="")
        print(*troubles(page), sep="\n")
