"""How do several processes train one model?

Each finds the gradients of its share of the rows. The sum of these is the gradient of the batch: so
together they take the step that one alone would take, and each moves its share of the weights.

The leader is the process that called `fit`; it alone talks to callbacks. The others are copies of
it, made when the epoch begins: so they have the same model and the same data, and nothing needs to
be sent. What all must see lies in memory that they share: weights, gradients and what the
optimizer remembers, all long vectors. They wait for each other at least three times in a step.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minikeras.backend import CACHE_LINE, Array, Host, full_like
from minikeras.data import ArraySource
from minikeras.steps import Objective, Step, penalized

TRIES = 10_000  # to wake a process that sleeps takes longer than most of this waiting
PATIENCE = 0.2  # seconds between two looks at whether the other is still alive


class Team:
    """Processes that take steps together; each has a rank, and that of the leader is 0."""

    def __init__(self, model: Any, objective: Objective, source: ArraySource, size: int) -> None:
        self.model, self.objective, self.source, self.size = model, objective, source, size
        self.rank, self.leader = 0, os.getpid()
        self.fork = multiprocessing.get_context("fork")
        self.helpers: list[Any] = []
        self.ready = [self.fork.Semaphore(0) for _ in range(1, size)]  # a helper waits for the rest
        self.go = [self.fork.Semaphore(0) for _ in range(1, size)]
        self.failures = self.fork.SimpleQueue()
        self.grads: list[Array] = []

    @contextmanager
    def at_work(self, batches: Iterable[Host]) -> Iterator[Step]:
        """Share what must be shared, let the helpers begin, and yield the leader's step."""
        try:
            self._share()
            for rank in range(1, self.size):
                helper = self.fork.Process(target=self._help, args=(rank, batches), daemon=True)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)  # helpers need no threads
                    helper.start()
                self.helpers.append(helper)
            self._take_share()
            yield self.step
        finally:
            for helper in self.helpers:
                helper.kill()
                helper.join()
            self.grads = []
            self._relocate(_private)
            self.model.prepare_optimizer()

    def _share(self) -> None:
        self._relocate(_shared)
        mine = self.model.vector.grads
        self.grads = [mine, *(_shared(mine) for _ in range(1, self.size))]
        rows = (self.source.batch_size, *self.model.output_shape)
        self.predictions = _shared(np.zeros(rows, self.model.dtype))
        self.losses, self.rate = _shared(np.zeros(self.size)), _shared(np.zeros(1))

    def _relocate(self, place: Callable[[Array], Array]) -> None:
        self.model.optimizer.relocate(place)  # first, since it holds views of the vector
        self.model.vector.relocate(place)

    def _take_share(self) -> None:
        optimizer = self.model.optimizer
        self.spans = [*shares(optimizer.spans, self.rank, self.size)]
        optimizer.build(self.model.vector, self.spans)

    # -- a step -----------------------------------------------------------------------------------

    def step(self, model: Any, objective: Objective, batch: Host) -> list[Array]:
        """Take a step on the rows with these numbers; what `train_step` does, as the leader."""
        with np.errstate(all="ignore"):
            self.rate[0] = float(model.optimizer.learning_rate)
            self._let_go()
            self._step(batch)
            y, p = self.source.columns[1][batch], self.predictions[: batch.size]
            measures = objective.measure(y, p)
            told = [np.sum(self.losses).astype(model.dtype), *measures]
            self._hear()
            return told

    def _help(self, rank: int, batches: Iterable[Host]) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the leader is interrupted, and ends the rest
        try:
            self.rank = rank
            self._take_share()
            self.model.vector.grads = self.grads[rank]
            self.model.vector.bind()
            self._draw_otherwise()
            with np.errstate(all="ignore"):
                for batch in batches:
                    self._wait(self.go[rank - 1])
                    if not self.model.optimizer.follows_schedule:
                        self.model.optimizer.learning_rate = float(self.rate[0])
                    self._step(batch)
                    self.ready[rank - 1].release()
        except Exception:
            self.failures.put(traceback.format_exc())

    def _draw_otherwise(self) -> None:
        """Let layers draw other numbers than the leader's, but the same ones in every run."""
        drawn: dict[int, np.random.Generator] = {}  # layers that share a generator go on sharing
        for layer in self.model.layers:
            for name, rng in vars(layer).items():
                if isinstance(rng, np.random.Generator):
                    bits: Any = rng.bit_generator
                    far = np.random.Generator(bits.jumped(self.rank))
                    setattr(layer, name, drawn.setdefault(id(rng), far))

    def _step(self, batch: Host) -> None:
        self._find_gradients(batch)
        self._meet()
        for first, stop in self.spans:
            for grads in self.grads[1:]:
                self.grads[0][first:stop] += grads[first:stop]
        optimizer = self.model.optimizer
        if optimizer.clips:  # by the length of whole gradients
            self._meet()
            if self.rank == 0:
                optimizer.clip()
            self._meet()
        optimizer.move()

    def _find_gradients(self, batch: Host) -> None:
        model, n = self.model, batch.size
        mine = slice(*(-(-n * rank // self.size) for rank in (self.rank, self.rank + 1)))
        if mine.start == mine.stop:  # of few rows, the leader has one at least
            self.grads[self.rank][...], self.losses[self.rank] = 0.0, 0.0
            return
        part = self.source.gather(batch[mine])
        part.share = part.size / n
        p, pullbacks = model.forward(part.x, training=True)
        self.predictions[mine] = p
        loss, dp = self.objective.value(part, p, model.ends_in_softmax)
        model.backward(pullbacks, dp)
        if self.rank == 0:  # what weights cost is counted once
            loss = penalized(loss, model.trained, with_gradient=True)
        self.losses[self.rank] = loss

    # -- waiting ----------------------------------------------------------------------------------

    def _meet(self) -> None:
        """Wait until all are here."""
        if self.rank == 0:
            self._hear()
            self._let_go()
        else:
            self.ready[self.rank - 1].release()
            self._wait(self.go[self.rank - 1])

    def _hear(self) -> None:
        for ready in self.ready:
            self._wait(ready)

    def _let_go(self) -> None:
        for go in self.go:
            go.release()

    def _wait(self, semaphore: Any) -> None:
        for _ in range(TRIES):
            if semaphore.acquire(block=False):
                return
        while not semaphore.acquire(timeout=PATIENCE):
            if self.rank:
                if os.getppid() != self.leader:
                    os._exit(1)
                continue
            if not self.failures.empty():
                raise RuntimeError(f"a helper of DataParallel failed:\n{self.failures.get()}")
            for helper in self.helpers:
                if helper.exitcode is not None:
                    raise RuntimeError(
                        f"a helper of DataParallel ended with exit code {helper.exitcode}: if that "
                        "is -9, it was killed, perhaps since memory had run out; a part of the "
                        "weights may be a step ahead of the rest, so load what you saved"
                    )


def shares(spans: list[tuple[int, int]], rank: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield what of these ranges belongs to a rank; shares begin where a cache line does.

    >>> [[*shares([(0, 20), (32, 64)], rank, 2)] for rank in (0, 1)]
    [[(0, 16)], [(16, 20), (32, 64)]]
    """
    total, line = sum(stop - first for first, stop in spans), CACHE_LINE // 4
    low = total * rank // size // line * line
    high = total if rank + 1 == size else total * (rank + 1) // size // line * line
    for first, stop in spans:
        start, end = max(first, first + low), min(stop, first + high)
        if start < end:
            yield start, end
        low, high = low - (stop - first), high - (stop - first)


def _shared(x: Array) -> Array:
    copy = np.frombuffer(mmap.mmap(-1, max(x.nbytes, 1)), x.dtype, x.size).reshape(x.shape)
    copy[...] = x
    return copy


def _private(x: Array) -> Array:
    copy = full_like(x, 0.0)
    copy[...] = x
    return copy
