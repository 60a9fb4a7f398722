"""How surprised is a prediction by the truth?

Crossentropies take probabilities, or with `from_logits` the scores before softmax or sigmoid,
which is more exact. Probabilities are clipped to [1e-7, 1 - 1e-7] first, as Keras does, so that
no surprise is infinite; where the clip holds, the slope is zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from minikeras import kernels
from minikeras.activations import OfScores, Pullback, half_below_top, sigmoid, softmax
from minikeras.backend import Array, array_module, beside
from minikeras.registry import Settings

EPSILON = 1e-7  # Keras's default fuzz factor
Loss = Callable[[Array, Array], tuple[Array, Pullback]]


def categorical_crossentropy(
    y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> tuple[Array, Pullback]:
    """Average surprise, in nats, when `y_true` (batch, classes) is drawn but `y_pred` expected.

    `label_smoothing` mixes that share of the uniform distribution into `y_true`
    (Szegedy et al., 2015).

    >>> value, _ = categorical_crossentropy(np.array([[0.0, 1.0]]), np.array([[0.5, 0.5]]))
    >>> print(value)
    [0.69314718]
    """
    xp = array_module(y_true, y_pred)
    y = _smoothed(y_true, label_smoothing)
    if from_logits:
        half = half_below_top(y_pred)
        log_sum = _log_sum_exp(half)
        total = xp.sum(y, axis=-1)
        value = total * log_sum - 2.0 * xp.sum(y * half, axis=-1)
        return value, lambda dv: dv[..., None] * (total[..., None] * softmax(y_pred)[0] - y)
    p, pullback = _normalized(y_pred)
    return -xp.sum(y * xp.log(p), axis=-1), lambda dv: pullback(dv[..., None] * (-y / p))


def sparse_categorical_crossentropy(
    y_true: Array, y_pred: Array, from_logits: bool = False
) -> tuple[Array, Pullback]:
    """The same, with `y_true` (batch,) holding the number of the true class.

    >>> value, _ = sparse_categorical_crossentropy(np.array([1]), np.array([[0.5, 0.5]]))
    >>> print(value)
    [0.69314718]
    """
    xp = array_module(y_true, y_pred)
    truth, one_hot = y_true[..., None], _one_hot(y_true, y_pred)
    if from_logits:
        half = half_below_top(y_pred)
        value = _log_sum_exp(half) - 2.0 * xp.take_along_axis(half, truth, axis=-1)[..., 0]
        return value, lambda dv: dv[..., None] * (softmax(y_pred)[0] - one_hot)
    total = xp.sum(y_pred, axis=-1, keepdims=True)
    share = xp.take_along_axis(y_pred, truth, axis=-1) / total  # (batch, 1)
    p, clip_pullback = _clip(share, EPSILON, 1.0 - EPSILON)

    def pullback(dv: Array) -> Array:
        return clip_pullback(dv[..., None] * (-1.0 / p)) / total * (one_hot - share)

    return -xp.log(p[..., 0]), pullback


def through_softmax(loss: Loss) -> Loss | None:
    """Return the same loss for probabilities that a softmax made, or None where there is none.

    Its pullback leads through both at once, where their slopes become simple: p - y.
    """
    if loss in (sparse_categorical_crossentropy, SparseCategoricalCrossentropy()):
        return _sparse_through_softmax
    if loss is categorical_crossentropy:
        return _through_softmax
    if isinstance(loss, CategoricalCrossentropy) and not loss.from_logits:
        return partial(_through_softmax, label_smoothing=loss.label_smoothing)
    return None


def _sparse_through_softmax(y_true: Array, p: Array) -> tuple[Array, Pullback]:
    if in_one_launch := kernels.crossentropy(y_true, p, EPSILON, 1.0 - EPSILON):
        return _from(*in_one_launch)
    xp = array_module(y_true, p)
    one_hot = _one_hot(y_true, p)
    share, clip_pullback = _clip(xp.sum(p * one_hot, axis=-1), EPSILON, 1.0 - EPSILON)  # (batch,)
    return -xp.log(share), lambda dv: OfScores(clip_pullback(dv)[..., None] * (p - one_hot))


def _through_softmax(
    y_true: Array, p: Array, label_smoothing: float = 0.0
) -> tuple[Array, Pullback]:
    xp = array_module(y_true, p)
    y = _smoothed(y_true, label_smoothing)
    if in_one_launch := kernels.crossentropy(y, p, EPSILON, 1.0 - EPSILON):
        return _from(*in_one_launch)
    clipped, clip_pullback = _clip(p, EPSILON, 1.0 - EPSILON)

    def pullback(dv: Array) -> OfScores:
        moved = clip_pullback(y)
        return OfScores(dv[..., None] * (p * xp.sum(moved, axis=-1, keepdims=True) - moved))

    return -xp.sum(y * xp.log(clipped), axis=-1), pullback


def _from(value: Array, dx: Array) -> tuple[Array, Pullback]:
    return value, lambda dv: OfScores(dv[..., None] * dx)


def _one_hot(y_true: Array, like: Array) -> Array:
    xp = array_module(y_true, like)
    classes = xp.arange(like.shape[-1], dtype=y_true.dtype, **beside(like))
    return xp.astype(y_true[..., None] == classes, like.dtype)  # (batch, classes)


def _smoothed(y_true: Array, label_smoothing: float) -> Array:
    return y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]


def binary_crossentropy(
    y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> tuple[Array, Pullback]:
    """Average surprise of independent yes-no questions, along the last axis.

    >>> value, _ = binary_crossentropy(np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]]))
    >>> print(value)
    [0.69314718]
    """
    xp = array_module(y_true, y_pred)
    n, truths = y_pred.shape[-1], (y_true, 1.0 - y_true)
    y, no = (t * (1.0 - label_smoothing) + 0.5 * label_smoothing for t in truths)
    if from_logits:
        size = xp.abs(y_pred)
        wrong = xp.where(y_pred > 0, no, y)  # the share that the sign speaks against
        value = xp.mean(size * wrong + xp.log1p(xp.exp(-size)), axis=-1)
        return value, lambda dv: dv[..., None] * (sigmoid(y_pred)[0] - y) / n
    p, pullback = _clip(y_pred, EPSILON, 1.0 - EPSILON)
    value = -xp.mean(y * xp.log(p) + no * xp.log1p(-p), axis=-1)
    return value, lambda dv: pullback(dv[..., None] * ((p - y) / (p * (1.0 - p))) / n)


def kl_divergence(y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
    """What the surprise exceeds the unavoidable by: sum of y log(y / p) (Kullback, 1951)."""
    xp = array_module(y_true, y_pred)
    y = xp.clip(y_true, EPSILON, 1.0)
    p, pullback = _clip(y_pred, EPSILON, 1.0)
    value = xp.sum(y * xp.log(y / p), axis=-1)
    return value, lambda dv: pullback(dv[..., None] * (-y / p))


def _log_sum_exp(half: Array) -> Array:
    xp = array_module(half)
    return xp.log(xp.sum(xp.exp(2.0 * xp.maximum(half, -500.0)), axis=-1))


def _normalized(p: Array) -> tuple[Array, Pullback]:
    """Divide rows by their sums and clip, as Keras does to what should be probabilities."""
    xp = array_module(p)
    total = xp.sum(p, axis=-1, keepdims=True)
    share = p / total
    clipped, clip_pullback = _clip(share, EPSILON, 1.0 - EPSILON)

    def pullback(dy: Array) -> Array:
        dshare = clip_pullback(dy)
        return (dshare - xp.sum(dshare * share, axis=-1, keepdims=True)) / total

    return clipped, pullback


def _clip(x: Array, low: float, high: float) -> tuple[Array, Pullback]:
    xp = array_module(x)
    y = xp.clip(x, low, high)
    return y, lambda dy: xp.where(y == x, dy, 0.0)


@dataclass(frozen=True)
class CategoricalCrossentropy(Settings):
    """`categorical_crossentropy` with its settings."""

    from_logits: bool = False
    label_smoothing: float = 0.0

    def __call__(self, y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)


@dataclass(frozen=True)
class SparseCategoricalCrossentropy(Settings):
    """`sparse_categorical_crossentropy` with its settings."""

    from_logits: bool = False

    def __call__(self, y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits)


@dataclass(frozen=True)
class BinaryCrossentropy(Settings):
    """`binary_crossentropy` with its settings.

    >>> loss = BinaryCrossentropy(from_logits=True)
    >>> print(loss(np.array([[1.0]]), np.array([[1000.0]]))[0])
    [0.]
    """

    from_logits: bool = False
    label_smoothing: float = 0.0

    def __call__(self, y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)


@dataclass(frozen=True)
class KLDivergence(Settings):
    """`kl_divergence` as an object."""

    def __call__(self, y_true: Array, y_pred: Array) -> tuple[Array, Pullback]:
        return kl_divergence(y_true, y_pred)
