"""Metrics: numbers about a model that people read, and that no gradient needs.

A metric is a function `(y_true, y_pred) -> values`, one for each row or one for the batch, or a
running metric, which counts over batches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from minikeras import losses, registry
from minikeras.backend import Array
from minikeras.metrics.per_row import (
    FUNCTIONS,
    NEEDS_CLASS_NUMBERS,
    binary_accuracy,
    categorical_accuracy,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from minikeras.metrics.running import AUC, CLASSES, Precision, Recall, RunningMetric
from minikeras.registry import Config

RowMetric = Callable[[Array, Array], Array]
Metric = RowMetric | RunningMetric

__all__ = [
    "AUC",
    "Precision",
    "Recall",
    "RunningMetric",
    "binary_accuracy",
    "categorical_accuracy",
    "get",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def get(identifier: str | Config | Metric, loss: losses.Loss | None = None) -> Metric:
    """Return the metric of that name or config, or your own function or object as it is.

    `accuracy` and `acc` mean the accuracy that fits `loss` and the shapes of labels and
    predictions. The name of a loss means its value.

    >>> get("mae") is mean_absolute_error
    True
    """
    if identifier in ("accuracy", "acc"):
        binary = losses.binary_crossentropy
        return FittingAccuracy(loss is binary or isinstance(loss, losses.BinaryCrossentropy))
    if isinstance(identifier, str) and identifier in losses.FUNCTIONS.keys() - FUNCTIONS.keys():
        return LossValue(losses.FUNCTIONS[identifier])
    if isinstance(identifier, RunningMetric):
        return identifier
    return registry.resolve("metric", identifier, _NAMES, CLASSES)


def key(identifier: str | Config | Metric, metric: Metric) -> str:
    """Return the key of a metric in logs: its name as it was written.

    >>> key("acc", get("acc")), key(binary_accuracy, binary_accuracy), key(AUC(), AUC())
    ('acc', 'binary_accuracy', 'auc')
    """
    if isinstance(identifier, str):
        return identifier
    if isinstance(metric, RunningMetric):
        return metric.name
    return str(getattr(metric, "__name__", type(metric).__name__))


def takes_class_numbers(metric: Metric) -> bool:
    """Whether a metric needs labels that are numbers of classes."""
    if isinstance(metric, LossValue):
        return losses.takes_class_numbers(metric.loss)
    return metric in NEEDS_CLASS_NUMBERS


def needs_equal_shapes(metric: Metric) -> bool:
    """Whether a metric compares labels and predictions element by element."""
    known = isinstance(metric, RunningMetric | LossValue) or metric in FUNCTIONS.values()
    return known and not takes_class_numbers(metric)


@dataclass(frozen=True)
class FittingAccuracy:
    """One of three accuracies, by the loss and by the shapes of each batch, as in Keras 2."""

    yes_or_no: bool = False

    def __call__(self, y_true: Array, y_pred: Array) -> Array:
        if self.yes_or_no or y_pred.shape[-1] == 1:
            return binary_accuracy(y_true, y_pred)
        if y_true.ndim < y_pred.ndim:
            return sparse_categorical_accuracy(y_true, y_pred)
        return categorical_accuracy(y_true, y_pred)


@dataclass(frozen=True)
class LossValue:
    """A loss without its pullback."""

    loss: losses.Loss

    def __call__(self, y_true: Array, y_pred: Array) -> Array:
        return self.loss(y_true, y_pred)[0]


_NAMES = FUNCTIONS | {"accuracy": FittingAccuracy(), "acc": FittingAccuracy()}
