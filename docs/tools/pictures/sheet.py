"""What does a file or an object say? Its text on a sheet, and pictures below each other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from minikeras.lab.svg import Markup, element
from pictures.axes import written
from pictures.canvas import LIGHT, SMALL, WIDTH, box, frame, text
from pictures.language import shortened, text_width, word

ROW, MOST = 16, 24


def sheet(content: Any, name: str = "", lit: Iterable[int] = ()) -> Markup:
    """Return text on a sheet: a string (the lines of a file), a dict (a key a line), or rows.

    `name` stands above it, `lit` are the lines (from 0) that stand out. After 24 lines it breaks
    off.
    """
    lines = _lines(content)
    marked, cut = set(lit), len(lines) > MOST
    shown = [*lines[: MOST - 1], "⋮"] if cut else lines or [""]
    top = 24.0 if name else 2.0
    sizes = [SMALL, 10, 9]
    room = WIDTH - 20
    size = next((s for s in sizes if all(text_width(t, s, True) <= room for t in shown)), 9)
    parts = [text(6, 15, word(name), size=SMALL, mono=True, bold=True)] if name else []
    parts.append(box(2, top, WIDTH - 4, ROW * len(shown) + 10))
    for i, one in enumerate(shown):
        y = top + 17 + ROW * i
        if i in marked:
            parts.append(box(6, y - 12, WIDTH - 12, ROW, 2, stroke="none", **LIGHT))
        label = text(
            10, y, shortened(one, room, size, True), size=size, mono=True, bold=i in marked
        )
        parts.append(Markup(label.replace("<text ", '<text xml:space="preserve" ', 1)))
    return frame(*parts, height=top + ROW * len(shown) + 12)


def _lines(content: Any) -> list[str]:
    if isinstance(content, str):
        return [line.expandtabs(4).rstrip() for line in content.strip("\n").split("\n")]
    if isinstance(content, Mapping):
        items = ",\n ".join(f"{key!r}: {_short(value)}" for key, value in content.items())
        return f"{{{items}}}".split("\n")
    table = [[str(_short(cell)) for cell in row] for row in content]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return [
        "  ".join(cell.rjust(size) for cell, size in zip(row, widths, strict=True)) for row in table
    ]


def _short(value: Any) -> str:
    """Write a value with numbers of at most four digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(_short(one) for one in value)}]"
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return written(number) if math.isfinite(number) else str(number)


def stack(*pictures: str) -> Markup:
    """Return pictures below each other as one.

    `stack(sheet(history.history, "history.history"), lines(train=history.history["loss"]))`
    """
    parts: list[Markup] = []
    y = 0.0
    for picture in pictures:
        found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
        if found is None:
            raise ValueError("stack takes pictures: one of these is none")
        width, height = float(found[1]), float(found[2])
        tall = height * WIDTH / width
        inside = re.sub(r"^<svg[^>]*>(<title>.*?</title>)?|</svg>$", "", picture, flags=re.DOTALL)
        size = re.search(r'font-size="([\d.]+)"', picture.partition(">")[0])
        parts.append(
            element(
                "svg",
                Markup(inside),
                y=round(y, 1),
                width=WIDTH,
                height=round(tall, 1),
                viewBox=found[0][9:-1],
                font_size=size[1] if size else None,
            )
        )
        y += tall + 12
    return frame(*parts, height=y - 12)
