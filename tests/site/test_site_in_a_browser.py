"""Does the built site do what a reader expects, in each language, in a real browser?"""

import re
from html import unescape
from importlib.resources import files

import lessons
import pyodide_packages
import pytest
import running
from runtime_page import CORE, PYODIDE, chromium, expect, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all((PYODIDE / name).is_file() for name in CORE),
        reason="needs Pyodide: npm ci --prefix docs/ui, or name a folder in MINIKERAS_NODE_MODULES",
    ),
]
TOPS = {"en": "", "ko": "ko/", "zh": "zh/"}
FOUND = [
    ("en", "early stopping"),
    ("ko", "콜백"),
    ("ko", "조기 종료"),
    ("zh", "回调"),
    ("zh", "早停"),
]
PAGES = [lessons.page_of(path) for path in sorted((lessons.ROOT / "tutorials").glob("[0-9]*.py"))]
KINDS = [
    "",
    "start/loop/",
    "callbacks/early_stopping/",
    "lab/",
    "reference/callbacks/",
    "differences/",
]


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(site):
    with served(site) as lesson:
        yield lesson.removesuffix("lesson/")


@pytest.fixture
def page(browser, address):
    """A page that complains of errors, and notes whom it asks besides the site."""
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.elsewhere, page.errors = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            page.elsewhere.append(asked.url)
            if not asked.url.startswith((address, "data:", "blob:"))
            else None
        ),
    )
    yield page
    assert page.errors == []
    context.close()


def run(page, cell):
    """Press Run, and return what is shown when it has ended."""
    place = page.locator(f'.py-cell[data-name="{cell}"]')
    place.locator(".py-run").click()
    expect(place.locator(".py-run")).to_have_attribute("aria-disabled", "false", timeout=90_000)
    return page.locator(f'.py-cell[data-name="{cell}"] + .py-static').inner_text()


@pytest.mark.parametrize("lang", lessons.LANGUAGES)
def test_a_wrong_answer_shows_its_case_and_a_right_one_is_praised(page, address, lang):
    page.goto(address + TOPS[lang] + "callbacks/base_logger/")
    lesson = running.run("callbacks/base_logger.md")
    assert page.elsewhere == []
    wrong = run(page, "exercise")
    assert wrong.split() == shown(lesson.cells["exercise"], lang).split()
    assert re.search(r"\d\.\d.*\d\.\d", wrong)  # the case on which it fails
    place = page.locator('.py-cell[data-name="exercise"]')
    if place.locator(".py-edit").is_visible():
        place.locator(".py-edit").click()
    place.get_by_role("textbox").fill(lesson.cells["solution"].code)
    right = run(page, "exercise")
    assert right.split() == shown(lesson.cells["solution"], lang).split()
    assert page.elsewhere == []


def shown(cell, lang):
    """Return the text of a verdict as the build saw it."""
    html = "".join(text for _, text in cell.outputs[lang])
    return unescape(re.sub(r"<[^>]+>", "", html))


@pytest.mark.parametrize("lang", lessons.LANGUAGES)
def test_a_cell_gives_in_the_page_what_it_gave_at_build(page, address, lang):
    page.goto(address + TOPS[lang] + "callbacks/early_stopping/")
    for name, cell in running.run("callbacks/early_stopping.md").cells.items():
        if cell.kind == "run":
            before = page.locator(f'.py-cell[data-name="{name}"] + .py-static').inner_text()
            assert run(page, name).split() == before.split()
    assert page.elsewhere == []


NUMBER = re.compile(r"\d+\.\d+(?:e-?\d+)?")


def alike(told, before):
    """Are these the same words, and numbers that agree as far as two machines' sums do?"""
    numbers = [[float(found) for found in NUMBER.findall(text)] for text in (told, before)]
    words = [NUMBER.sub("#", text).split() for text in (told, before)]
    return words[0] == words[1] and numbers[0] == pytest.approx(numbers[1], rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("path", PAGES)
def test_every_cell_gives_in_the_page_what_it_gave_at_build(page, address, path):
    cells = [cell for cell in running.run(path).cells.values() if not cell.is_native]
    cells = [cell for cell in cells if cell.kind == "run"]
    needed = {name for cell in cells for name in cell.packages}
    packages = {}
    for name in sorted(needed):
        found = pyodide_packages.find(PYODIDE / "pyodide-lock.json", (name,))
        packages |= found or {name: None}
    lacking = [name for name, file in packages.items() if file is None]
    cells = [cell for cell in cells if not {*lacking} & {*cell.packages}]
    page.route(
        "https://cdn.jsdelivr.net/**",
        lambda route: route.fulfill(path=packages[route.request.url.rpartition("/")[2]]),
    )
    page.goto(address + path.replace("index.md", "").replace(".md", "/"))
    places = [f'.py-cell[data-name="{cell.name}"] + .py-static' for cell in cells]
    before = [page.locator(place).inner_text() for place in places]
    assert page.elsewhere == []
    for cell, told in zip(cells, before, strict=True):
        now = run(page, cell.name)
        assert alike(now, told), f"{cell.name}\n{now}\n{told}"
    assert needed or page.elsewhere == []
    if lacking:
        pytest.skip(f"{len(cells)} cells ran; {' and '.join(lacking)} for Pyodide cannot be had")


@pytest.mark.parametrize("lang", lessons.LANGUAGES)
def test_the_lab_opens_and_decides(page, address, lang):
    page.goto(address + TOPS[lang] + "lab/?preset=zigzag&es.patience=4")
    expect(page.locator(".lab table")).to_contain_text("15", timeout=60_000)
    point = page.get_by_role("slider").first
    point.focus()
    before = page.locator(".lab table").inner_text()
    point.press("ArrowUp")
    expect(page.locator(".lab table")).not_to_have_text(before, timeout=60_000)
    assert page.elsewhere == []


@pytest.mark.parametrize("path", ["start/fit/", "callbacks/early_stopping/"])
def test_switching_the_language_stays_on_the_page_and_section(page, address, path):
    page.goto(f"{address}{path}#exercise")
    for lang in ("ko", "zh", "en"):
        page.locator(".md-header .md-select button").focus()
        page.locator(f'.md-header a[hreflang="{lang}"]').click()
        page.wait_for_url(f"{address}{TOPS[lang]}{path}#exercise")
        assert page.locator("html").get_attribute("lang") == lang
        expect(page.locator("#exercise")).to_be_in_viewport()


@pytest.mark.parametrize(("lang", "words"), FOUND)
def test_a_search_finds_pages_of_its_language(page, address, lang, words):
    page.goto(address + TOPS[lang])
    page.get_by_role("textbox").first.click()
    page.keyboard.type(words)
    found = page.locator(".md-search-result__link")
    expect(found.first).to_be_visible(timeout=10_000)
    links = found.evaluate_all("links => links.map(link => link.href)")
    assert all(link.startswith(address + TOPS[lang]) for link in links)
    if words in ("early stopping", "조기 종료", "早停"):
        assert any("early_stopping" in link or "start/stop" in link for link in links)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", lessons.LANGUAGES)
@pytest.mark.parametrize("path", KINDS)
def test_axe_finds_nothing(browser, address, path, lang, scheme):
    package = pytest.importorskip("axe_playwright_python", reason="the extra dev has axe")
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(address + TOPS[lang] + path)
    page.evaluate((files(package) / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    context.close()
    told = [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found]
    assert told == []


@pytest.mark.parametrize("path", ["start/loop/", "ko/callbacks/early_stopping/", "zh/lab/", ""])
def test_a_page_fits_a_phone(browser, address, path):
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(address + path)
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert wide <= 360
