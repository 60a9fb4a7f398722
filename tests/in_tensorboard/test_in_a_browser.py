"""The pages of TensorBoard, in Chromium; pictures go to the folder in MINIKERAS_PICTURES."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import minikeras
from minikeras.callbacks import TensorBoard
from minikeras.layers import Dense, Embedding, Flatten

pytest.importorskip("tensorboard", reason="the package tensorboard is not installed")
pytest.importorskip("playwright", reason="the package playwright is not installed")

from playwright.sync_api import sync_playwright

from tests.in_tensorboard.board import tensorboard

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SWITCHES += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SWITCHES += ["--enable-unsafe-swiftshader"]  # the Projector draws with WebGL
SCRIPT = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    x = np.arange(40)[:, None] % 9
    model = minikeras.Sequential(
        [
            Embedding(9, 4, input_length=1, name="단어"),
            Flatten(),
            Dense(8, activation="relu", name="<b>bold"),
            Dense(1, name="a layer"),
        ]
    )
    model.compile("adam", "mse", ["mae"])
    logs = tmp_path_factory.mktemp("logs")
    (logs / "labels.tsv").write_text("\n".join("영일이삼사오육칠팔"), encoding="utf-8")
    listener = TensorBoard(
        logs,
        histogram_freq=1,
        write_images=True,
        embeddings_freq=1,
        embeddings_data=np.arange(9)[:, None],
        embeddings_metadata="labels.tsv",
    )
    model.fit(x, x, epochs=5, validation_split=0.2, callbacks=[listener], verbose=0)
    listener.on_epoch_end(5, {SCRIPT: 1.0, "정확도/准确率": 2.0})
    listener.on_train_end()
    with tensorboard(logs) as server:
        server.tags("scalars")
        enabled = lambda plugins: plugins["projector"]["enabled"]  # noqa: E731
        server.eventually("plugins_listing", until=enabled)  # or the tab says that there is nothing
        yield server


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: install the package chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    page.dialogs = []
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.dismiss()))
    yield page
    assert page.dialogs == []
    assert page.evaluate("window.hacked") is None
    page.close()


def picture(page, name):
    if folder := os.environ.get("MINIKERAS_PICTURES"):
        page.screenshot(path=Path(folder) / f"tensorboard_{name}.png")


def only(page, tag):
    """Return the card of the one tag that contains these words."""
    page.locator("metrics-tag-filter input").fill(tag)
    card = page.locator("scalar-card")
    card.first.wait_for()
    return card.first


def test_time_series_shows_both_curves_and_odd_names_as_text(page, board):
    page.goto(f"{board.address}#timeseries")
    card = only(page, "epoch_loss")
    for run in ("train", "validation"):
        card.get_by_text(run, exact=True).first.wait_for()
    assert card.locator("line-chart").count() == 1
    picture(page, "time_series")
    only(page, "hacked").get_by_text(f"epoch_{SCRIPT}").first.wait_for()
    picture(page, "script_as_name")


def test_graphs_shows_the_layers(page, board):
    page.goto(f"{board.address}#graphs")
    for name in ("input", "단어", "flatten", "<b>bold", "a layer"):
        page.get_by_text(name, exact=True).first.wait_for(state="attached")
    picture(page, "graphs")


def test_the_projector_shows_the_points_and_their_labels(page, board):
    page.goto(f"{board.address}#projector")
    frame = page.frame_locator("iframe").frame_locator("iframe")
    for text in ("Points: 9", "Dimension: 4"):
        frame.get_by_text(text).first.wait_for()
    frame.get_by_title("labels_0.tsv").wait_for()
    page.wait_for_timeout(2000)  # until the points stand still
    picture(page, "projector")


@pytest.mark.parametrize("tab", ["histograms", "distributions", "images"])
def test_the_other_tabs_show_the_weights(page, board, tab):
    page.goto(f"{board.address}#{tab}")
    page.get_by_text("a layer/kernel").first.wait_for()
    picture(page, tab)
