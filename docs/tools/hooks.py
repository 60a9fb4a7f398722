"""Where do our tools take part when MkDocs builds the site?"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils.templates import TemplateContext

sys.path.insert(0, str(Path(__file__).resolve().parent))
import blocks
import docstrings
import lessons
import light
import measured
import notebooks
import python_files
import running
import search_index
import tables
from wording import words

blocks.BLOCKS |= tables.TABLES | {"measured": measured.measured}
PAGES: dict[str, blocks.Page] = {}
HIDDEN: dict[str, list[str]] = {}


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Run the lessons, and tell mkdocstrings the language; it would keep the first."""
    docstrings.language = config.plugins["i18n"].current_language  # type: ignore[attr-defined]
    if docstrings.language == "en":
        pages = [file.src_uri.removeprefix("en/") for file in files.documentation_pages()]
        running.run_ahead(p for p in pages if lessons.file_of(p) or lessons.captions(p))
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
            folder = Path(config.site_dir, "" if lang == "en" else lang)
            notebooks.write(markdown, mine, folder, config.site_url or "")
        PAGES[page.file.src_uri] = mine
        return blocks.render(markdown, mine)
    except Exception as error:
        raise PluginError("\n".join([str(error), *getattr(error, "__notes__", [])])) from error


def on_page_content(html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    html, HIDDEN[page.file.src_uri] = search_index.hide(
        blocks.put_in(html, PAGES.pop(page.file.src_uri))
    )
    return html


@event_priority(-200)  # after the search has read the page, and i18n has said where its others are
def on_page_context(
    context: TemplateContext, *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation
) -> TemplateContext:
    page.content = search_index.show(page.content or "", HIDDEN.pop(page.file.src_uri))
    top = urlsplit(config.site_url or "").path
    for other in config.extra.alternate:  # those of a home page would fit one address only
        other["link"] = other["link"].removeprefix(top) or "./"
    return context


def on_post_page(output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
    return output if "/reference/" in page.file.src_uri else light.without_reference(output)


@event_priority(-200)  # after static-i18n, which builds the other languages in this event
def on_post_build(*, config: MkDocsConfig) -> None:
    if config.plugins["i18n"].building:  # type: ignore[attr-defined]
        return  # this was one of the others
    site = Path(config.site_dir)
    search_index.split(site)
    python_files.serve(site)
    light.without_colors(site)
    scripts = site / "assets" / "ui"
    scripts.mkdir(parents=True, exist_ok=True)
    for path in (lessons.ROOT / "docs" / "ui").iterdir():
        if path.suffix in (".js", ".css", ".py", ".svg") and ".source." not in path.name:
            light.copy(path, scripts)


def repository() -> str:
    """Return the address that names of files can follow, where one is known."""
    address = os.environ.get("REPOSITORY_URL", "").rstrip("/")
    return f"{address}/blob/main/" if address else ""
