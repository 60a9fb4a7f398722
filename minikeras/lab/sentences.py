"""Why did that happen? A sentence for each thing that a callback did in an epoch.

Nothing is decided here. A callback is compared with a copy of itself from before it was told of the
epoch: what it waits for, its best score, the learning rate, what was saved, the stop flag.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from minikeras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from minikeras.lab.words import language, phrase
from minikeras.monitoring import Improvement


@dataclass(frozen=True)
class Remark:
    """A sentence before it is in a language: its kind, the values in it, and who is meant.

    >>> Remark("missing", {"name": "val_loss"}).text("en")
    'No val_loss: not counted.'
    """

    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    speaker: str = ""

    def text(self, lang: str | None = None) -> str:
        return phrase("said", self.kind, language(lang), **self.values)


@dataclass(frozen=True)
class Change:
    """What a hook of a callback changed: epochs count from 1, `best_epoch` is from before it."""

    before: Any
    after: Any
    epoch: int
    score: float | None  # what the callback watches
    best_epoch: int | None
    old_rate: float
    new_rate: float
    saved: tuple[str, ...]
    stops: bool
    undoes_cut: bool = False  # the rate rises, and a callback had just lowered it


def at_begin(change: Change) -> Iterator[Remark]:
    """Tell what a callback did as an epoch began: nothing, or set the learning rate."""
    if change.new_rate != change.old_rate:
        kind = "schedule_undoes" if change.undoes_cut else "schedule"
        yield Remark(kind, {"epoch": change.epoch, "rate": change.new_rate})


def at_end(change: Change) -> Iterator[Remark]:
    """Tell what a callback did as an epoch ended, and why."""
    if isinstance(change.after, EarlyStopping):
        yield from _of_stopping(change, change.before, change.after)
    elif isinstance(change.after, ReduceLROnPlateau):
        yield from _of_plateau(change, change.before, change.after)
    elif isinstance(change.after, ModelCheckpoint):
        yield from _of_checkpoint(change, change.before, change.after)
    yield from effects(change)


def effects(change: Change) -> Iterator[Remark]:
    """Tell what came of it outside the callback: a new rate, a saved file, the end."""
    if change.new_rate != change.old_rate:
        yield Remark(
            "cut", {"epoch": change.epoch, "before": change.old_rate, "after": change.new_rate}
        )
    for path in change.saved:
        yield Remark("saved", {"path": path})
    if change.stops:
        yield Remark("stop", {"epoch": change.epoch})


def _of_stopping(change: Change, before: EarlyStopping, after: EarlyStopping) -> Iterator[Remark]:
    if after.wait > before.wait:
        is_best = after.best != before.best
        if is_best or not before.is_baseline_beaten:
            kind = "below_baseline" if is_best else "baseline"
            values = {"score": change.score, "baseline": before.baseline}
            counted = {"wait": after.wait, "patience": max(1, after.patience)}
            is_nan = change.score is not None and math.isnan(change.score)
            yield Remark("nan" if is_nan else kind, values | counted)
        else:
            yield _not_better(change, after, before.best, after.wait)
    elif after.best != before.best:
        yield _better(change, before.best if before.is_baseline_beaten else before.baseline)
    elif change.score is None:
        yield Remark("missing", {"name": after.monitor})
    else:
        yield Remark("early", {"start": after.start_from_epoch + 1})


def _of_plateau(
    change: Change, before: ReduceLROnPlateau, after: ReduceLROnPlateau
) -> Iterator[Remark]:
    is_cut = change.new_rate != change.old_rate
    if after.best != before.best:
        yield _better(change, before.best)
    elif is_cut:  # which sets wait back to 0
        waited = 0 if before.cooldown_counter else before.wait
        yield _not_better(change, after, before.best, waited + 1)
    elif after.wait > before.wait or (after.wait and before.cooldown_counter):
        yield _not_better(change, after, before.best, after.wait)
        if after.wait >= max(1, after.patience):
            yield Remark("floor")
    elif after.cooldown_counter < before.cooldown_counter:
        yield Remark("cooling", {"left": after.cooldown_counter})
    else:
        yield Remark("missing", {"name": after.monitor})


def _of_checkpoint(
    change: Change, before: ModelCheckpoint, after: ModelCheckpoint
) -> Iterator[Remark]:
    if after.save_freq != "epoch":
        return
    if after.epochs_since_save:
        yield Remark("not_due", {"period": after.period})
    elif after.best != before.best:
        kind = "first_saved" if before.best is None else "better_saved"
        yield Remark(kind, {"score": change.score, "best": before.best})
    elif not change.saved and change.score is None:
        yield Remark("missing", {"name": after.monitor})
    elif not change.saved and math.isnan(change.score or 0.0):
        yield Remark("nan_unsaved")
    elif not change.saved:
        yield Remark("unsaved", {"score": change.score, "best": before.best})


def _better(change: Change, bar: float | None) -> Remark:
    return Remark("first" if bar is None else "better", {"score": change.score, "best": bar})


def _not_better(
    change: Change, callback: EarlyStopping | ReduceLROnPlateau, bar: float | None, wait: int
) -> Remark:
    """Say that an epoch counted as none that improves, by what `min_delta` and NaN have to do."""
    rule: Improvement = callback.improvement
    values = {"score": change.score, "best": bar, "best_epoch": change.best_epoch}
    values |= {"wait": wait, "patience": max(1, callback.patience), "min_delta": rule.min_delta}
    if change.score is None or math.isnan(change.score):
        return Remark("nan", values)
    if replace(rule, min_delta=0.0).beats(change.score, bar):
        return Remark("close_below" if rule.direction == "min" else "close_above", values)
    return Remark("worse", values)
