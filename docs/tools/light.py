"""What need a reader not download?

A page weighs at most 90 KB before Run, compressed, and Material alone brings most of that.
"""

from __future__ import annotations

import re
from pathlib import Path

COMMENT = re.compile(r"^[ \t]*(?://.*|/\*[^\n]*\*/)\n", re.M)  # on lines of their own
RULE = re.compile(r"[^{}]*\[data-md-color-(?:primary|accent)=[^{}]*\{[^{}]*\}")
REFERENCE = re.compile(r'<link rel="stylesheet" href="[^"]*_mkdocstrings\.css">')


def copy(path: Path, folder: Path) -> None:
    """Copy a script or a style sheet without its comments."""
    text = path.read_text(encoding="utf-8")
    (folder / path.name).write_text(COMMENT.sub("", text), encoding="utf-8")


def without_reference(html: str) -> str:
    """Leave out the style sheet of the reference, on pages that are none of it."""
    return REFERENCE.sub("", html)


def without_colors(site: Path) -> None:
    """Leave out Material's sets of colours; the site has its own."""
    for path in (site / "assets" / "stylesheets").glob("palette.*.css"):
        path.write_text(RULE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
