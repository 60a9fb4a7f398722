"""How heavy are the site's pages, and how soon does Python answer in them?

`python -m benchmarks.site` builds the site, opens its pages in a browser whose cache is empty, and
writes docs/figures.json, from which the page about the house makes its table. It needs the extras
`docs`, `dev` and `monitor`, Debian's chromium, and `npm ci --prefix docs/ui`.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.monitor.browser import ARGUMENTS, CHROMIUM, chromium

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs" / "tools"))
from python_files import node_modules  # noqa: E402  they are no package
from served import served  # noqa: E402

PAGES = {
    "home": "",
    "lesson": "start/loop/",
    "callback": "callbacks/early_stopping/",
    "lab": "lab/",
}
ROUNDS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.rmtree(ROOT / ".cache" / "lessons", ignore_errors=True)
        figures = {"build": build(folder), "again": build(folder)}
        if not Path(folder, "assets", "python", "pyodide.mjs").is_file():
            sys.exit("the site would ask another server for Python: npm ci --prefix docs/ui")
        with served(folder) as address, chromium() as browser:
            figures["weight"] = {
                name: weight(browser, address + path) for name, path in PAGES.items()
            }
            first, stop = zip(*(cell(browser, address) for _ in range(ROUNDS)), strict=True)
            figures |= {"first": median(first, 2), "stop": median(stop, 4)}
            figures["rerun"] = median(lab(browser, address), 4)
            scores = [lighthouse(address + path) for path in PAGES.values()]
            figures |= {name: min(score[name] for score in scores) for name in scores[0]}
            figures["browser"] = f"Chromium {browser.version}"
    figures["machine"] = f"{platform.system()}, {platform.machine()}"
    text = json.dumps(figures, indent=2) + "\n"
    (ROOT / "docs" / "figures.json").write_text(text, encoding="utf-8")
    print(text, end="")


def lighthouse(address):
    """Return how Lighthouse judges a page, from 0 to 100."""
    command = [str(node_modules() / ".bin" / "lighthouse"), address, "--quiet", "--output=json"]
    command += ["--only-categories=accessibility,performance"]
    command += [f"--chrome-flags=--headless {' '.join(ARGUMENTS)}"]
    path = {"CHROME_PATH": CHROMIUM}
    done = subprocess.run(command, check=True, capture_output=True, env=os.environ | path)
    categories = json.loads(done.stdout)["categories"]
    return {name: round(100 * told["score"]) for name, told in categories.items()}


def build(folder):
    """Return the seconds that a build takes, of all languages."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", folder]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"})
    return round(time.perf_counter() - begun, 1)


def median(seconds, digits):
    return round(statistics.median(seconds), digits)


@contextmanager
def opened(browser: Browser, address: str):
    """Open a page in a browser that remembers nothing."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def weight(browser, address):
    """Return the bytes of a page before Run, compressed, with all that it loads."""
    with opened(browser, "about:blank") as page:
        answers = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(address, wait_until="networkidle")
        return sum(answer.request.sizes()["responseBodySize"] for answer in answers)


def cell(browser, address):
    """Return the seconds of a first Run, Python included, and those that Stop takes."""
    with opened(browser, address + PAGES["callback"]) as page:
        begun = time.perf_counter()
        press(page, "run")
        told(page, "Done")
        first = time.perf_counter() - begun
        press(page, "edit")
        page.locator(".py-editor").get_by_role("textbox").fill("while True:\n    pass")
        press(page, "run")
        told(page, "Running")
        begun = time.perf_counter()
        press(page, "stop")
        told(page, "Stopped.")
        return first, time.perf_counter() - begun


def press(page: Page, button):
    page.locator(f".py-cell .py-{button}").first.press("Enter")


def told(page: Page, state):
    expect(page.locator(".py-state").first).to_contain_text(state, timeout=60_000)


def lab(browser, address):
    """Return the seconds that the lab takes to decide and draw again, for some presses of a key."""
    with opened(browser, address + PAGES["lab"]) as page:
        point = page.get_by_role("slider").first
        point.focus()
        seconds = []
        for _ in range(ROUNDS * 4 + 1):
            point.press("ArrowUp")
            page.locator(".lab[data-settled][data-ms]").wait_for(timeout=60_000)
            _, ms = page.locator(".lab").get_attribute("data-ms").split()
            seconds.append(float(ms) / 1000)
    return seconds[1:]  # the first one loaded Python


if __name__ == "__main__":
    main()
