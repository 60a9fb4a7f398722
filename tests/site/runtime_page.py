"""What is a page with cells, for a test? Written by hand as the build writes it, and served."""

import json
import shutil
import socket
import sys
import threading
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="drives the browser: the extra dev has it")

from playwright.sync_api import Locator, Page, expect

sys.path.append(str(Path(__file__).parents[1] / "monitor"))
from browser import chromium
from python_files import CORE, node_modules

__all__ = ["CORE", "Cell", "Lesson", "chromium", "expect", "served", "write"]

ROOT = Path(__file__).parents[2]
UI = ROOT / "docs" / "ui"
PYODIDE = node_modules() / "pyodide"
SERVER = "https://packages.example/pyodide/"  # nobody's: a test answers in its place
BASE = "/some/base/"

WORDS = {
    "run": "Run",
    "stop": "Stop",
    "edit": "Edit",
    "reset": "Reset",
    "code": "Python code",
    "output": "Output",
    "loading": "Loading {name}",
    "waiting": "Waiting",
    "running": "Running",
    "done": "Done",
    "error": "Error",
    "above": "A cell above failed.",
    "stopped": "Stopped.",
    "lost": "The variables are gone. Run starts with the cells above.",
    "failed": "Could not load {name}. Check the connection, then press Run again.",
    "leave": "Escape, then Tab, leaves the editor.",
}
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>A lesson</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">{styles}</head>
<body data-md-color-scheme="{scheme}"><main class="md-typeset">{cells}</main>
<script id="ui-words" type="application/json">{words}</script>
<script type="module" src="../assets/ui/cells.js"></script></body></html>"""
CELL = """<div class="py-cell" data-name="{name}" data-kind="{kind}" data-packages="{packages}">
<div class="highlight"><pre><span></span><code>{code}
</code></pre></div></div><div class="py-static">{static}</div>"""


@dataclass
class Cell:
    code: str
    kind: str = "run"
    packages: str = ""
    static: str = '<pre class="py-out">as the build saw it</pre>'

    def html(self, name):
        told = CELL.format(
            name=name,
            kind=self.kind,
            packages=self.packages,
            code=escape(self.code),
            static=self.static,
        )
        if self.kind == "solution":
            return f"<details><summary>Solution</summary>{told}</details>"
        return told


def write(folder, cells, lang="en", scheme="default", styles=()):
    """Write a page with these cells, by name, and all that it fetches."""
    ui, python = folder / "assets" / "ui", folder / "assets" / "python"
    shutil.copytree(UI, ui, ignore=shutil.ignore_patterns("node_modules", "*.json", "*.source.js"))
    python.mkdir(parents=True)
    for name in CORE:
        (python / name).symlink_to(PYODIDE / name)
    wheel = "minikeras_learn-0-py3-none-any.whl"
    (python / wheel).write_bytes(wheel_of_the_library())
    told = {"wheel": wheel, "core": "./", "packages": SERVER}
    (python / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    for style in styles:
        shutil.copy(style, ui)
    links = "".join(
        f'<link rel="stylesheet" href="../assets/ui/{Path(style).name}">'
        for style in [*styles, "cells.css"]
    )
    page = PAGE.format(
        lang=lang,
        scheme=scheme,
        styles=links,
        cells="\n".join(cell.html(name) for name, cell in cells.items()),
        words=json.dumps(WORDS),
    )
    (folder / "lesson").mkdir()
    (folder / "lesson" / "index.html").write_text(page, encoding="utf-8")


@cache
def wheel_of_the_library():
    """Return the library as a wheel, which is a zip file."""
    import io

    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((ROOT / "minikeras").rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(ROOT))
    return whole.getvalue()


class Handler(SimpleHTTPRequestHandler):
    """Serve a folder below BASE, and nothing beside it."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }
    isolated = False
    lost: set[str] = set()  # names of files that the network loses, or "half " and a name
    protocol_version = "HTTP/1.1"

    def translate_path(self, path):
        inside = path.startswith(BASE)
        return super().translate_path("/" + path.removeprefix(BASE) if inside else "/nowhere")

    def do_GET(self):
        self.name = self.path.rpartition("/")[2].partition("?")[0]
        if self.name in self.lost:
            self.cut()
        else:
            super().do_GET()

    def copyfile(self, source, outputfile):
        if f"half {self.name}" not in self.lost:
            return super().copyfile(source, outputfile)
        outputfile.write(source.read(100_000))
        return self.cut()

    def cut(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        if self.isolated:
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *told):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A worker that is ended in the middle of a file is no error."""


@contextmanager
def served(folder, isolated=False, lost=()):
    """Serve a folder, but for the files in `lost`; yield the address of its lesson."""
    handler = type("Chosen", (Handler,), {"isolated": isolated, "lost": lost})
    server = Server(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{BASE}lesson/"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Lesson:
    """A page that is open, and what it has asked for."""

    page: Page
    asked: list[str] = field(default_factory=list)

    def cell(self, name) -> Locator:
        return self.page.locator(f'.py-cell[data-name="{name}"]')

    def output(self, name) -> Locator:
        return self.page.locator(f'.py-cell[data-name="{name}"] + .py-static')

    def state(self, name) -> Locator:
        return self.cell(name).get_by_role("status")

    def press(self, name, button):
        self.cell(name).get_by_role("button", name=f"{button} {name}").click()

    def run(self, name, end="Done"):
        """Press Run, wait for how it ends, and return what is shown."""
        self.press(name, "Run")
        button = self.cell(name).locator(".py-run")
        expect(button).to_have_attribute("aria-disabled", "false", timeout=60_000)
        expect(self.state(name)).to_have_text(end)
        return self.output(name).inner_text()

    def edit(self, name, code):
        if self.cell(name).get_by_role("button", name="Edit").is_visible():
            self.press(name, "Edit")
        self.cell(name).get_by_role("textbox").fill(code)
