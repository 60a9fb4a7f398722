"""What is there to tell about a run?"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from minikeras.monitoring import Improvement

RATES = ("learning_rate", "lr")  # Keras 3 and 2
LARGEST = 1e100  # what is beyond is drawn like infinity, for axes would overflow


@dataclass(frozen=True, slots=True)
class Run:
    """The curves of a run: by name, the value of each epoch that has one; epochs count from 0.

    `planned` says how many epochs there should have been; None where nobody knows, or while the run
    goes on.

    >>> run = Run([0, 1, 2], {"loss": {0: 3.0, 1: 1.0, 2: 2.0}, "val_loss": {1: 4.0}}, planned=9)
    >>> run.has_stopped_early, run.best("loss"), run.best("val_loss"), run.best("val_mae")
    (True, 1, 1, None)
    """

    epochs: Sequence[int]
    curves: Mapping[str, Mapping[int, float]]
    planned: int | None = None

    @property
    def has_stopped_early(self) -> bool:
        """Whether it ended before the last epoch that was planned."""
        return bool(self.epochs) and self.planned is not None and self.epochs[-1] + 1 < self.planned

    @property
    def metrics(self) -> list[str]:
        """The names without `val_` and learning rates, loss first: each is a panel of a picture."""
        names = (name.removeprefix("val_") for name in self.curves if name not in RATES)
        return sorted(dict.fromkeys(names), key=lambda name: name != "loss")

    @property
    def rates(self) -> Mapping[int, float]:
        """The learning rate of each epoch; empty where it was not noted, or is no number."""
        noted = next((self.curves[name] for name in RATES if name in self.curves), {})
        return {epoch: rate for epoch, rate in noted.items() if abs(rate) < LARGEST}

    @property
    def rate_changes(self) -> list[int]:
        """The epochs that were trained at another learning rate than the one before."""
        pairs = itertools.pairwise(self.rates.items())
        return [epoch for (_, before), (epoch, now) in pairs if now != before]

    def best(self, monitor: str, mode: str = "auto") -> int | None:
        """Return the epoch of the best score, by the rule of all callbacks; None without any.

        ValueError for a name that does not say whether a good one is small, where `mode` neither
        does.
        """
        rule = Improvement.watching(monitor, mode)
        best, best_epoch = None, None
        for epoch, score in self.curves.get(monitor, {}).items():
            if rule.beats(score, best):
                best, best_epoch = score, epoch
        return best_epoch

    def monitored(self, monitor: str) -> str:
        """Return `monitor`, or its twin without `val_` where a run was not validated.

        ValueError if it has neither.
        """
        scores = [name for name in self.curves if name not in RATES]
        for name in (monitor, monitor.removeprefix("val_")):
            if name in scores:
                return name
        raise ValueError(
            f"this run has no {monitor!r} whose best epoch could be marked; pass as monitor one of "
            f"what it has: {', '.join(scores) or 'nothing'}"
        )
