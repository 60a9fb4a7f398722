"""How is a picture written as text? Elements, colours, and a scale from numbers to places."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

# Colours that can be told apart and read on white and on black; the page may set its own.
COLOURS = {
    "train": "var(--mk-train, #b8620a)",
    "score": "var(--mk-score, #1f6fb2)",
    "best": "var(--mk-best, #2c8545)",
    "stop": "var(--mk-stop, #d03b3b)",
    "lr": "var(--mk-lr, #8a5cd0)",
    "quiet": "var(--mk-quiet, #808088)",
}
DASHES = {"train": "7 3", "score": None, "best": "2 3", "stop": "9 4", "lr": None, "quiet": "3 4"}
HALO = {  # letters stay readable where a line passes behind them
    "paint_order": "stroke",
    "stroke": "var(--md-default-bg-color, transparent)",
    "stroke_width": 3,
    "stroke_linejoin": "round",
}


class Markup(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: object) -> Markup:
    """Return an element of SVG or HTML; plain text is escaped, elements inside it are kept.

    `_` in a name stands for `-`, one at the end goes away, and an attribute of None is left out.

    >>> element("text", "a < b", element("tspan", "!"), font_size=12, class_="mk-label", id=None)
    '<text font-size="12" class="mk-label">a &lt; b<tspan>!</tspan></text>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_written(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(
        child if isinstance(child, Markup) else escape(child, quote=False) for child in children
    )
    return Markup(f"<{tag}{given}>{inside}</{tag}>")


def _written(value: object) -> str:
    return escape(value) if isinstance(value, str) else number(value)


def group(*children: str, **attributes: object) -> Markup:
    """Return a `g` that holds elements.

    >>> group(element("line", x1=0), stroke="red")
    '<g stroke="red"><line x1="0"></line></g>'
    """
    return element("g", *children, **attributes)


def number(value: object) -> str:
    """Write a number with at most two places, which is finer than any screen; others as they are.

    >>> number(1 / 3), number(2.0), number("auto")
    ('0.33', '2', 'auto')
    """
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)


def path(points: list[tuple[float, float]], is_stairs: bool = False) -> str:
    """Return the `d` of a line through points, or of stairs that hold each level to the next.

    >>> path([(0, 1), (2, 3)]), path([(0, 1), (2, 3)], is_stairs=True)
    ('M0 1L2 3', 'M0 1H2V3')
    """
    if not points:
        return ""
    first = f"M{number(points[0][0])} {number(points[0][1])}"
    if is_stairs:
        return first + "".join(f"H{number(x)}V{number(y)}" for x, y in points[1:])
    return first + "".join(f"L{number(x)} {number(y)}" for x, y in points[1:])


def canvas(title: str, *children: str, width: float, height: float, **attributes: object) -> Markup:
    """Return a whole picture, as wide as there is room, that `title` tells to who cannot see it.

    >>> canvas("A dot.", element("circle", r=1), width=20, height=10)[:43]
    '<svg xmlns="http://www.w3.org/2000/svg" vie'
    """
    return element(
        "svg",
        element("title", title),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        **{"role": "img", "class_": "mk-picture", "font_family": "inherit", "font_size": 13}
        | {"fill": "currentColor", "style": f"max-width:{number(width)}px;width:100%;height:auto"}
        | attributes,
    )


@dataclass(frozen=True)
class Scale:
    """Where a number lies in a picture: `low` at `start`, `high` at `end`.

    >>> y = Scale(0.0, 1.0, start=200.0, end=0.0)
    >>> y(0.25), y.ticks(4)
    (150.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def __call__(self, value: float) -> float:
        low, high, value = (self._bent(number) for number in (self.low, self.high, value))
        share = (value - low) / (high - low) if high != low else 0.5
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int = 5) -> list[float]:
        """Return round numbers in reach, a few more or less than `most`."""
        if self.is_log:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            return [10.0**power for power in range(first, last + 1)]
        rough = (self.high - self.low) / max(1, most) or 1.0
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * 0.75)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(n * step, 12) for n in range(first, last + 1)]

    def _bent(self, value: float) -> float:
        return math.log10(value) if self.is_log else value


def around(values: list[float], is_log: bool = False) -> tuple[float, float]:
    """Return a low and a high number with all finite `values` between them.

    >>> around([10.0, 20.0]), around([100.0, 200.0])
    ((0.0, 21.0), (0.0, 210.0))
    >>> around([90.0, 100.0]), around([1.0, 10.0], is_log=True)
    ((89.5, 100.5), (0.9, 11.100000000000001))
    """
    finite = [value for value in values if math.isfinite(value) and (value > 0 or not is_log)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    if is_log:
        return (low * 0.9, high * 1.11) if finite else (0.1, 1.0)
    if 0 <= low <= 0.6 * high or low == high >= 0:
        return 0.0, high * 1.05 or 1.0
    room = (high - low or abs(high)) * 0.05
    return low - room, high + room
