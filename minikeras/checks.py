"""Does this data fit this model? Asked on the host, before anything is changed.

Each check returns the array as the model will use it, or raises a ValueError or TypeError whose
sentence names the argument, what came, and what is accepted.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from minikeras import losses
from minikeras.backend import Backend, FloatName, Host, Shape, lives_elsewhere

_SHARES = (losses.binary_crossentropy, losses.categorical_crossentropy, losses.kl_divergence)
_SHARE_CLASSES = (losses.BinaryCrossentropy, losses.CategoricalCrossentropy, losses.KLDivergence)


@dataclass(frozen=True)
class Fitting:
    """What a model takes: shapes without the batch axis; `vocabulary` if x holds numbers of things.

    `loss` is None where there are no labels, as in `predict`.
    """

    backend: Backend
    dtype: FloatName
    input_shape: Shape
    output_shape: Shape
    vocabulary: int | None = None
    loss: losses.Loss | None = None

    def inputs(self, value: Any, name: str = "x") -> Host:
        """Return x (rows, *input_shape)."""
        x = real_array(value, name, self.backend)
        if self.input_shape == (1,) and x.ndim == 1:
            x = x[:, None]
        if x.shape[1:] != self.input_shape:
            raise ValueError(
                f"{name} has shape {x.shape}: rows of shape {x.shape[1:]}, but the model takes "
                f"rows of shape {self.input_shape}"
            )
        if self.vocabulary is None:
            return x.astype(self.dtype, copy=False)
        return _class_numbers(x, name, self.vocabulary, "the Embedding's input_dim")

    def labels(self, value: Any, rows: int, name: str = "y") -> Host:
        """Return y in the shape that the loss compares with predictions."""
        y = rows_for(value, rows, name, self.backend)
        if self.loss is not None and losses.takes_class_numbers(self.loss):
            return self._sparse_labels(y, name)
        wanted = (rows, *self.output_shape)
        if y.shape == wanted[:-1] and wanted[-1] == 1:
            y = y[..., None]
        is_share = self.loss in _SHARES or isinstance(self.loss, _SHARE_CLASSES)
        is_own = self.loss is not None and not _is_known(self.loss)
        if y.shape in ((rows,), (rows, 1)) and y.shape != wanted and not (is_share or is_own):
            warnings.warn(
                f"{name} has one number for each row, and the model {wanted[1:]} outputs: each of "
                "them is compared with that number, as in Keras; is that what you mean?",
                stacklevel=6,
            )
            y = np.broadcast_to(y.reshape(rows, *(1 for _ in self.output_shape)), wanted)
        if y.shape != wanted and not is_own:
            hint = ""
            if y.shape == (rows,) and self.output_shape[-1] > 1:
                hint = (
                    "; for class numbers use loss='sparse_categorical_crossentropy', or "
                    "utils.to_categorical(y)"
                )
            raise ValueError(
                f"{name} has shape {y.shape}, but the model's predictions for {rows} rows have "
                f"shape {wanted}{hint}"
            )
        if is_share:
            rule = "labels of a crossentropy are shares between 0 and 1"
            _refuse((y < 0) | (y > 1), y, name, rule)  # NaN passes, and makes the loss NaN
        return y.astype(self.dtype, copy=False)

    def _sparse_labels(self, y: Host, name: str) -> Host:
        classes, wanted = self.output_shape[-1], (len(y), *self.output_shape[:-1])
        if y.shape == (*wanted, 1):
            y = y[..., 0]
        if y.shape != wanted:
            raise ValueError(
                f"{name} has shape {y.shape}, but a sparse loss takes one class number for each "
                f"prediction: shape {wanted}; for one column per class use "
                "loss='categorical_crossentropy'"
            )
        return _class_numbers(y, name, classes, "the model's number of outputs")

    def weights(self, value: Any, rows: int, name: str = "sample_weight") -> Host | None:
        """Return one weight for each row, or None."""
        if value is None:
            return None
        weights = real_array(value, name, self.backend)
        if weights.shape != (rows,):
            raise ValueError(
                f"{name} has shape {weights.shape}, but there is one weight for each of the "
                f"{rows} rows: shape ({rows},)"
            )
        is_wrong = ~np.isfinite(weights) | (weights < 0)
        _refuse(is_wrong, weights, name, "a weight is a finite number from 0")
        return weights.astype(self.dtype, copy=False)

    def weigh_classes(
        self, y: Host, weights: Host | None, class_weight: Mapping[int, float] | None
    ) -> Host | None:
        """Return the weights of rows times those of their classes."""
        if class_weight is None:
            return weights
        by_class = self._weights_of_classes(y, class_weight).astype(self.dtype)
        return by_class if weights is None else weights * by_class

    def _weights_of_classes(self, y: Host, class_weight: Mapping[int, float]) -> Host:
        if not isinstance(class_weight, Mapping):
            raise TypeError(f"class_weight is a dict of class to weight, not {class_weight!r}")
        sparse = self.loss is not None and losses.takes_class_numbers(self.loss)
        if len(self.output_shape) != 1 or y.ndim > 2:
            raise ValueError("class_weight needs predictions of shape (rows, classes)")
        count = max(self.output_shape[0], 2)
        known, table = range(count), np.full(count, np.nan)
        for number, weight in class_weight.items():
            if number not in known:
                raise ValueError(
                    f"class_weight names the class {number!r}; this model has 0 to {count - 1}"
                )
            if not (isinstance(weight, int | float | np.number) and 0 <= weight < np.inf):
                raise ValueError(f"class_weight[{number}] is a number from 0, not {weight!r}")
            table[int(number)] = weight
        if sparse:
            classes = y
        elif self.output_shape[0] == 1:
            classes = (y[:, 0] > 0.5).astype(int)
        else:
            classes = y.argmax(axis=-1)
        missing = sorted(set(np.unique(classes)) - {int(n) for n in class_weight})
        if missing:
            raise ValueError(
                f"class_weight has no weight for class {', '.join(map(str, missing))} of y"
            )
        return table[classes]


def real_array(value: Any, name: str, backend: Backend) -> Host:
    """Return `value` as a NumPy array of real numbers with at least one row."""
    if lives_elsewhere(value):
        value = backend.to_host(value)
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{name} is no array, because its rows differ in length: pad or cut them to one length"
        ) from error
    if array.ndim == 0:
        raise TypeError(
            f"{name} is a single {type(value).__name__}, not an array or list with a row for each "
            "sample"
        )
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} holds {array.dtype}, but a model computes with real numbers; "
            "convert it first, for example with np.asarray(..., dtype='float32')"
        )
    if len(array) == 0:
        raise ValueError(f"{name} has shape {array.shape}, but it needs at least one row")
    return array


def rows_for(value: Any, rows: int, name: str, backend: Backend) -> Host:
    """Return `value` as `real_array` does, if it has as many rows as x."""
    array = real_array(value, name, backend)
    if len(array) != rows:
        raise ValueError(f"{name} has {len(array)} rows (shape {array.shape}), but x has {rows}")
    return array


def _class_numbers(array: Host, name: str, count: int, what: str) -> Host:
    if array.dtype.kind == "f":
        _refuse(array != np.floor(array), array, name, "these are whole numbers")
    _refuse((array < 0) | (array >= count), array, name, f"{what} allows 0 to {count - 1}")
    return array.astype(np.int64, copy=False)


def _refuse(is_wrong: Host, array: Host, name: str, rule: str) -> None:
    if is_wrong.any():
        raise ValueError(f"{name} holds {float(array[is_wrong][0]):g}, but {rule}")


def _is_known(loss: losses.Loss) -> bool:
    return loss in losses.FUNCTIONS.values() or type(loss) in losses.CLASSES.values()


def count(value: Any, name: str, least: int = 1) -> int:
    """Return a whole number of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is a whole number, not {value!r}") from None
    if isinstance(value, bool) or number < least:
        raise ValueError(f"{name} is a whole number of at least {least}, not {value!r}")
    return number


def optional_count(value: Any, name: str) -> int | None:
    """Return None, or a whole number of at least 1."""
    return None if value is None else count(value, name)


def share(value: Any, name: str) -> float:
    """Return a share in [0, 1)."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{name} is a share between 0 and 1, not {value!r}")
    if not 0.0 <= value < 1.0:
        raise ValueError(f"{name} is a share of at least 0 and below 1, not {value!r}")
    return float(value)


def verbosity(value: Any) -> int:
    """Return 0, 1 or 2."""
    try:
        return {0: 0, 1: 1, 2: 2, "auto": 1}[value]
    except (KeyError, TypeError):  # unknown, or a thing that cannot be a key
        raise ValueError(
            f"verbose is 0 (silent), 1 or 'auto' (a progress bar) or 2 (a line), not {value!r}"
        ) from None


def validation_plan(freq: Any) -> Callable[[int], bool]:
    """Return whether an epoch, counted from 0, ends with validation."""
    if isinstance(freq, Collection) and not isinstance(freq, str):
        chosen = {count(epoch, "validation_freq") for epoch in freq}
        return lambda epoch: epoch + 1 in chosen
    every = count(freq, "validation_freq")
    return lambda epoch: (epoch + 1) % every == 0
