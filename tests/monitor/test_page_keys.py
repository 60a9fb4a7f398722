"""Can the page be used by keys alone, and by those who hear it?"""

from importlib.resources import files

import pytest

from tests.monitor.browser import chromium, tell_two_runs, visit

pytestmark = pytest.mark.slow

SHOWN = "Training, epoch 20 done"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


FOCUS = """() => {
    const { id, role, tagName } = document.activeElement;
    const outline = getComputedStyle(document.activeElement).outlineStyle;
    return { name: id || role || tagName.toLowerCase(), outline };
}"""


def test_the_tabulator_visits_all_controls_in_order_and_shows_where_it_is(browser, fresh):
    tell_two_runs(fresh)
    with visit(browser, fresh.url) as seen:
        seen.wait_for(SHOWN)
        seen.settle()
        stops = ["language", "theme", "switch", "switch", "logarithmic", *3 * ["slider"]]
        for stop in [*stops, "region", "summary", "summary"]:
            seen.page.keyboard.press("Tab")
            focus = seen.page.evaluate(FOCUS)
            assert (focus["name"], focus["outline"]) == (stop, "solid")


def test_arrow_keys_move_over_the_epochs_and_the_values_are_read_out(browser, fresh):
    tell_two_runs(fresh)
    with visit(browser, fresh.url) as seen:
        seen.wait_for(SHOWN)
        seen.settle()
        plot = seen.page.get_by_role("slider", name="loss")
        plot.focus()
        heard = {}
        for key in ("Home", "ArrowRight", "End", "ArrowLeft", "PageDown", "PageUp", "ArrowUp"):
            seen.page.keyboard.press(key)
            heard[key] = plot.get_attribute("aria-valuenow")
        assert list(heard.values()) == ["1", "2", "20", "19", "17", "19", "20"]
        seen.page.keyboard.press("Control+ArrowLeft")  # not ours
        assert plot.get_attribute("aria-valuenow") == "20"
        for _ in range(14):
            seen.page.keyboard.press("ArrowDown")
        assert seen.text("#readout") == [
            "Epoch 6; loss; dropout 0.2: training 0.33333, validation 1; "
            "Run 2: training not finite, validation 0.5"
        ]
        assert seen.page.locator(".cursor[visibility='visible']").count() == 3
        assert seen.text(".tip:visible .told") == ["0.33333", "1", "not finite", "0.5"]
        seen.page.keyboard.press("Escape")
        assert seen.page.locator(".tip:visible").count() == 0


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_switches_obey_enter_and_space(browser, fresh, key):
    tell_two_runs(fresh)
    with visit(browser, fresh.url) as seen:
        seen.wait_for(SHOWN)
        for switch in seen.page.get_by_role("switch").all():
            before, picture = switch.get_attribute("aria-checked"), seen.picture()
            switch.focus()
            for is_same in (False, True):
                seen.page.keyboard.press(key)
                seen.settle()
                assert (switch.get_attribute("aria-checked") == before) == is_same
                assert (seen.picture() == picture) == is_same


def test_a_hidden_run_is_not_drawn_but_stays_in_the_table(browser, fresh):
    tell_two_runs(fresh)
    with visit(browser, fresh.url) as seen:
        seen.wait_for(SHOWN)
        seen.page.get_by_role("switch", name="dropout 0.2").click()
        seen.settle()
        assert seen.page.locator("[data-run='1']").count() == 0
        assert seen.page.locator("[data-run='2']").count() == 3
        assert seen.text("#latest tr th:first-child") == ["Run", "dropout 0.2", "Run 2"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(browser, fresh, scheme, width):
    size = {"width": width, "height": 800}
    package = pytest.importorskip("axe_playwright_python", reason="the extra dev has axe")
    axe = files(package) / "axe.min.js"
    with visit(browser, fresh.url, color_scheme=scheme, viewport=size) as seen:
        seen.page.evaluate(axe.read_text(encoding="utf-8"))
        found = "axe.run().then(({ violations }) => violations)"
        seen.settle()
        assert seen.page.evaluate(found) == []
        tell_two_runs(fresh)
        seen.wait_for(SHOWN)
        seen.settle()
        assert seen.page.evaluate(found) == []
        for fold in seen.page.locator("summary").all():
            fold.click()
        seen.page.locator("#logarithmic").click()
        seen.page.locator(".plot").first.focus()
        seen.page.keyboard.press("Home")
        assert seen.page.evaluate(found) == []
