"""How does what you pass to fit become batches?

Arrays are checked whole, before anything is changed; what a generator or a `Sequence` makes is
checked batch by batch.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from minikeras import checks, data
from minikeras.backend import Host, Shape
from minikeras.data import ArraySource, Source, StreamSource
from minikeras.losses import Loss
from minikeras.trainee import Trainee

Columns = list[Host | None]  # x, y and the weights of rows, with as many rows each


@dataclass(frozen=True)
class Intake:
    """The way in to a model; without a loss, x travels alone."""

    model: Trainee
    loss: Loss | None
    class_weight: Mapping[int, float] | None = None

    def columns(self, x: Any, y: Any = None, sample_weight: Any = None, of: str = "") -> Columns:
        """Return checked x, y and weights; a model without weights is built for x first."""
        if x is None or (y is None and self.loss is not None):
            missing = "x" if x is None else "y"
            raise ValueError(f"{of}{missing} is missing: pass arrays with a row for each sample")
        x = checks.real_array(x, f"{of}x", self.model.backend)
        if self.loss is not None:  # before a wrong x gives the model its shape
            y = checks.rows_for(y, len(x), f"{of}y", self.model.backend)
        self.model.build(_row_shape(x))
        fitting = self.model.fitting(self.loss)
        x = fitting.inputs(x, f"{of}x")
        if self.loss is None:
            return [x, None, None]
        weights = fitting.weights(sample_weight, len(x), f"{of}sample_weight")
        return [x, fitting.labels(y, len(x), f"{of}y"), weights]

    def halves(self, x: Any, y: Any, sample_weight: Any, part: float) -> tuple[Columns, Columns]:
        """Return checked columns to train on, and the last `part` of them, to validate."""
        if data.is_stream(x):
            raise ValueError(
                "validation_split cuts arrays, and x makes batches: pass validation_data instead"
            )
        return data.split(self.columns(x, y, sample_weight), part)

    def weighed(self, columns: Columns) -> Columns:
        """Return columns with the weights of classes in the weights of rows."""
        x, y, weights = columns
        if y is None:
            return columns
        fitting = self.model.fitting(self.loss)
        return [x, y, fitting.weigh_classes(y, weights, self.class_weight)]

    def batches(self, columns: Columns, batch_size: int, steps: int | None) -> Source:
        """Return the batches of checked columns."""
        return ArraySource(self.model.backend, self.weighed(columns), batch_size, steps)

    def source(
        self, given: Any, batch_size: int, steps: int | None, argument: str, of: str = ""
    ) -> tuple[Source, Columns | None]:
        """Return the batches of `(x, y, sample_weight)`, and the checked arrays if they are some.

        `argument` is the name of the argument that brought `steps`.
        """
        x, y, sample_weight = given
        if not data.is_stream(x):
            columns = self.columns(x, y, sample_weight, of)
            return self.batches(columns, batch_size, steps), columns
        name = f"{of}x".replace("validation x", "validation_data")
        for other, value in (("y", y), ("sample_weight", sample_weight)):
            if value is not None:
                raise ValueError(f"{name} makes batches with labels in them: leave out {other}")
        return self.stream(x, steps, argument, name), None

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
            try:
                first = next(batches)
            except StopIteration:
                raise ValueError(f"the generator {name} ended before its first batch") from None
            batches = itertools.chain([first], batches)
        batch = f"batch 0 of {name}"
        x = data.parts(first, self.loss is not None, batch)[0]
        x = checks.real_array(x, f"x in {batch}", self.model.backend)
        self.model.build(_row_shape(x))
        return batches


def _row_shape(x: Host) -> Shape:
    return x.shape[1:] or (1,)  # a list of numbers is a column


def triple(validation_data: Any) -> tuple[Any, Any, Any]:
    """Return x, y and weights of `(x, y)`, `(x, y, weights)`, or of what makes batches."""
    if data.is_stream(validation_data):
        return validation_data, None, None
    if not isinstance(validation_data, tuple | list) or len(validation_data) not in (2, 3):
        raise ValueError(
            "validation_data is a tuple (x, y) or (x, y, sample_weight), a generator or a "
            f"Sequence; not {type(validation_data).__name__}"
        )
    x, y, *weights = validation_data
    return x, y, weights[0] if weights else None
