"""How does the step size change as training goes on?

A schedule is a function from the number of steps taken so far to a learning rate. It is given to
an optimizer in place of a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from minikeras import registry
from minikeras.registry import Config, Settings

Schedule = Callable[[int], float]


@dataclass(frozen=True)
class ExponentialDecay(Settings):
    """Multiply by `decay_rate` every `decay_steps` steps: smoothly, or at once with `staircase`.

    >>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
    0.025
    """

    initial_learning_rate: float
    decay_steps: int
    decay_rate: float
    staircase: bool = False

    def __post_init__(self) -> None:
        _check_steps(self.decay_steps)

    def __call__(self, step: int) -> float:
        times = step / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (
            math.floor(times) if self.staircase else times
        )


@dataclass(frozen=True)
class CosineDecay(Settings):
    """Glide along half a cosine down to `alpha` times the start (Loshchilov and Hutter, 2016).

    >>> CosineDecay(0.1, decay_steps=10)(5)
    0.05
    """

    initial_learning_rate: float
    decay_steps: int
    alpha: float = 0.0

    def __post_init__(self) -> None:
        _check_steps(self.decay_steps)

    def __call__(self, step: int) -> float:
        done = min(step, self.decay_steps) / self.decay_steps
        cosine = 0.5 * (1.0 + math.cos(math.pi * done))
        return self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)


def _check_steps(decay_steps: int) -> None:
    if decay_steps <= 0:
        raise ValueError(f"decay_steps counts steps, so it is at least 1, not {decay_steps!r}")


CLASSES: dict[str, Callable[..., Schedule]] = {
    "ExponentialDecay": ExponentialDecay,
    "CosineDecay": CosineDecay,
}


def describe(schedule: Schedule) -> str | Config:
    """Return the config of a schedule."""
    return registry.describe("schedule", schedule, {}, CLASSES)
