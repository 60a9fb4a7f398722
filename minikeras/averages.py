"""What is the mean of batches of different sizes?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Complex, Real
from typing import Any


class Averages:
    """Means weighted by batch size; of `stateful` names, the last value instead.

    >>> epoch = Averages()
    >>> for loss, size in [(1.0, 4), (1.0, 4), (4.0, 2)]:
    ...     epoch.add({"loss": loss}, size)
    >>> epoch.means()
    {'loss': 1.6}
    """

    def __init__(self, stateful: Iterable[str] = ()) -> None:
        self.stateful = frozenset(stateful)
        self.totals: dict[str, float] = {}
        self.seen: dict[str, float] = {}

    @property
    def state(self) -> dict[str, Any]:
        """What to keep, as JSON values, to go on in the middle of an epoch."""
        return {"totals": self.totals, "seen": self.seen}

    @state.setter
    def state(self, state: Mapping[str, Any]) -> None:
        self.totals, self.seen = dict(state["totals"]), dict(state["seen"])

    def add(self, values: Mapping[str, float], size: float) -> None:
        """Count one batch of `size` rows."""
        for name, value in values.items():
            if name in self.stateful:
                self.totals[name], self.seen[name] = value, 1
            else:
                self.totals[name] = self.totals.get(name, 0.0) + value * size
                self.seen[name] = self.seen.get(name, 0) + size

    def means(self) -> dict[str, float]:
        """Return the mean of every name so far."""
        return {name: total / self.seen[name] for name, total in self.totals.items()}


def values_of(logs: Mapping[str, float]) -> dict[str, float]:
    """Return what is averaged in the logs of a batch: all but its number and its size."""
    return {name: value for name, value in logs.items() if name not in ("batch", "size")}


def number_of(value: Any) -> float | None:
    """Return a number of logs as a float, also of NumPy or PyTorch; None for what is none.

    >>> number_of(1), number_of("1"), number_of([1.0])
    (1.0, None, None)
    """
    is_text = isinstance(value, str | bytes)
    is_complex = isinstance(value, Complex) and not isinstance(value, Real)
    if is_text or is_complex or getattr(value, "ndim", 0) != 0:
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None
