"""What does the site itself say, in each language?"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def words(lang: str) -> dict[str, dict[str, str]]:
    """Return the tables of words/<lang>.toml; `ui` is for scripts."""
    path = Path(__file__).parent / "words" / f"{lang}.toml"
    told: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return told
