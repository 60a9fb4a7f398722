"""Which words does a picture use, and how much room do they take?"""

from __future__ import annotations

import tomllib
import unicodedata
from contextvars import ContextVar
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("words")
LANGUAGES = ("en", "ko", "zh")
language: ContextVar[str] = ContextVar("language", default="en")

# Shares of the font size, from wide fonts: a real text is seldom wider.
NARROW, MIDDLE, CAPITAL, BROAD, FULL, MONO = 0.38, 0.62, 0.72, 0.96, 1.0, 0.61


@cache
def words(lang: str) -> dict[str, str]:
    """Return the words of a language by key."""
    return tomllib.loads((WORDS / f"{lang}.toml").read_text(encoding="utf-8"))


def word(key: object, /, **fields: object) -> str:
    """Return the word for a key in the language of the picture; what is no key stays as it is.

    >>> word("best"), word("EarlyStopping"), word("epoch_n", n=3)
    ('best', 'EarlyStopping', 'epoch 3')
    """
    found = words(language.get()).get(str(key))
    if found is None or ("{" in found and not fields):  # it takes numbers: not a label
        return " ".join(str(key).split())
    return found.format(**fields)


def is_code(key: object) -> bool:
    """Tell whether a label is shown as it was given, and so as code."""
    return str(key) not in words("en")


def text_width(text: str, size: float = 12, mono: bool = False) -> float:
    """Estimate the width of a text, a little too large.

    >>> text_width("학습") > text_width("ab")
    True
    """
    return size * sum(_share(letter, mono) for letter in text)


def _share(letter: str, mono: bool) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return FULL
    if mono or not letter.isascii() or not letter.isprintable():
        return MONO if mono else CAPITAL
    if letter in "MWmw%@":
        return BROAD
    if letter in "ijltfr.,:;'|![]() I":
        return NARROW
    return CAPITAL if letter.isupper() or letter in "=+<>~#&" else MIDDLE


def shortened(text: str, room: float, size: float = 12, mono: bool = False) -> str:
    """Return a text, with `…` in place of an end that does not fit.

    >>> shortened("a long name", 40)
    'a lo…'
    """
    if text_width(text, size, mono) <= room:
        return text
    while text and text_width(f"{text}…", size, mono) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrapped(text: str, room: float, size: float = 12, mono: bool = False) -> list[str]:
    """Return a text as lines that fit: broken at spaces, between Hanzi, else where it must be.

    >>> wrapped("one two three", 55)
    ['one two', 'three']
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and text_width(line + piece.rstrip(), size, mono) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [shortened(part, room, size, mono) for part in [*lines, line.rstrip()]]


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end: after a space, and around Hanzi."""
    pieces: list[str] = []
    for letter in text:
        before = pieces[-1][-1] if pieces else " "
        breaks = before == " " or _is_hanzi(letter) or _is_hanzi(before)
        is_mark = letter == " " or unicodedata.category(letter)[0] == "P"
        if not pieces or (breaks and not is_mark):
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _is_hanzi(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"
