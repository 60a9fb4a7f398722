"""Who is called when? Hooks in their order, each begin tied to its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from minikeras.lab.svg import COLOURS, Markup, element
from pictures.canvas import SMALL, WIDTH, frame, text
from pictures.language import is_code, shortened, text_width, word

ROW, INDENT = 16, 14
LOOKS = {"batch": (COLOURS["train"], "7 3"), "test": (COLOURS["score"], None)}


def ladder(log: Iterable[str | Sequence[object]], most: int = 40) -> Markup:
    """Return the order of hooks: names, or tuples whose second part is a note beside the name.

    What is called between a begin and its end stands further in. Of a long log the first and the
    last hooks are shown, `most` in all.
    """
    calls = [(one, "") if isinstance(one, str) else (str(one[0]), _note(one)) for one in log]
    depths, ties = _nested([name for name, _ in calls])
    shown = [*range(len(calls))]
    if len(calls) > most:
        shown = [*range(most // 2), -1, *range(len(calls) - most // 2, len(calls))]
    rows = {call: row for row, call in enumerate(shown) if call >= 0}
    gap = shown.index(-1) if -1 in shown else len(shown)
    parts: list[Markup] = []
    for begin, end in ties:
        first = rows.get(begin, gap)
        last = rows.get(end, gap)
        if first == last:
            continue
        colour, dashes = _look(calls[begin][0])
        x, y = 6 + INDENT * depths[begin], 9 + ROW * first
        way = f"M{x + 8} {y}h-8v{ROW * (last - first)}h8"
        look = {"stroke": colour, "stroke_dasharray": dashes, "stroke_width": 2}
        parts.append(element("path", d=way, fill="none", **look))
    for row, call in enumerate(shown):
        y = 13 + ROW * row
        if call < 0:
            parts.append(text(6 + INDENT, y, "⋮", size=SMALL))
            continue
        name, note = calls[call]
        x = 18 + INDENT * depths[call]
        room = WIDTH - x - 8
        label = shortened(name, room, SMALL, mono=True)
        parts.append(text(x, y, label, size=SMALL, mono=True))
        room -= text_width(label, SMALL, mono=True)
        note = note or _part(name)
        mono = is_code(note) and note == calls[call][1]
        if note and room > 30:
            note = shortened(word(note), room, SMALL, mono)
            parts.append(text(WIDTH - 4, y, note, "end", SMALL, mono))
    return frame(*parts, height=ROW * len(shown) + 6)


def _nested(names: list[str]) -> tuple[list[int], list[tuple[int, int]]]:
    """Return how far in each hook stands, and which begin belongs to which end."""
    depths: list[int] = []
    ties: list[tuple[int, int]] = []
    open_: list[tuple[str, int]] = []
    for i, name in enumerate(names):
        kind, _, when = name.rpartition("_")
        if when == "end" and any(kind == other for other, _ in open_):
            while open_[-1][0] != kind:
                open_.pop()
            ties.append((open_.pop()[1], i))
        depths.append(len(open_))
        if when == "begin":
            open_.append((kind, i))
    return depths, ties


def _look(name: str) -> tuple[str, str | None]:
    if "test" in name or "predict" in name:
        return LOOKS["test"]
    return LOOKS["batch"] if "batch" in name else ("currentColor", None)


def _part(name: str) -> str:
    """Return the key of what begins here."""
    parts = {
        "on_train_begin": "training",
        "on_epoch_begin": "epoch",
        "on_batch_begin": "batch",
        "on_train_batch_begin": "batch",
        "on_test_begin": "validation",
        "on_predict_begin": "prediction",
    }
    return parts.get(name, "")


def _note(call: Sequence[object]) -> str:
    return str(call[1]) if len(call) > 1 else ""
