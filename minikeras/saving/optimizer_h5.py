"""What does an optimizer remember, and how does it lie in a file?

    optimizer/vars/0, 1, ...   steps taken, learning rate, and what is remembered of each weight

The learning rate is missing where it follows a schedule, and the rest before the first step.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from minikeras import optimizers
from minikeras.backend import Host
from minikeras.saving import hdf5
from minikeras.saving.errors import within
from minikeras.saving.hdf5 import Group, Node, Stored

if TYPE_CHECKING:
    from minikeras.models import Sequential

PLACE = "optimizer/vars"


@dataclass(frozen=True)
class Memory:
    """What an optimizer remembers: `slots` lie as `Optimizer.memory` orders them."""

    iterations: int
    rate: float | None
    slots: Sequence[Stored]

    def restore(self, model: Sequential, slots: Iterable[Host]) -> None:
        """Let the optimizer of a model that has its weights remember this."""
        if self.slots:
            model.prepare_optimizer()
        optimizer = model.optimizer
        optimizer.iterations = self.iterations
        if self.rate is not None:
            optimizer.learning_rate = self.rate
        places = optimizer.memory(model.trained)
        for place in places:
            place[...] = optimizer.initial(place)
        for place, slot in zip(places, slots, strict=bool(self.slots)):
            place[...] = model.backend.to_device(slot.astype(model.dtype))


def write(file: Group, model: Sequential) -> None:
    """Write what the optimizer of a compiled model remembers."""
    optimizer = model.optimizer
    arrays = [np.asarray(optimizer.iterations)]
    if not optimizer.follows_schedule:
        arrays.append(np.asarray(float(optimizer.learning_rate)))  # float64: to the last bit
    slots = optimizer.memory(model.trained)
    if not slots:  # not a step yet; Keras wants to see that, too
        slots = [optimizer.initial(p.value) for p in model.trained for _ in optimizer.slots]
    arrays += [model.backend.to_host(slot) for slot in slots]
    hdf5.write_arrays(file, PLACE, optimizer.name, arrays)


def read(file: Node, model: Sequential) -> Memory | None:
    """Return what an optimizer like the model's remembered, or None."""
    if model.objective is None or PLACE not in file:
        return None
    with within(PLACE):
        group = file.child(PLACE)
        names = [str(number) for number in range(len(group))]
        has_rate = not model.optimizer.follows_schedule
        return recall(group, names, model, has_rate, group.text("name") or "")


def recall(
    group: Node, names: Sequence[str], model: Sequential, has_rate: bool, owner: str = ""
) -> Memory | None:
    """Return the memory that these arrays are: number of steps, rate if there is one, slots.

    They may end before the slots. With a warning: None, if they are another optimizer's.
    """
    own, head = type(model.optimizer).__name__, 1 + has_rate
    shapes = [p.shape for p in model.trained for _ in model.optimizer.slots]
    if len(names) not in (head, head + len(shapes)) or not _may_be(owner, own):
        warnings.warn(
            f"the file's optimizer {owner!r}, with {len(names)} arrays, is not this model's {own}: "
            "weights are loaded, but what the optimizer remembered is left out",
            stacklevel=2,
        )
        return None
    expected = zip(names, [*[()] * head, *shapes], strict=False)
    first, *rest = [group.array(name, shape) for name, shape in expected]
    iterations = first.read()
    rate = float(rest.pop(0).read()) if has_rate else None
    if iterations.dtype.kind == "f" or iterations < 0 or not (rate is None or 0 <= rate < math.inf):
        raise ValueError(f"no optimizer took {iterations} steps and is at the rate {rate}")
    return Memory(int(iterations), rate, rest)


def _may_be(name: str, own: str) -> bool:
    """Whether this may be the name of an optimizer of class `own`; Keras makes rm_sprop_1 of it."""
    plain = re.sub(r"_\d+$|_", "", name).lower()
    return plain == own.lower() or plain not in optimizers.KNOWN
