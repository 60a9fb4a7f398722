"""Is a name on the page only text, whatever stands in it, and does the page ask nobody else?"""

import pytest

from tests.monitor.browser import chromium, tell_two_runs, visit

pytestmark = pytest.mark.slow

HACK = "window.__hacked=1"
NAMES = [
    f"<script>{HACK}</script>",
    f"<img src=x onerror={HACK}>",
    f"<svg onload={HACK}>",
    '"><iframe srcdoc="<script>parent.__hacked=1</script>">',
    f"<a href=javascript:{HACK}>x</a>",
    f"</title></svg></bdi><script>{HACK}</script>",
    f"<style>@import 'http://example.com/{HACK}'</style>",
    f"${{{HACK}}} {{{{constructor.constructor('{HACK}')()}}}}",
    f"'; {HACK}; //",
    f"&lt;script&gt;{HACK}&lt;/script&gt; &#60;b&#62;",
    "<img src=http://example.com/x.png>",
    "__proto__",
    "constructor \u202e<b>backwards</b>",
]


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


def tell_names(talk):
    for name in NAMES:
        talk.publish(0, name=name, **{name: 1.0, f"val_{name}": 2.0, "learning_rate": 0.1})
        talk.publish(1, name=name, **{name: None, f"val_{name}": 1.0, "learning_rate": 0.01})


@pytest.mark.parametrize("language", ["en", "ko", "zh"])
def test_names_are_shown_literally_and_never_run(browser, fresh, language):
    tell_names(fresh)
    with visit(browser, f"{fresh.url}/?lang={language}") as seen:
        page = seen.page
        page.locator("#runs li").nth(len(NAMES) - 1).wait_for()
        seen.settle()
        for fold in page.locator("summary").all():
            fold.click()
        for plot in page.locator(".plot").all():
            plot.focus()
            page.keyboard.press("Home")
        texts = page.evaluate(
            "[...document.querySelectorAll('#runs .name')].map(n => n.textContent)"
        )
        assert texts == NAMES
        titles = page.evaluate("[...document.querySelectorAll('h3')].map(n => n.textContent)")
        assert titles == [*NAMES, "learning_rate"]
        cells = page.evaluate(
            "[...document.querySelectorAll('#latest th')].map(n => n.textContent)"
        )
        assert {*NAMES, *(f"val_{name}" for name in NAMES)} <= set(cells)
        assert page.evaluate("window.__hacked") is None
        made = "main :is(script, img, iframe, style, a, b)"
        assert page.locator(made).count() == 0
        assert all(address.startswith(fresh.url + "/") for address in seen.asked)


def test_the_page_forbids_what_it_does_not_need(browser, fresh):
    with visit(browser, fresh.url, complaints_allowed=True) as seen:
        policy = seen.page.request.get(fresh.url).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        seen.page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "window.__hacked = 1";
                document.body.append(script);
            }"""
        )
        assert seen.page.evaluate("window.__hacked") is None
        assert any("Content Security Policy" in line for line in seen.complaints)


def test_the_page_asks_its_own_server_for_files_and_events_and_nothing_else(browser, fresh):
    tell_two_runs(fresh)
    with visit(browser, fresh.url) as seen:
        seen.wait_for("Training, epoch 20 done")
        paths = {address.removeprefix(fresh.url) for address in seen.asked}
        assert {"/", "/events", "/static/main.js", "/static/style.css"} <= paths
        assert all(path in ("/", "/events") or path.startswith("/static/") for path in paths)
