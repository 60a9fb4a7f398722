"""Is the text of the page's files safe to serve and short enough to read?"""

import re
from pathlib import Path

import pytest

import minikeras

STATIC = Path(minikeras.__file__).parent / "monitor" / "static"
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
ROOM = 290  # lines of a file that can be read in one sitting


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_short_and_opens_with_its_question(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= ROOM
    assert max(map(len, lines)) <= 100
    assert re.match(r"// \w.*\?", lines[0])


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_of_text(path):
    ways = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function"
    assert not re.search(ways, path.read_text(encoding="utf-8"))


def test_nothing_stands_inline_and_nothing_comes_from_elsewhere():
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    for path in FILES:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://(?!localhost)", text)
