"""How do numbers go up and down? Lines with their names on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from minikeras.lab.svg import COLOURS, Markup, Scale, element, path
from pictures.axes import Series, bottom_axis, left_axis, left_margin, scale_for, tamed, written
from pictures.canvas import SMALL, WIDTH, Box, frame, line, text
from pictures.labels import Point, place_on_lines, rows_for
from pictures.language import shortened, text_width, word
from pictures.looks import KNOWN, LOST, MARKS, OTHERS, Look, cross, stroke

TALL, LOW = 150, 46  # the panels
SWATCH = 26  # a piece of the line before its name, and the space after it
FEW = 30  # points up to which each gets a dot
LINE = 15


@dataclass(frozen=True)
class Line:
    """A line to draw: its name in the reader's language, its look and its numbers."""

    name: str
    look: Look
    series: Series

    def swatch(self, x: float, y: float) -> Markup:
        """Return a piece of the line, to stand before its name."""
        if self.look is LOST:
            return cross(x + SWATCH - 11, y)
        return stroke(self.look, d=f"M{x:.1f} {y:.1f}h{SWATCH - 6}")


def lines(
    *,
    marks: Mapping[float, str] | None = None,
    log: bool = False,
    x: str = "epoch",
    y: str = "loss",
    bottom: float | None = None,
    difference: bool = False,
    lr: Sequence[float] | None = None,
    **series: Any,
) -> Markup:
    """Return labelled lines: `lines(train=[...], held_out=[...])`; names are looked up as words.

    A series is a list (epochs 1, 2, 3, ...) or a dict of y by x. None is a hole; NaN and infinite
    numbers are marked by a cross at the top.

    - `marks`: labelled vertical lines by x, as `{10: "best", 13: "stop", 5.5: "fit_again"}`.
    - `log`: an axis of powers of ten. `bottom`: where the axis begins.
    - `lr`: learning rates, as stairs in a panel below.
    - `difference`: a panel below with the first line minus the second.
    """
    drawn = _named(series)
    places = [place for one in drawn for place, _ in one.series.points]
    places += [float(place) for place in marks or {}]
    values = [number for one in drawn for number in one.series.numbers()]
    values += [] if bottom is None else [float(bottom)]
    upright = scale_for(values, 0, TALL, log)
    lower = _lower(drawn, lr, difference)
    left = max(left_margin(s, most) for s, most in [(upright, 4), *((s[2], 2) for s in lower)])
    across = Scale(min(places, default=1), max(places, default=2), left + 6, WIDTH - 10)
    if across.low == across.high:
        across = Scale(across.low - 1, across.high + 1, across.start, across.end)

    parts, top = _marks(marks or {}, across, word(y))
    strokes = [((across(at), top), (across(at), top + TALL)) for at in marks or {}]
    upright = Scale(upright.low, upright.high, top + TALL, top, log)
    parts += left_axis(upright, left, WIDTH - 6)
    pieces = [
        [[(across(a), upright(b)) for a, b in run] for run in one.series.runs(log)] for one in drawn
    ]
    lost = {
        round(across(at) / 8) * 8.0: number for one in drawn for at, number in one.series.lost()
    }
    for one, mine in zip(drawn, pieces, strict=True):
        parts += _drawn(one, mine)
    if lost:
        crosses = [[(at - 4, top + 8), (at + 4, top + 8)] for at in sorted(lost)]
        pieces.append(crosses)
        drawn.append(Line(", ".join(sorted({written(n) for n in lost.values()})), LOST, Series(())))
        parts += [cross(at, top + 8) for at in sorted(lost)]
    named, end = _names(drawn, pieces, strokes, Box(left, top, WIDTH - 8 - left, TALL))
    parts += named
    for title, look, scale, found in lower:
        low = Scale(scale.low, scale.high, end + 34 + LOW, end + 34)
        parts += _panel(title, look, low, found, across)
        end = low.start + 8
    return frame(*parts, *bottom_axis(across, end, word(x)), height=end + 34)


def _named(series: Mapping[str, Any]) -> list[Line]:
    others = iter(OTHERS * len(series))
    drawn = []
    for name, values in series.items():
        known = KNOWN.get("held_out" if name.startswith("val_") else name)
        name = shortened(word(name), WIDTH - 90)
        drawn.append(Line(name, known or next(others), Series.of(values)))
    return drawn


