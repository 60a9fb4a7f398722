"""Can everybody read the page: in three languages, light, dark, on a phone?"""

import re

import pytest

from tests.monitor.browser import chromium, tell_two_runs, visit

pytestmark = pytest.mark.slow

SHOWN = "Training, epoch 20 done"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


# -- languages ------------------------------------------------------------------------------------

STATES = {"en": SHOWN, "ko": "학습 중(20번째 에포크까지 완료)", "zh": "训练中（已完成第 20 轮）"}  # noqa: RUF001
NAMES = (
    "minikeras monitor|CSVLogger|epoch|English|한국어|中文|dropout|"
    r"\b(val_)?(loss|accuracy)\b|learning_rate"
)
FOREIGN = {"en": "[가-힣一-鿿]", "ko": "[A-Za-z一-鿿]", "zh": "[A-Za-z가-힣]"}
SAID = """() => {
    const told = [...document.querySelectorAll("[aria-label]")].map((n) => n.ariaLabel);
    told.push(...[...document.querySelectorAll("[aria-valuetext]")].map((n) => n.ariaValueText));
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const { data, parentNode } = walk.currentNode;
        if (!parentNode.closest("code, noscript")) told.push(data);
    }
    return told;
}"""


@pytest.mark.parametrize("language", STATES)
def test_a_page_speaks_one_language(browser, fresh, language):
    with visit(browser, f"{fresh.url}/?lang={language}") as seen:
        assert seen.page.evaluate("document.documentElement.lang") == language
        tell_two_runs(fresh)
        for epoch in range(501):
            fresh.publish(epoch, run="third", loss=-1.0)
        seen.wait_for(STATES[language])
        seen.page.locator("#logarithmic").click()
        for fold in seen.page.locator("summary").all():
            fold.click()
        for plot in seen.page.locator(".plot").all():
            plot.focus()
            seen.page.keyboard.press("Home")
        said = seen.page.evaluate(SAID)
        assert len(said) > 300
        foreign = [text for text in said if re.search(FOREIGN[language], re.sub(NAMES, "", text))]
        assert foreign == []


@pytest.mark.parametrize("language", STATES)
def test_the_browser_s_language_is_taken_until_another_is_chosen(browser, fresh, language):
    tell_two_runs(fresh)
    with visit(browser, fresh.url, locale=language) as seen:
        seen.wait_for(STATES[language])
        for other in STATES:
            seen.page.locator("#language").select_option(other)
            seen.wait_for(STATES[other])
            seen.page.reload()
            seen.wait_for(STATES[other])
        seen.page.goto(f"{fresh.url}/?lang={language}")
        seen.wait_for(STATES[language])


def test_a_choice_outlives_the_language_in_the_address(browser, fresh):
    with visit(browser, f"{fresh.url}/?lang=ko") as seen:
        seen.wait_for("첫 학습을 기다리는 중")
        seen.page.locator("#language").select_option("zh")
        seen.page.reload()
        seen.wait_for("等待第一次训练开始")


# -- colours --------------------------------------------------------------------------------------

COLOURS = """() => {
    const behind = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (colour !== "rgba(0, 0, 0, 0)") return colour;
        }
    };
    const pairs = [];
    for (const node of document.querySelectorAll("body *")) {
        const { color, fill, stroke, borderColor } = getComputedStyle(node);
        const isSaid = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        if (isSaid) pairs.push(["text", node.closest("svg") ? fill : color, behind(node)]);
        if (node.matches(".curve, .mark path")) pairs.push(["shape", stroke, behind(node)]);
        if (node.matches("select")) pairs.push(["shape", borderColor, behind(node)]);
        if (node.matches(".knob")) {
            const knob = getComputedStyle(node, "::after").backgroundColor;
            pairs.push(["shape", borderColor, behind(node.parentNode)]);
            pairs.push(["shape", knob, behind(node)]);
        }
    }
    return pairs;
}"""


def contrast(one, other):
    """Return the ratio of two colours' luminances, as WCAG 2 defines it."""

    def luminance(colour):
        channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_curves_stand_out_from_their_ground(browser, fresh, scheme):
    for run in range(8):
        fresh.publish(0, run=f"r{run}", loss=1.0, val_loss=None)
        fresh.publish(0, run=f"r{run}", end="exception")
    tell_two_runs(fresh)
    with visit(browser, fresh.url, color_scheme=scheme) as seen:
        seen.wait_for(SHOWN)
        seen.page.locator(".plot").first.hover()
        for _ in range(2):
            pairs = seen.page.evaluate(COLOURS)
            assert len({colour for _, colour, _ in pairs}) >= 10
            for kind, colour, ground in pairs:
                assert contrast(colour, ground) >= (4.5 if kind == "text" else 3.0), colour
            seen.page.locator("#logarithmic").click()
            seen.page.locator("#runs button").first.click()
            seen.settle()


def ground(seen):
    return seen.page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_system_s_colours_are_taken_until_others_are_chosen(browser, fresh, scheme):
    with visit(browser, fresh.url, color_scheme=scheme) as seen:
        white, black = "rgb(255, 255, 255)", "rgb(0, 0, 0)"
        assert (contrast(ground(seen), white) < contrast(ground(seen), black)) == (
            scheme == "light"
        )
        before = ground(seen)
        other = {"light": "dark", "dark": "light"}[scheme]
        seen.page.locator("#theme").select_option(other)
        assert ground(seen) != before
        seen.page.reload()
        assert ground(seen) != before
        seen.page.locator("#theme").select_option("auto")
        assert ground(seen) == before


def test_nothing_moves_for_readers_who_want_no_motion(browser, fresh):
    tell_two_runs(fresh)
    moves = "[...document.getAnimations()].length"
    for motion in ("reduce", "no-preference"):
        with visit(browser, fresh.url, reduced_motion=motion) as seen:
            seen.wait_for(SHOWN)
            assert (seen.page.evaluate(moves) == 0) == (motion == "reduce")


# -- phones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 360, 800])
@pytest.mark.parametrize("language", STATES)
def test_a_narrow_page_does_not_scroll_sideways(browser, fresh, width, language):
    size = {"width": width, "height": 740}
    with visit(browser, f"{fresh.url}/?lang={language}", viewport=size) as seen:
        widths = "[document.documentElement.scrollWidth, document.body.scrollWidth]"
        assert seen.page.evaluate(widths) == [width, width]
        fresh.publish(0, run="a", name="x" * 100, **{"y" * 100: 1e-300, "loss": 123456789.5})
        tell_two_runs(fresh)
        seen.wait_for(STATES[language])
        seen.page.locator(".plot").first.hover()
        for fold in seen.page.locator("summary").all():
            fold.click()
        assert seen.page.evaluate(widths) == [width, width]
