"""Dropout: learn not to rely on any single number."""

from __future__ import annotations

from typing import Any

import numpy as np

from minikeras.backend import Array, Shape, array_module, uniform_like
from minikeras.checks import share
from minikeras.layers.layer import Layer, LayerPullback
from minikeras.registry import Config


class Dropout(Layer):
    """While training, zero each number with probability `rate` and scale up the rest.

    The rest is divided by 1 - rate, so that sums keep their size; outside training, y = x.
    `rate` lies in [0, 1); ValueError otherwise. A `seed` gives this layer a generator of its
    own. Source: Srivastava et al., 2014.

    >>> y, _ = Dropout(0.5, seed=1).forward(np.ones(8), training=True)
    >>> sorted(set(y.tolist()))
    [0.0, 2.0]
    """

    def __init__(self, rate: float, *, seed: int | None = None, **common: Any) -> None:
        super().__init__(**common)
        self.rate, self.seed = share(rate, "rate"), seed
        if seed is not None:
            self.own_rng = np.random.default_rng(seed)

    def make(self, input_shape: Shape) -> Shape:
        return input_shape

    def forward(self, x: Array, training: bool = False) -> tuple[Array, LayerPullback]:
        if not training or self.rate == 0.0:
            return x, lambda dy, wants_dx=True: dy
        seed = int((self.own_rng or self.rng).integers(2**63))  # drawn on the host, see HOUSE
        kept = uniform_like(x, seed) >= self.rate
        mask = array_module(x).astype(kept, x.dtype) / (1.0 - self.rate)
        return x * mask, lambda dy, wants_dx=True: dy * mask

    def get_config(self) -> Config:
        return super().get_config() | {"rate": self.rate, "seed": self.seed}
