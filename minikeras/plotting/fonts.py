"""Which fonts have the letters of a text, and what stands for a letter that none of them has?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

BASE = "DejaVu Sans"  # comes with matplotlib
SPECIAL = ("Bold", "Italic", "Oblique", "Light", "Thin", "Black", "Condensed", "Serif", "Mono")
LAST_RESORT = "LastResort"  # comes with matplotlib, too: a box for every letter


def families_for(text: str) -> tuple[list[str], set[str]]:
    """Return the font families that together have a text's letters, and the letters none has.

    Fonts are opened only for letters that are not ASCII.

    >>> families_for("val_loss")
    (['DejaVu Sans'], set())
    """
    families, missing = [BASE], {c for c in text if not c.isascii() and c.isprintable()}
    if not missing:
        return families, missing
    from matplotlib.font_manager import findfont, findSystemFonts, fontManager, get_font

    listed = {entry.fname for entry in fontManager.ttflist}
    others = sorted(
        (path for path in listed | set(findSystemFonts()) if LAST_RESORT not in path),
        key=lambda path: (sum(word in os.path.basename(path) for word in SPECIAL), path),
    )
    for path in (findfont(BASE), *others):
        with suppress(OSError, RuntimeError):  # no longer there, or no font that can be scaled
            font = get_font(path)
            found = {c for c in missing if font.get_char_index(ord(c))}
            if found and path not in listed:  # installed after matplotlib made its list
                fontManager.addfont(path)
            families += [font.family_name] if found else []
            missing -= found
        if not missing:
            break
    return list(dict.fromkeys(families)), missing


def spelled(text: str, missing: Iterable[str] = ()) -> str:
    r"""Return a text with escapes for what cannot be shown: line ends, and letters without a font.

    >>> print(spelled("a\nb 손", missing="손"))
    a\nb \uc190
    """
    return "".join(
        c if c.isprintable() and c not in missing else c.encode("unicode_escape").decode()
        for c in text
    )
