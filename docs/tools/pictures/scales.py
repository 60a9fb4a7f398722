"""Where on a line does it lie? A score beside its bar, and a step among epochs."""

from __future__ import annotations

import math
from collections.abc import Iterable

from minikeras.lab.svg import COLOURS, Markup, Scale, element
from pictures.axes import tamed, written
from pictures.canvas import LIGHT, SMALL, WIDTH, arrow, box, frame, line, text
from pictures.labels import rows_for
from pictures.language import shortened, text_width, word

BANDS = 40  # epochs up to which each is drawn


def number_line(
    best: float, min_delta: float = 0, mode: str = "min", new: float | Iterable[float] | None = None
) -> Markup:
    """Return the best score on a line, the band in which a score does not count as better, and
    the side that is better; `new` shows candidates, each with what is said of it.

    ValueError for a mode that is neither "min" nor "max", or a best score that is no number.
    """
    if mode not in ("min", "max"):
        raise ValueError(f"mode is {mode!r}: give 'min' or 'max'")
    best, delta = tamed(float(best)), abs(tamed(float(min_delta)))
    if not math.isfinite(best) or not math.isfinite(delta):
        raise ValueError(f"best is {best} and min_delta {delta}: give numbers")
    given = [] if new is None else list(new) if isinstance(new, Iterable) else [new]
    points = [tamed(float(value)) for value in given]
    sign = -1 if mode == "min" else 1
    border = best + sign * delta
    spread = max([abs(p - best) for p in points if math.isfinite(p)] + [delta])
    spread = 1.6 * max(spread, 1e-6 * abs(best)) or 1.0
    x = Scale(best - spread, best + spread, 12, WIDTH - 12)
    y = 62.0
    end = x.start if sign < 0 else x.end
    fill = {"fill": COLOURS["best"], "fill_opacity": 0.22, "stroke": "none"}
    parts = [box(min(end, x(border)), y - 13, abs(end - x(border)), 26, 0, **fill)]
    parts += _band(min(x(border), x(best)), max(x(border), x(best)), y) if delta else []
    bar = {"stroke": COLOURS["best"], "stroke_width": 3, "stroke_opacity": 1}
    parts += [line(4, y, WIDTH - 4, y, stroke_opacity=0.9)]
    parts += [line(x(best), y - 18, x(best), y + 18, **bar)]
    left, right = ("better", "not_better") if sign < 0 else ("not_better", "better")
    parts += [text(6, 14, word(left)), text(WIDTH - 6, 14, word(right), "end")]
    parts += [arrow((36, 24), (6, 24)), arrow((WIDTH - 36, 24), (WIDTH - 6, 24))]
    below = [(x(best), f"{word('best')} {written(best)}")]
    if delta and border not in points:
        below.append((x(border), written(border)))
    for value in points:
        verdict = sign * value > sign * border
        inside = x(value) if math.isfinite(value) and x.low <= value <= x.high else x.end
        parts.append(_dot(inside, y, verdict))
        below.append((inside, f"{written(value)}: {word('better' if verdict else 'not_better')}"))
    return _finish(parts, below, y + 22)


def _band(first: float, last: float, y: float) -> list[Markup]:
    """Return the band in which a score is not better enough."""
    look = {"fill": "none", "stroke": COLOURS["stop"]}
    count = max(0, int((last - first - 8) / 6))
    hatch = "".join(f"M{first + 6 * i:.1f} {y + 12}l12 -24" for i in range(count))
    return [
        box(first, y - 13, last - first, 26, 0, **look, stroke_opacity=1, stroke_dasharray="5 3"),
        element("path", d=hatch, **look, stroke_opacity=0.6),
    ]


def _dot(x: float, y: float, is_better: bool) -> Markup:
    if is_better:
        return element("circle", cx=round(x, 1), cy=y, r=5, fill=COLOURS["best"])
    way = f"M{x - 5:.1f} {y - 5}l10 10m0 -10l-10 10"
    return element("path", d=way, fill="none", stroke=COLOURS["stop"], stroke_width=2.5)


def _finish(parts: list[Markup], below: list[tuple[float, str]], y: float) -> Markup:
    """Return the picture with labels below the line, in as many rows as they need."""
    labels = [shortened(label, WIDTH - 8) for _, label in below]
    widths = [text_width(label) for label in labels]
    rows = rows_for([(x, width) for (x, _), width in zip(below, widths, strict=True)])
    for label, (x, _), (start, row) in zip(labels, below, rows, strict=True):
        foot = y + 14 + 17 * row
        parts.append(line(x, y - 4, x, foot - 10, stroke_opacity=0.3))
        parts.append(text(start, foot, label, halo=True))
    return frame(*parts, height=y + 20 + 17 * max(row for _, row in rows))


def steps(epochs: int = 3, batches: int = 45, step: int | None = None) -> Markup:
    """Return the two ways in which TensorBoard counts: a step an epoch, and a step a batch.

    `step` marks a step of the second kind, and the epoch in which it lies.

    ValueError where there are no epochs or batches, or no such step.
    """
    total = epochs * batches
    if epochs < 1 or batches < 1 or not 0 <= (step or 0) < total:
        raise ValueError(f"there are {total} steps in all: step {step} is none of them")
    x = Scale(0.0, float(total), 14, WIDTH - 14)
    parts = [text(2, 13, word("a_step_an_epoch")), text(2, 112, word("a_step_a_batch"))]
    free = {"name": -math.inf, "step": -math.inf, "batch": -math.inf}

    def put(kind: str, place: float, y: float, content: str, size: float = SMALL) -> None:
        width = text_width(content, size)
        middle = max(width / 2, min(place, WIDTH - width / 2))
        if middle - width / 2 > free[kind]:
            parts.append(text(middle, y, content, "middle", size))
            free[kind] = middle + width / 2 + 5

    for epoch in range(0, epochs, math.ceil(epochs / BANDS)):
        first, last = x(float(epoch * batches)), x(float((epoch + 1) * batches))
        if epochs <= BANDS:
            shade = 0.1 if epoch % 2 else 0.03
            parts.append(box(first, 42, last - first, 46, 0, stroke="none", fill_opacity=shade))
            parts.append(element("circle", cx=round(last, 1), cy=88, r=3.5, fill=COLOURS["score"]))
        put("name", (first + last) / 2, 57, word("epoch_n", n=epoch + 1))
        put("step", last, 36, written(float(epoch)))
        put("batch", first, 142, written(float(epoch * batches)))
    if step is not None:
        first = x(float(step // batches * batches))
        wide = max(1.0, x(float(batches)) - x.start)
        parts.append(box(first, 42, wide, 46, 0, stroke="none", **LIGHT))
    parts += [line(14, y, WIDTH - 14, y) for y in (42, 88, 126)]
    if total <= 200:
        ticks = "".join(f"M{x(float(i)):.1f} 122v4" for i in range(total))
        parts.append(element("path", d=ticks, fill="none", stroke=COLOURS["train"]))
    if step is not None:
        look = {"stroke": COLOURS["stop"], "stroke_dasharray": "9 4", "stroke_width": 2}
        place = x(float(step))
        parts.append(line(place, 60, place, 150, **look, stroke_opacity=1))
        label = word("step_in_epoch", step=step, epoch=step // batches + 1)
        half = text_width(label) / 2
        parts.append(text(max(half, min(place, WIDTH - half)), 163, label, "middle"))
    return frame(*parts, height=170 if step is not None else 148)
