"""What must the three callbacks that watch a score decide? Each in about ten lines.

A series holds the score of each epoch, None where the logs lack it. The functions know nothing of
the library: the callbacks are compared with them, and so can yours be. `waits`, `bests` and
`coolings` hold what is so after each epoch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

Series = Sequence[float | None]


def is_better(candidate: float, best: float | None, mode: str, min_delta: float = 0.0) -> bool:
    """Whether a score takes the place of the best one so far, which is None before the first.

    >>> is_better(0.75, 1.0, "min", min_delta=0.25), is_better(math.nan, None, "min")
    (False, False)
    """
    if math.isnan(candidate) or best is None:
        return not math.isnan(candidate)
    delta = abs(min_delta)
    return candidate + delta < best if mode == "min" else candidate - delta > best


@dataclass
class Stopping:
    """What EarlyStopping decides: epochs count from 0, None where there is none."""

    stopped: int | None = None
    best: float | None = None
    best_epoch: int | None = None
    restored: int | None = None
    waits: list[int] = field(default_factory=list)  # after each epoch that was run
    bests: list[float | None] = field(default_factory=list, compare=False, repr=False)


def early_stopping(
    series: Series,
    *,
    mode: str = "min",
    min_delta: float = 0.0,
    patience: int = 0,
    baseline: float | None = None,
    restore_best_weights: bool = False,
    start_from_epoch: int = 0,
) -> Stopping:
    """Return when EarlyStopping stops, and what it holds then.

    >>> early_stopping([3.0, 1.0, None, 2.0, 2.0], patience=2)
    Stopping(stopped=4, best=1.0, best_epoch=1, restored=None, waits=[0, 0, 0, 1, 2])
    """
    told, bar, wait = Stopping(), baseline, 0
    for epoch, score in enumerate(series):
        if score is not None and epoch >= start_from_epoch:
            is_over_bar = is_better(score, bar, mode, min_delta)
            if is_over_bar or is_better(score, told.best, mode, min_delta):
                told.best, told.best_epoch = score, epoch
            bar, wait = (score, 0) if is_over_bar else (bar, wait + 1)
        told.waits.append(wait)
        told.bests.append(told.best)
        if wait >= max(1, patience):
            told.stopped = epoch
            break
    told.restored = told.best_epoch if restore_best_weights else None
    return told


@dataclass
class Plateaus:
    """What ReduceLROnPlateau decides: the rate in each epoch, and the epochs that end in a cut."""

    rate: float
    best: float | None = None
    rates: list[float] = field(default_factory=list)
    reductions: list[int] = field(default_factory=list)
    bests: list[float | None] = field(default_factory=list, compare=False, repr=False)
    waits: list[int] = field(default_factory=list, compare=False, repr=False)
    coolings: list[int] = field(default_factory=list, compare=False, repr=False)


def reduce_lr_on_plateau(
    series: Series,
    rate: float,
    *,
    mode: str = "min",
    factor: float = 0.1,
    patience: int = 10,
    min_delta: float = 0.0001,
    cooldown: int = 0,
    min_lr: float = 0.0,
) -> Plateaus:
    """Return how ReduceLROnPlateau changes a learning rate, and what it holds in the end.

    >>> told = reduce_lr_on_plateau([2.0, 1.0, 1.0, 1.0, 1.0], 0.5, factor=0.5, patience=2)
    >>> told
    Plateaus(rate=0.25, best=1.0, rates=[0.5, 0.5, 0.5, 0.5, 0.25], reductions=[3])
    >>> told.waits
    [0, 0, 1, 0, 1]
    """
    told, wait, cooling = Plateaus(rate), 0, 0
    for epoch, score in enumerate(series):
        told.rates.append(told.rate)
        if score is not None:
            cooling, wait = max(0, cooling - 1), 0 if cooling else wait
            if is_better(score, told.best, mode, min_delta):
                told.best, wait = score, 0
            elif not cooling:
                wait += 1
            if wait >= max(1, patience) and told.rate > min_lr * (1 + 1e-6):
                told.rate = max(told.rate * factor, min_lr)
                told.reductions.append(epoch)
                cooling, wait = cooldown, 0
        told.bests.append(told.best)
        told.waits.append(wait)
        told.coolings.append(cooling)
    return told


@dataclass
class Saves:
    """What ModelCheckpoint decides: the epochs that end in a save."""

    best: float | None = None
    saves: list[int] = field(default_factory=list)
    bests: list[float | None] = field(default_factory=list, compare=False, repr=False)


def model_checkpoint(
    series: Series,
    *,
    mode: str = "min",
    save_best_only: bool = False,
    period: int = 1,
    initial_value_threshold: float | None = None,
) -> Saves:
    """Return in which epochs ModelCheckpoint saves.

    With `save_freq=n` it does the same batch by batch: then the series holds the mean score of the
    epoch after each batch, and n is the period.

    >>> told = model_checkpoint([4.0, 3.0, 1.0, 2.0, None, 1.0], save_best_only=True, period=2)
    >>> told
    Saves(best=1.0, saves=[1, 3, 5])
    >>> told.bests
    [None, 3.0, 3.0, 2.0, 2.0, 1.0]
    """
    told = Saves(initial_value_threshold)
    for epoch, score in enumerate(series):
        is_due = (epoch + 1) % period == 0
        if is_due and not save_best_only:
            told.saves.append(epoch)
        elif is_due and score is not None and is_better(score, told.best, mode):
            told.best = score
            told.saves.append(epoch)
        told.bests.append(told.best)
    return told
