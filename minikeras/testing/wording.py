"""What is it called in English, Korean and Chinese?"""

from __future__ import annotations

import locale
import os
import tomllib
from functools import cache
from importlib import resources

from minikeras.testing.exercises import EXERCISES

LANGUAGES = ("en", "ko", "zh")
SHARED, REPORT = "shared", "report"  # the files that belong to no exercise

Table = dict[str, dict[str, str]]


def language(chosen: str | None = None) -> str:
    """Return a language: the chosen one, else that of this computer, else English.

    ValueError for one that there is not.

    >>> language("ko")
    'ko'
    """
    if chosen in LANGUAGES:
        return str(chosen)
    if chosen is not None:
        raise ValueError(
            f"the languages are {', '.join(LANGUAGES)}, and not {chosen!r}: choose one of them"
        )
    set_ones = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    here = next(filter(None, set_ones), None) or locale.getlocale()[0] or ""
    return here[:2].lower() if here[:2].lower() in LANGUAGES else "en"


def about_law(exercise: str, law: str, lang: str) -> dict[str, str]:
    """Return what is said of a law: `law`, the promise, and `why`, for who broke it.

    The words of its own laws file go before the shared ones; then come those that the law has with
    it, as a teacher's own may.

    >>> about_law("EarlyStopping", "tie", "en")["law"]
    'A score that only equals the best is no improvement.'
    """
    files = [EXERCISES[exercise].page.split("/")[-1]] if exercise in EXERCISES else []
    for file in [*files, SHARED]:
        if law in words(lang, file):
            return words(lang, file)[law]
    own = [told for told in EXERCISES[exercise].laws if told.name == law] if files else []
    return {"law": own[0].says, "why": own[0].why} if own else {"law": "", "why": ""}


def phrase(table: str, name: str, lang: str, /, **values: object) -> str:
    """Return a phrase of words/<lang>/report.toml with values in it; without one, its bare name.

    >>> phrase("deeds", "weights", "en", value=3)
    'weights of epoch 3'
    """
    said = words(lang, REPORT).get(table, {}).get(name)
    return name if said is None else said.format_map(values)


@cache
def words(lang: str, file: str) -> Table:
    """Return the words of a laws file, of `shared`, or of `report`: nothing if there are none.

    >>> sorted(words("en", "shared")["tie"])
    ['law', 'why']
    """
    path = resources.files("minikeras.testing") / "words" / lang / f"{file}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
