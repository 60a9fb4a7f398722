"""Where does a number lie in a picture, and which numbers stand at its edge?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from minikeras.lab.svg import Markup, Scale, around
from pictures.canvas import EDGE, SMALL, line, text
from pictures.language import text_width

LARGEST, SMALLEST = 1e100, 1e-100  # what is beyond is drawn as infinite, or as zero
MOST = 120  # points of a line that are drawn


@dataclass(frozen=True)
class Series:
    """The points of a line: x and y, where y is None for a hole and NaN for no number."""

    points: tuple[tuple[float, float | None], ...]

    @classmethod
    def of(cls, values: Any) -> Series:
        """Read a list (x is 1, 2, 3, ...) or a dict of y by x."""
        pairs = values.items() if isinstance(values, Mapping) else enumerate(values, start=1)
        return cls(tuple((float(x), None if y is None else tamed(float(y))) for x, y in pairs))

    def numbers(self) -> list[float]:
        """Return the finite values."""
        return [y for _, y in self.points if y is not None and math.isfinite(y)]

    def runs(self, is_log: bool = False) -> list[list[tuple[float, float]]]:
        """Return the pieces between holes, thinned out where there are many points."""
        size = math.ceil(2 * len(self.points) / MOST) if len(self.points) > MOST else 1
        pieces: list[list[tuple[float, float]]] = [[]]
        for start in range(0, len(self.points), size):
            some = self.points[start : start + size]
            drawn = [(x, y) for x, y in some if y is not None and math.isfinite(y)]
            drawn = [(x, y) for x, y in drawn if y > 0 or not is_log]
            if drawn:
                ends = {min(drawn, key=itemgetter(1)), max(drawn, key=itemgetter(1))}
                pieces[-1] += sorted(ends)
            else:
                pieces.append([])
        return [piece for piece in pieces if piece]

    def lost(self) -> list[tuple[float, float]]:
        """Return the points whose value is NaN or infinite."""
        return [(x, y) for x, y in self.points if y is not None and not math.isfinite(y)]


def tamed(value: float) -> float:
    """Return a number within reach of a scale.

    >>> tamed(1e200), tamed(1e-200), tamed(2.0)
    (inf, 0.0, 2.0)
    """
    if abs(value) > LARGEST:
        return math.copysign(math.inf, value)
    return 0.0 if abs(value) < SMALLEST else value


def written(value: float) -> str:
    """Write a number as short as it is on an axis.

    >>> written(0.5), written(1e20), written(100000.0)
    ('0.5', '1e20', '1e5')
    """
    if math.isnan(value):
        return "NaN"
    content = f"{value:.4g}" if abs(value) < 1e5 else f"{value:.3g}"
    digits, _, power = content.partition("e")
    return f"{digits}e{int(power)}" if power else content


def scale_for(values: Iterable[float], start: float, end: float, is_log: bool = False) -> Scale:
    """Return a scale with all values on it, however near to each other they are."""
    numbers = list(values)
    low, high = around(numbers, is_log)
    if not low < high or high - low < 1e-9 * max(abs(low), abs(high)):
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    return Scale(low, high, start, end, is_log)


def ticks_of(scale: Scale, most: int, room: float) -> list[tuple[float, str]]:
    """Return places and texts of ticks that keep `room` from each other."""
    rough = (_powers if scale.is_log else _round)(scale.low, scale.high, most)
    kept: list[tuple[float, str]] = []
    for value in rough or [scale.low, scale.high]:
        place, content = scale(value), written(value)
        if all(abs(place - other) >= room and content != seen for other, seen in kept):
            kept.append((place, content))
    return kept


def _round(low: float, high: float, most: int) -> list[float]:
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10, 20) if power * times >= rough * 0.75)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{n * step:.12g}") for n in range(first, last + 1)]


def _powers(low: float, high: float, most: int) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    digits = (1,) if last - first > 3 else (1, 3) if last - first > 1 else (1, 2, 5)
    every = max(1, (last - first) // (2 * most))
    powers = range(first, last + 1, every)
    found = [float(f"{digit}e{power}") for power in powers for digit in digits]
    return [value for value in found if low <= value <= high]


def left_axis(scale: Scale, left: float, right: float, most: int = 4) -> list[Markup]:
    """Return ticks with faint lines across the picture."""
    parts: list[Markup] = []
    for place, content in ticks_of(scale, most, 14):
        parts += [
            line(left, place, right, place, stroke_opacity=0.15),
            text(left - 5, place + 4, content, "end", SMALL),
        ]
    return parts


def left_margin(scale: Scale, most: int = 4) -> float:
    """Return the room that the numbers of an axis take."""
    return 8 + max((text_width(t, SMALL) for _, t in ticks_of(scale, most, 14)), default=0)


def bottom_axis(x: Scale, y: float, title: str) -> list[Markup]:
    """Return the line at the bottom with whole numbers below it, and what they count."""
    parts = [line(x.start - 4, y, x.end + 4, y, **EDGE)]
    widest = max(text_width(written(value), SMALL) for value in (x.low, x.high)) + 8
    most = max(1, min(10, int((x.end - x.start) / widest)))
    for place, content in ticks_of(x, most, widest):
        if "." not in content or x.high - x.low < 1:
            half = text_width(content, SMALL) / 2
            parts += [
                line(place, y, place, y + 4, **EDGE),
                text(min(place, 359 - half), y + 15, content, "middle", SMALL),
            ]
    return [*parts, text(x.end + 4, y + 29, title, "end", SMALL)]
