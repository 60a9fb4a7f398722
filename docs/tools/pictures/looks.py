"""What colour, dash and width has a line of this name? One each, on all pages."""

from __future__ import annotations

from minikeras.lab.svg import COLOURS, Markup, element

Look = tuple[str, str | None, float]  # colour, dashes, width
KNOWN: dict[str, Look] = {
    "train": (COLOURS["train"], "7 3", 2),
    "printed": (COLOURS["train"], "7 3", 2),
    "same_rows_after": ("currentColor", None, 2),
    "held_out": (COLOURS["score"], None, 2),
    "unbroken": (COLOURS["score"], None, 5),
    "resumed": ("currentColor", "5 3", 1.6),
    "score": (COLOURS["score"], None, 2),
    "lr": (COLOURS["lr"], None, 2),
}
OTHERS: list[Look] = [
    ("currentColor", None, 2),
    ("currentColor", "2 3", 2),
    (COLOURS["lr"], "8 3 2 3", 2),
    (COLOURS["best"], "4 3", 2),
]
MARKS: dict[str, tuple[str, str]] = {"best": ("best", "2 3"), "stop": ("stop", "9 4")}
LOST: Look = (COLOURS["stop"], None, 2)


def cross(x: float, y: float) -> Markup:
    """Return a mark for what is no number."""
    ways = f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"
    return element("path", d=ways, fill="none", stroke=COLOURS["stop"], stroke_width=2)


def stroke(look: Look, **attributes: object) -> Markup:
    """Return a line in its look."""
    colour, dashes, width = look
    return element(
        "path",
        **attributes,
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_dasharray=dashes,
        stroke_opacity=0.55 if width > 3 else None,
        stroke_linejoin="round",
    )
