"""What leads to what? Boxes and arrows, and a line of text with its parts explained."""

from __future__ import annotations

from collections.abc import Sequence

from minikeras.lab.svg import Markup, element
from pictures.canvas import (
    LIGHT,
    SIZE,
    SMALL,
    WIDTH,
    arrow,
    box,
    frame,
    line,
    middle_of,
    room_of,
    text,
)
from pictures.language import is_code, shortened, text_width, word, wrapped

GAP, LINE = 26, 15
Step = str | Sequence[str]


def flow(*boxes: Step, back: str = "") -> Markup:
    """Return boxes and arrows; a box is a label, or a label with lines of code below it.

    `flow(("register", "callbacks=[f]"), ("event", "epoch_3_ends"), ("call", "f(2, logs)"))`;
    `back` names an arrow from the last to the first. Beside each other where they fit, else below.
    """
    aside = 0.0
    back_lines = wrapped(word(back), 84) if back else []
    contents = [_content(one, WIDTH - 60) for one in boxes]
    widths = [max(room_of(t, mono) for t, mono in lines) + 20 for lines in contents]
    if sum(widths) + GAP * (len(boxes) - 1) <= WIDTH - 4:
        return _beside(contents, widths, word(back) if back else "")
    if back:
        aside = max(text_width(one) for one in back_lines) + 20
        contents = [_content(one, WIDTH - aside - 44) for one in boxes]
        widths = [max(room_of(t, mono) for t, mono in lines) + 20 for lines in contents]
    width = max(widths)
    left = (WIDTH - aside - width) / 2
    parts: list[Markup] = []
    y = 2.0
    for i, lines in enumerate(contents):
        tall = LINE * len(lines) + 11
        parts += [box(left, y, width, tall), *middle_of(lines, left + width / 2, y + 18)]
        if i + 1 < len(contents):
            parts.append(arrow((left + width / 2, y + tall), (left + width / 2, y + tall + 20)))
        y += tall + 20
    end = y - 20
    if back:
        last, first, x = end - 14, 16.0, left + width + 18
        parts.append(arrow((left + width, last), (x, last), (x, first), (left + width + 1, first)))
        top = (first + last) / 2 - LINE * (len(back_lines) - 1) / 2 + 4
        parts += [text(x + 6, top + LINE * i, one) for i, one in enumerate(back_lines)]
    return frame(*parts, height=end + 3)


def _beside(contents: list[list[tuple[str, bool]]], widths: list[float], back: str) -> Markup:
    tall = LINE * max(len(lines) for lines in contents) + 11
    gap = min(60.0, (WIDTH - 4 - sum(widths)) / max(1, len(widths) - 1))
    x = (WIDTH - sum(widths) - gap * (len(widths) - 1)) / 2
    first, parts, last = x + widths[0] / 2, [], 0.0
    for i, (lines, width) in enumerate(zip(contents, widths, strict=True)):
        top = 20 + (tall - LINE * len(lines)) / 2 - 3.5
        parts += [box(x, 2, width, tall), *middle_of(lines, x + width / 2, top - 3)]
        if i + 1 < len(contents):
            parts.append(arrow((x + width + 2, 2 + tall / 2), (x + width + gap - 2, 2 + tall / 2)))
        last = x + width / 2
        x += width + gap
    if not back:
        return frame(*parts, height=tall + 5)
    y = tall + 20
    parts.append(arrow((last, tall + 2), (last, y), (first, y), (first, tall + 4)))
    parts.append(text((first + last) / 2, y + 15, back, "middle"))
    return frame(*parts, height=y + 21)


def _content(one: Step, room: float) -> list[tuple[str, bool]]:
    """Return the lines of a box, and whether each is code."""
    label, *codes = [one] if isinstance(one, str) else one
    lines = [(some, False) for some in wrapped(word(label), room)]
    for code in codes:
        mono = is_code(code)
        lines += [(some, mono) for some in wrapped(word(code), room, SMALL if mono else SIZE, mono)]
    return lines


def labelled(*pieces: str | tuple[str, str]) -> Markup:
    """Return one line of text, cut in pieces with their meanings below.

    `labelled(("45/45", "batches"), ("[====]", "bar"), " - ", ("loss: 0.31", "mean_so_far"))`; a
    string alone has no meaning to tell. A long line goes on below.
    """
    parts: list[Markup] = []
    x, y, lowest = 4.0, 4.0, 1
    for piece in pieces:
        code, meaning = (piece, "") if isinstance(piece, str) else piece
        code = shortened(code.strip(), WIDTH - 24, mono=True)
        own = text_width(code, mono=True) + (10 if meaning else 2)
        lines = wrapped(word(meaning), max(own, 96), SMALL) if meaning else []
        width = max([own, *(text_width(some, SMALL) for some in lines)])
        if x + width > WIDTH - 4 and x > 4:
            x, y, lowest = 4.0, y + 40 + LINE * lowest, 1
        middle = x + width / 2
        if meaning:
            parts += [
                box(middle - own / 2, y, own, 22),
                line(middle, y + 22, middle, y + 30, stroke_opacity=0.9),
                *(
                    text(middle, y + 42 + (LINE - 1) * i, some, "middle", SMALL)
                    for i, some in enumerate(lines)
                ),
            ]
        parts.append(text(middle, y + 15.5, code, "middle", mono=True))
        lowest = max(lowest, len(lines))
        x += width + 8
    return frame(*parts, height=y + 34 + LINE * lowest)


def staircase(*here: int) -> Markup:
    """Return the lessons as a staircase, from the first at the bottom; `here` are lit."""
    names = [name for name in LESSONS.split() if name]
    tread, rise = 8.0, 21.0
    parts: list[Markup] = []
    y, way = 6 + rise * len(names), ""
    way = f"M2 {y:.0f}"
    for i, name in enumerate(names):
        x, y = 2 + tread * i, y - rise
        way += f"V{y:.0f}h{tread:.0f}"
        lit = i + 1 in here
        if lit:
            parts.append(box(x + 5, y - 1, WIDTH - x - 7, rise - 2, stroke="none", **LIGHT))
        number = text(x + tread + 3, y + 14, f"{i + 1:02}", size=SMALL, mono=True, bold=True)
        label = text(x + tread + 24, y + 14, word(f"lesson_{name}"), bold=lit)
        parts += [number, label]
    stair = element("path", d=way, fill="none", stroke="currentColor", stroke_width=2)
    return frame(*parts, stair, height=10 + rise * len(names))


LESSONS = """loop average held_out fit invent events better stop keep step_size records crash yours
own_loop elsewhere grade"""
