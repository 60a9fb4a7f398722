"""What does a cell show? Its prints as they come, then its value and figures, or its error."""

import json
import linecache
import os
import sys
import traceback
import warnings
from typing import Any

from pyodide.code import eval_code_async

SITE = next(path for path in sys.path if path.endswith("site-packages"))  # minikeras lies there
OURS = ("<cell ", f"{SITE}/minikeras/")

os.environ["MPLBACKEND"] = "svg"  # read by matplotlib, should a cell import it
warnings.filterwarnings("ignore", "FigureCanvas.* non-interactive")  # show() shows at the end
warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the reader's fonts have it


async def run(code: str, name: str, cells: dict[str, Any]) -> str:
    """Run a cell in the namespace that all share; return as JSON what became of it."""
    file = f"<cell {name}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    try:
        value = await eval_code_async(code, cells, filename=file)
        return json.dumps({"shown": [*shown(value), *figures()]})
    except BaseException as error:  # SystemExit too: the page goes on
        return failure(error)


def call(name: str, data: str, cells: dict[str, Any]) -> str:
    """Call a function that a cell has defined; return as JSON its string."""
    try:
        return json.dumps({"result": cells[name](data)})
    except BaseException as error:
        return failure(error)


def failure(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return json.dumps({"stopped": True})
    missing = error.name if isinstance(error, ImportError) else None
    return json.dumps({"error": short(error), "missing": missing})


def shown(value: Any) -> list[tuple[str, str]]:
    """Choose as a notebook does: a picture of itself where the value has one, else its repr."""
    if value is None:
        return []
    for kind in ("html", "svg"):
        drawn = getattr(value, f"_repr_{kind}_", lambda: None)()
        if drawn:
            return [(kind, drawn)]
    return [("text", f"{value!r}\n")]


def figures() -> list[tuple[str, str]]:
    """Draw what matplotlib holds, with letters as text: its own font knows few scripts."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    import io

    drawn = []
    with pyplot.rc_context({"svg.fonttype": "none"}):
        for number in pyplot.get_fignums():
            file = io.StringIO()
            pyplot.figure(number).savefig(file, format="svg", bbox_inches="tight")
            drawn.append(("svg", file.getvalue()))
    pyplot.close("all")
    return drawn


def short(error: BaseException) -> str:
    """Tell an error in the order in which it is read: what went wrong, then where.

    Only the lines of cells and of minikeras are told; what lies between is nobody's concern here.
    """
    told = traceback.TracebackException.from_exception(error)
    frames = [frame for frame in told.stack if frame.filename.startswith(OURS)]
    where = "".join(traceback.StackSummary.from_list(frames).format())
    return "".join(told.format_exception_only()) + where.replace(f"{SITE}/", "")
