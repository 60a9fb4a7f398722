"""How much of each? Bars, in panels on one scale, or as wide as what they stand for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from minikeras.lab.svg import COLOURS, Markup, Scale
from pictures.axes import left_axis, left_margin, scale_for, tamed, written
from pictures.canvas import SMALL, WIDTH, box, frame, line, text
from pictures.language import is_code, shortened, text_width, word
from pictures.looks import KNOWN

TALL = 84


def bars(
    *groups: Mapping[str, float],
    y: str = "",
    lit: Iterable[object] = (),
    **named: Mapping[str, float],
) -> Markup:
    """Return bars: `bars({"lr .1": .96, "lr 3": .08})`, or a panel per name on a common scale.

    `bars(train={"0": 143, ...}, held_out={...})`. Long labels make the bars lie. `y` says what is
    counted, and `lit` names the bars that stand out.
    """
    panels = [("", dict(group)) for group in groups] + [(n, dict(g)) for n, g in named.items()]
    numbers = [tamed(float(v)) for _, group in panels for v in group.values()]
    finite = [number for number in numbers if math.isfinite(number)]
    longest = max((text_width(word(k), SMALL) for _, g in panels for k in g), default=0)
    most = max((len(group) for _, group in panels), default=1)
    bright = {str(one) for one in lit}
    parts: list[Markup] = []
    end = 0.0
    if y:
        parts, end = [text(2, 12, word(y))], 18.0
    for name, group in panels:
        if name:
            parts.append(text(2, end + 13, word(name), bold=True))
            end += 18
        colour = KNOWN.get(name, (COLOURS["score"], None, 2))[0]
        draw = _lying if longest > (WIDTH - 8) / max(most, 1) - 4 and most <= 24 else _standing
        some, end = draw(group, finite, colour, bright, end)
        parts += some
    return frame(*parts, height=end + 2)


def _lying(
    group: Mapping[str, float], finite: list[float], colour: str, lit: set[str], top: float
) -> tuple[list[Markup], float]:
    names = {key: shortened(word(key), WIDTH / 2, SMALL, is_code(key)) for key in group}
    left = 8 + max((text_width(n, SMALL, is_code(k)) for k, n in names.items()), default=0)
    room = max((text_width(written(number), SMALL) for number in finite), default=0) + 28
    scale = scale_for([*finite, 0.0], left, WIDTH - room)
    zero, parts = scale(0.0), []
    for i, (key, value) in enumerate(group.items()):
        y, number = top + 6 + 20 * i, tamed(float(value))
        place = scale(number) if math.isfinite(number) else zero
        first, last = sorted((zero, place))
        parts += [
            text(left - 6, y + 11, names[key], "end", SMALL, is_code(key)),
            box(first, y, max(1.0, last - first), 14, 2, **_paint(colour, str(key) in lit)),
            text(last + 5, y + 11, written(number), size=SMALL, bold=str(key) in lit),
        ]
    return parts, top + 8 + 20 * len(group)


def _standing(
    group: Mapping[str, float], finite: list[float], colour: str, lit: set[str], top: float
) -> tuple[list[Markup], float]:
    contents = [written(tamed(float(value))) for value in group.values()]
    slot = (WIDTH - 8) / max(1, len(group))
    shows = max((text_width(c, SMALL) for c in contents), default=0) <= slot - 3
    scale = scale_for([*finite, 0.0], top + TALL + 16, top + 16)
    left = 4.0 if shows else left_margin(scale)
    slot = (WIDTH - 4 - left) / max(1, len(group))
    parts = [] if shows else left_axis(scale, left, WIDTH - 4)
    wide, free = min(slot * 0.72, 48.0), -math.inf
    for i, ((key, value), content) in enumerate(zip(group.items(), contents, strict=True)):
        middle, number = left + slot * (i + 0.5), tamed(float(value))
        place = scale(number) if math.isfinite(number) else scale(0.0)
        first, last = sorted((place, scale(0.0)))
        is_lit = str(key) in lit
        paint = _paint(colour, is_lit)
        parts.append(box(middle - wide / 2, first, wide, max(1.0, last - first), 1, **paint))
        if shows:
            parts.append(text(middle, first - 4, content, "middle", SMALL, bold=is_lit))
        width = text_width(word(key), SMALL)
        if middle - width / 2 > free:
            parts.append(text(middle, top + TALL + 30, word(key), "middle", SMALL, bold=is_lit))
            free = middle + width / 2 + 3
    parts.append(line(left, scale(0.0), WIDTH - 4, scale(0.0)))
    return parts, top + TALL + 36


def wide_bars(values: Sequence[float], sizes: Sequence[float], y: str = "loss") -> Markup:
    """Return bars as wide as batches, with the mean by size and the mean of the bars.

    ValueError where there are not as many values as sizes.
    """
    if len(values) != len(sizes) or not values:
        raise ValueError(f"{len(values)} values and {len(sizes)} sizes: give as many of both")
    numbers = [tamed(float(value)) for value in values]
    total = float(sum(sizes))
    means = {
        "mean_by_size": sum(v * s for v, s in zip(numbers, sizes, strict=True)) / total,
        "mean_of_bars": sum(numbers) / len(numbers),
    }
    looks = {"mean_by_size": (COLOURS["best"], None), "mean_of_bars": (COLOURS["stop"], "6 4")}
    finite = [n for n in [*numbers, *means.values()] if math.isfinite(n)]
    scale = scale_for([*finite, 0.0], 160, 58)
    left = left_margin(scale)
    across = Scale(0.0, total, left, WIDTH - 4)
    parts = [text(2, 12, word(y)), *left_axis(scale, left, WIDTH - 4)]
    start, free = 0.0, -math.inf
    for number, size in zip(numbers, sizes, strict=True):
        a, b = across(start), across(start + float(size))
        first, last = sorted((scale(number if math.isfinite(number) else 0.0), scale(0.0)))
        paint = _paint(COLOURS["train"], False)
        parts.append(box(a, first, max(0.5, b - a), max(1.0, last - first), 0, **paint))
        width, middle = text_width(written(float(size)), SMALL), (a + b) / 2
        if middle - width / 2 > free:
            parts.append(text(middle, 174, written(float(size)), "middle", SMALL))
            free = middle + width / 2 + 4
        start += float(size)
    for i, (name, mean) in enumerate(means.items()):
        colour, dashes = looks[name]
        look = {"stroke": colour, "stroke_dasharray": dashes, "stroke_width": 2.5}
        y_label = 28 + 16 * i
        label = f"{word(name)}: {written(mean)}"
        parts += [line(left, y_label - 4, left + 22, y_label - 4, **look, stroke_opacity=1)]
        parts += [text(left + 28, y_label, label)]
        if math.isfinite(mean):
            parts.append(line(left, scale(mean), WIDTH - 4, scale(mean), **look, stroke_opacity=1))
    return frame(*parts, text(WIDTH - 4, 190, word("rows_of_batch"), "end", SMALL), height=196)


def _paint(colour: str, is_lit: bool) -> dict[str, object]:
    look = {"fill": colour, "fill_opacity": 0.3, "stroke": colour, "stroke_opacity": 1}
    return look | ({"stroke": "currentColor", "stroke_width": 2.5} if is_lit else {})
