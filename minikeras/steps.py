"""What happens to one batch?

Training: forward, loss, backward, step. Evaluation: forward and loss. Both return the loss and the
metrics as numbers that are still on the device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from minikeras import losses, metrics
from minikeras.activations import OfScores, Pullback
from minikeras.backend import Array, array_module
from minikeras.data import Batch
from minikeras.layers.parameters import Parameter
from minikeras.metrics import Metric, RunningMetric
from minikeras.trainee import Trainee

Step = Callable[[Any, "Objective", Any], list[Array]]  # of a model, on a batch


class Objective:
    """What a model is asked to make small, and what people watch: a loss and metrics."""

    def __init__(self, loss: Any, watched: Sequence[Any]) -> None:
        self.loss, self.metric_names = losses.get(loss), list(watched)
        self.through_softmax = losses.through_softmax(self.loss)
        self.metrics: dict[str, Metric] = {}
        for identifier in watched:
            metric = metrics.get(identifier, self.loss)
            name = metrics.key(identifier, metric)
            if name in self.metrics or name == "loss":
                raise ValueError(f"metrics holds two with the name {name!r}; logs need one each")
            self.metrics[name] = metric
        self._check_labels()

    def _check_labels(self) -> None:
        sparse = losses.takes_class_numbers(self.loss)
        for name, metric in self.metrics.items():
            if sparse and metrics.needs_equal_shapes(metric):
                raise ValueError(
                    f"the metric {name!r} compares y and predictions column by column, but a "
                    "sparse loss takes y as class numbers; use the sparse metric, or "
                    "loss='categorical_crossentropy' with utils.to_categorical(y)"
                )
            if not sparse and metrics.takes_class_numbers(metric):
                raise ValueError(
                    f"the metric {name!r} takes y as class numbers, which goes with "
                    "loss='sparse_categorical_crossentropy'"
                )

    @property
    def names(self) -> list[str]:
        """The keys of logs."""
        return ["loss", *self.metrics]

    @property
    def running(self) -> dict[str, RunningMetric]:
        """The metrics that count over batches."""
        return {name: m for name, m in self.metrics.items() if isinstance(m, RunningMetric)}

    def reset(self) -> None:
        """Let running metrics forget all batches."""
        for metric in self.running.values():
            metric.reset_state()

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """Count anew, and then go on with the counts from before: a hook may evaluate."""
        before = {name: metric.counts for name, metric in self.running.items()}
        self.reset()
        try:
            yield
        finally:
            for name, metric in self.running.items():
                metric.counts = before[name]

    def measure(self, y: Array, p: Array) -> Iterator[Array]:
        """Yield the value of each metric."""
        xp = array_module(p)
        for name, metric in self.metrics.items():
            if isinstance(metric, RunningMetric):
                metric.update_state(y, p)
                yield xp.astype(metric.result(), p.dtype)
            else:
                yield _number(name, metric(y, p), p)

    def value(self, batch: Batch, p: Array, of_softmax: bool = False) -> tuple[Array, Array]:
        """Return the mean loss of a batch and its gradient with respect to the predictions."""
        xp = array_module(p)
        loss = self.through_softmax if of_softmax and self.through_softmax else self.loss
        values, pullback = _two(loss(batch.y, p))
        if values.ndim == 0:
            if batch.weights is not None or batch.share < 1.0:
                raise ValueError(
                    "with sample_weight, class_weight or DataParallel a loss returns one value for "
                    "each row, not one for the batch"
                )
            total, dp = values, pullback(xp.ones_like(values))
        elif batch.weights is None:
            share = batch.share / values.size
            total, dp = xp.sum(values) * share, pullback(xp.full_like(values, share))
        else:
            one_each = (batch.size, *(1,) * (values.ndim - 1))
            share = xp.reshape(batch.weights, one_each) * (batch.share / values.size)
            share = xp.broadcast_to(share, values.shape)
            total, dp = xp.sum(values * share), pullback(share)
        if isinstance(dp, OfScores):
            return total, dp
        if getattr(dp, "shape", None) != p.shape:
            came = f"shape {dp.shape}" if hasattr(dp, "shape") else type(dp).__name__
            raise ValueError(
                f"the loss's pullback returned {came} for predictions of shape {p.shape}"
            )
        return total, dp


def _two(returned: Any) -> tuple[Array, Pullback]:
    if isinstance(returned, tuple) and len(returned) == 2:
        value, pullback = returned
        if hasattr(value, "ndim") and callable(pullback):
            return value, pullback
    raise TypeError(
        "a loss returns (value, pullback): an array with one value for each row, and the function "
        f"from its gradient to that of y_pred; this one returned {_kind(returned)}"
    )


def _number(name: str, value: Any, p: Array) -> Array:
    """Return the mean of what a metric gave, as a 0-d array beside the predictions `p`."""
    xp = array_module(p)
    if isinstance(value, int | float):
        return xp.full_like(xp.mean(p), value)
    if not hasattr(value, "ndim"):
        raise TypeError(
            f"the metric {name!r} returned {_kind(value)}; a metric returns one value for each "
            "row, or one for the batch"
        )
    return xp.mean(value if value.dtype == p.dtype else xp.astype(value, p.dtype))


def _kind(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(type(item).__name__ for item in value)})"
    return type(value).__name__


def train_step(model: Trainee, objective: Objective, batch: Batch) -> list[Array]:
    """Learn from one batch: forward, loss, backward, step."""
    with np.errstate(all="ignore"):  # a loss that runs away is shown as inf or nan
        p, pullbacks = model.forward(batch.x, training=True)
        loss, dp = objective.value(batch, p, model.ends_in_softmax)
        measures = [*objective.measure(batch.y, p)]
        model.backward(pullbacks, dp)
        loss = penalized(loss, model.trained, with_gradient=True)
        model.optimizer.apply()
        return [loss, *measures]


def test_step(model: Trainee, objective: Objective, batch: Batch) -> list[Array]:
    """Judge one batch without learning from it."""
    with np.errstate(all="ignore"):
        p, _ = model.forward(batch.x)
        loss, _ = objective.value(batch, p, model.ends_in_softmax)
        loss = penalized(loss, model.trained, with_gradient=False)
        return [loss, *objective.measure(batch.y, p)]


def penalized(loss: Array, parameters: Sequence[Parameter], with_gradient: bool) -> Array:
    """Return the loss with what the weights cost; the cost's gradient joins that of the weights."""
    for parameter in parameters:
        if parameter.regularizer is not None:
            penalty, dw = parameter.regularizer(parameter.value)
            loss = loss + penalty
            if with_gradient:
                parameter.grad += dw
    return loss
