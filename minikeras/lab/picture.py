"""What does a replayed curve look like? Scores on top, then epochs, waits, saves, and the rate.

What is known of the best score, the stop and the rate is read off the run; nothing is decided.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from minikeras.lab.frame import LEFT, PLOT, TOP, Frame, label
from minikeras.lab.presets import written
from minikeras.lab.strips import LINE, STAIRS, epochs, rates, saves, waits
from minikeras.lab.svg import (
    COLOURS,
    DASHES,
    Markup,
    around,
    canvas,
    element,
    group,
    path,
)
from minikeras.lab.words import figure, words

if TYPE_CHECKING:
    from minikeras.lab.run import Run

WIDTH = 640.0


def picture_of(
    run: Run,
    lang: str = "en",
    *,
    title: str | None = None,
    width: float = WIDTH,
    limits: tuple[float, float] | None = None,
) -> Markup:
    """Return the picture of a run as SVG.

    - `title`: what it is called for who cannot see it; by default what came of the run.
    - `width`: in pixels at full size; it shrinks where there is less room.
    - `limits`: the lowest and the highest score of the axis; by default those of the curve.

    >>> from minikeras.callbacks import EarlyStopping
    >>> from minikeras.lab import replay
    >>> picture_of(replay("overfit", EarlyStopping(patience=3)))[-6:]
    '</svg>'
    """
    scores = [score for score in run.scores if score is not None]
    frame = Frame(run, lang, width, limits or around(scores))
    parts, below = [_axis(frame), _not_run(frame), _best(frame), *_curve(frame)], frame.bottom + 4
    parts += [_marks(frame), _stop(frame)]
    for strip in (epochs, waits, saves):
        if drawn := strip(frame, below + LINE):
            parts.append(drawn)
            below += LINE
    if stairs := rates(frame, below + 8):
        parts.append(stairs)
        below += 8 + STAIRS
    return canvas(
        title or summary(run, lang),
        *parts,
        width=width,
        height=below + 8,
        data_curve=written(run.scores),
        data_box=" ".join(f"{n:g}" for n in (LEFT, frame.gap, TOP, frame.bottom, *frame.limits)),
    )


def summary(run: Run, lang: str) -> str:
    """Say in one line what came of a run.

    >>> from minikeras.callbacks import EarlyStopping
    >>> from minikeras.lab import replay
    >>> summary(replay("overfit", EarlyStopping(patience=3)), "en")
    'val_loss over 20 epochs: best 0.26 in epoch 10, training stops after epoch 13.'
    """
    table = words(lang)["picture"]
    facts = []
    if run.best_epoch is not None:
        best = next(row.best for row in run.rows if row.epoch == run.best_epoch)
        facts.append(table["and_best"].format(best=figure(best), epoch=run.best_epoch))
    if run.stopped is not None:
        facts.append(table["and_stop"].format(epoch=run.stopped))
    if run.rows and run.learning_rate != run.rows[0].learning_rate:
        facts.append(table["and_rate"].format(rate=figure(run.learning_rate)))
    if run.saved:
        facts.append(table["and_saved"].format(count=len(run.saved)))
    title = table["title"].format(name=run.name, count=len(run.scores))
    told = table["colon"] + table["comma"].join(facts) if facts else ""
    return title + told + table["end"]


def _axis(frame: Frame) -> Markup:
    right = frame.right
    lines = []
    for tick in frame.y.ticks():
        y = frame.y(tick)
        lines.append(element("line", x1=LEFT, x2=right, y1=y, y2=y, stroke_opacity=0.15))
        name = element("text", figure(tick), x=LEFT - 6, y=y + 4, text_anchor="end", stroke="none")
        lines.append(name)
    return group(*lines, stroke="currentColor", font_size=12)


def _not_run(frame: Frame) -> Markup:
    if frame.run.stopped in (None, len(frame.run.scores)):
        return Markup()
    x = frame.x(len(frame.run.rows)) + frame.gap / 2
    size = {"x": x, "y": TOP, "width": frame.right - x, "height": PLOT}
    shade = element("rect", **size, fill=COLOURS["quiet"], fill_opacity=0.13)
    is_wide = frame.right - x > 60
    name = label(frame.word("not_run"), x + 6, TOP + 14) if is_wide else ""
    return group(shade, Markup(name), class_="mk-not-run")


def _best(frame: Frame) -> Markup:
    epoch = frame.run.best_epoch
    if epoch is None:
        return Markup()
    best = next(row.best for row in frame.run.rows if row.epoch == epoch)
    if best is None or not math.isfinite(best):
        return Markup()
    x, y, end = frame.x(epoch), frame.y(best), frame.x(len(frame.run.rows))
    line = element(
        "line", x1=x, x2=end, y1=y, y2=y, stroke=COLOURS["best"], stroke_dasharray=DASHES["best"],
        stroke_width=2,
    )  # fmt: skip
    ring = element("circle", cx=x, cy=y, r=8, fill="none", stroke=COLOURS["best"], stroke_width=2.5)
    told = frame.word("best", best=figure(best), epoch=epoch)
    room = 8.0 * sum(2 if ord(letter) > 0x1100 else 1 for letter in told) * 0.9
    is_left = x - room > LEFT and (epoch > len(frame.run.scores) / 2 or x + room > end)
    first = next((s for s in frame.run.scores if s is not None and math.isfinite(s)), best)
    is_below = best <= first and y + 28 < frame.bottom
    border = frame.right if frame.run.stopped is None else end + frame.gap / 2 - 6
    place = x + 10 if is_left else max(LEFT + 2, min(x - 10, border - room))  # it crosses no stop
    anchor = "end" if is_left else "start"
    text = label(told, place, y + 24 if is_below else y - 14, text_anchor=anchor)
    return group(line, ring, text, class_="mk-best")


def _curve(frame: Frame) -> list[Markup]:
    """The scores: what was run as a line, what was not as a grey one; gaps stay open."""
    run, done = frame.run, len(frame.run.rows)
    line = {"fill": "none", "stroke_linejoin": "round"}
    score = {"stroke": COLOURS["score"], "stroke_width": 2.5}
    quiet = {"stroke": COLOURS["quiet"], "stroke_width": 2, "stroke_dasharray": DASHES["quiet"]}
    shown = [
        element("path", d=_through(frame, 1, done), class_="mk-score", **line, **score),
        element("path", d=_through(frame, max(1, done), len(run.scores)), **line, **quiet),
    ]
    known = [(n, s) for n, s in enumerate(run.scores, 1) if s is not None and math.isfinite(s)]
    if known:
        epoch, first = known[0]
        y = max(TOP + 12, min(frame.y(first), frame.bottom - 4))
        shown.append(label(run.name, frame.x(epoch) + 14, y + 4, font_weight="bold"))
    return shown


def _through(frame: Frame, first: int, last: int) -> str:
    parts: list[list[tuple[float, float]]] = [[]]
    for epoch, score in enumerate(frame.run.scores[first - 1 : last], first):
        if score is None or not math.isfinite(score):
            parts.append([])
        else:
            parts[-1].append((frame.x(epoch), frame.y(score)))
    return "".join(path(points) for points in parts if len(points) > 1)


def _marks(frame: Frame) -> Markup:
    """A dot for each score, a cross on top for NaN, a short bar at the bottom for a missing one."""
    marks = []
    for epoch, score in enumerate(frame.run.scores, 1):
        is_run = epoch <= len(frame.run.rows)
        colour, x = COLOURS["score" if is_run else "quiet"], frame.x(epoch)
        if score is None:
            d = f"M{x - 4:g} {frame.bottom:g}h8"
            marks.append(element("path", d=d, stroke=colour, stroke_width=4, class_="mk-missing"))
        elif not math.isfinite(score):
            d = f"M{x - 5:g} {TOP - 5:g}l10 10m0 -10l-10 10"
            marks.append(element("path", d=d, stroke=COLOURS["stop"], stroke_width=2.5))
            marks.append(label(figure(score), x + 8, TOP + 4))
        else:
            marks.append(element("circle", cx=x, cy=frame.y(score), r=3.5, fill=colour))
    return group(*marks)


def _stop(frame: Frame) -> Markup:
    if frame.run.stopped is None:
        return Markup()
    x = frame.x(frame.run.stopped) + frame.gap / 2
    line = element(
        "line", x1=x, x2=x, y1=TOP, y2=frame.bottom, stroke=COLOURS["stop"], stroke_width=2.5,
        stroke_dasharray=DASHES["stop"],
    )  # fmt: skip
    anchor = "start" if x < frame.width / 2 else "end"
    told = frame.word("stop", epoch=frame.run.stopped)
    return group(line, label(told, x, TOP - 8, text_anchor=anchor), class_="mk-stop")
