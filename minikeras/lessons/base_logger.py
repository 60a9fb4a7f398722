"""BaseLogger: is this the loss of an epoch, without keeping all of its batches?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from minikeras.lessons.verdict import Verdict, answers, nearly

Batches = list[tuple[float, int]]
FIRST: list[Batches] = [
    [(1.0, 4)],
    [(1.0, 4), (3.0, 4)],
    [(1.0, 4), (4.0, 2)],
    [(1.0, 4), (1.0, 4), (4.0, 2)],
]


def check_base_logger(mean: Callable[[], Any]) -> Verdict:
    """Check `Mean()`, a callback that fills in the logs of an epoch from those of its batches.

    `loss` is the mean by `size`; of `rows`, a figure that counts on over the batches, the last
    value stands. 204 epochs are tried, each after another one; then what it keeps in its
    attributes may not grow with the number of batches.

    >>> class Last:
    ...     def on_epoch_begin(self, epoch, logs=None): ...
    ...     def on_batch_end(self, batch, logs=None):
    ...         self.logs = logs
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         logs.update(loss=self.logs["loss"], rows=self.logs["rows"])
    >>> check_base_logger(Last).case
    'epoch([(1.0, 4), (3.0, 4)])'
    """

    def epoch(batches: Batches) -> dict[str, float]:
        callback = mean()
        _tell(callback, [(9.0, 3)])
        return _tell(callback, batches)

    def numbers_kept(batches: int) -> int:
        callback = mean()
        _tell(callback, [(1.0, 4)] * batches)
        return _size(vars(callback))

    random, cases = Random(0), [(batches,) for batches in FIRST]
    for _ in range(200):
        cases.append(
            ([(random.random(), random.randint(1, 9)) for _ in range(random.randint(1, 5))],)
        )
    first = answers("base_logger", "mean", epoch, _right, cases, _alike)
    if not first.holds:
        return first
    then = answers("base_logger", "memory", numbers_kept, lambda _: numbers_kept(3), [(300,)])
    return replace(then, tried=first.tried + then.tried)


def _tell(callback: Any, batches: Batches) -> dict[str, float]:
    """Tell a callback of an epoch, and return the logs that it has filled in."""
    logs: dict[str, float] = {}
    rows = 0
    callback.on_epoch_begin(0, {})
    for number, (loss, size) in enumerate(batches):
        rows += size
        callback.on_batch_end(number, {"batch": number, "size": size, "loss": loss, "rows": rows})
    callback.on_epoch_end(0, logs)
    return logs


def _right(batches: Batches) -> dict[str, float]:
    rows = sum(size for _, size in batches)
    return {"loss": sum(loss * size for loss, size in batches) / rows, "rows": rows}


def _alike(should: dict[str, float], did: dict[str, float]) -> bool:
    return set(should) == set(did) and all(nearly(should[k], did[k]) for k in should)


def _size(value: Any) -> int:
    """Count the values in an attribute, those inside lists and dicts too."""
    if isinstance(value, Mapping):
        return sum(_size(item) for item in value.values())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sum(_size(item) for item in value)
    return 1
