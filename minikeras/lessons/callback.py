"""Callback: does it keep the loss of each batch, of one fit at a time?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minikeras.lessons.verdict import Raised, Verdict
from minikeras.loops import loop

CASES = [(1, 1, 1), (1, 2, 1), (2, 1, 1), (3, 4, 1), (1, 1, 2), (3, 4, 2), (2, 3, 3)]


def check_batch_losses(batch_losses: Callable[[], Any]) -> Verdict:
    """Check `BatchLosses()`, a callback whose `losses` are those of each batch of the last fit.

    One object serves several fits. The verdict shows how many losses it had after each of them or,
    where that is right, which ones.

    >>> from minikeras.callbacks import Callback
    >>> class Forgets(Callback):
    ...     def on_epoch_begin(self, epoch, logs=None):
    ...         self.losses = []
    ...     def on_batch_end(self, batch, logs=None):
    ...         self.losses.append(logs["loss"])
    >>> verdict = check_batch_losses(Forgets)
    >>> verdict.case, verdict.should, verdict.did
    ('lengths(epochs=2, batches=1, fits=1)', '[2]', '[1]')
    """
    for tried, (epochs, batches, fits) in enumerate(CASES, 1):
        right = [[(n + 1) / 2 for n in range(batches)] * epochs] * fits
        settings = f"(epochs={epochs}, batches={batches}, fits={fits})"
        case, should, did = f"lengths{settings}", str([len(one) for one in right]), ""
        try:
            kept = _kept(batch_losses, epochs, batches, fits)
        except Exception as error:
            did = repr(Raised(f"{type(error).__name__}: {error}"))
        else:
            did = str([len(one) for one in kept])
            if should == did and kept != right:
                case, should, did = f"losses{settings}", str(right), str(kept)
        if should != did:
            return Verdict("callback", "batch_losses", tried, case, should, did)
    return Verdict("callback", "batch_losses", len(CASES))


def _kept(
    batch_losses: Callable[[], Any], epochs: int, batches: int, fits: int
) -> list[list[float]]:
    """Return the losses that one object has after each fit."""
    callback, kept = batch_losses(), []
    for _ in range(fits):
        for epoch in loop([callback], epochs=epochs):
            for n in epoch.batches(range(batches)):
                epoch.log_batch(loss=(n + 1) / 2, size=4)
        kept.append(list(callback.losses))
    return kept
