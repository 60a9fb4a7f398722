"""How does a notebook show rows of cells, such as those of a run, as a table?"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from minikeras.plotting.fonts import spelled
from minikeras.plotting.run import Run

NONE = "-"


def run_table(run: Run) -> str:
    """Return a table of the first, best and last value of each curve; epochs count from 1.

    >>> text = run_table(Run([0, 1], {"loss": {0: 2.0, 1: 1.0}}, planned=9))
    >>> "1 (epoch 2)" in text, "2 of 9 epochs: stopped early" in text
    (True, True)
    """
    rows = []
    for name, curve in run.curves.items():
        values = list(curve.values())
        rows.append((name, f"{values[0]:.4g}", _best(run, name), f"{values[-1]:.4g}"))
    caption = f"{len(run.epochs)} epoch{'s' * (len(run.epochs) != 1)}"
    if run.has_stopped_early:
        caption = f"{run.epochs[-1] + 1} of {run.planned} epochs: stopped early"
    return html_table(caption, ("", "first", "best", "last"), rows)


def _best(run: Run, name: str) -> str:
    try:
        epoch = run.best(name)
    except ValueError:  # its name does not say whether a good one is small
        return NONE
    return NONE if epoch is None else f"{run.curves[name][epoch]:.4g} (epoch {epoch + 1})"


def html_table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], notes: Iterable[str] = ()
) -> str:
    """Return a table with notes below it; every text is shown as it is, whatever it holds.

    It sets no colours, so that it is at home on a light page and on a dark one.

    >>> print(html_table("a < b", ["name"], [["loss"]]))
    <table><caption>a &lt; b</caption>
    <thead><tr><th>name</th></tr></thead>
    <tbody><tr><td>loss</td></tr></tbody></table>
    """
    lines = [
        f"<table><caption>{_text(caption)}</caption>",
        f"<thead>{_row('th', head)}</thead>",
        f"<tbody>{''.join(_row('td', row) for row in rows)}</tbody></table>",
        *(f"<div>{_text(note)}</div>" for note in notes),
    ]
    return "\n".join(lines)


def _row(tag: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_text(cell)}</{tag}>' for cell in cells)}</tr>"


def _text(text: str) -> str:
    return html.escape(spelled(text))
