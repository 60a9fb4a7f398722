"""How does what you pass to fit become batches?

Arrays are checked whole, before anything is changed; what a generator or a `Sequence` makes is
checked batch by batch.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from minikeras import checks, data
from minikeras.backend import Host, Shape
from minikeras.data import ArraySource, Source, StreamSource
from minikeras.losses import Loss

if TYPE_CHECKING:
    from minikeras.training import Model

Columns = list[Host | None]  # x, y and the weights of rows, with as many rows each


@dataclass(frozen=True)
class Intake:
    """The way in to a model; without a loss, x travels alone."""

    model: Model
    loss: Loss | None
    class_weight: Mapping[int, float] | None = None

    def columns(self, x: Any, y: Any = None, sample_weight: Any = None, of: str = "") -> Columns:
        """Return checked x, y and weights; a model without weights is built for x first."""
        if x is None or (y is None and self.loss is not None):
            missing = "x" if x is None else "y"
            raise ValueError(f"{of}{missing} is missing: pass arrays with a row for each sample")
        x = checks.real_array(x, f"{of}x", self.model.backend)
        if self.loss is not None:  # asked first: what was meant by x, if they differ?
            y = checks.rows_for(y, len(x), f"{of}y", self.model.backend)
        self.model.build(_row_shape(x))
        fitting = self.model.fitting(self.loss)
        x = fitting.inputs(x, f"{of}x")
        if self.loss is None:
            return [x, None, None]
        y = fitting.labels(y, len(x), f"{of}y")
        weights = fitting.weights(y, sample_weight, self.class_weight, f"{of}sample_weight")
        return [x, y, weights]

    def batches(self, columns: Columns, batch_size: int, steps: int | None) -> Source:
        """Return the batches of checked columns."""
        return ArraySource(self.model.backend, columns, batch_size, steps)

    def stream(self, batches: Any, steps: int | None, argument: str, name: str = "x") -> Source:
        """Return the batches of a generator or a `Sequence`."""
        is_sequence = isinstance(batches, data.Sequence)
        if is_sequence and len(batches) == 0:
            raise ValueError(f"{name} is a Sequence of 0 batches; it needs at least one")
        if is_sequence and steps is not None and steps > len(batches):
            raise ValueError(f"{name} has {len(batches)} batches, but {argument}={steps}")
        if not is_sequence and steps is None:
            raise ValueError(
                f"{name} is a generator, which has no length: pass {argument}, the number of "
                "batches to take from it"
            )
        if not self.model.built:
            batches = self._build_for_first(batches, name)
        if steps is None:
            steps = len(batches)
        fitting = self.model.fitting(self.loss)
        return StreamSource(fitting, batches, steps, self.class_weight, name)

    def _build_for_first(self, batches: Any, name: str) -> Any:
        """Build the model for the shape of the first batch, and put that batch back."""
        if isinstance(batches, data.Sequence):
            first = batches[0]
        else:
            for first in batches:
                break
            else:
                raise ValueError(f"the generator {name} ended before its first batch")
            batches = itertools.chain([first], batches)
        batch = f"batch 0 of {name}"
        x = data.parts(first, self.loss is not None, batch)[0]
        x = checks.real_array(x, f"x in {batch}", self.model.backend)
        self.model.build(_row_shape(x))
        return batches


def _row_shape(x: Host) -> Shape:
    return x.shape[1:] or (1,)  # a list of numbers is a column
