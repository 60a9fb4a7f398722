"""What is promised of TerminateOnNaN?

A series holds the loss of each batch, None where the logs lack it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from minikeras.testing.corpus import GAP, NAN, Domain, Series, Settings
from minikeras.testing.law import Deed, Law, Row
from minikeras.testing.laws.arguments import refuses_unknown
from minikeras.testing.stand_in import ONCE, Manner, StandIn, call, introduce


def stops(settings: Settings, series: Series, per_epoch: int, manner: Manner) -> list[Row]:
    """Return the batches that are trained, the last of which may be the one that stops."""
    rows = []
    for number, loss in enumerate(series):
        is_asked = manner.is_stopped and number == len(series) - 1
        is_last = is_asked or (loss is not None and not math.isfinite(loss))
        epoch, batch = divmod(number, per_epoch)
        cells = {"epoch": epoch + 1, "batch": batch, "loss": loss}
        rows.append(Row(cells, Deed("stop" if is_last else "go_on")))
        if is_last:
            break
    return rows * manner.fits


def stopping(
    implementation: Any,
    settings: Settings,
    series: Series,
    per_epoch: int,
    manner: Manner,
    accuracy: float = 0.5,
) -> Iterator[Deed]:
    """Tell after each batch, and after the end of its epoch if it is the last, what is to be."""
    callback, model = implementation(), StandIn()
    introduce(callback, model)
    # where a class has both, the new name calls the old one
    hook = "on_train_batch_end" if hasattr(callback, "on_train_batch_end") else "on_batch_end"
    for _ in range(manner.fits):
        model.stop_training = False
        call(callback, "on_train_begin", manner)
        for number, loss in enumerate(series):
            epoch, batch = divmod(number, per_epoch)
            if batch == 0:
                call(callback, "on_epoch_begin", manner, epoch)
            model.stop_training = manner.is_stopped and number == len(series) - 1
            logs = {"accuracy": accuracy} | ({} if loss is None else {"loss": loss})
            told = None if manner.is_by_name and loss is None else logs
            call(callback, hook, manner, batch, logs=told)
            if batch == per_epoch - 1:
                call(callback, "on_epoch_end", manner, epoch, logs=told)
            yield Deed("stop" if model.stop_training else "go_on")
            if model.stop_training:
                break
        call(callback, "on_train_end", manner)


def when(
    name: str, scores: Series, per_epoch: int = 2, manner: Manner = ONCE, accuracy: float = 0.5
) -> Law:
    """Return a law about the batch after which it stops."""
    should = partial(stops, per_epoch=per_epoch, manner=manner)
    did = partial(stopping, per_epoch=per_epoch, manner=manner, accuracy=accuracy)
    return Law(name, Domain(scores=scores, longest=5), should, did)


LAWS = (
    when("nan-loss", (1.0, NAN), per_epoch=1),
    when("infinite-loss", (1.0, math.inf, -math.inf), per_epoch=1),
    when("finite-loss", (1.0, 0.0, -1.0, 1e308), per_epoch=1),
    when("before-next-batch", (1.0, NAN)),
    when("no-loss", (1.0, GAP)),
    when("only-the-loss", (1.0, 2.0), accuracy=NAN),
    when("logs-by-name", (1.0, GAP), manner=Manner(is_by_name=True)),
    when("others-stop", (1.0, 2.0), manner=Manner(is_stopped=True)),
    when("second-fit", (1.0, NAN), manner=Manner(fits=2)),
    refuses_unknown({}),
)
