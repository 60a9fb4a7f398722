"""Who takes the steps of an epoch: this process alone, or several together?"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minikeras.checks import count
from minikeras.data import ArraySource, Source
from minikeras.extras import needs_extra
from minikeras.steps import Objective, Step
from minikeras.trainee import Trainee


class DataParallel:
    """Let `fit` share each batch among processes: this one, and copies of it for each epoch.

    `processes` is their number, by default as many as BLAS uses threads. Each takes its share of
    the rows and multiplies on one core. The weights come out as those of one process, up to
    rounding, and the same to the last bit in every run with as many processes. An epoch costs some
    10 ms more, so it is worth it where an epoch takes longer than that. RuntimeError on a system
    other than Linux, ImportError without the extra `parallel`; `fit` raises a ValueError for a
    model on a GPU, and for data that are not arrays.

    Keras has it for several devices: https://keras.io/api/distribution.

    >>> from minikeras.layers import Dense
    >>> from minikeras.models import Sequential
    >>> model = Sequential([Dense(1, input_dim=1)])
    >>> model.compile("sgd", "mse")
    >>> set_distribution(DataParallel(processes=2))
    >>> history = model.fit([[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]], epochs=2, verbose=0)
    >>> set_distribution(None)
    >>> history.epoch
    [0, 1]
    """

    def __init__(self, processes: int | None = None) -> None:
        if processes is not None:
            count(processes, "processes")
        if sys.platform != "linux":
            raise RuntimeError(
                f"DataParallel copies a running process, which Linux can and {sys.platform} cannot "
                "with safety: train without set_distribution"
            )
        with needs_extra("parallel", "DataParallel"):
            from threadpoolctl import ThreadpoolController
        self.blas = ThreadpoolController().select(user_api="blas")
        threads = max((library["num_threads"] for library in self.blas.info()), default=1)
        self.processes: int = processes or threads


_chosen: DataParallel | None = None


def set_distribution(distribution: DataParallel | None) -> None:
    """Choose who takes the steps of every `fit` from now on; None is this process alone."""
    if not isinstance(distribution, DataParallel | None):
        raise TypeError(f"set_distribution takes a DataParallel or None, not {distribution!r}")
    global _chosen
    _chosen = distribution


def distribution() -> DataParallel | None:
    """Return what `set_distribution` chose last.

    >>> distribution() is None
    True
    """
    return _chosen


def check(model: Trainee, source: Source) -> None:
    """ValueError if what was chosen cannot train this model on these data."""
    if _chosen is None:
        return
    if model.backend.name != "numpy":
        raise ValueError(
            f"DataParallel shares the memory of NumPy's arrays, and this model computes on "
            f"{model.backend.name}: set_distribution(None) first"
        )
    if not isinstance(source, ArraySource):
        raise ValueError(
            "DataParallel shares out the rows of arrays, and these data come batch by batch: give "
            "x and y as arrays, or set_distribution(None) first"
        )


@contextmanager
def epoch(
    model: Trainee,
    objective: Objective,
    source: Source,
    rng: np.random.Generator | None,
    first: int,
    alone: Step,
) -> Iterator[tuple[Iterable[Any], Step]]:
    """Yield the batches of an epoch and the function that takes a step on one of them."""
    if _chosen is None or _chosen.processes == 1:
        yield source.epoch(rng, first), alone
        return
    from minikeras.team import Team  # the page in a browser cannot fork

    assert isinstance(source, ArraySource)
    with _chosen.blas.limit(limits=1):
        batches = source.numbers(rng, first)
        with Team(model, objective, source, _chosen.processes).at_work(batches) as step:
            yield batches, step
