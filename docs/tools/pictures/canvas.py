"""What are pictures made of? Texts that know their room, boxes, arrows, and one frame for all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from minikeras.lab.svg import COLOURS, HALO, Markup, element, number
from pictures.language import shortened, text_width

WIDTH = 360  # of every picture: a phone shows it nearly as it is, a wide screen a third larger
SIZE, SMALL = 12, 11
MONO = "var(--md-code-font-family, ui-monospace, monospace)"
PALE: dict[str, Any] = {"fill": "currentColor", "fill_opacity": 0.07}
EDGE: dict[str, Any] = {"stroke": "currentColor", "stroke_opacity": 0.45}
LIGHT: dict[str, Any] = {"fill": COLOURS["best"], "fill_opacity": 0.2}


@dataclass(frozen=True)
class Box:
    """A rectangle, for what must not lie upon each other.

    >>> Box(0, 0, 2, 2).meets(Box(1, 1, 2, 2)), Box(0, 0, 2, 2).meets(Box(2, 0, 2, 2))
    (True, False)
    """

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box, distance: float = 0) -> bool:
        """Tell whether two boxes overlap or are nearer than a distance."""
        return (
            self.x < other.x + other.width + distance
            and other.x < self.x + self.width + distance
            and self.y < other.y + other.height + distance
            and other.y < self.y + self.height + distance
        )


def frame(*parts: str, height: float) -> Markup:
    """Return the whole picture; its title is added when the caption is known."""
    return element(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        class_="mk-picture",
        viewBox=f"0 0 {WIDTH} {number(float(math.ceil(height)))}",
        role="img",
        font_family="inherit",
        font_size=SIZE,
        fill="currentColor",
        style="width:100%;max-width:480px;height:auto",
    )


def text(
    x: float,
    y: float,
    content: str,
    anchor: str = "start",
    size: float = SIZE,
    mono: bool = False,
    bold: bool = False,
    halo: bool = False,
) -> Markup:
    """Return a line of text whose foot is at `y`, cut where the picture ends."""
    content = "".join(letter if letter.isprintable() else "\ufffd" for letter in content)
    half = min(x, WIDTH - x) * 2
    room = {"start": WIDTH - x, "end": x, "middle": half}[anchor]
    return element(
        "text",
        shortened(content, room + 0.1, size, mono),
        x=round(float(x), 1),
        y=round(float(y), 1),
        text_anchor=None if anchor == "start" else anchor,
        font_size=None if size == SIZE else size,
        font_family=MONO if mono else None,
        font_weight="bold" if bold else None,
        **HALO if halo else {},
    )


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> Markup:
    """Return a line, faint unless it is told otherwise."""
    return element(
        "path",
        d=f"M{_place(x1)} {_place(y1)}L{_place(x2)} {_place(y2)}",
        **{"fill": "none", **EDGE, **attributes},
    )


def box(
    x: float, y: float, width: float, height: float, rx: float = 4, **attributes: object
) -> Markup:
    """Return a box with a faint edge."""
    places = {"x": x, "y": y, "width": width, "height": height}
    return element(
        "rect",
        **{name: round(float(place), 1) for name, place in places.items()},
        **{"rx": rx, **PALE, **EDGE, **attributes},
    )


def arrow(*points: tuple[float, float], **attributes: object) -> Markup:
    """Return an arrow along points; its head is drawn, so that no ids are needed."""
    (x1, y1), (x2, y2) = points[-2:]
    turn = math.atan2(y2 - y1, x2 - x1)
    head = [
        (x2 - 7 * math.cos(turn + side), y2 - 7 * math.sin(turn + side)) for side in (0.45, -0.45)
    ]
    way = "L".join(f"{_place(x)} {_place(y)}" for x, y in points)
    tip = "L".join(f"{_place(x)} {_place(y)}" for x, y in (head[0], (x2, y2), head[1]))
    look = {"fill": "none", "stroke": "currentColor", "stroke_width": 1.4, **attributes}
    return element("path", d=f"M{way}M{tip}", **look)


def middle_of(lines: list[tuple[str, bool]], x: float, y: float) -> list[Markup]:
    """Return lines of text (and whether each is code) below each other around x, from y down."""
    return [
        text(x, y + 15 * i, content, "middle", SMALL if mono else SIZE, mono)
        for i, (content, mono) in enumerate(lines)
    ]


def room_of(content: str, mono: bool = False) -> float:
    """Return the room that a label takes: code is a little smaller."""
    return text_width(content, SMALL if mono else SIZE, mono)


def _place(value: float) -> str:
    return number(round(float(value), 1))
