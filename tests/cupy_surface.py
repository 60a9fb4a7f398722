"""Which names has CuPy, and how are they called? `python -m tests.cupy_surface`, where it is there.

Writes cupy_surface.json: the functions that minikeras calls as `xp.name`, with their parameters,
and what an array has. No GPU is needed for that. tests/cupy_here.py goes by it.
"""

import ast
import inspect
import json
from pathlib import Path

SURFACE = Path(__file__).with_suffix(".json")
ROOT = Path(__file__).parents[1] / "minikeras"


def names_of_functions():
    """Return the names that minikeras writes after `xp.` or `array_module(..).`."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.rglob("*.py")]
    asked = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return sorted({one.attr for one in asked if _is_module(ast.unparse(one.value))})


def _is_module(code):
    return code == "xp" or (code.startswith("array_module(") and code.endswith(")"))


def parameters_of(function):
    """Return the name and kind of each parameter, and whether it may be left out."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[p.name, p.kind.value, p.default is not p.empty] for p in parameters]


def main():
    import cupy

    functions = {
        name: "ufunc" if isinstance(got, cupy.ufunc) else parameters_of(got)
        for name in names_of_functions()
        if (got := getattr(cupy, name, None)) is not None  # else an array has it
    }
    told = {"version": cupy.__version__, "functions": functions, "array": dir(cupy.ndarray)}
    SURFACE.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
