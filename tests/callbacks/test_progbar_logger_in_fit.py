"""What do fit, evaluate and predict show in a terminal, a notebook and a pipe?"""

import io
import os
import re
import subprocess
import sys

import pytest

from minikeras.callbacks import Callback, ProgbarLogger
from minikeras.layers import Dense
from minikeras.models import Sequential

FULL = "=" * 30


def screen(text):
    """Return what a screen shows, for lines that are shorter than the screen."""
    lines = []
    for line in text.split("\n"):
        shown = ""
        for drawing in line.split("\r"):
            shown = drawing + shown[len(drawing) :]
        lines.append(shown.rstrip())
    return lines


class Terminal(io.StringIO):
    def isatty(self):
        return True


class OutStream(io.TextIOBase):
    """As in ipykernel: no terminal, and no file behind it."""

    def __init__(self):
        self.texts = []

    def write(self, text):
        self.texts.append(text)
        return len(text)

    def fileno(self):
        raise io.UnsupportedOperation("fileno")


class Breaks(Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 1:
            raise ZeroDivisionError


def fit(epochs=2, callbacks=(), **options):
    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = [[0.0, 1.0]] * 8, [1.0] * 8
    model.fit(x, y, batch_size=2, epochs=epochs, callbacks=list(callbacks), **options)
    return model, x, y


ANY_LINE = r" *4/4 \[=+\] - 0s \d+[mu]s/step - loss: \S+ - mae: \S+ - val_loss: \S+ - val_mae: \S+"


def test_a_notebook_gets_one_line_for_each_epoch(monkeypatch):
    monkeypatch.setattr(sys, "stdout", OutStream())
    fit(validation_data=([[0.0, 1.0]], [1.0]))
    for number, line in enumerate(sys.stdout.texts, start=1):
        assert re.fullmatch(f"Epoch {number}/2 - {ANY_LINE}\n", line)
    assert number == 2


def test_an_exception_leaves_the_cursor_on_a_new_line(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    with pytest.raises(ZeroDivisionError):
        fit(callbacks=[Breaks()])
    title, line, last = screen(sys.stdout.getvalue())
    assert (title, last) == ("Epoch 1/2", "")
    assert line.startswith("1/4 [=")


def test_after_an_exception_evaluate_is_not_silent():
    stream = io.StringIO()
    logger = ProgbarLogger("steps", stream=stream)
    with pytest.raises(ZeroDivisionError):
        fit(callbacks=[logger, Breaks()], verbose=0)
    logger.set_params({"steps": 1})
    logger.on_test_begin()
    logger.on_test_end({"loss": 0.5})
    assert stream.getvalue().endswith("loss: 0.5000\n")


def test_an_exception_elsewhere_than_on_a_terminal_adds_nothing(capsys):
    with pytest.raises(ZeroDivisionError):
        fit(callbacks=[Breaks()])
    assert capsys.readouterr().out == ""


def test_a_model_shows_the_lines_of_fit_evaluate_and_predict(capsys):
    model, x, y = fit(epochs=1, verbose=2)
    model.evaluate(x, y)
    model.predict(x, batch_size=8)
    first, second, third = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Epoch 1/1 - 0s - loss: \d\.\d{4} - mae: \d\.\d{4}", first)
    assert re.fullmatch(r"1/1 \[=+\] - 0s \d+[mu]s/step - loss: \S+ - mae: \S+", second)
    assert re.fullmatch(r"1/1 \[=+\] - 0s \d+[mu]s/step", third)


ON_A_TERMINAL = """
from minikeras.callbacks import ProgbarLogger

now = 0.0
logger = ProgbarLogger("steps", clock=lambda: now)
logger.set_params({"epochs": 1, "steps": 100, "verbose": 1})
logger.on_train_begin()
logger.on_epoch_begin(0)
for batch in range(100):
    now += 0.1
    logger.on_batch_begin(batch)
    logger.on_batch_end(batch, {"size": 1, "loss": 10.0 ** (9 - batch // 5)})
logger.on_epoch_end(0, {"loss": 0.5})
"""


@pytest.mark.parametrize("width", [40, 120])
def test_a_real_terminal_is_left_clean(width):
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, width))
    free = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen([sys.executable, "-c", ON_A_TERMINAL], stdout=theirs, env=free) as done:
        os.close(theirs)
        received = b""
        while chunk := _read(ours):
            received += chunk
    os.close(ours)
    assert done.returncode == 0
    text = received.decode().replace("\r\n", "\n")
    finished = f"100/100 [{FULL}] - 10s 100ms/step - loss: 0.5000"
    assert screen(text) == ["Epoch 1/1", finished, ""]
    drawings = text.split("\r")[1:-1]
    assert len(drawings) == 99
    assert max(map(len, drawings)) < width
    assert ("loss:" in drawings[0]) == (width == 120)


def _read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # so says Linux when the other side is gone
        return b""
