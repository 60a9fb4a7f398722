"""Where do labels stand so that no two meet, and none lies upon a line?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pictures.canvas import WIDTH, Box

Point = tuple[float, float]


def crosses(box: Box, start: Point, end: Point, distance: float = 3) -> bool:
    """Tell whether a piece of a line comes into a box, or near it.

    >>> crosses(Box(0, 0, 10, 10), (-5, 5), (20, 5)), crosses(Box(0, 0, 10, 10), (0, 20), (20, 20))
    (True, False)
    """
    low, high = 0.0, 1.0
    for here, there, first, size in (
        (start[0], end[0], box.x, box.width),
        (start[1], end[1], box.y, box.height),
    ):
        first, last, way = first - distance, first + size + distance, there - here
        if way == 0:
            if not first <= here <= last:
                return False
            continue
        enters, leaves = sorted(((first - here) / way, (last - here) / way))
        low, high = max(low, enters), min(high, leaves)
    return low <= high


def place_on_lines(
    widths: Sequence[float],
    lines: Sequence[Sequence[Sequence[Point]]],
    others: Sequence[tuple[Point, Point]],
    field: Box,
    height: float = 15,
) -> list[Box | None]:
    """Return a box beside each line for its label, or None where there is no room for it.

    `lines` holds the pieces of each line; `others` are strokes that no label may lie on.
    """
    strokes = [*others, *(stroke for pieces in lines for stroke in _strokes(pieces))]
    placed: list[Box | None] = []
    for width, pieces in zip(widths, lines, strict=True):
        best: tuple[float, Box] | None = None
        for box, cost in _candidates(width, height, pieces, field):
            taken = any(other is not None and box.meets(other, 2) for other in placed)
            if taken or (best is not None and cost >= best[0]):
                continue
            if not any(crosses(box, *stroke) for stroke in strokes):
                best = cost, box
        placed.append(best and best[1])
    return placed


def _candidates(
    width: float, height: float, pieces: Sequence[Sequence[Point]], field: Box
) -> list[tuple[Box, float]]:
    points = [point for piece in pieces for point in piece]
    some = points[:: max(1, len(points) // 24)]
    found = []
    for x, y in some:
        share = (x - field.x) / field.width
        for far in (5, 11, 18):
            for shift in (-width / 2, 4, -width - 4):
                for top in (y - far - height, y + far):
                    box = Box(x + shift, top, width, height)
                    if (
                        field.x <= box.x
                        and box.x + width <= field.x + field.width
                        and field.y <= top
                        and top + height <= field.y + field.height
                    ):
                        found.append((box, far / 10 + abs(share - 0.65)))
    return found


def _strokes(pieces: Sequence[Sequence[Point]]) -> list[tuple[Point, Point]]:
    return [
        stroke
        for piece in pieces
        for stroke in (pairwise(piece) if len(piece) > 1 else [(piece[0],) * 2])
    ]


def rows_for(places: Sequence[tuple[float, float]], distance: float = 8) -> list[tuple[float, int]]:
    """Return for labels (middle, width) where each begins and its row; within a row none meet.

    >>> rows_for([(50, 40), (60, 40), (200, 40)])
    [(30.0, 0), (40.0, 1), (180.0, 0)]
    """
    rows: list[list[tuple[float, float]]] = []
    found = []
    for middle, width in places:
        start = max(2.0, min(middle - width / 2, WIDTH - 2 - width))
        row = next(
            (
                i
                for i, taken in enumerate(rows)
                if all(
                    start >= end + distance or start + width + distance <= begin
                    for begin, end in taken
                )
            ),
            len(rows),
        )
        if row == len(rows):
            rows.append([])
        rows[row].append((start, start + width))
        found.append((start, row))
    return found
