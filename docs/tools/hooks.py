"""Where do our tools take part when MkDocs builds the site?"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as MkDocsPage

sys.path.insert(0, str(Path(__file__).resolve().parent))
import blocks
import docstrings
import lessons
import notebooks
import python_files
import search_index
import tables
from wording import words

blocks.BLOCKS |= tables.TABLES
PAGES: dict[str, blocks.Page] = {}


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Tell mkdocstrings that the pages of another language follow; it would keep the first."""
    docstrings.language = config.plugins["i18n"].current_language  # type: ignore[attr-defined]
    handlers = config.plugins["mkdocstrings"].handlers  # type: ignore[attr-defined]
    handlers._locale = docstrings.language
    handlers._handlers.clear()
    return files


def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
    env.globals["words"] = words(docstrings.language)
    return env


def on_page_markdown(markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    lang, _, path = page.file.src_uri.partition("/")
    depth = page.url.count("/") - (lang != "en")
    mine = blocks.Page(path, lang, "../" * depth, repository(), page.meta)
    try:
        if lessons.file_of(path):
            page.meta["lesson"] = Path(path).stem
            notebooks.write(markdown, mine, Path(config.site_dir), config.site_url or "")
        PAGES[page.file.src_uri] = mine
        return blocks.render(markdown, mine)
    except Exception as error:
        raise PluginError("\n".join([str(error), *getattr(error, "__notes__", [])])) from error


def on_page_content(html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    return blocks.put_in(html, PAGES.pop(page.file.src_uri))


@event_priority(-200)  # after static-i18n, which builds the other languages in this event
def on_post_build(*, config: MkDocsConfig) -> None:
    if config.plugins["i18n"].building:  # type: ignore[attr-defined]
        return  # this was one of the others
    site = Path(config.site_dir)
    search_index.split(site)
    python_files.serve(site)
    scripts = site / "assets" / "ui"
    scripts.mkdir(parents=True, exist_ok=True)
    for path in (lessons.ROOT / "docs" / "ui").iterdir():
        if path.suffix in (".js", ".css", ".py") and ".source." not in path.name:
            shutil.copy(path, scripts)


def repository() -> str:
    """Return the address that names of files can follow, where one is known."""
    address = os.environ.get("REPOSITORY_URL", "").rstrip("/")
    return f"{address}/blob/main/" if address else ""
