"""Does the lab do what is drawn, by mouse, finger and keys? Python in chromium, from here."""

import json
import re
import sys
from contextlib import contextmanager
from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from runtime_page import CORE, PYODIDE, expect, served, write

sys.path.append(str(Path(__file__).parents[1] / "monitor"))
from browser import chromium

from minikeras.lab import controls, still
from minikeras.lab.page import answer

pytestmark = pytest.mark.skipif(
    not all((PYODIDE / name).is_file() for name in CORE),
    reason="needs Pyodide: npm ci --prefix docs/ui, or name a folder in MINIKERAS_NODE_MODULES",
)
LANGUAGES = ("en", "ko", "zh")
WHOLE = "preset=overfit&es.patience=3"
PART = "preset=zigzag&show=EarlyStopping&es.patience=3"
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>The lab</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">{styles}</head>
<body data-md-color-scheme="{scheme}" data-md-color-primary="indigo"><main class="md-typeset">
<h1>The lab</h1>{lab}</main>
<script type="module" src="../assets/ui/lab.js"></script></body></html>"""
LINK = '<p class="lab-link"><a href="../lab-{lang}/?{state}">The whole lab</a></p>'
LOOK = "body{margin:0 auto;padding:12px;max-width:980px;overflow-wrap:anywhere}"
DARK = "body{background:#1e2129;color:#e2e4e9}"


def page_of(lang, state, is_part=False, scheme="default", styles=""):
    """Return a page as the build writes it."""
    told = json.dumps(controls(lang), ensure_ascii=False).replace("</", "<\\/")
    lab = (
        f'<div class="lab" data-state="{escape(state)}">{still(state, lang)}'
        f'<script type="application/json" class="lab-controls">{told}</script></div>'
    ) + LINK.format(lang=lang, state=escape(state)) * is_part
    look = LOOK + DARK * (scheme == "slate")
    styles += f'<link rel="stylesheet" href="../assets/ui/lab.css"><style>{look}</style>'
    return PAGE.format(lang=lang, scheme=scheme, styles=styles, lab=lab)


def write_pages(folder, styles=""):
    """Write the whole lab in each language, a dark one, and one inside another page."""
    write(folder, {})
    pages = {f"lab-{lang}": page_of(lang, WHOLE, styles=styles) for lang in LANGUAGES}
    pages["dark"] = page_of("en", WHOLE, scheme="slate", styles=styles)
    pages["part"] = page_of("en", PART, is_part=True, styles=styles)
    for name, text in pages.items():
        (folder / name).mkdir()
        (folder / name / "index.html").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    write_pages(folder)
    with served(folder) as lesson:
        yield lesson.removesuffix("lesson/")


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@contextmanager
def opened(browser, url, **options):
    """Open a lab; whatever it complains of fails the test."""
    context = browser.new_context(
        **{"viewport": {"width": 1000, "height": 900}, "reduced_motion": "reduce"} | options
    )
    page, complaints = context.new_page(), []
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(60_000)
    try:
        page.goto(url)
        page.wait_for_selector(".lab[data-ready]")
        yield page
        assert complaints == []
    finally:
        context.close()


def newest(page):
    return page.locator(".lab-newest")


def point(page, epoch):
    return page.get_by_role("slider", name=f"val_loss, epoch {epoch}", exact=True)


def state_of(page):
    """Return what the address bar says once the lab is quiet."""
    page.wait_for_selector(".lab[data-settled]")
    return {key: value[0] for key, value in parse_qs(urlsplit(page.url).query).items()}


def wait_for(page, text):
    expect(newest(page)).to_contain_text(text, timeout=60_000)


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_lab_that_nobody_touches_fetches_no_python(browser, address):
    with opened(browser, address + "lab-en/") as page:
        wait_for(page, "Epoch 13: 0.3 does not beat 0.26 (epoch 10): wait 3 of 3.")
        page.mouse.move(300, 300)
        page.keyboard.press("Tab")
        assert not [url for url in page.asked if "python/" in url or "worker" in url]


def test_the_mouse_moves_a_point_and_python_answers(browser, address):
    with opened(browser, address + "lab-en/") as page:
        x, y = middle(point(page, 12))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + 40, steps=4)
        page.mouse.up()
        expect(point(page, 12)).to_have_attribute("aria-valuetext", "0.07")
        wait_for(page, "Epoch 15: 0.33 does not beat 0.07 (epoch 12): wait 3 of 3.")
        moved = state_of(page)
        assert moved["curve"].split("_")[11] == "7"
        assert moved["es.patience"] == "3"
        asked = answer(
            urlsplit(page.url).query, "en", page.locator(".lab").evaluate("e => e.clientWidth")
        )
        assert page.locator(".lab-table").inner_html() == asked["table"]
        shown = page.locator(".lab-picture svg").get_attribute("data-curve")
        assert shown == moved["curve"]


def test_the_keys_do_all_that_the_mouse_does(browser, address):
    with opened(browser, address + "lab-en/") as page:
        point(page, 1).focus()
        for _ in range(9):
            page.keyboard.press("ArrowRight")
        expect(point(page, 10)).to_be_focused()
        heard = []
        for key in (
            "ArrowUp",
            "PageUp",
            "ArrowDown",
            "PageDown",
            "End",
            "Home",
            "m",
            "n",
            "ArrowUp",
        ):
            page.keyboard.press(key)
            heard.append(point(page, 10).get_attribute("aria-valuetext"))
        assert heard == ["0.27", "0.37", "0.36", "0.26", "1.1", "0", "missing", "NaN", "0.9"]
        wait_for(page, "Epoch 12: 0.28 does not beat 0.27 (epoch 9): wait 3 of 3.")
        page.keyboard.press("Delete")
        wait_for(page, "Epoch 13: 0.3 does not beat 0.27 (epoch 9): wait 3 of 3.")
        assert state_of(page)["curve"].split("_")[9] == "-"
        expect(page.get_by_role("row", name="10 0.1")).to_contain_text("No val_loss: not counted.")
        status = page.locator(".lab-unseen")
        expect(status).to_contain_text("Epoch 13: 0.3 does not beat 0.27")


def test_a_finger_moves_a_point_and_the_buttons_do_the_rest(browser, address):
    options = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
    with opened(browser, address + "lab-en/", **options) as page:
        point(page, 5).scroll_into_view_if_needed()
        x, y = middle(point(page, 5))
        client = page.context.new_cdp_session(page)

        def touch(kind, *places):
            points = [{"x": x, "y": place} for place in places]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", y)
        for step in range(1, 5):
            touch("touchMove", y + 15 * step)
        touch("touchEnd")
        wait_for(page, "Epoch 8: 0.28 does not beat")
        value = float(point(page, 5).get_attribute("aria-valuetext"))
        assert 0 <= value < 0.2
        page.get_by_role("button", name="Missing").click()
        expect(point(page, 5)).to_have_attribute("aria-valuetext", "missing")
        wait_for(page, "Epoch 13: 0.3 does not beat 0.26")
        for button in page.locator(".lab button:visible, .lab select:visible").all():
            box = button.bounding_box()
            assert box["height"] >= 44, button.inner_text()
            assert box["width"] >= 44, button.inner_text()
        assert point(page, 5).bounding_box()["height"] >= 44
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_presets_and_controls_set_what_python_hears(browser, address):
    with opened(browser, address + "lab-en/") as page:
        page.get_by_role("button", name="Zigzag").click()
        wait_for(page, "Epoch 6: 0.6 does not beat 0.57 (epoch 3): wait 3 of 3.")
        assert page.get_by_role("button", name="Zigzag").get_attribute("aria-pressed") == "true"
        stopping = page.locator('[data-group="es"]')
        stopping.get_by_label("patience").fill("4")
        wait_for(page, "Epoch 15:")
        stopping.get_by_label("min_delta").fill("0.05")
        stopping.get_by_label("restore_best_weights").check()
        wait_for(page, "Epoch 2's weights return.")
        page.get_by_label("ReduceLROnPlateau").check()
        page.locator('[data-group="rlr"]').get_by_label("patience").fill("2")
        expect(page.locator(".lab-code")).to_contain_text("ReduceLROnPlateau(patience=2)")
        page.get_by_label("EarlyStopping", exact=True).uncheck()
        expect(page.locator(".lab-code code")).to_have_text(
            "callbacks=[ReduceLROnPlateau(patience=2)]"
        )
        assert state_of(page) == {
            "preset": "zigzag", "es": "off", "es.patience": "4", "es.min_delta": "0.05",
            "es.restore_best_weights": "on", "rlr.patience": "2",
        }  # fmt: skip


def test_an_error_is_shown_whole_and_goes_away(browser, address):
    with opened(browser, address + "lab-ko/") as page:
        name = page.locator('[data-group=""] input[type="text"]')
        name.fill("f1x")
        name.press("Enter")
        error = page.get_by_role("alert")
        expect(error).to_contain_text(
            "ValueError: is a larger 'f1x' better? Pass mode='max' or mode='min'.", timeout=60_000
        )
        expect(error).to_contain_text("콜백이 설정이나 에포크를 받아들이지 않았습니다.")
        page.locator('[data-group=""] select').select_option("min")
        expect(error).to_be_hidden()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_shared_address_opens_the_same_lab(browser, address, lang):
    state = "curve=50_40_-_45_nan_60&es.patience=3&rlr.patience=1&lrs.schedule=warm-up&mc.period=2"
    with opened(browser, f"{address}lab-{lang}/?{state}#lab") as page:
        expect(page.locator(".lab tbody tr")).to_have_count(6, timeout=60_000)
        asked = answer(state, lang, page.locator(".lab").evaluate("e => e.clientWidth"))
        assert newest(page).inner_text() == asked["newest"]
        assert state_of(page) == {k: v[0] for k, v in parse_qs(asked["state"]).items()}
        assert urlsplit(page.url).fragment == "lab"
        page.locator(".lab-share").click()
        told = controls(lang)["words"]
        expect(page.locator(".lab-status")).to_have_text(
            re.compile(f"^({re.escape(told['copied'])}|{re.escape(told['not_copied'])} http.*)$")
        )


def test_a_lab_inside_a_page_shows_its_callback_and_leads_to_the_whole(browser, address):
    with opened(browser, address + "part/") as page:
        groups = page.locator(".lab fieldset")
        assert [g.get_attribute("data-group") for g in groups.all()] == ["es", ""]
        page.get_by_role("button", name="Second valley").click()
        wait_for(page, "Epoch 8: 0.44 does not beat 0.42 (epoch 5): wait 3 of 3.")
        assert urlsplit(page.url).query == ""
        page.get_by_role("link", name="The whole lab").click()
        page.wait_for_selector(".lab[data-ready]")
        wait_for(page, "Epoch 8: 0.44 does not beat 0.42 (epoch 5): wait 3 of 3.")


def test_an_answer_comes_within_a_frame(browser, address):
    """Of 60 frames a second each has 16 ms; loaded machines get three."""
    with opened(
        browser, address + "lab-en/?preset=flat&es.patience=15&rlr.patience=2&mc=on"
    ) as page:
        wait_for(page, "Epoch 19")
        point(page, 10).focus()
        times = []
        for key in ("ArrowUp", "ArrowDown") * 15:
            page.locator(".lab").evaluate("e => delete e.dataset.ms")
            page.keyboard.press(key)
            page.wait_for_selector(".lab[data-ms]")
            times.append(
                [float(ms) for ms in page.locator(".lab").get_attribute("data-ms").split()]
            )
        python, whole = (sorted(column)[len(times) // 2] for column in zip(*times, strict=True))
        print(f"\nmedian: {python} ms in Python, {whole} ms in all")
        assert whole < 48


@pytest.mark.parametrize("name", ["lab-en", "lab-ko", "lab-zh", "dark", "part"])
def test_axe_finds_nothing(browser, address, name):
    package = pytest.importorskip("axe_playwright_python", reason="the extra dev has axe")
    axe = (files(package) / "axe.min.js").read_text(encoding="utf-8")
    with opened(browser, f"{address}{name}/") as page:
        page.locator(".lab-presets button").nth(6).click()
        expect(page.locator(".lab [data-preset='nan_first']")).to_have_attribute(
            "aria-pressed", "true"
        )
        page.wait_for_selector(".lab[data-ms]")
        page.evaluate(axe)
        found = page.evaluate("axe.run().then(({ violations }) => violations)")
        assert [(f["id"], [n["html"] for n in f["nodes"]]) for f in found] == []
