"""What does a file of CSVLogger tell, and how does it become a picture?"""

from __future__ import annotations

import csv
import io
import math
import os
import re

from minikeras.plotting.figure import draw
from minikeras.plotting.run import Run
from minikeras.whole_file import check_writable, make_folder, write_whole

ENDINGS = (".png", ".svg", ".pdf")
FORMULA = ("'=", "'+", "'-", "'@")  # CSVLogger's `'` keeps spreadsheets from computing such a name


def plot_log(
    filename: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    monitor: str = "val_loss",
    mode: str = "auto",
    dark: bool = False,
) -> str:
    """Draw the last run in a file of CSVLogger; return the path of the picture.

    - `output`: where to, ending in .png, .svg or .pdf; the log's own name with .png unless given.
      Missing folders are made; an older picture is replaced.
    - `monitor`, `mode`, `dark`: as in `draw`.

    OSError or ValueError, and nothing is written, where there is no such file, it is not one of
    CSVLogger's or has no rows, or the picture cannot be drawn or written.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> with open(f"{folder}/log.csv", "w") as file:
    ...     _ = file.write("epoch,loss\\n0,0.5\\n1,0.25\\n")
    >>> plot_log(f"{folder}/log.csv").removeprefix(folder)
    '/log.png'
    """
    filename = os.fspath(filename)
    output = os.path.splitext(filename)[0] + ENDINGS[0] if output is None else os.fspath(output)
    ending = os.path.splitext(output)[1].lower()
    if ending not in ENDINGS:
        raise ValueError(f"the picture {output!r} ends in none of {', '.join(ENDINGS)}: choose one")
    runs = read_log(filename)
    if os.path.exists(output) and os.path.samefile(filename, output):
        raise ValueError(f"{output!r} is the log itself: give the picture another name")
    check_writable(output)
    title = os.path.basename(filename)
    if len(runs) > 1:
        title += f", run {len(runs)} of {len(runs)}"
    figure = draw(runs[-1], monitor, mode, dark, title)
    make_folder(os.path.dirname(os.path.realpath(output)))
    form, ground = ending[1:], figure.get_facecolor()
    write_whole(
        output, lambda file: figure.savefig(file, format=form, facecolor=ground), overwrite=True
    )
    return output


def read_log(filename: str | os.PathLike[str]) -> list[Run]:
    """Return the runs in a file of CSVLogger: one begins where epochs do not go on rising.

    `NA` and what is no number are left out, and so is half a row at the end. ValueError for what
    CSVLogger did not write, or has no row in it yet; OSError for what cannot be read.
    """
    filename = os.fspath(filename)
    if not os.path.exists(filename):
        raise FileNotFoundError(f"there is no file {filename!r}: give one that CSVLogger wrote")
    with open(filename, encoding="utf-8-sig", errors="replace", newline="") as file:
        text = file.read()
    begin = re.match(r'"?epoch"?([^\r\n]?)', text)
    if text and begin is None:
        raise ValueError(f"{filename!r} is no file of CSVLogger: its first column is not 'epoch'")
    separator = begin[1] if begin and begin[1] else ","
    whole = io.StringIO(text[: text.rfind("\n") + 1], newline="")
    try:
        header, *rows = [*csv.reader(whole, delimiter=separator)] or [[]]
        runs = _runs([_key(title) for title in header[1:]], rows)
    except (csv.Error, ValueError):
        raise ValueError(f"{filename!r} is no file of CSVLogger, or it is damaged") from None
    if not runs:
        raise ValueError(f"{filename!r} has no rows yet: CSVLogger adds one after each epoch")
    return runs


def _runs(names: list[str], rows: list[list[str]]) -> list[Run]:
    """Split rows where a run begins; ValueError for one that does not fit the header."""
    runs: list[dict[int, list[str]]] = []
    before = math.inf
    for first, *cells in rows:
        epoch = int(first)
        if epoch <= before:
            runs.append({})
        runs[-1][epoch] = cells
        before = epoch
    return [Run(list(run), _curves(names, run)) for run in runs]


def _curves(names: list[str], run: dict[int, list[str]]) -> dict[str, dict[int, float]]:
    columns = zip(*run.values(), strict=True)
    curves = {}
    for name, column in zip(names, columns, strict=True):
        numbers = {epoch: _number(cell) for epoch, cell in zip(run, column, strict=True)}
        curves[name] = {epoch: n for epoch, n in numbers.items() if n is not None}
    return {name: curve for name, curve in curves.items() if curve}


def _key(title: str) -> str:
    return title[1:] if title.startswith(FORMULA) else title


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:  # NA, or a sequence
        return None
