"""How good are all predictions so far, where a mean of batches would be wrong?

Precision of ten batches is not the mean of ten precisions. These metrics count, and divide at
the end: `reset_state()`, `update_state(y_true, y_pred)` for each batch, `result()`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal

import numpy as np

from minikeras.backend import Array, array_module, beside
from minikeras.registry import Config


class RunningMetric(ABC):
    """A metric that counts over batches."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all batches."""
        self.counts: Any = None

    def update_state(self, y_true: Array, y_pred: Array) -> None:
        """Count one batch; lists are taken too."""
        if isinstance(y_pred, list):
            y_true, y_pred = np.asarray(y_true, float), np.asarray(y_pred, float)
        xp = array_module(y_true, y_pred)
        new = self.count(xp.reshape(y_true, (-1,)) > 0.5, xp.reshape(y_pred, (-1,)))
        self.counts = new if self.counts is None else self.counts + new

    def result(self) -> Array:
        """Return the metric of all batches since the last reset."""
        if self.counts is None:
            raise RuntimeError(f"{self.name} has seen no batch: call update_state first")
        return self.divide(self.counts)

    @abstractmethod
    def count(self, is_yes: Array, y_pred: Array) -> Array:
        """Return the counts of one batch as one array of float64."""

    @abstractmethod
    def divide(self, counts: Array) -> Array:
        """Return the metric, a 0-d array, from the counts."""

    @abstractmethod
    def get_config(self) -> Config:
        """Return the settings as what JSON can hold."""


class _Share(RunningMetric):
    """True positives as a share of something: predictions above `thresholds` are positive."""

    def __init__(self, thresholds: float | None = None, *, name: str | None = None) -> None:
        if thresholds is not None and not 0.0 <= thresholds <= 1.0:
            raise ValueError(f"thresholds is one number between 0 and 1, not {thresholds!r}")
        super().__init__(name or type(self).__name__.lower())
        self.thresholds = thresholds

    def get_config(self) -> Config:
        return {"name": self.name, "thresholds": self.thresholds}

    def divide(self, counts: Array) -> Array:
        return _ratio(counts[0], counts[1])


class Precision(_Share):
    """Of what was predicted positive, the share that is.

    >>> precision = Precision()
    >>> precision.update_state([0, 1, 1, 1], [1, 0, 1, 1])
    >>> print(f"{precision.result():.3f}")
    0.667
    """

    def count(self, is_yes: Array, y_pred: Array) -> Array:
        positive = y_pred > (0.5 if self.thresholds is None else self.thresholds)
        return _count(is_yes & positive, positive)


class Recall(_Share):
    """Of what is positive, the share that was predicted so.

    >>> recall = Recall()
    >>> recall.update_state([0, 1, 1, 1], [1, 0, 1, 0])
    >>> print(f"{recall.result():.3f}")
    0.333
    """

    def count(self, is_yes: Array, y_pred: Array) -> Array:
        positive = y_pred > (0.5 if self.thresholds is None else self.thresholds)
        return _count(is_yes & positive, is_yes)


class AUC(RunningMetric):
    """Area under the curve that the threshold draws as it moves from 1 to 0.

    `curve="ROC"`: recall over false alarms, the chance that a positive is ranked above a
    negative. `curve="PR"`: precision over recall, interpolated as Davis and Goadrich (2006).
    `num_thresholds` of them are tried, evenly spread over [0, 1] and one beyond each end;
    predictions outside [0, 1] count as the nearest end, as in Keras.

    >>> auc = AUC(num_thresholds=3)
    >>> auc.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    >>> print(auc.result())
    0.75
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: Literal["ROC", "PR"] = "ROC",
        *,
        name: str = "auc",
    ) -> None:
        if not 2 <= num_thresholds <= 10_000:
            raise ValueError(f"num_thresholds lies in [2, 10000], not {num_thresholds!r}")
        if curve not in ("ROC", "PR"):
            raise ValueError(f"curve is 'ROC' or 'PR', not {curve!r}")
        super().__init__(name)
        self.num_thresholds, self.curve = num_thresholds, curve
        inner = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
        self.thresholds = [-1e-7, *inner, 1.0 + 1e-7]

    def get_config(self) -> Config:
        return {"name": self.name, "num_thresholds": self.num_thresholds, "curve": self.curve}

    def count(self, is_yes: Array, y_pred: Array) -> Array:
        xp = array_module(is_yes, y_pred)
        thresholds = xp.asarray(self.thresholds, dtype=y_pred.dtype, **beside(y_pred))
        above = xp.clip(y_pred, 0.0, 1.0)[:, None] > thresholds  # (batch, num_thresholds)
        yes, no = is_yes[:, None], ~is_yes[:, None]
        return _count(above & yes, above & no, ~above & yes, ~above & no)

    def divide(self, counts: Array) -> Array:
        right, alarm, missed, _ = (counts[i, :] for i in range(4))
        recall = _ratio(right, right + missed)  # (num_thresholds,), falling
        if self.curve == "PR":
            return self._area_under_precision(right, right + alarm, right + missed)
        false_alarms = _ratio(alarm, alarm + counts[3, :])
        return _area(recall, false_alarms)

    def _area_under_precision(self, right: Array, positive: Array, yes: Array) -> Array:
        xp = array_module(right)
        d_right, d_positive = right[:-1] - right[1:], positive[:-1] - positive[1:]
        slope = _ratio(d_right, d_positive)
        intercept = right[1:] - slope * positive[1:]
        growth = _ratio(positive[:-1], positive[1:])
        growth = xp.where(growth > 0, growth, 1.0)  # where one is 0, so is the logarithm
        return xp.sum(_ratio(slope * (d_right + intercept * xp.log(growth)), yes[1:]))


def _area(height: Array, width: Array) -> Array:
    return array_module(height).sum(0.5 * (height[:-1] + height[1:]) * (width[:-1] - width[1:]))


def _count(*masks: Array) -> Array:
    xp = array_module(*masks)
    counts = xp.stack([xp.count_nonzero(mask, axis=0) for mask in masks])
    return xp.astype(counts, xp.float64)  # exact up to 2^53


def _ratio(a: Array, b: Array) -> Array:
    """a / b, and 0 where nothing was counted."""
    xp = array_module(a, b)
    some = b > 0
    return xp.where(some, a, 0.0) / xp.where(some, b, 1.0)


CLASSES = {"Precision": Precision, "Recall": Recall, "AUC": AUC}
