"""How is minikeras laid out, and which way do numbers go through it?"""

from __future__ import annotations

from minikeras.lab.svg import COLOURS, Markup, element, path
from pictures.canvas import SMALL, WIDTH, arrow, box, frame, line, text
from pictures.language import is_code, shortened, word, wrapped

ARRAYS = ["saving/", "layers/ · optimizers/", "activations · losses/", "metrics/ · data"]
ARRAYS += ["initializers", "regularizers", "backend"]
EVENTS = ["callbacks/", "monitoring", "rates", "averages", "event_files/"]
AROUND = ["cli · datasets/ · plotting/", "loops/ · monitor/ · testing/"]
AROUND += ["lab/ · lessons/"]


def house() -> Markup:
    """Return the map of the house: the hall above, the array wing and the event wing below it."""
    parts = [
        *_room(70, 2, 220, 46, "the_hall", ["models · training"]),
        arrow((130, 48), (98, 74)),
        arrow((230, 48), (276, 74)),
        *_room(2, 76, 192, 150, "array_wing", ARRAYS, "arrays_live_here"),
        *_room(204, 76, 154, 150, "event_wing", EVENTS, "floats_only"),
        *_room(2, 242, WIDTH - 4, 76, "around_the_house", AROUND),
    ]
    return frame(*parts, height=321)


def _room(
    x: float, y: float, width: float, tall: float, key: str, files: list[str], note: str = ""
) -> list[Markup]:
    rows: list[tuple[str, bool, bool]] = [(word(key), False, True)]
    rows += [(some, False, False) for some in wrapped(word(note), width - 14, SMALL) if note]
    rows += [(file, True, False) for file in files]
    parts = [box(x, y, width, tall, 6)]
    for i, (some, mono, bold) in enumerate(rows):
        label = shortened(some, width - 12, SMALL, mono)
        parts.append(text(x + 8, y + 18 + 15.5 * i, label, size=SMALL, mono=mono, bold=bold))
    return parts


def path_of_fit() -> Markup:
    """Return the way of a batch through `fit`: arrays enter once, floats leave."""
    parts: list[Markup] = [box(2, 50, WIDTH - 4, 168, 8, fill_opacity=0.04, stroke_dasharray="4 3")]
    note = shortened(word("on_the_device"), WIDTH - 30, SMALL)
    parts.append(text(WIDTH - 10, 211, note, "end", SMALL))
    parts += [
        *_stop(40, 4, 130, "x, y"),
        arrow((105, 30), (105, 68), stroke_width=3),
        text(118, 45, shortened(f"to_device: {word('once')}", 230, SMALL), size=SMALL, mono=True),
        *_stop(12, 70, 186, "batches"),
        arrow((105, 96), (105, 112)),
        *_stop(12, 114, 186, "layers, activations"),
        arrow((105, 140), (105, 156)),
        *_stop(12, 158, 186, "losses, metrics"),
        arrow((198, 171), (292, 171), (292, 142)),
        *_stop(226, 114, 124, "gradients"),
        arrow((288, 114), (288, 98)),
        *_stop(226, 70, 124, "optimizers"),
        arrow((226, 83), (212, 83), (212, 127), (200, 127)),
        arrow((105, 184), (105, 240), stroke_width=3),
        text(118, 233, shortened(f"to_host: {word('one_small_vector')}", 236, SMALL), size=SMALL),
        *_stop(12, 242, 186, "CallbackList"),
    ]
    y = 268
    for name in ("BaseLogger", "ProgbarLogger", "yours", "History"):
        parts += [arrow((105, y), (105, y + 14)), *_stop(30, y + 16, 150, name)]
        y += 42
    lines = wrapped(word("the_loop_reads"), 146)
    for i, some in enumerate(lines):
        parts.append(text(212, 284 + 15 * i, some))
    for i, some in enumerate(["stop_training", "learning_rate"]):
        parts.append(text(212, 286 + 15 * (len(lines) + i), some, size=SMALL, mono=True))
    parts.append(line(198, 255, 206, 255, stroke_opacity=0.9))
    parts.append(line(206, 255, 206, 290 + 15 * (len(lines) + 1), stroke_opacity=0.9))
    return frame(*parts, height=y + 4)


def _stop(x: float, y: float, width: float, key: str) -> list[Markup]:
    mono = is_code(key)
    size = SMALL if mono else 12
    label = shortened(word(key), width - 8, size, mono)
    return [box(x, y, width, 26), text(x + width / 2, y + 17, label, "middle", size, mono)]


def hero() -> Markup:
    """Return a quiet picture for the first page: a falling loss, with sockets along its way."""
    held_out = [90, 62, 47, 38, 32, 28, 26, 27, 29, 32, 36, 41]
    train = [92, 66, 48, 36, 28, 22, 18, 15, 12, 10, 9, 8]
    xs = [16 + 29.8 * i for i in range(len(train))]
    ways = [[(x, 104.0 - y) for x, y in zip(xs, ys, strict=True)] for ys in (train, held_out)]
    parts: list[Markup] = [line(6, 104, WIDTH - 6, 104)]
    for way, colour, dashes in zip(ways, ("train", "score"), ("7 3", None), strict=True):
        look = {"stroke": COLOURS[colour], "stroke_width": 2.5, "stroke_dasharray": dashes}
        parts.append(element("path", d=path(way), fill="none", stroke_linejoin="round", **look))
    for i, x in enumerate(xs):
        parts.append(box(x - 6, 98, 12, 12, 3, fill="var(--md-default-bg-color, Canvas)"))
        if i in (2, 6, 9):
            colour = COLOURS["stop" if i == 9 else "best"]
            look = {"stroke": colour, "stroke_width": 2, "stroke_opacity": 1}
            parts += [
                line(x - 2.5, 104, x - 2.5, 118, **look),
                line(x + 2.5, 104, x + 2.5, 118, **look),
            ]
            parts.append(
                box(x - 12, 118, 24, 16, 6, **look | {"fill": colour, "fill_opacity": 0.25})
            )
    x, y = ways[1][6]
    parts.append(element("circle", cx=round(x, 1), cy=y, r=4.5, fill=COLOURS["best"]))
    x, y = ways[1][9]
    parts.append(
        line(x, y - 14, x, 98, stroke=COLOURS["stop"], stroke_dasharray="4 3", stroke_opacity=1)
    )
    return frame(*parts, height=138)
