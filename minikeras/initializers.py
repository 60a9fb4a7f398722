"""With which numbers do weights begin?

They are drawn on the host, so that every backend starts from the same ones. An initializer is a
callable `(shape, rng) -> array`; the classes below are such callables with settings.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from minikeras import registry
from minikeras.backend import Host, Shape
from minikeras.registry import Config, Settings

Initializer = Callable[[Shape, np.random.Generator], Host]


@dataclass(frozen=True)
class Constant(Settings):
    """Every weight is `value`.

    >>> Constant(0.1)((2,), np.random.default_rng())
    array([0.1, 0.1])
    """

    value: float = 0.0

    def __call__(self, shape: Shape, rng: np.random.Generator) -> Host:
        return np.full(shape, self.value)


@dataclass(frozen=True)
class Zeros(Settings):
    """Every weight is 0: for biases. In a kernel, all units would learn the same."""

    def __call__(self, shape: Shape, rng: np.random.Generator) -> Host:
        return np.zeros(shape)


@dataclass(frozen=True)
class Ones(Settings):
    """Every weight is 1."""

    def __call__(self, shape: Shape, rng: np.random.Generator) -> Host:
        return np.ones(shape)


@dataclass(frozen=True)
class RandomUniform(Settings):
    """Evenly spread over [minval, maxval); a `seed` of its own makes it repeat itself."""

    minval: float = -0.05
    maxval: float = 0.05
    seed: int | None = None

    def __call__(self, shape: Shape, rng: np.random.Generator) -> Host:
        return _own(self.seed, rng).uniform(self.minval, self.maxval, shape)


@dataclass(frozen=True)
class RandomNormal(Settings):
    """Bell-shaped around `mean`, with standard deviation `stddev`."""

    mean: float = 0.0
    stddev: float = 0.05
    seed: int | None = None

    def __call__(self, shape: Shape, rng: np.random.Generator) -> Host:
        return _own(self.seed, rng).normal(self.mean, self.stddev, shape)


@dataclass(frozen=True)
class TruncatedNormal(Settings):
    """Bell-shaped, but what falls beyond two standard deviations is drawn again."""

    mean: float = 0.0
    stddev: float = 0.05
    seed: int | None = None

    def __call__(self, shape: Shape, rng: np.random.Generator) -> Host:
        rng = _own(self.seed, rng)
        z = rng.standard_normal(shape)
        while np.any(far := np.abs(z) > 2.0):
            z[far] = rng.standard_normal(int(far.sum()))
        return self.mean + self.stddev * z


@dataclass(frozen=True)
class VarianceScaling(Settings):
    """Variance `scale / n`: signals keep their size through a layer with n inputs or outputs.

    `mode` says what n counts: `fan_in` inputs, `fan_out` outputs, `fan_avg` their mean.
    """

    scale: float = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["uniform", "truncated_normal", "untruncated_normal"] = "truncated_normal"
    seed: int | None = None

    def __call__(self, shape: Shape, rng: np.random.Generator) -> Host:
        fan_in, fan_out = shape[0], shape[-1]
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        stddev = math.sqrt(self.scale / max(1.0, n))
        if self.distribution == "uniform":
            limit = math.sqrt(3.0) * stddev  # a uniform on [-a, a] has variance a^2 / 3
            return RandomUniform(-limit, limit, self.seed)(shape, rng)
        if self.distribution == "untruncated_normal":
            return RandomNormal(0.0, stddev, self.seed)(shape, rng)
        shrunk = 0.87962566103423978  # the deviation that is left after cutting at two
        return TruncatedNormal(0.0, stddev / shrunk, self.seed)(shape, rng)


def _own(seed: int | None, rng: np.random.Generator) -> np.random.Generator:
    return rng if seed is None else np.random.default_rng(seed)


def glorot_uniform(seed: int | None = None) -> VarianceScaling:
    """Keras's default for kernels (Glorot and Bengio, 2010)."""
    return VarianceScaling(1.0, "fan_avg", "uniform", seed)


def glorot_normal(seed: int | None = None) -> VarianceScaling:
    """The bell-shaped sibling of `glorot_uniform`."""
    return VarianceScaling(1.0, "fan_avg", "truncated_normal", seed)


def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Made for relu, which lets half of the variance pass (He et al., 2015)."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


def he_normal(seed: int | None = None) -> VarianceScaling:
    """The bell-shaped sibling of `he_uniform`."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Variance 1 / inputs (LeCun et al., 1998)."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """The bell-shaped sibling of `lecun_uniform`; made for selu."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


KNOWN: dict[str, Callable[..., Initializer]] = {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "uniform": RandomUniform,
    "random_uniform": RandomUniform,
    "normal": RandomNormal,
    "random_normal": RandomNormal,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
}
KNOWN |= {"".join(map(str.capitalize, name.split("_"))): make for name, make in KNOWN.items()}


def get(identifier: str | Config | Initializer) -> Initializer:
    """Return the initializer of that name or config, or your own callable as it is.

    >>> get("uniform")
    RandomUniform(minval=-0.05, maxval=0.05, seed=None)
    """
    return registry.resolve("initializer", identifier, {}, KNOWN)


def describe(initializer: Initializer) -> str | Config:
    """Return the config of an initializer."""
    return registry.describe("initializer", initializer, {}, KNOWN)
