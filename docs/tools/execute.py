"""What comes out when a lesson runs? Run by running.py, in a process of its own.

Reads [path, source, captions] as JSON, and writes the cells with their outputs, and the pictures.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import linecache
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import lessons

IN_THE_PAGE = ("numpy", "h5py")  # what Pyodide must load first; the rest of what we use it has

NATIVE: set[str] = set()


def evaluate(code: str, name: str, scope: dict[str, Any]) -> Any:
    """Run a cell as a notebook would: the value of a last expression is returned."""
    place = f"<cell {name}>"
    linecache.cache[place] = (len(code), None, code.splitlines(keepends=True), place)
    tree = ast.parse(code, place)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, place, "exec"), scope)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), place, "eval"), scope)  # type: ignore[attr-defined]


def shown(value: Any, lang: str) -> list[tuple[str, str]]:
    """Return what a notebook shows of a value, in a language."""
    os.environ["LANG"] = lang
    if value is None:
        return []
    for kind in ("svg", "html"):
        show = getattr(value, f"_repr_{kind}_", None)
        text = show() if show and not isinstance(value, type) else None
        if text:
            return [(kind, text)]
    return [("text", f"{value!r}\n")]


def run(cell: lessons.Cell, scope: dict[str, Any]) -> lessons.Cell:
    """Run a cell, and look at its value once in each language."""
    said, before = io.StringIO(), set(sys.modules)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        value = evaluate(cell.code, cell.name, scope)
    printed = [("text", said.getvalue())] if said.getvalue() else []
    outputs = {lang: [*printed, *shown(value, lang)] for lang in reversed(lessons.LANGUAGES)}
    packages = sorted(name for name in IN_THE_PAGE if name in set(sys.modules) - NATIVE)
    if cell.is_native:  # what only such cells bring in, the page need not load
        NATIVE.update(set(sys.modules) - before)
    return replace(cell, outputs=outputs, packages=packages, holds=getattr(value, "holds", None))


def recorded(path: Path, cell: lessons.Cell) -> lessons.Cell | None:
    """Return a cell with the text that was kept of it, if some was."""
    kept = lessons.ROOT / "tutorials" / "recorded" / f"{path.stem}.{cell.name}.txt"
    if not kept.is_file():
        return None
    text = [("text", kept.read_text(encoding="utf-8"))]
    return replace(cell, outputs=dict.fromkeys(lessons.LANGUAGES, text))


def main() -> None:
    path, source, captions = json.load(sys.stdin)
    scope: dict[str, Any] = {"__name__": "__main__"}
    cells, pictures = {}, {}
    for name, cell in lessons.cut(source).items():
        kept = recorded(Path(path), cell) if cell.is_native else None
        mine = dict(scope) if cell.kind in lessons.TEST_KINDS else scope
        try:
            cells[name] = asdict(kept or run(cell, mine))
        except BaseException as error:
            error.add_note(f"in cell {name} of {path}")
            raise
    if captions:
        from pictures import draw

        from minikeras import callbacks

        scope = {name: getattr(callbacks, name) for name in callbacks.__all__} | scope
        for expression, by_language in captions.items():
            pictures[expression] = {
                lang: draw(expression, scope, lang, caption=caption)
                for lang, caption in by_language.items()
            }
    json.dump({"cells": cells, "pictures": pictures}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
