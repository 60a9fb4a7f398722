"""Which way, and how far? Five answers, each the one before plus one idea.

In the formulas w are the weights, g the gradient, m a running mean of gradients and v one of
their squares.
"""

from __future__ import annotations

import math
from typing import Any

from minikeras.backend import Array, array_module
from minikeras.optimizers.optimizer import Optimizer
from minikeras.optimizers.schedules import Schedule
from minikeras.registry import Config

EPSILON = 1e-7  # Keras's default; keeps a division by a gradient that is 0 harmless


class SGD(Optimizer):
    """Go downhill; with `momentum`, keep rolling (Polyak, 1964).

    `nesterov` looks ahead to where the momentum leads (Sutskever et al., 2013).

    >>> SGD(0.1, momentum=0.9).get_config()
    {'name': 'sgd', 'learning_rate': 0.1, 'momentum': 0.9, 'nesterov': False}
    """

    def __init__(
        self,
        learning_rate: float | Schedule | Config = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **common: Any,
    ) -> None:
        super().__init__(learning_rate, **common)
        self.momentum, self.nesterov = _share("momentum", momentum), nesterov
        if momentum:
            self.slots = ("momentum",)  # type: ignore[misc]

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        if not state:
            w -= rate * g
            return
        (m,) = state
        m *= self.momentum
        m -= rate * g
        w += self.momentum * m - rate * g if self.nesterov else m

    def get_config(self) -> Config:
        return super().get_config() | {"momentum": self.momentum, "nesterov": self.nesterov}


class Adagrad(Optimizer):
    """Take smaller steps where gradients have been large in all (Duchi et al., 2011)."""

    slots = ("accumulator",)

    def __init__(
        self,
        learning_rate: float | Schedule | Config = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = EPSILON,
        **common: Any,
    ) -> None:
        super().__init__(learning_rate, **common)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def initial(self, parameters: Array) -> Array:
        return array_module(parameters).full_like(parameters, self.initial_accumulator_value)

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        (total,) = state
        total += g * g
        w -= rate * g / array_module(w).sqrt(total + self.epsilon)

    def get_config(self) -> Config:
        start = {"initial_accumulator_value": self.initial_accumulator_value}
        return super().get_config() | start | {"epsilon": self.epsilon}


class RMSprop(Optimizer):
    """Take smaller steps where gradients have been large lately (Tieleman and Hinton, 2012)."""

    slots = ("velocity",)

    def __init__(
        self,
        learning_rate: float | Schedule | Config = 0.001,
        rho: float = 0.9,
        *,
        epsilon: float = EPSILON,
        **common: Any,
    ) -> None:
        super().__init__(learning_rate, **common)
        self.rho, self.epsilon = _share("rho", rho), epsilon

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        (v,) = state
        v += (1.0 - self.rho) * (g * g - v)
        w -= rate * g / array_module(w).sqrt(v + self.epsilon)

    def get_config(self) -> Config:
        return super().get_config() | {"rho": self.rho, "epsilon": self.epsilon}


class Adam(Optimizer):
    """Both: roll like momentum, scale like RMSprop (Kingma and Ba, 2014).

    Running means that begin at zero are too small at first; the step size makes up for it.
    """

    slots = ("momentum", "velocity")

    def __init__(
        self,
        learning_rate: float | Schedule | Config = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = EPSILON,
        **common: Any,
    ) -> None:
        super().__init__(learning_rate, **common)
        self.beta_1, self.beta_2 = _share("beta_1", beta_1), _share("beta_2", beta_2)
        self.epsilon = epsilon

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        m, v = state
        t = self.iterations
        step_size = rate * math.sqrt(1.0 - self.beta_2**t) / (1.0 - self.beta_1**t)
        m += (1.0 - self.beta_1) * (g - m)
        v += (1.0 - self.beta_2) * (g * g - v)
        w -= step_size * m / (array_module(w).sqrt(v) + self.epsilon)

    def get_config(self) -> Config:
        betas = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return super().get_config() | betas | {"epsilon": self.epsilon}


class AdamW(Adam):
    """Adam that also shrinks every weight a little at each step (Loshchilov and Hutter, 2017)."""

    def __init__(
        self,
        learning_rate: float | Schedule | Config = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = EPSILON,
        **common: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **common)
        self.weight_decay = weight_decay

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        w *= 1.0 - rate * self.weight_decay
        super().update(rate, w, g, *state)

    def get_config(self) -> Config:
        return super().get_config() | {"weight_decay": self.weight_decay}


def _share(name: str, value: float) -> float:
    if not 0.0 <= value < 1.0:
        raise ValueError(f"{name} is a share of what was before, in [0, 1), not {value!r}")
    return float(value)
