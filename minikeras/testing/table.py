"""How do columns stay straight where some letters are twice as wide?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

LINE = None  # in the place of a row: a line across
WIDEST = 78  # columns of a line of text
HAN = "\u3400-\u9fff"
STOPS = "，。：；！？、"  # noqa: RUF001 -- Chinese marks
BRACKETS = "（《"  # noqa: RUF001
OPENING, CLOSING = f"“‘{BRACKETS}", f"”’）》{STOPS}"  # noqa: RUF001
BREAK = re.compile(  # before a space; beside a Han letter, unless a mark belongs to it
    rf"(?<=[^ ])(?= )|(?<![ {OPENING}])(?=[{HAN}{BRACKETS}])|(?<=[{HAN}{STOPS}])(?![ {CLOSING}]|$)"
)


def width(text: str) -> int:
    """Return how many columns of a terminal a text fills: Hangul and Han letters take two.

    >>> width("epoch"), width("에포크"), width("轮次")
    (5, 6, 4)
    """
    return sum(_width(letter) for letter in text)


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def wrapped(text: str, room: int = WIDEST) -> list[str]:
    """Return a text in lines: Korean breaks at spaces, Chinese between letters as well.

    >>> wrapped("Keep the best score.", 10), wrapped("值一改善，就归零。", 9)
    (['Keep the', 'best', 'score.'], ['值一改', '善，就归', '零。'])
    """
    lines = [""]
    for word in BREAK.split(text):
        if lines[-1] and width(lines[-1] + word) > room:
            lines.append("")
            word = word.lstrip()
        for letter in word:  # one by one, for a word may be longer than a line
            if width(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
    return lines


def aligned(
    rows: Iterable[Sequence[str] | None], right: Iterable[int] = (), gap: str = "  "
) -> list[str]:
    r"""Return rows as lines whose columns begin, or in those of `right` end, under each other.

    None stands for a line across.

    >>> print("\n".join(aligned([["epoch", "should"], None, ["1", "go on"]], right=[0])))
    epoch  should
    -------------
        1  go on
    """
    rows, to_right = list(rows), frozenset(right)
    widths = [max(map(width, column)) for column in zip(*filter(None, rows), strict=True)]
    across = "-" * (sum(widths) + len(gap) * (len(widths) - 1))
    return [across if row is LINE else _line(row, widths, to_right, gap) for row in rows]


def _line(row: Sequence[str], widths: list[int], right: frozenset[int], gap: str) -> str:
    cells = []
    for number, (text, room) in enumerate(zip(row, widths, strict=True)):
        space = " " * (room - width(text))
        cells.append(space + text if number in right else text + space)
    return gap.join(cells).rstrip()
