"""How do gradients become a step?

All parameters of a model are one long vector, so an optimizer is arithmetic on one vector. It
goes block by block, in place: a block stays in the processor's cache from the first operation
to the last.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from minikeras.backend import Array, array_module, full_like
from minikeras.kernels import kernel
from minikeras.layers.parameters import Parameter, ParameterVector
from minikeras.optimizers.learning_rate import LearningRate, checked, checked_or_schedule
from minikeras.optimizers.schedules import Schedule, describe
from minikeras.registry import Config

# elements: the vectors of a block fit into a core's second-level cache (a GPU takes all at once)
BLOCK = 65536
SWEEP = 100  # steps


class Optimizer(ABC):
    """What all optimizers share; `update` is what tells them apart.

    `clipnorm` shortens the gradient of each weight to that length; `clipvalue` bounds each of
    its elements. `slots` names the vectors that an optimizer remembers from step to step. Those
    that are `fading` shrink towards 0 where no gradient arrives; what is all but 0 is swept away
    now and then, since a processor takes a hundred times as long over the smallest numbers there
    are (below 1e-38 in float32, "subnormal").

    `formula` is `update` in C, for a GPU, where each launch costs time. It moves `w` and the
    slots, by their names, and knows `g` and what `factors` returns. Without it, `update` serves.
    """

    slots: ClassVar[tuple[str, ...]] = ()
    fading: ClassVar[tuple[str, ...]] = ()
    formula: str = ""

    def __init__(
        self,
        learning_rate: float | Schedule | Config,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        lr: float | None = None,
        name: str | None = None,
    ) -> None:
        self._rate = checked_or_schedule(learning_rate if lr is None else lr)
        for label, limit in (("clipnorm", clipnorm), ("clipvalue", clipvalue)):
            if limit is not None and not 0.0 < limit < math.inf:
                raise ValueError(f"{label} is a limit above 0 or None, not {limit!r}")
        if clipnorm is not None and clipvalue is not None:
            raise ValueError("pass clipnorm or clipvalue, not both")
        self.clipnorm, self.clipvalue = clipnorm, clipvalue
        self.name = name or type(self).__name__.lower()
        self.iterations = 0
        self.state: dict[str, Array] = {}
        self._vector: ParameterVector | None = None
        self._blocks: list[tuple[Array, ...]] = []
        self._work: Array = None
        self._kernel: Any = None
        self.spans: list[tuple[int, int]] = []

    # -- the learning rate ------------------------------------------------------------------------

    @property
    def learning_rate(self) -> LearningRate:
        """The step size now: a float that can also be assigned to."""
        rate = self._rate(self.iterations) if callable(self._rate) else self._rate
        return LearningRate(rate, self._set_learning_rate)

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._set_learning_rate(value)

    lr = learning_rate  # the name in documents of Keras 2

    def _set_learning_rate(self, value: float) -> None:
        if callable(self._rate):
            raise TypeError(
                f"this {type(self).__name__} follows the schedule {type(self._rate).__name__}, "
                "so its learning rate cannot be set; make it with a number to change it by hand"
            )
        self._rate = checked(value)

    @property
    def follows_schedule(self) -> bool:
        """Whether the learning rate is a function of the number of steps."""
        return callable(self._rate)

    # -- the step ---------------------------------------------------------------------------------

    def build(self, vector: ParameterVector, spans: list[tuple[int, int]]) -> None:
        """Get ready to move `vector` within `spans`, the ranges that are trainable."""
        if self._vector is vector and self.spans == spans and self._blocks:
            return
        if self._vector is not None and self._vector is not vector:
            raise ValueError(
                f"this {type(self).__name__} has already trained other weights, and remembers "
                "their gradients: compile with a new one"
            )
        if not self.state:
            self.state = {slot: self.initial(vector.values) for slot in self.slots}
        vectors = (vector.values, vector.grads, *self.state.values())
        size: int = vector.values.shape[0]
        block = min(size, BLOCK) if array_module(vector.values) is np else size
        self._blocks = [
            tuple(v[start : min(start + block, stop)] for v in vectors)
            for first, stop in spans
            for start in range(first, stop, block)
        ]
        self._work = full_like(vector.values[:block], 0.0)
        ruled_by = next(kind for kind in type(self).__mro__ if "update" in vars(kind))
        if self.formula and "formula" in vars(ruled_by):  # not that of a rule which is overridden
            names = ["g", *self.factors(0.0)], ["w", *self.slots]
            given, moved = (", ".join(f"T {one}" for one in each) for each in names)
            self._kernel = kernel(vector.values, type(self).__name__, self.formula, given, moved)
        self._vector, self.spans = vector, spans

    def __getstate__(self) -> dict[str, Any]:
        # a copied view would see nothing
        return vars(self) | {"_blocks": [], "_work": None, "_kernel": None}

    def relocate(self, place: Callable[[Array], Array]) -> None:
        """Keep what is remembered elsewhere: in what `place` makes of it."""
        self._blocks, self._work = [], None
        self.state = {name: place(slot) for name, slot in self.state.items()}

    def apply(self) -> None:
        """Take one step along the gradients that stand in the vector."""
        self.clip()
        self.move()

    def move(self) -> None:
        """Take the step; the gradients are clipped already."""
        rate = float(self.learning_rate)
        self.iterations += 1
        for w, g, *state in self._blocks:
            if self._kernel is None:
                self.update(rate, w, g, *state)
            else:
                self._kernel(g, *self.factors(rate).values(), w, *state)
        if self.iterations % SWEEP == 0:
            self._sweep()

    def work(self, w: Array) -> Array:
        """Return an array like the block `w` to write into on the way."""
        return self._work[: w.shape[0]]

    def _sweep(self) -> None:
        for _, _, *state in self._blocks:
            for name, slot in zip(self.slots, state, strict=True):
                if name in self.fading:
                    xp = array_module(slot)
                    dust = float(xp.finfo(slot.dtype).smallest_normal) * 1e8
                    slot *= xp.astype(xp.abs(slot) > dust, slot.dtype)

    @property
    def clips(self) -> bool:
        """Whether gradients are bounded before a step."""
        return self.clipnorm is not None or self.clipvalue is not None

    def clip(self) -> None:
        """Bound the gradients that stand in the vector."""
        if self._vector is None or not self.clips:
            return
        for parameter in self._vector.parameters:
            g = parameter.grad
            xp = array_module(g)
            if self.clipvalue is not None:
                g[...] = xp.clip(g, -self.clipvalue, self.clipvalue)
            else:
                norm = xp.sqrt(xp.sum(g * g))
                g *= self.clipnorm / xp.where(norm > self.clipnorm, norm, self.clipnorm)

    def initial(self, parameters: Array) -> Array:
        """Return a slot as it is before the first step."""
        return full_like(parameters, 0.0)

    def factors(self, rate: float) -> dict[str, float]:
        """Return the numbers that `formula` knows in this step, by name."""
        return {"rate": rate}

    @abstractmethod
    def update(self, rate: float, w: Array, g: Array, *state: Array) -> None:
        """Move the weights `w` by one step of size `rate`; write in place."""

    def memory(self, parameters: Sequence[Parameter]) -> list[Array]:
        """Return views of what is remembered of these weights: for each of them, slot by slot.

        So Keras orders it in files. Empty before the first step.
        """
        places, start = {}, 0
        for p in self._vector.parameters if self._vector else ():
            places[id(p)] = slice(start, start := start + p.size)
        if not all(id(p) in places for p in parameters):
            return []
        slots = self.state.values()
        return [
            array_module(slot).reshape(slot[places[id(p)]], p.shape)
            for p in parameters
            for slot in slots
        ]

    # -- as a config ------------------------------------------------------------------------------

    def get_config(self) -> Config:
        """Return the settings as what JSON can hold."""
        rate: Any = describe(self._rate) if callable(self._rate) else self._rate
        config: Config = {"name": self.name, "learning_rate": rate}
        limits = {"clipnorm": self.clipnorm, "clipvalue": self.clipvalue}
        return config | {name: limit for name, limit in limits.items() if limit is not None}

    @classmethod
    def from_config(cls, config: Config) -> Optimizer:
        """Make one from what `get_config` returned."""
        return cls(**config)
