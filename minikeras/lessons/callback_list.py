"""CallbackList: do these callbacks stand in an order in which each finds what it reads?"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from minikeras.callbacks import CSVLogger
from minikeras.lessons.verdict import Verdict
from minikeras.loops import loop
from minikeras.testing.stand_in import StandIn

COLUMNS = "epoch,gap,learning_rate,loss,val_loss"
RUNS = (1, 2, 3)  # epochs


def check_header(callbacks: Iterable[Any]) -> Verdict:
    """Check the order of `AddGap`, `ReduceLROnPlateau`, `EarlyStopping` and `CSVLogger`.

    They are told of runs of 1, 2 and 3 epochs. Right is an order in which the table gets all five
    columns and nobody misses a key. The table is removed again.

    >>> from minikeras.callbacks import CSVLogger
    >>> check_header([CSVLogger("log.csv")]).did
    'epoch,loss,val_loss'
    """
    row = list(callbacks)
    case = f"[{', '.join(type(callback).__name__ for callback in row)}]"
    for epochs in RUNS:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                did = _header(row, epochs)
            except Exception as error:
                did = f"{type(error).__name__}: {error}"
        if did == COLUMNS and caught:
            did = str(caught[0].message)
        if did != COLUMNS:
            return Verdict("callback_list", "header", epochs, case, COLUMNS, did)
    return Verdict("callback_list", "header", len(RUNS))


def _header(callbacks: list[Any], epochs: int) -> str:
    """Return the first line of the table that a CSVLogger among these writes, if there is one."""
    for epoch in loop(callbacks, model=StandIn(), epochs=epochs):
        epoch.log(loss=0.5, val_loss=0.75)
    paths = [Path(logger.filename) for logger in callbacks if isinstance(logger, CSVLogger)]
    lines = [path.read_text(encoding="utf-8").splitlines()[0] for path in paths]
    for path in paths:
        path.unlink(missing_ok=True)
    return next(iter(lines), "")
