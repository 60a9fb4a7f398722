"""How do the lab and the live monitor look? Pictures of both, for the README in each language.

After `make site`, `python docs/tools/photographs.py` writes docs/assets/*.png again. It needs the
extras `docs`, `dev`, `monitor` and `plot`, and chromium.
"""

from __future__ import annotations

import io
import shutil

from lessons import LANGUAGES, ROOT
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from served import served

import minikeras as keras
from minikeras.callbacks import ReduceLROnPlateau, RemoteMonitor
from minikeras.datasets import digits
from minikeras.layers import Dense, Dropout, Flatten
from minikeras.monitor import running

LOCALES = {"en": "en-US", "ko": "ko-KR", "zh": "zh-CN"}


def main() -> None:
    with sync_playwright() as playwright, served(ROOT / "site") as site, running() as monitor:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        train(monitor.url)
        for lang in LANGUAGES:
            page = browser.new_page(
                locale=LOCALES[lang],
                viewport={"width": 900, "height": 1000},
                device_scale_factor=1.5,
            )
            page.goto(f"{site}{'' if lang == 'en' else f'{lang}/'}callbacks/early_stopping/")
            page.add_style_tag(content=".md-header { display: none }")
            page.locator(".lab[data-ready]").wait_for()
            keep(page, ".lab", ".lab fieldset", f"lab.{lang}")
            page.goto(monitor.url)
            page.locator("text=dropout-0.3 >> visible=true").first.wait_for()
            page.wait_for_timeout(1000)
            keep(page, "main", ".chart", f"monitor.{lang}")
            page.close()
        browser.close()


def train(url: str) -> None:
    """Train twice, with and without dropout, and tell the monitor."""
    (x, y), _ = digits.load_data()
    for rate in (0.0, 0.3):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([Flatten(input_shape=(8, 8)), Dense(128, activation="relu")])
        model.add(Dropout(rate))
        model.add(Dense(10, activation="softmax"))
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        callbacks = [
            ReduceLROnPlateau(patience=2),
            RemoteMonitor(url, f"/publish/epoch/end/?run=dropout-{rate}"),
        ]
        model.fit(x / 16, y, epochs=25, validation_split=0.2, callbacks=callbacks, verbose=0)


def keep(page: Page, whole: str, last: str, name: str) -> None:
    """Write a picture of a part of a page, down to the end of what `last` finds first."""
    box, end = (page.locator(found).first.bounding_box() or {} for found in (whole, last))
    clip = {**box, "height": end["y"] + end["height"] + 12 - box["y"]}
    shot = page.screenshot(clip=clip, full_page=True)
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    few = picture.quantize(96, method=Image.Quantize.MAXCOVERAGE)
    few.save(ROOT / "docs" / "assets" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
