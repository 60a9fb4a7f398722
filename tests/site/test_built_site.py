"""Is the built site whole: links, search, what it asks of others, and its size?"""

import gzip
import json
import re
import shutil
import subprocess
from urllib.parse import unquote

import lessons
import pytest
import python_files

LINKINATOR = python_files.node_modules() / ".bin" / "linkinator"


def pages_of(site):
    return sorted(site.rglob("*.html"))


def test_no_page_asks_for_anything_elsewhere(site):
    for page in pages_of(site):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|img|iframe|source)[^>]*\ssrc="(https?:[^"]+)"', text)
        loaded += re.findall(
            r'<link[^>]*rel="(?:stylesheet|preconnect|icon)"[^>]*href="(https?:[^"]+)"', text
        )
        here = "http://127.0.0.1:8000/some/base/"
        assert [address for address in loaded if not address.startswith(here)] == []


def test_nothing_tells_to_install_the_other_minikeras(site):
    for path in [*pages_of(site), *site.rglob("*.ipynb")]:
        assert not re.search(r"pip install (-q )?minikeras(?!-learn)\b", path.read_text("utf-8"))


@pytest.mark.parametrize("lang", lessons.LANGUAGES)
def test_each_language_has_notebooks_of_its_own(site, lang):
    folder = site if lang == "en" else site / lang
    for path in (lessons.ROOT / "tutorials").glob("[0-9]*.py"):
        page = lessons.page_of(path)
        title = (lessons.ROOT / "docs" / lang / page).read_text("utf-8").partition(" {")[0]
        book = json.loads((folder / page.replace(".md", ".ipynb")).read_text("utf-8"))
        texts = [cell["source"] for cell in book["cells"] if cell["cell_type"] == "markdown"]
        assert texts[0].splitlines()[0] == title


def test_links_lead_somewhere_under_another_address(site, tmp_path):
    if not shutil.which("node") or not LINKINATOR.exists():
        pytest.skip("linkinator is not there: npm ci --prefix docs/ui")
    pytest.importorskip("uvicorn", reason="serves the site: the extra monitor has it")
    from served import served

    (tmp_path / "elsewhere").symlink_to(site)
    with served(tmp_path) as address:
        top = f"{address}elsewhere/"
        command = [str(LINKINATOR), top, "--recurse", "--format", "json"]
        command += ["--skip", f"^(?!{address})"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    links = json.loads(done.stdout[done.stdout.index("{") :])["links"]
    broken = [(link["url"], link.get("parent")) for link in links if link["state"] == "BROKEN"]
    assert broken == []
    told = {link["url"].removeprefix(top) for link in links}
    assert told >= {"zh/lab/", "start/loop.ipynb", "ko/start/loop.ipynb"}


def test_a_link_to_a_section_finds_it(site):
    ids = {
        page: set(re.findall(r'\sid="([^"]+)"', page.read_text("utf-8"))) for page in pages_of(site)
    }
    lost = []
    for page in ids:
        for path, section in re.findall(
            r'href="([^":?#]*)[^"#:]*#([^"]+)"', page.read_text("utf-8")
        ):
            target = (page.parent / path / "index.html").resolve() if path else page.resolve()
            if unquote(section) not in ids.get(target, ()):
                lost.append((page.relative_to(site), path, section))
    assert lost == []
    assert len(ids) > 150


@pytest.mark.parametrize("lang", lessons.LANGUAGES)
def test_each_language_has_a_search_of_its_own(site, lang):
    folder = site if lang == "en" else site / lang
    index = json.loads((folder / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert index["config"]["lang"] == [lang]
    for entry in index["docs"]:
        assert (folder / entry["location"].split("#")[0]).exists()
    text = "".join(entry["text"] for entry in index["docs"])
    for letters, its_own in (("[가-힣]", "ko"), ("[\u4e00-\u9fff]", "zh")):
        share = len(re.findall(letters, text)) / len(text)
        assert share > 0.15 if lang == its_own else share < 0.01


def test_a_page_weighs_little_before_run(site):
    for page in pages_of(site):
        text = page.read_text(encoding="utf-8")
        names = re.findall(r'(?:src|href)="((?:\.\./|\./)*assets/[^"]+\.(?:js|css))"', text)
        files = {(page.parent / name).resolve() for name in names}
        parts = [text.encode(), *(path.read_bytes() for path in sorted(files))]
        weight = sum(len(gzip.compress(part, mtime=0)) for part in parts)
        limit = 120_000 if "reference" in page.parts else 90_000
        assert weight <= limit, (page.relative_to(site), weight)