def _lower(
    drawn: list[Line], lr: Sequence[float] | None, has_difference: bool
) -> list[tuple[str, Look, Scale, Series]]:
    """Return the panels below: title, look, the numbers' reach, and points."""
    panels = []
    if lr is not None:
        panels.append((word("lr"), KNOWN["lr"], Series.of(lr)))
    if has_difference:
        first, second = (dict(one.series.points) for one in drawn[:2])
        apart = {
            at: None if y is None or second.get(at) is None else tamed(y - second[at])  # type: ignore[operator]
            for at, y in first.items()
            if at in second
        }
        panels.append((word("difference"), ("currentColor", None, 2.0), Series.of(apart)))
    return [
        (title, look, scale_for(found.numbers(), 0, LOW), found) for title, look, found in panels
    ]


def _marks(marks: Mapping[float, str], across: Scale, title: str) -> tuple[list[Markup], float]:
    """Return labelled upright lines and the title of the axis, and where the panel begins."""
    title = shortened(title, WIDTH - 20)
    names = [shortened(word(name), WIDTH - 20) for name in marks.values()]
    wanted = [(text_width(title) / 2 + 2, text_width(title))]
    wanted += [(across(at), text_width(name)) for at, name in zip(marks, names, strict=True)]
    rows = rows_for(wanted)
    top = 8.0 + LINE * (1 + max(row for _, row in rows))
    parts = [text(2, 12 + LINE * rows[0][1], title)]
    for (at, key), name, (start, row) in zip(marks.items(), names, rows[1:], strict=True):
        colour, dashes = MARKS.get(key, ("", "4 4"))
        foot = 15 + LINE * row
        look = {"stroke": COLOURS.get(colour, "currentColor"), "stroke_dasharray": dashes}
        parts += [
            line(across(at), foot, across(at), top + TALL, **look, stroke_opacity=1),
            text(start, foot - 3, name, halo=True),
        ]
    return parts, top


def _drawn(one: Line, pieces: list[list[Point]]) -> list[Markup]:
    way = "".join(path([(round(a, 1), round(b, 1)) for a, b in piece]) for piece in pieces)
    count = sum(len(piece) for piece in pieces)
    dots = [p for piece in pieces for p in piece if len(piece) == 1 or count <= FEW]
    size = max(2.2, one.look[2] / 2 + 0.6)
    dotted = "".join(f"M{a - size:.1f} {b:.1f}a{size} {size} 0 1 1 0 .1z" for a, b in dots)
    parts = [stroke(one.look, d=way)] if any(len(piece) > 1 for piece in pieces) else []
    return parts + ([element("path", d=dotted, fill=one.look[0], stroke=one.look[0])] * bool(dots))


def _names(
    drawn: list[Line],
    pieces: list[list[list[Point]]],
    strokes: list[tuple[Point, Point]],
    field: Box,
) -> tuple[list[Markup], float]:
    """Return the names of lines, on the lines where there is room, else in rows below the panel."""
    widths = [text_width(one.name) + SWATCH for one in drawn]
    parts: list[Markup] = []
    end = field.y + field.height
    for one, found in zip(drawn, place_on_lines(widths, pieces, strokes, field), strict=True):
        if found is None:
            end += LINE if end > field.y + field.height else LINE + 2
        x, y = (found.x, found.y) if found else (field.x, end - LINE)
        parts += [one.swatch(x, y + 7.5), text(x + SWATCH - 2, y + 11.5, one.name)]
    return parts, end + (4 if end > field.y + field.height else 0)


def _panel(title: str, look: Look, scale: Scale, found: Series, across: Scale) -> list[Markup]:
    stairs = look is KNOWN["lr"]
    runs = [[(across(a), scale(b)) for a, b in run] for run in found.runs()]
    if stairs:  # a rate holds for a whole epoch: from its middle to the next
        half = (across(across.low + 1) - across.start) / 2
        runs = [
            [(max(a - half, across.start - 4), b) for a, b in run]
            + [(min(run[-1][0] + half, across.end + 4), run[-1][1])]
            for run in runs
        ]
    rounded = [[(round(a, 1), round(b, 1)) for a, b in run] for run in runs]
    return [
        *left_axis(scale, across.start - 6, WIDTH - 6, most=2),
        text(2, scale.end - 10, title, size=SMALL),
        *(stroke(look, d=path(run, stairs)) for run in rounded),
    ]
