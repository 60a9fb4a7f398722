"""Which lines of the library does a page show, and how is a class called?"""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from pathlib import Path
from typing import Any

from lessons import ROOT

WIDTH = 76
KEYWORD, VARIABLE = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_POSITIONAL


def excerpt(asked: str) -> tuple[str, str]:
    """Return the file and the code of `module:Class.method | first words .. last words`.

    The docstring is left out. ValueError where there is no such thing any more.
    """
    place, _, part = (side.strip() for side in asked.partition("|"))
    module, _, name = place.partition(":")
    path = file_of(module)
    source = path.read_text(encoding="utf-8")
    code = _definition(source, name.split("."), asked) if name else source
    if part:
        code = _between(code, part, asked)
    return path.relative_to(ROOT).as_posix(), textwrap.dedent(code).strip("\n")


def file_of(module: str) -> Path:
    """Return the file of a module of ours, which need not be imported for that."""
    path = ROOT.joinpath(*module.split("."))
    found = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not found.is_file():
        raise ValueError(f"there is no module {module}")
    return found


def signature(name: str) -> str:
    """Return how a class or function is called, with all defaults, as code."""
    module, _, last = name.rpartition(".")
    told = getattr(importlib.import_module(module), last)
    parameters = [code_of(p) for p in parameters_of(told)]
    kinds = [p.kind for p in parameters_of(told)]
    if KEYWORD in kinds and VARIABLE not in kinds:
        parameters.insert(kinds.index(KEYWORD), "*")
    line = f"{last}({', '.join(parameters)})"
    if len(line) <= WIDTH:
        return line
    return f"{last}(\n" + textwrap.fill(", ".join(parameters), WIDTH, **INDENT) + "\n)"


INDENT: Any = {"initial_indent": "    ", "subsequent_indent": "    ", "break_on_hyphens": False}


def parameters_of(told: Any) -> list[inspect.Parameter]:
    """Return the parameters of a class or function, `self` left out."""
    return list(inspect.signature(told).parameters.values())


def code_of(parameter: inspect.Parameter) -> str:
    """Return a parameter as code, with its default."""
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    if parameter.default is parameter.empty:
        return stars + parameter.name
    return f"{parameter.name}={default_of(parameter)}"


def default_of(parameter: inspect.Parameter) -> str:
    """Return a default as code, strings in double quotes, functions by their names."""
    default = parameter.default
    if isinstance(default, str):
        return f'"{default}"'
    if callable(default):
        return f"{default.__module__}.{default.__qualname__}"
    return repr(default)


def _definition(source: str, names: list[str], asked: str) -> str:
    body: list[ast.stmt] = ast.parse(source).body
    for name in names:
        found = [node for node in body if getattr(node, "name", None) == name]
        if not found:
            raise ValueError(f"there is no {name} any more: {asked}")
        body = found[0].body  # type: ignore[attr-defined]
    node: Any = found[0]
    lines = source.splitlines()
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    told = ast.get_docstring(node, clean=False)
    kept = lines[first - 1 : node.end_lineno]
    if told is not None:
        text = node.body[0]
        del kept[text.lineno - first : text.end_lineno - first + 1]
        while kept[text.lineno - first : text.lineno - first + 1] == [""]:
            del kept[text.lineno - first]
    return "\n".join(kept)


def _between(code: str, part: str, asked: str) -> str:
    first, _, last = (side.strip() for side in part.partition(" .. "))
    lines = code.splitlines()
    starts = [i for i, line in enumerate(lines) if first in line]
    ends = [
        i for i, line in enumerate(lines) if (last or first) in line and i >= min(starts or [0])
    ]
    if not starts or not ends:
        raise ValueError(f"these words are not in the code any more: {asked}")
    return "\n".join(lines[starts[0] : ends[0] + 1])
