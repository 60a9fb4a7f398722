"""Does every lesson's notebook run, in each language?"""

import json

import lessons
import pytest
import running

pytest.importorskip("latex2mathml", reason="the extra `docs` brings it")
import blocks
import notebooks

PAGES = [lessons.page_of(path) for path in sorted((lessons.ROOT / "tutorials").glob("[0-9]*.py"))]
ADDRESS = "https://example.org/minikeras/"


def book_of(page, lang):
    text = (lessons.ROOT / "docs" / lang / page).read_text(encoding="utf-8")
    return notebooks.notebook(text, blocks.Page(page, lang), ADDRESS)


@pytest.mark.slow
@pytest.mark.parametrize("lang", lessons.LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_runs(page, lang, tmp_path):
    nbformat = pytest.importorskip("nbformat", reason="the extra `docs` brings it")
    nbclient = pytest.importorskip("nbclient", reason="the extra `docs` brings it")
    book = nbformat.reads(book_of(page, lang), as_version=4)
    nbformat.validate(book)
    native = {cell.code for cell in running.run(page).cells.values() if cell.is_native}
    book.cells = [cell for cell in book.cells if cell.source not in native]
    place = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3", resources=place).execute()


@pytest.mark.parametrize("lang", lessons.LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_has_the_cells_of_its_lesson(page, lang):
    cells = json.loads(book_of(page, lang))["cells"]
    codes = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    assert codes[1:] == [cell.code for cell in running.run(page).cells.values()]
    texts = "".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    assert "{ #" not in texts
    assert "<!-- en:" not in texts
    assert ".md)" not in texts


def test_the_first_cell_installs_from_the_site():
    code = notebooks.install(ADDRESS)
    assert f"minikeras-learn @ {ADDRESS}assets/python/minikeras_learn-" in code
    assert "pip install minikeras" not in code
