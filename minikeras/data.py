"""How does data reach the loop, batch by batch?

Arrays travel to the device once, whole; each epoch gathers its batches there, in a new order.
Generators and sequences make their batches on the host, and each travels when its turn comes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from minikeras.backend import Array, Backend, Host, take_rows
from minikeras.checks import Fitting


class Sequence(ABC):
    """Batches that are made when asked for: `self[i]` is `(x, y)` or `(x, y, sample_weight)`.

    >>> class Squares(Sequence):
    ...     def __len__(self):
    ...         return 2
    ...     def __getitem__(self, index):
    ...         x = np.arange(4.0)[:, None] + 4 * index
    ...         return x, x**2
    >>> len(Squares()), Squares()[1][0].shape
    (2, (4, 1))
    """

    @abstractmethod
    def __len__(self) -> int:
        """Return how many batches an epoch has."""

    @abstractmethod
    def __getitem__(self, index: int) -> Any:
        """Return batch number `index`."""

    def on_epoch_end(self) -> None:
        """Called after each epoch, for example to shuffle what the batches are made of."""
        return


@dataclass
class Batch:
    """Rows on the device; y and weights may be missing."""

    x: Array
    y: Array = None
    weights: Array = None
    share: float = field(default=1.0, kw_only=True)  # of the batch, if these are some of its rows

    @property
    def size(self) -> int:
        return int(self.x.shape[0])


class Source(Protocol):
    """What the loop takes its batches from."""

    @property
    def steps(self) -> int:
        """How many batches an epoch has."""

    @property
    def samples(self) -> int | None:
        """How many rows an epoch has, where that is known."""

    @property
    def has_order(self) -> bool:
        """Whether there is an order to change."""

    def epoch(self, rng: np.random.Generator | None = None, first: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch from the `first`, shuffled if there is a generator."""


class ArraySource:
    """Batches of arrays that are whole on the device."""

    has_order = True

    def __init__(
        self, backend: Backend, columns: list[Host | None], batch_size: int, steps: int | None
    ) -> None:
        self.door = backend.to_device
        self.columns: list[Array] = [None if a is None else self.door(a) for a in columns]
        self.rows: int = self.columns[0].shape[0]
        self.batch_size = min(batch_size, self.rows)
        available = -(-self.rows // self.batch_size)
        if steps is not None and steps > available:
            raise ValueError(
                f"{steps} steps with batch_size={batch_size} need more than "
                f"{(steps - 1) * batch_size} rows, but there are {self.rows}: without a number of "
                "steps, an epoch takes them all"
            )
        self.steps = available if steps is None else steps
        self.samples = min(self.rows, self.steps * self.batch_size)
        self.buffers: list[Array] | None = None

    def epoch(self, rng: np.random.Generator | None = None, first: int = 0) -> Iterator[Batch]:
        order = None if rng is None else self.door(rng.permutation(self.rows))
        for part in self._parts(first):
            if order is None:
                yield Batch(*(None if c is None else c[part, ...] for c in self.columns))
            else:
                yield self.gather(order[part])

    def numbers(self, rng: np.random.Generator | None = None, first: int = 0) -> Iterator[Host]:
        """Yield the numbers of the rows of each batch of `epoch`."""
        order = np.arange(self.rows) if rng is None else rng.permutation(self.rows)
        return (order[part] for part in self._parts(first))

    def _parts(self, first: int) -> Iterator[slice]:
        for start in range(first * self.batch_size, self.samples, self.batch_size):
            yield slice(start, min(start + self.batch_size, self.rows))

    def gather(self, rows: Array) -> Batch:
        """Return these rows, in buffers that the next batch will use again."""
        if self.buffers is None:  # one batch long, used again for every batch
            some = [None if c is None else c[: self.batch_size, ...] for c in self.columns]
            self.buffers = [None if c is None else c + 0 for c in some]
        return Batch(
            *(
                None if column is None else take_rows(column, rows, buffer)
                for column, buffer in zip(self.columns, self.buffers, strict=True)
            )
        )


class StreamSource:
    """Batches that somebody else makes: a generator, or a `Sequence`."""

    samples: int | None = None

    def __init__(
        self,
        fitting: Fitting,
        batches: Any,
        steps: int,
        class_weight: Mapping[int, float] | None,
        name: str,
    ) -> None:
        self.fitting, self.batches, self.steps = fitting, batches, steps
        self.class_weight, self.name = class_weight, name
        self.has_order = isinstance(batches, Sequence)

    def epoch(self, rng: np.random.Generator | None = None, first: int = 0) -> Iterator[Batch]:
        if not isinstance(self.batches, Sequence):
            for step in range(first, self.steps):
                yield self._batch(self._next(step), step)
            return
        order = np.arange(len(self.batches)) if rng is None else rng.permutation(len(self.batches))
        for step in range(first, self.steps):
            yield self._batch(self.batches[int(order[step])], step)
        self.batches.on_epoch_end()

    def _next(self, step: int) -> Any:
        try:
            return next(self.batches)
        except StopIteration:
            raise ValueError(
                f"the generator {self.name} ended after {step} of the {self.steps} batches of an "
                "epoch: let it go on (while True), or ask for fewer steps or epochs"
            ) from None

    def _batch(self, item: Any, step: int) -> Batch:
        name = f"batch {step} of {self.name}"
        has_labels = self.fitting.loss is not None
        columns = parts(item, has_labels, name)
        x = self.fitting.inputs(columns[0], f"x in {name}")
        if not has_labels:
            return Batch(self.fitting.backend.to_device(x))
        y = self.fitting.labels(columns[1], len(x), f"y in {name}")
        weights = self.fitting.weights(
            columns[2] if len(columns) == 3 else None, len(x), f"weights in {name}"
        )
        weights = self.fitting.weigh_classes(y, weights, self.class_weight)
        door = self.fitting.backend.to_device
        return Batch(door(x), door(y), None if weights is None else door(weights))


def is_stream(x: Any) -> bool:
    """Whether x makes its own batches."""
    return isinstance(x, Sequence) or hasattr(x, "__next__")


def split(columns: list[Any], fraction: float) -> tuple[list[Any], list[Any]]:
    """Cut off the last `fraction` of the rows, before any shuffling, as Keras does.

    >>> split([np.arange(8)], 0.25)
    ([array([0, 1, 2, 3, 4, 5])], [array([6, 7])])
    """
    rows = len(columns[0])
    cut = int(rows * (1.0 - fraction))
    if not 0 < cut < rows:
        raise ValueError(
            f"validation_split={fraction:g} of {rows} rows leaves {cut} to train and "
            f"{rows - cut} to validate: both need at least one"
        )
    front = [None if a is None else a[:cut] for a in columns]
    return front, [None if a is None else a[cut:] for a in columns]


def parts(item: Any, has_labels: bool, name: str) -> tuple[Any, ...]:
    """Return what a batch is made of: x alone, or with y and perhaps weights."""
    columns = item if isinstance(item, tuple) else (item,)
    if not 1 + has_labels <= len(columns) <= 3:
        came = type(item).__name__ + (f" of {len(item)}" if isinstance(item, tuple) else "")
        raise ValueError(
            f"{name} is of type {came}, but a batch is a tuple (x, y) or (x, y, sample_weight)"
        )
    return columns
