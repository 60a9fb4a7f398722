"""What is left of lesson 01? Its loop, for the lessons that go on with it.

The functions are the same, line by line: a network from 64 pixels over 32 hidden numbers to ten
shares. `weights` is the list `[w1, b1, w2, b2]`.
"""

from __future__ import annotations

import numpy as np

from minikeras.backend import Array

Weights = list[Array]


def softmax(z: Array) -> Array:
    """Turn scores (rows, digits) into shares that are positive and add to 1 in each row.

    >>> softmax(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """
    e = np.exp(z - z.max(axis=1, keepdims=True))  # (rows, scores)
    return e / e.sum(axis=1, keepdims=True)


def guess(x: Array, weights: Weights) -> tuple[Array, Array]:
    """Return the hidden numbers (rows, 32) and the shares (rows, 10) for pictures (rows, 64).

    >>> hidden, p = guess(np.zeros((2, 64)), new_weights(np.random.default_rng(0)))
    >>> hidden.shape, p.shape
    ((2, 32), (2, 10))
    """
    w1, b1, w2, b2 = weights
    hidden = np.maximum(0, x @ w1 + b1)  # (rows, 32)
    return hidden, softmax(hidden @ w2 + b2)  # (rows, 10)


def new_weights(rng: np.random.Generator) -> Weights:
    """Draw weights to begin with: He et al. 2015, https://arxiv.org/abs/1502.01852.

    >>> [w.shape for w in new_weights(np.random.default_rng(0))]
    [(64, 32), (32,), (32, 10), (10,)]
    """
    w1 = rng.normal(0, (2 / 64) ** 0.5, (64, 32))
    w2 = rng.normal(0, (2 / 32) ** 0.5, (32, 10))
    return [w1, np.zeros(32), w2, np.zeros(10)]


def losses_of(p: Array, y: Array) -> Array:
    """Return each row's loss (rows,), from its shares (rows, digits) and its label (rows,).

    >>> losses_of(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 1])).round(3) + 0
    array([0.693, 0.   ])
    """
    return -np.log(p[np.arange(len(y)), y] + 1e-9)  # (rows,)


def losses_and_gradient(x: Array, y: Array, weights: Weights) -> tuple[Array, Weights]:
    """Return each row's loss, and the gradient of their mean by each of the weights.

    >>> weights = new_weights(np.random.default_rng(0))
    >>> losses, gradient = losses_and_gradient(np.ones((3, 64)), np.array([0, 1, 2]), weights)
    >>> losses.shape, [g.shape for g in gradient]
    ((3,), [(64, 32), (32,), (32, 10), (10,)])
    """
    hidden, p = guess(x, weights)
    dz = (p - np.eye(10)[y]) / len(y)  # (rows, 10)
    dhidden = (dz @ weights[2].T) * (hidden > 0)  # (rows, 32)
    gradient = [x.T @ dhidden, dhidden.sum(axis=0), hidden.T @ dz, dz.sum(axis=0)]
    return losses_of(p, y), gradient


def run_epoch(x: Array, y: Array, weights: Weights, rng: np.random.Generator, lr: float) -> Array:
    """Learn from each row once, in batches of 32; return the mean of the losses on the way.

    >>> rng = np.random.default_rng(0)
    >>> float(run_epoch(np.zeros((1, 64)), np.array([7]), new_weights(rng), rng, 0.1).round(2))
    2.3
    """
    order, total = rng.permutation(len(x)), 0.0
    for start in range(0, len(x), 32):
        rows = order[start : start + 32]
        losses, gradient = losses_and_gradient(x[rows], y[rows], weights)
        for i in range(4):
            weights[i] -= lr * gradient[i]
        total += losses.sum()
    return total / len(x)


def train(
    x: Array, y: Array, epochs: int = 10, lr: float = 0.1, seed: int = 0
) -> tuple[list[Array], Weights]:
    """Begin with new weights and run some epochs; return each epoch's loss, and the weights.

    >>> curve, weights = train(np.zeros((1, 64)), np.array([7]), epochs=3)
    >>> len(curve), bool(curve[0] > curve[2])
    (3, True)
    """
    rng = np.random.default_rng(seed)
    weights = new_weights(rng)
    curve = [run_epoch(x, y, weights, rng, lr) for _ in range(epochs)]
    return curve, weights
