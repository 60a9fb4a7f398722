"""Which files can be fetched? Those of the page, read once: no request ever opens a file."""

from __future__ import annotations

from importlib.resources import files

TYPES = {
    "css": "text/css",
    "html": "text/html",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}


def page_files() -> dict[str, tuple[bytes, str]]:
    """Return content and media type by path.

    >>> content, media_type = page_files()["/"]
    >>> media_type
    'text/html'
    """
    found = {}
    for file in (files("minikeras.monitor") / "static").iterdir():
        kind = file.name.rpartition(".")[2]
        if kind in TYPES:
            found[f"/static/{file.name}"] = (file.read_bytes(), TYPES[kind])
    return {"/": found.pop("/static/index.html"), **found}
