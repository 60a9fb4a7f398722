"""Which way, and how far? Five answers, each the one before plus one idea.

In the formulas w are the weights, g the gradient, m a running mean of gradients and v one of
their squares. What is on its way to w is in t, a block that every step uses again: so no memory is
asked for, and everything is in the processor's cache.
"""

from __future__ import annotations

import math
from typing import Any

from minikeras.backend import Array, array_module, full_like
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

    formula = "w -= rate * g"

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
            self.slots = self.fading = ("momentum",)  # type: ignore[misc]
            self.formula = "momentum *= mu; momentum -= rate * g; w += momentum"
        if momentum and nesterov:
            self.formula = "momentum *= mu; momentum -= rate * g; w += mu * momentum - rate * g"

    def factors(self, rate: float) -> dict[str, float]:
        return {"rate": rate, "mu": self.momentum}

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        xp, t = array_module(w), self.work(w)
        xp.multiply(g, rate, out=t)
        if not state:
            w -= t
            return
        (m,) = state
        m *= self.momentum
        m -= t
        if self.nesterov:
            w -= t
            xp.multiply(m, self.momentum, out=t)
            w += t
        else:
            w += m

    def get_config(self) -> Config:
        return super().get_config() | {"momentum": self.momentum, "nesterov": self.nesterov}


class Adagrad(Optimizer):
    """Take smaller steps where gradients have been large in all (Duchi et al., 2011)."""

    slots = ("accumulator",)
    formula = "accumulator += g * g; w -= rate * g / sqrt(accumulator + epsilon)"

    def __init__(
        self,
        learning_rate: float | Schedule | Config = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = EPSILON,
        **common: Any,
    ) -> None:
        super().__init__(learning_rate, **common)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def factors(self, rate: float) -> dict[str, float]:
        return {"rate": rate, "epsilon": self.epsilon}

    def initial(self, parameters: Array) -> Array:
        return full_like(parameters, self.initial_accumulator_value)

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        (total,) = state
        xp, t = array_module(w), self.work(w)
        xp.multiply(g, g, out=t)
        total += t
        _scaled(g, total, self.epsilon, out=t)
        t *= rate
        w -= t

    def get_config(self) -> Config:
        start = {"initial_accumulator_value": self.initial_accumulator_value}
        return super().get_config() | start | {"epsilon": self.epsilon}


class RMSprop(Optimizer):
    """Take smaller steps where gradients have been large lately (Tieleman and Hinton, 2012)."""

    slots = fading = ("velocity",)
    formula = "velocity += (1 - rho) * (g * g - velocity); w -= rate * g / sqrt(velocity + epsilon)"

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

    def factors(self, rate: float) -> dict[str, float]:
        return {"rate": rate, "rho": self.rho, "epsilon": self.epsilon}

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        (v,) = state
        xp, t = array_module(w), self.work(w)
        xp.multiply(g, g, out=t)
        _move(v, t, self.rho, work=t)
        _scaled(g, v, self.epsilon, out=t)
        t *= rate
        w -= t

    def get_config(self) -> Config:
        return super().get_config() | {"rho": self.rho, "epsilon": self.epsilon}


class Adam(Optimizer):
    """Both: roll like momentum, scale like RMSprop (Kingma and Ba, 2014).

    Running means that begin at zero are too small at first; the step size makes up for it.
    """

    slots, fading = ("momentum", "velocity"), ("momentum",)
    formula = (
        "momentum += (1 - beta_1) * (g - momentum); velocity += (1 - beta_2) * (g * g - velocity); "
        "w -= step_size * momentum / (sqrt(velocity) + epsilon)"
    )

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

    def factors(self, rate: float) -> dict[str, float]:
        steps = max(1, self.iterations)
        step_size = rate * math.sqrt(1.0 - self.beta_2**steps) / (1.0 - self.beta_1**steps)
        betas = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return {"step_size": step_size} | betas | {"epsilon": self.epsilon}

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        m, v = state
        xp, t = array_module(w), self.work(w)
        _move(m, g, self.beta_1, work=t)
        xp.multiply(g, g, out=t)
        _move(v, t, self.beta_2, work=t)
        xp.sqrt(v, out=t)
        t += self.epsilon
        xp.divide(m, t, out=t)
        t *= self.factors(rate)["step_size"]
        w -= t

    def get_config(self) -> Config:
        betas = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return super().get_config() | betas | {"epsilon": self.epsilon}


class AdamW(Adam):
    """Adam that also shrinks every weight a little at each step (Loshchilov and Hutter, 2017)."""

    formula = "w *= 1 - rate * weight_decay; " + Adam.formula

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

    def factors(self, rate: float) -> dict[str, float]:
        return super().factors(rate) | {"rate": rate, "weight_decay": self.weight_decay}

    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        w *= 1.0 - rate * self.weight_decay
        super().update(rate, w, g, *state)

    def get_config(self) -> Config:
        return super().get_config() | {"weight_decay": self.weight_decay}


def _move(mean: Array, new: Array, share: float, work: Array) -> None:
    """Let a running mean keep that share of itself; what is new fills the rest."""
    mean *= share
    array_module(mean).multiply(new, 1.0 - share, out=work)
    mean += work


def _scaled(g: Array, squares: Array, epsilon: float, out: Array) -> None:
    """Divide the gradient by its usual size."""
    xp = array_module(g)
    xp.add(squares, epsilon, out=out)
    xp.sqrt(out, out=out)
    xp.divide(g, out, out=out)


def _share(name: str, value: float) -> float:
    if not 0.0 <= value < 1.0:
        raise ValueError(f"{name} is a share of what was before, in [0, 1), not {value!r}")
    return float(value)
