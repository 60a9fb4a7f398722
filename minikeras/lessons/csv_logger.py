"""CSVLogger: is a table of your own whole, whenever the run is killed?"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from minikeras.lessons.verdict import Verdict, answers

Epochs = list[dict[str, float]]
Lines = list[str]
ONE: Epochs = [{"loss": 0.5}]
TWO: Epochs = [{"loss": 0.5}, {"loss": 0.25}]
SORTED: Epochs = [{"loss": 0.5, "accuracy": 0.75}]
GAP: Epochs = [{"loss": 0.5, "val_loss": 0.75}, {"loss": 0.25}]
SWAPPED: Epochs = [{"a": 0.5, "b": 0.75}, {"b": 0.25, "a": 0.125}]
LATE: Epochs = [{"loss": 0.5}, {"loss": 0.25, "val_loss": 0.75}]
CASES = [ONE, TWO, SORTED, SWAPPED, GAP, LATE]


def check_table(table: Any) -> Verdict:
    """Check `class Table(path)`: one header, all rows of one width, whole after any kill.

    The columns are `epoch` and the sorted keys of the first epoch, `NA` stands for a value that is
    missing, later keys are left out. Two fits of one object leave the rows of the second one.

    >>> from minikeras.callbacks import CSVLogger
    >>> check_table(CSVLogger).holds
    True
    """

    def ended(epochs: Epochs) -> Lines:
        return [*_after_each(table, epochs)][-1]

    def killed(epochs: Epochs) -> Lines:
        return [*_after_each(table, epochs)][-2]

    def fit_twice(epochs: Epochs) -> Lines:
        return [*_after_each(table, epochs, fits=2)][-1]

    tried = 0
    for told in (ended, killed, fit_twice):
        verdict = answers("csv_logger", told.__name__, told, _lines, [(case,) for case in CASES])
        tried += verdict.tried
        if not verdict.holds:
            break
    return replace(verdict, tried=tried)


def _lines(epochs: Epochs) -> Lines:
    keys = sorted(epochs[0])
    rows = [[str(n), *(str(e.get(key, "NA")) for key in keys)] for n, e in enumerate(epochs)]
    return [",".join(cells) for cells in [["epoch", *keys], *rows]]


def _after_each(table: Any, epochs: Epochs, fits: int = 1) -> Iterator[Lines]:
    """Give the lines of the file as each epoch has ended, and once more when the last fit has."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # ours tells of a key that it leaves out
        path = Path(folder, "log.csv")
        callback = table(path)
        for _ in range(fits):
            callback.on_train_begin()
            try:
                for epoch, logs in enumerate(epochs):
                    callback.on_epoch_end(epoch, dict(logs))
                    yield path.read_text().splitlines()
            finally:
                with suppress(Exception):  # the error before it is the one to tell of
                    callback.on_train_end()
        yield path.read_text().splitlines()
