"""How good is each prediction, in a measure that people can read?

Each metric returns one value for each row; training shows their mean. No gradient flows here.
"""

from __future__ import annotations

from collections.abc import Callable

from minikeras.backend import Array, array_module

EPSILON = 1e-7  # Keras's default fuzz factor


def binary_accuracy(y_true: Array, y_pred: Array, threshold: float = 0.5) -> Array:
    """Share of yes-no answers that are right, where above `threshold` means yes.

    >>> binary_accuracy(np.array([[1.0, 0.0]]), np.array([[0.9, 0.6]]))
    array([0.5])
    """
    yes = array_module(y_true, y_pred).astype(y_pred > threshold, y_pred.dtype)
    return _mean(_as(y_pred, y_true == yes))


def categorical_accuracy(y_true: Array, y_pred: Array) -> Array:
    """1 where the largest prediction stands at the largest label, else 0.

    >>> categorical_accuracy(np.eye(2), np.array([[0.9, 0.1], [0.8, 0.2]]))
    array([1., 0.])
    """
    xp = array_module(y_true, y_pred)
    return _as(y_pred, xp.argmax(y_true, axis=-1) == xp.argmax(y_pred, axis=-1))


def sparse_categorical_accuracy(y_true: Array, y_pred: Array) -> Array:
    """The same, with the number of the true class as label."""
    xp = array_module(y_true, y_pred)
    predicted = xp.astype(xp.argmax(y_pred, axis=-1), y_true.dtype)
    return _as(y_pred, y_true == predicted)


def top_k_categorical_accuracy(y_true: Array, y_pred: Array, k: int = 5) -> Array:
    """1 where the true class is among the `k` largest predictions, else 0."""
    labels = array_module(y_true).argmax(y_true, axis=-1)
    return sparse_top_k_categorical_accuracy(labels, y_pred, k)


def sparse_top_k_categorical_accuracy(y_true: Array, y_pred: Array, k: int = 5) -> Array:
    """The same, with the number of the true class as label.

    >>> sparse_top_k_categorical_accuracy(np.array([2]), np.array([[0.5, 0.2, 0.3]]), k=2)
    array([1.])
    """
    xp = array_module(y_true, y_pred)
    of_truth = xp.take_along_axis(y_pred, y_true[..., None], axis=-1)  # (batch, 1)
    better = xp.count_nonzero(y_pred > of_truth, axis=-1)
    return _as(y_pred, better < k)


def mean_squared_error(y_true: Array, y_pred: Array) -> Array:
    """Mean of the squared errors."""
    return _mean((y_pred - y_true) ** 2)


def mean_absolute_error(y_true: Array, y_pred: Array) -> Array:
    """Mean size of the errors, in the unit of the labels."""
    return _mean(array_module(y_true, y_pred).abs(y_pred - y_true))


def mean_absolute_percentage_error(y_true: Array, y_pred: Array) -> Array:
    """Mean size of the errors in percent of the true values."""
    xp = array_module(y_true, y_pred)
    return 100.0 * _mean(xp.abs(y_pred - y_true) / _at_least_epsilon(xp.abs(y_true)))


def mean_squared_logarithmic_error(y_true: Array, y_pred: Array) -> Array:
    """Mean squared difference of log(1 + value); negatives count as 0."""
    xp = array_module(y_true, y_pred)
    difference = xp.log1p(_at_least_epsilon(y_pred)) - xp.log1p(_at_least_epsilon(y_true))
    return _mean(difference * difference)


def _at_least_epsilon(x: Array) -> Array:
    xp = array_module(x)
    return xp.maximum(x, xp.full_like(x, EPSILON))


def _mean(x: Array) -> Array:
    return array_module(x).mean(x, axis=-1)


def _as(y_pred: Array, right: Array) -> Array:
    return array_module(y_pred).astype(right, y_pred.dtype)


FUNCTIONS: dict[str, Callable[[Array, Array], Array]] = {
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy,
    "sparse_top_k_categorical_accuracy": sparse_top_k_categorical_accuracy,
    "mean_squared_error": mean_squared_error,
    "mse": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "mae": mean_absolute_error,
    "mean_absolute_percentage_error": mean_absolute_percentage_error,
    "mape": mean_absolute_percentage_error,
    "mean_squared_logarithmic_error": mean_squared_logarithmic_error,
    "msle": mean_squared_logarithmic_error,
}
NEEDS_CLASS_NUMBERS = (sparse_categorical_accuracy, sparse_top_k_categorical_accuracy)
