"""What stands under the scores? Epochs, waits, saves, and the learning rate, line by line."""

from __future__ import annotations

from minikeras.lab.frame import Frame, label, name_of, numeral
from minikeras.lab.svg import COLOURS, Markup, Scale, element, group, path

LINE, STAIRS = 19.0, 46.0  # the height of a line, and of the rate
CLOSE = 24.0  # where epochs are closer than this, not each gets a number


def epochs(frame: Frame, y: float) -> Markup:
    count = len(frame.run.scores)
    step = 1 if frame.gap >= CLOSE else 5
    shown = [epoch for epoch in range(1, count + 1) if epoch == 1 or epoch % step == 0]
    texts = [numeral(str(epoch), frame.x(epoch), y) for epoch in shown]
    return group(name_of(frame.word("epoch"), y), *texts, class_="mk-epochs" if step == 1 else None)


def waits(frame: Frame, y: float) -> Markup:
    waits = [(row.epoch, row.wait) for row in frame.run.rows if row.wait is not None]
    if not waits:
        return Markup()
    texts = [
        numeral(str(n), frame.x(epoch), y, fill_opacity=1 if n else 0.55) for epoch, n in waits
    ]
    return group(name_of("wait", y), *texts, class_="mk-waits")


def saves(frame: Frame, y: float) -> Markup:
    saved = [row.epoch for row in frame.run.rows if row.saved]
    if not saved:
        return Markup()
    disks = [
        element("rect", x=frame.x(epoch) - 5, y=y - 10, width=10, height=10, rx=2)
        for epoch in saved
    ]
    return group(name_of(frame.word("saved"), y), *disks, class_="mk-saves")


def rates(frame: Frame, y: float) -> Markup:
    """The learning rate as stairs, if it ever changes."""
    rows, run = frame.run.rows, frame.run
    rates = [row.learning_rate for row in rows]
    if not rows or len({*rates, run.learning_rate}) == 1:
        return Markup()
    scale = Scale(0.0, max(rates) or 1.0, start=y + STAIRS - 2, end=y + 14)
    half = frame.gap / 2
    corners = [(frame.x(row.epoch) - half, scale(row.learning_rate)) for row in rows]
    corners.append((frame.x(rows[-1].epoch) + half, scale(run.learning_rate)))
    stairs = element(
        "path", d=path(corners, is_stairs=True), fill="none", stroke=COLOURS["lr"], stroke_width=2.5
    )
    labels, free = [], 0.0
    for n, row in enumerate(rows):
        x = frame.x(row.epoch) - half
        text = f"{row.learning_rate:.3g}"
        if x >= free and (n == 0 or row.learning_rate != rates[n - 1]):
            place = min(x + 2, frame.right - 7 * len(text))
            labels.append(label(text, place, scale(row.learning_rate) - 4, font_size=11))
            free = x + 8 * len(text)
    return group(name_of("lr", y + STAIRS - 4), stairs, *labels, class_="mk-rates")
