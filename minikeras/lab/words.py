"""What is it called in the reader's language?"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from minikeras.testing.wording import LANGUAGES, language

__all__ = ["LANGUAGES", "figure", "language", "phrase", "words"]


@cache
def words(lang: str) -> dict[str, dict[str, str]]:
    """Return all words of a language, by table.

    >>> words("ko")["columns"]["epoch"]
    '에포크'
    """
    path = resources.files("minikeras.lab") / "words" / f"{lang}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def phrase(table: str, name: str, lang: str, /, **values: object) -> str:
    """Return a phrase with values in it; numbers are written as `figure` does.

    >>> phrase("said", "better", "en", score=0.57, best=0.59)
    '0.57 beats 0.59: new best, wait 0.'
    """
    written = {key: figure(v) if isinstance(v, float) else v for key, v in values.items()}
    return words(lang)[table][name].format_map(written)


def figure(value: float | None) -> str:
    """Write a score or a rate so short that it can be read, and so long that it tells enough.

    >>> figure(0.1 * 0.9), figure(1.0), figure(float("nan")), figure(None)
    ('0.09', '1', 'NaN', '')
    """
    if value is None:
        return ""
    return "NaN" if value != value else f"{value:.6g}"
