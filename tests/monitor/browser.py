"""What do the tests of the page share? A browser, what it complains of, and runs to look at."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

pytest.importorskip("playwright", reason="drives the browser: the extra dev has it")
pytest.importorskip("uvicorn", reason="serves the page: the extra monitor has it")

from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium():
    """Start the system's browser; skip where there is none."""
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A page that is open, what it has asked for, and what went wrong."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def text(self, selector):
        return self.page.locator(selector).all_inner_texts()

    def wait_for(self, text):
        self.page.get_by_text(text).first.wait_for()

    def settle(self):
        """Wait until what has been told is drawn."""
        self.page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def picture(self):
        """Return what the charts, the legend and the tables show."""
        self.settle()
        return self.page.evaluate(
            """() => [...document.querySelectorAll(".curve, .mark")]
                .map((node) => node.outerHTML)
                .concat(document.querySelector("main").innerText)"""
        )


@contextmanager
def visit(browser, url, complaints_allowed=False, **options):
    """Open a page in a browser of its own; whatever it complains of fails the test."""
    context = browser.new_context(**{"locale": "en-US", "reduced_motion": "reduce", **options})
    try:
        visit = Visit(context.new_page())
        page = visit.page
        page.on("request", lambda request: visit.asked.append(request.url))
        page.on("console", lambda message: visit.complaints.append(message.text))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (visit.complaints.append("dialog"), dialog.dismiss()))
        page.goto(url)
        yield visit
        assert complaints_allowed or visit.complaints == []
    finally:
        context.close()


def tell_two_runs(talk):
    """Tell of a run that stops after its learning rate was reduced, and of one that goes on."""
    stopped = {"run": "first", "name": "dropout 0.2"}
    for epoch in range(13):
        logs = {"loss": 2 / (epoch + 1), "val_loss": 1.0, "accuracy": epoch / 13}
        talk.publish(epoch, **stopped, **logs, learning_rate=0.01 if epoch < 8 else 0.001)
    talk.publish(12, **stopped, end="stopped")
    for epoch in range(20):
        loss = None if epoch == 5 else 1 / (epoch + 1)
        talk.publish(epoch, run="second", loss=loss, val_loss=0.5, learning_rate=0.01)
