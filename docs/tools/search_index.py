"""How does each language get a search of its own?

Material makes one index of all pages. Here it is split, and each part gets the settings that its
language needs: Korean words carry particles, so a search finds what begins with the words asked
for; Chinese is cut into words when the index is made. Code and pictures are hidden meanwhile: they
are most of a page, and are found by the words around them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from lessons import LANGUAGES

WESTERN = r"[\s\-,:!=\[\]()\"`/]+|\.(?!\d)"
CHINESE = r"[\s\u200b\u3000\-、。，．？！；：,:!=\[\]()\"`/“”（）]+|\.(?!\d)"  # noqa: RUF001
SOURCE = r"(?:Source code in|소스 코드:|源代码位于：?) <code>[^<]*</code>"  # noqa: RUF001
HIDDEN = re.compile(rf"{SOURCE}|<(pre|svg)\b.*?</\1>", re.S)
PLACE = re.compile(r"<!--hidden-(\d+)-->")
SETTINGS = {
    "en": {"lang": ["en"], "separator": WESTERN, "pipeline": ["stemmer"]},
    "ko": {"lang": ["ko"], "separator": WESTERN, "pipeline": []},
    "zh": {"lang": ["zh"], "separator": CHINESE, "pipeline": []},
}


def split(site: Path) -> None:
    """Write an index for each language, in place of the common one."""
    path = site / "search" / "search_index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    for lang in LANGUAGES:
        prefix = "" if lang == "en" else f"{lang}/"
        docs = [
            doc | {"location": doc["location"].removeprefix(prefix)}
            for doc in index["docs"]
            if language_of(doc["location"]) == lang
        ]
        told = {"config": index["config"] | SETTINGS[lang], "docs": docs}
        mine = site / prefix / "search" / "search_index.json"
        mine.parent.mkdir(parents=True, exist_ok=True)
        mine.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def hide(html: str) -> tuple[str, list[str]]:
    """Take code and pictures out of a page, and return both."""
    hidden: list[str] = []

    def taken(found: re.Match[str]) -> str:
        hidden.append(found[0])
        return f"<!--hidden-{len(hidden) - 1}-->"

    return HIDDEN.sub(taken, html), hidden


def show(html: str, hidden: list[str]) -> str:
    """Put back what was hidden."""
    return PLACE.sub(lambda place: hidden[int(place[1])], html)


def language_of(location: str) -> str:
    first = location.split("/")[0]
    return first if first in LANGUAGES[1:] else "en"
