"""How does a lesson become cells with output?

It runs in a process of its own, in an empty folder; what it prints and shows is kept, so that pages
can show it. `python docs/tools/running.py tutorials/26_early_stopping.py` prints what came out.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

from lessons import (
    LANGUAGES,
    ROOT,
    TEST_KINDS,
    TOOLS,
    Cell,
    Lesson,
    captions,
    file_of,
    page_of,
    shown_cells,
)

AHEAD: dict[str, Future[Lesson]] = {}  # what run_ahead has begun, by page


def run(page: str) -> Lesson:
    """Run the lesson of a page, and draw its pictures; what has run before is looked up."""
    return AHEAD[page].result() if page in AHEAD else _run(page)


def run_ahead(pages: Iterable[str]) -> None:
    """Begin to run lessons side by side, as they are now, before their pages ask for them."""
    _run.cache_clear()
    _library.cache_clear()
    _library()
    pool = ThreadPoolExecutor(os.cpu_count())
    AHEAD.update({page: pool.submit(_run, page) for page in pages})
    pool.shutdown(wait=False)


@cache
def _run(page: str) -> Lesson:
    asked = request(page)
    kept = ROOT / ".cache" / "lessons" / f"{_digest(asked)}.json"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        whole_file(kept, execute(asked))
    return Lesson.read(kept.read_text(encoding="utf-8"))


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


if __name__ == "__main__":
    for name in sys.argv[1:]:
        page = page_of(Path(name))
        for cell in run(page).cells.values():
            print(f"\n# %% {cell.name}   {' '.join(cell.packages)}\n{told(cell)}", end="")
        print(*troubles(page), sep="\n")
