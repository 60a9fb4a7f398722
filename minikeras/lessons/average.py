"""Lesson 02, and BaseLogger: is this the mean loss of an epoch?"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from minikeras.lessons.verdict import Verdict, answers


def check_mean(epoch_mean: Callable[..., Any]) -> Verdict:
    """Check `epoch_mean(losses, sizes)`, the mean over all rows of an epoch.

    Tried first on full batches, then on a last batch that is smaller, then on 200 random epochs.

    >>> check_mean(lambda losses, sizes: sum(losses) / len(losses)).case
    '<lambda>([1.0, 4.0], [2, 1])'
    """
    random = Random(0)
    cases = [([1.0], [4]), ([1.0, 3.0], [4, 4]), ([1.0, 4.0], [2, 1]), ([1.0, 1.0, 4.0], [4, 4, 2])]
    for _ in range(200):
        sizes = [random.randint(1, 32) for _ in range(random.randint(1, 6))]
        cases.append(([random.uniform(0, 3) for _ in sizes], sizes))
    return answers("average", "mean", epoch_mean, _mean, cases)


def _mean(losses: list[float], sizes: list[int]) -> float:
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)
