"""When is one score better than another? Three callbacks ask; this is the one answer."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal["min", "max"]

RISING = frozenset((
    "acc", "accuracy", "auc", "binary_iou", "bleu", "cosine_similarity", "dice", "f1",
    "f1_score", "fbeta_score", "iou", "mean_iou", "one_hot_iou", "one_hot_mean_iou",
    "precision", "precision_at_recall", "r2", "r2_score", "recall", "recall_at_precision",
    "sensitivity_at_specificity", "specificity_at_sensitivity",
))  # fmt: skip
FALLING = frozenset((
    "categorical_hinge", "crossentropy", "hinge", "huber", "kl_divergence", "kld",
    "kullback_leibler_divergence", "log_cosh", "logcosh", "loss", "mae", "mape", "mse", "msle",
    "perplexity", "poisson", "rmse", "squared_hinge",
))  # fmt: skip
FALLING_ENDINGS = ("_loss", "_error", "_crossentropy")


def direction_of(monitor: str) -> Direction:
    """Read off a metric's name whether a good one is small or large; `val_` in front is skipped.

    Whole words count, never parts of words. ValueError for a name that says nothing.

    >>> direction_of("val_loss"), direction_of("accuracy"), direction_of("val_vaccine_error")
    ('min', 'max', 'min')
    """
    name = monitor.removeprefix("val_")
    if name in RISING or name.endswith("_accuracy"):
        return "max"
    if name in FALLING or name.endswith(FALLING_ENDINGS):
        return "min"
    raise ValueError(f"is a larger {monitor!r} better? Pass mode='max' or mode='min'.")


@dataclass(frozen=True, slots=True)
class Improvement:
    """The rule by which a candidate takes the place of the best score so far.

    It must be better by more than `min_delta`; a change of exactly `min_delta` is none.

    >>> rule = Improvement("min", min_delta=0.25)
    >>> rule.beats(0.75, best=1.0), rule.beats(0.5, best=1.0)
    (False, True)
    """

    direction: Direction
    min_delta: float = 0.0

    @classmethod
    def watching(cls, monitor: str, mode: str = "auto", min_delta: float = 0.0) -> Improvement:
        """Return the rule for a metric; `mode` is "min", "max", or "auto": as its name says."""
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode is 'auto', 'min' or 'max', not {mode!r}")
        if math.isnan(min_delta):
            raise ValueError("min_delta is the smallest change that counts, not nan")
        direction: Any = direction_of(monitor) if mode == "auto" else mode
        return cls(direction, abs(min_delta))

    def beats(self, candidate: float, best: float | None) -> bool:
        """Whether `candidate` is better than `best`, which is None before the first score.

        NaN never wins, not even against nothing: one bad first epoch would stand as a record that
        nothing can beat.
        """
        if math.isnan(candidate):
            return False
        if best is None:
            return True
        if self.direction == "min":
            return candidate + self.min_delta < best
        return candidate - self.min_delta > best


class Watch:
    """The score that a callback watches, read from the logs of each epoch.

    >>> Watch("val_loss", "EarlyStopping").read({"val_loss": 0.5}, {})
    0.5
    """

    def __init__(self, monitor: str, owner: str) -> None:
        self.monitor, self.owner = monitor, owner
        self.has_warned = False

    def reset(self) -> None:
        """Begin a new fit, which may warn once again."""
        self.has_warned = False

    def read(self, logs: Mapping[str, Any] | None, params: Mapping[str, Any]) -> float | None:
        """Return the score, or None for an epoch without one, which then does not count.

        The first such epoch of a fit warns, unless validation merely pauses (`validation_freq`).
        """
        logs = logs or {}
        if self.monitor in logs:
            return float(logs[self.monitor])
        expected = params.get("metrics") or ()
        is_paused = self.monitor.startswith("val_") and self.monitor in expected
        if not is_paused and not self.has_warned:
            self.has_warned = True
            keys = ", ".join(logs) or "nothing"
            warnings.warn(
                f"{self.owner} watches {self.monitor!r}, which is not in the logs; they have "
                f"{keys}. Such epochs do not count.",
                RuntimeWarning,
                stacklevel=4,
            )
        return None
