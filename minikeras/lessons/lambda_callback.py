"""LambdaCallback: does each epoch become a line of JSON, however the run ends?"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from minikeras.callbacks import LambdaCallback
from minikeras.lessons.verdict import Verdict, answers
from minikeras.loops import loop

Logs = dict[str, float]
LOGS: list[Logs] = [{"loss": 0.5}, {"loss": 0.25, "val_loss": 0.75}, {"loss": 0.125}]
CASES = [(LOGS[:1],), (LOGS[:2],), (LOGS,)]


def check_json_lines(json_lines: Callable[[Path], Any]) -> Verdict:
    """Check `json_lines(path)`, which makes a callback that writes `{"epoch": 0, "loss": 0.5}`.

    Each line must be read back by `json.loads`, after a run that ends well, one that another
    callback stops, and one that an exception ends.

    >>> from minikeras.callbacks import CSVLogger
    >>> check_json_lines(CSVLogger).case
    "finished([{'loss': 0.5}])"
    """
    tried = 0
    for ending in (finished, stopped, broken):

        def told(epochs: list[Logs], ending: Callable[..., None] = ending) -> list[str]:
            return _told(json_lines, epochs, ending)

        told.__name__ = ending.__name__
        verdict = answers("lambda_callback", ending.__name__, told, _lines, CASES, _alike)
        tried += verdict.tried
        if not verdict.holds:
            break
    return replace(verdict, tried=tried)


def finished(callback: Any, epochs: list[Logs]) -> None:
    """Run them all."""
    for epoch in loop([callback], epochs=len(epochs)):
        epoch.log(**epochs[epoch.number])


def stopped(callback: Any, epochs: list[Logs]) -> None:
    """Let another callback stop a run of 9 epochs after these."""
    model = SimpleNamespace(stop_training=False)

    def stop(epoch: int, logs: Logs) -> None:
        model.stop_training = epoch + 1 == len(epochs)

    for epoch in loop([callback, LambdaCallback(on_epoch_end=stop)], model, epochs=9):
        epoch.log(**epochs[epoch.number])


def broken(callback: Any, epochs: list[Logs]) -> None:
    """Let an exception end a run of 9 epochs after these."""
    with suppress(ZeroDivisionError), loop([callback], epochs=9) as run:
        for epoch in run:
            if epoch.number == len(epochs):
                raise ZeroDivisionError
            epoch.log(**epochs[epoch.number])


def _told(json_lines: Any, epochs: list[Logs], ending: Callable[..., None]) -> list[str]:
    """Return the lines of the file as another program finds it when the run has ended."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # a file left open is what we look for
        path = Path(folder, "log.jsonl")
        callback = json_lines(path)
        ending(callback, epochs)
        lines = path.read_text().splitlines()
        del callback  # and with it the file, as long as nobody is told of it
        return lines


def _lines(epochs: list[Logs]) -> list[str]:
    return [json.dumps({"epoch": number, **logs}) for number, logs in enumerate(epochs)]


def _alike(should: list[str], did: list[str]) -> bool:
    try:
        return [json.loads(line) for line in did] == [json.loads(line) for line in should]
    except ValueError:
        return False
