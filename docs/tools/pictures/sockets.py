"""What is a callback plugged into? A loop with sockets, and a row of callbacks on one dict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from minikeras.lab.svg import COLOURS, Markup, element
from pictures.axes import written
from pictures.canvas import LIGHT, SIZE, SMALL, WIDTH, arrow, box, frame, line, room_of, text
from pictures.language import is_code, shortened, text_width, word, wrapped

LINE = 15


def sockets(*plugs: str, **events: str | Iterable[str]) -> Markup:
    """Return a loop with sockets: `sockets("stop_at_3", "print")` plugs both into an epoch's end.

    `sockets(on_epoch_begin=[], on_epoch_end="lambda epoch, logs: ...")` names the events itself.
    """
    rows = {"end_of_epoch": list(plugs)} if plugs or not events else {}
    rows |= {name: [some] if isinstance(some, str) else list(some) for name, some in events.items()}
    inside = ["train_on_batches", *rows] if "end_of_epoch" in rows else [*rows]
    widest = max(room_of(word(name), is_code(name)) for name in inside)
    right = min(200.0, max(118.0, 34 + widest + 14))
    room = WIDTH - right - 34
    parts: list[Markup] = []
    y = 34.0
    if "end_of_epoch" in rows:
        parts.append(text(34, y + 14, shortened(word("train_on_batches"), right - 42)))
        y += 30
    for name, mine in rows.items():
        cut = [(word(one), wrapped(word(one), room - 16, SMALL, is_code(one))) for one in mine]
        heights = [LINE * len(some) + 9 for _, some in cut] or [24]
        mono = is_code(name)
        size = SMALL if mono else SIZE
        label = shortened(word(name), right - 42, size, mono)
        parts.append(text(34, y + 16, label, size=size, mono=mono))
        for i, tall in enumerate(heights):
            parts += _socket(right, y + 12)
            if cut:
                parts += _plug(right, y, room, cut[i][1], tall, is_code(mine[i]))
            y += tall + 5
        y += 7
    outline = box(20, 22, right - 20, y - 22, 10)
    back = arrow((20, y - 16), (7, y - 16), (7, 34), (19, 34), stroke_width=1.6)
    title = text(30, 14, word("loop_over_epochs"))
    return frame(title, outline, back, *parts, height=y + 4)


def _socket(x: float, y: float) -> list[Markup]:
    return [
        box(x - 7, y - 8, 14, 16, 3, fill="currentColor", fill_opacity=0.25),
        line(x - 3, y - 4, x + 4, y - 4, stroke_opacity=0.9),
        line(x - 3, y + 4, x + 4, y + 4, stroke_opacity=0.9),
    ]


def _plug(
    x: float, y: float, room: float, content: list[str], tall: float, is_mono: bool
) -> list[Markup]:
    width = max(text_width(some, SMALL, is_mono) for some in content) + 16
    look = {"stroke": COLOURS["best"], "stroke_width": 2, "stroke_opacity": 1}
    return [
        line(x, y + 8, x + 22, y + 8, **look),
        line(x, y + 16, x + 22, y + 16, **look),
        box(x + 22, y, min(width, room), tall, 8, **LIGHT | look),
        *(
            text(x + 30, y + 15 + LINE * i, some, size=SMALL, mono=is_mono)
            for i, some in enumerate(content)
        ),
    ]


def dict_walk(
    logs: Mapping[str, object], **callbacks: Mapping[str, object] | str | Iterable[str]
) -> Markup:
    """Return one `logs` dict passing along callbacks, which add keys (a dict) or read them (names).

    `dict_walk({"loss": .5}, AddGap={"gap": .1}, EarlyStopping="gap")`; who reads a key that is not
    there yet is marked.
    """
    there = dict(logs)
    parts, y = _dict(there, set(), 0.0)
    for name, does in callbacks.items():
        adds = dict(does) if isinstance(does, Mapping) else {}
        reads = [] if adds else [does] if isinstance(does, str) else list(does)
        missing = [key for key in reads if key not in there]
        notes = [f"{word('adds')} {', '.join(adds)}"] if adds else []
        notes += [f"{word('reads')} {key}" for key in reads if key in there]
        notes += [f"✗ {word('not_there', key=key)}" for key in missing]
        label = shortened(name, 150, mono=True)
        start = text_width(label, mono=True) + 50
        cut = [some for note in notes for some in wrapped(note, WIDTH - start - 4)] or [""]
        tall = max(26, LINE * len(cut) + 9)
        stroke = {"stroke": COLOURS["stop" if missing else "best"], "stroke_opacity": 1}
        dashes = {"stroke_dasharray": "9 4"} if missing else {}
        parts += [
            arrow((20, y), (20, y + 18)),
            box(4, y + 18, start - 16, tall, 8, stroke_width=2, **LIGHT | stroke | dashes),
            text(14, y + 35, label, mono=True),
            *(text(start - 2, y + 35 + LINE * i, some) for i, some in enumerate(cut)),
        ]
        y += 18 + tall
        if adds:
            there |= adds
            parts.append(arrow((20, y), (20, y + 18)))
            some, y = _dict(there, set(adds), y + 18)
            parts += some
    return frame(*parts, height=y + 3)


def _dict(logs: Mapping[str, object], new: set[str], y: float) -> tuple[list[Markup], float]:
    """Return the dict as chips, the new keys lit, and where it ends."""
    parts: list[Markup] = []
    x, row = 12.0, y + 6
    for key, value in logs.items():
        shown = written(float(value)) if isinstance(value, (int, float)) else str(value)
        label = shortened(f"{key}: {shown}", WIDTH - 40, SMALL, mono=True)
        width = text_width(label, SMALL, mono=True) + 12
        if x + width > WIDTH - 8 and x > 12:
            x, row = 12.0, row + 26
        look = LIGHT if key in new else {}
        parts += [
            box(x, row, width, 20, 10, **look),
            text(x + 6, row + 14, label, size=SMALL, mono=True, bold=key in new),
        ]
        x += width + 6
    end = row + 26 if logs else y + 24
    edge = element(
        "path",
        d=f"M8 {y:.1f}h-6v{end - y:.1f}h6M{WIDTH - 8} {y:.1f}h6v{end - y:.1f}h-6",
        fill="none",
        stroke="currentColor",
        stroke_width=1.4,
    )
    return [edge, *parts], end
