"""Losses: how wrong is a prediction, and which way is less wrong?

A loss is any function `(y_true, y_pred) -> (value, pullback)`: a value for each row, or one for
the whole batch, and the function that carries its gradient back to the predictions.
"""

from __future__ import annotations

from collections.abc import Callable

from minikeras import registry
from minikeras.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Loss,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    sparse_categorical_crossentropy,
    through_softmax,
)
from minikeras.losses.regression import (
    Hinge,
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    hinge,
    huber,
    mean_absolute_error,
    mean_squared_error,
)
from minikeras.registry import Config

FUNCTIONS: dict[str, Loss] = {
    "mean_squared_error": mean_squared_error,
    "mse": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "mae": mean_absolute_error,
    "huber": huber,
    "hinge": hinge,
    "binary_crossentropy": binary_crossentropy,
    "categorical_crossentropy": categorical_crossentropy,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
    "kl_divergence": kl_divergence,
    "kld": kl_divergence,
}
CLASSES: dict[str, Callable[..., Loss]] = {
    "MeanSquaredError": MeanSquaredError,
    "MeanAbsoluteError": MeanAbsoluteError,
    "Huber": Huber,
    "Hinge": Hinge,
    "BinaryCrossentropy": BinaryCrossentropy,
    "CategoricalCrossentropy": CategoricalCrossentropy,
    "SparseCategoricalCrossentropy": SparseCategoricalCrossentropy,
    "KLDivergence": KLDivergence,
}
__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Hinge",
    "Huber",
    "KLDivergence",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "mean_absolute_error",
    "mean_squared_error",
    "sparse_categorical_crossentropy",
    "through_softmax",
]


def get(identifier: str | Config | Loss) -> Loss:
    """Return the loss of that name or config, or your own function as it is.

    >>> get("mse") is mean_squared_error
    True
    """
    return registry.resolve("loss", identifier, FUNCTIONS, CLASSES)


def describe(loss: Loss) -> str | Config:
    """Return the name or config of a loss."""
    return registry.describe("loss", loss, FUNCTIONS, CLASSES)


def takes_class_numbers(loss: Loss) -> bool:
    """Whether labels are numbers of classes, not one column for each class.

    >>> takes_class_numbers(sparse_categorical_crossentropy), takes_class_numbers(huber)
    (True, False)
    """
    return loss is sparse_categorical_crossentropy or isinstance(
        loss, SparseCategoricalCrossentropy
    )
