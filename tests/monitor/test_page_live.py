"""Does the page show what happens while it happens, and lose nothing when a connection does?"""

import json
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress

import pytest
from talking import Talk

from minikeras.monitor import running
from tests.monitor.browser import chromium, tell_two_runs, visit

pytestmark = pytest.mark.slow

SOON = 1.0  # seconds from the end of an epoch to its point: what the page promises

FIT = """
import json, sys, time
import numpy as np
import minikeras
from minikeras.callbacks import EarlyStopping, LambdaCallback, ReduceLROnPlateau, RemoteMonitor

url, run, path = sys.argv[1:]
minikeras.utils.set_random_seed(7)
model = minikeras.Sequential([minikeras.layers.Dense(1, input_dim=4)])
model.compile("sgd", "mse", metrics=["mae"])
times = []
x = np.random.default_rng(0).normal(size=(64, 4))
model.fit(
    x, x.sum(axis=1, keepdims=True), validation_split=0.25, epochs=40, verbose=0,
    callbacks=[
        LambdaCallback(on_epoch_begin=lambda epoch, logs: time.sleep(0.1),
                       on_epoch_end=lambda epoch, logs: times.append(time.time())),
        ReduceLROnPlateau("loss", min_delta=1e9, patience=6),
        EarlyStopping("loss", min_delta=1e9, patience=11),
        RemoteMonitor(url, "/publish/epoch/end/?run=" + run),
    ],
)
json.dump(times, open(path, "w"))
"""
WATCH = """() => {
    window.shown = {}; // by curve and point, when it was first there
    const note = () => {
        for (const chart of document.querySelectorAll(".chart")) {
            for (const curve of chart.querySelectorAll(".curve")) {
                const kind = curve.classList.contains("validation") ? " validation" : "";
                const name = chart.querySelector("h3").textContent + kind;
                const run = curve.parentNode.dataset.run;
                const points = (curve.getAttribute("d") ?? "").match(/[MLH]/g) ?? [];
                points.forEach((_, i) => { shown[`${run} ${name} ${i}`] ??= Date.now(); });
            }
        }
    };
    new MutationObserver(note).observe(document.body, { subtree: true, attributeFilter: ["d"] });
}"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


def test_every_epoch_of_two_fits_elsewhere_is_drawn_within_a_second(browser, fresh, tmp_path):
    runs = ["one", "둘"]
    with visit(browser, fresh.url) as seen, ExitStack() as fits:
        seen.page.evaluate(WATCH)
        for run in runs:
            command = [sys.executable, "-c", FIT, fresh.url, run, tmp_path / run]
            fits.enter_context(subprocess.Popen(command))
        seen.page.get_by_text("Stopped early after epoch 12").nth(1).wait_for(timeout=120_000)
        names, shown = seen.text("#runs .name"), seen.page.evaluate("shown")
        assert sorted(names) == sorted(runs)
        assert len(seen.text("#runs li:has-text('Learning rate reduced from epoch 8 on')")) == 2
    delays = []
    for run in runs:
        ended, number = json.loads((tmp_path / run).read_text()), names.index(run) + 1
        assert len(ended) == 12
        for curve in ("loss", "loss validation", "mae", "mae validation", "learning_rate"):
            for epoch, time in enumerate(ended):
                delays.append(shown[f"{number} {curve} {epoch}"] / 1000 - time)
    print(f"{len(delays)} points, {min(delays):.3f} to {max(delays):.3f} s after their epoch")
    assert max(delays) < SOON


def test_two_runs_stand_side_by_side_and_a_reload_shows_the_same(browser, fresh):
    tell_two_runs(fresh)
    with visit(browser, fresh.url) as seen:
        seen.wait_for("Training, epoch 20 done")
        assert seen.text("h3") == ["loss", "accuracy", "learning_rate"]
        assert seen.text("#runs .name") == ["dropout 0.2", "Run 2"]
        for chart in seen.page.locator(".chart").all():
            stopped = chart.locator("[data-run='1']")
            assert stopped.locator(".reduction").count() == 1
            assert stopped.locator(".stopped").count() == 1
            assert chart.locator("[data-run='2'] :is(.reduction, .stopped)").count() == 0
        loss = seen.page.locator(".chart").first.locator("[data-run='2']")
        assert loss.locator(".notFinite").count() == 1
        assert loss.locator(".curve").last.get_attribute("d").count("M") == 2  # a gap
        before = seen.picture()
        seen.page.reload()
        seen.wait_for("Training, epoch 20 done")
        assert seen.picture() == before


def test_a_mark_stands_at_its_epoch_in_every_chart(browser, fresh):
    for epoch in range(9):
        rate = 0.1 if epoch < 4 else 0.01
        fresh.publish(epoch, run="a", loss=1.0, val_mae=2.0, learning_rate=rate)
    fresh.publish(8, run="a", end="exception")
    with visit(browser, fresh.url) as seen:
        seen.wait_for("Ended by an exception after epoch 9")
        seen.settle()
        assert seen.page.locator(".chart").count() == 3
        for chart in seen.page.locator(".chart").all():
            for mark, epoch in ((".reduction", "5"), (".exception", "9")):
                there = middle(chart.locator(".grid").get_by_text(epoch, exact=True))
                assert middle(chart.locator(mark)) == pytest.approx(there, abs=1)


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2


def test_an_epoch_told_again_replaces_its_point(browser, fresh):
    for epoch, loss in ((0, 0.1), (1, 0.2), (2, 0.3), (1, 0.4), (2, 0.5)):
        fresh.publish(epoch, run="a", loss=loss)
    with visit(browser, fresh.url) as seen:
        seen.wait_for("Training, epoch 3 done")
        assert seen.text("#latest td") == ["3", "0.5"]
        assert points_of(seen, "loss") == 3


def points_of(seen, metric):
    """Return of how many points the first curve of a metric is made."""
    seen.settle()
    chart = seen.page.locator(".chart", has_text=metric)
    path = chart.locator("[data-run='1'] .curve:not(.validation)").get_attribute("d")
    return path.count("M") + path.count("L")


def test_a_server_that_is_killed_and_comes_back_is_found_again(browser, start):
    process = start("--port", "0")
    url, port = process.talk.url, process.talk.port
    with visit(browser, url, complaints_allowed=True) as seen:
        process.talk.publish(4, loss=1.0)
        seen.page.get_by_role("switch", name="Run 1").click()
        process.kill()
        process.wait()
        seen.wait_for("Reconnecting…")
        assert seen.text("h3") == ["loss"]
        again = start("--port", str(port))
        seen.wait_for("Waiting for the first run")
        again.talk.publish(0, mae=2.0)
        seen.wait_for("Training, epoch 1 done")
        assert seen.text("#connection") == ["Live"]
        assert seen.text("h3") == ["mae"]
        assert points_of(seen, "mae") == 1


def test_a_connection_that_is_cut_loses_nothing(browser):
    token = "0123456789abcdef"
    with running(token=token) as address, Wire(address.port) as wire:
        fresh = Talk(address.port, token)
        page = f"http://localhost:{wire.port}/?token={token}"
        with visit(browser, page, complaints_allowed=True) as seen:
            fresh.publish(0, run="a", loss=1.0)
            fresh.publish(99, run="b", name="hidden", loss=1.0)
            seen.page.get_by_role("switch", name="hidden").click()
            for epoch in range(1, 9):
                if epoch % 2:
                    wire.cut()
                fresh.publish(epoch, run="a", loss=1.0 / (epoch + 1))
            seen.wait_for("Training, epoch 9 done")
            assert points_of(seen, "loss") == 9
            switch = seen.page.get_by_role("switch", name="hidden")
            assert switch.get_attribute("aria-checked") == "false", "nothing began anew"


class Wire:
    """A port that leads to another, until all that goes through it is cut."""

    def __init__(self, port):
        self.goal, self.open, self.threads = port, [], []
        self.listener = socket.create_server(("localhost", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        self.begin(self.accept)
        return self

    def __exit__(self, *error):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.threads[0].join()
        self.listener.close()
        self.cut()
        for thread in self.threads:
            thread.join()

    def begin(self, work, *args):
        self.threads.append(threading.Thread(target=work, args=args))
        self.threads[-1].start()

    def accept(self):
        with suppress(OSError):
            while True:
                here, _ = self.listener.accept()
                there = socket.create_connection(("localhost", self.goal))
                self.open += [here, there]
                self.begin(carry, here, there)
                self.begin(carry, there, here)

    def cut(self):
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def carry(here, there):
    with suppress(OSError):
        while data := here.recv(2**16):
            there.sendall(data)
    with suppress(OSError):
        there.shutdown(socket.SHUT_RDWR)
    here.close()
