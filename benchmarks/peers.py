"""How does each library train one epoch of a network?

A peer is a function from a network and the data to a function that trains one epoch: the rows in a
new order, the loss and the accuracy of the epoch kept, nothing printed.
"""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.networks import Network

Epoch = Callable[[], Any]


def floor(network: Network, x: Any, y: Any) -> Epoch:
    """The matrix products of the network alone, into buffers that are there already."""
    rng = np.random.default_rng(0)
    widths, batch = network.widths, network.batch
    kernels = [rng.random(shape, "float32") for shape in itertools.pairwise(widths)]
    grads = [np.empty_like(kernel) for kernel in kernels]
    values = [rng.random((batch, width), "float32") for width in widths]
    slopes = [rng.random((batch, width), "float32") for width in widths]

    def step() -> None:
        for i, kernel in enumerate(kernels):
            np.matmul(values[i], kernel, out=values[i + 1])
        for i in reversed(range(len(kernels))):
            np.matmul(values[i].T, slopes[i + 1], out=grads[i])
            if i:
                np.matmul(slopes[i + 1], kernels[i].T, out=slopes[i])
        for array in (*values[1:], *slopes[:-1]):
            array.fill(0.5)  # keep numbers ordinary: infinities and subnormals are slow

    return lambda: [step() for _ in range(-(-len(x) // batch))]


def minikeras(network: Network, x: Any, y: Any) -> Epoch:
    import minikeras as keras

    return _keras(keras, network, x, y)


def minikeras_shared(network: Network, x: Any, y: Any) -> Epoch:
    """The same, each batch shared between two processes."""
    from minikeras.distribution import DataParallel, set_distribution

    set_distribution(DataParallel(processes=2))
    return minikeras(network, x, y)


def keras(network: Network, x: Any, y: Any) -> Epoch:
    """Real Keras, on the backend that KERAS_BACKEND names."""
    import keras as real

    return _keras(real, network, x, y)


def _keras(keras: Any, network: Network, x: Any, y: Any) -> Epoch:
    dense = keras.layers.Dense
    hidden = [dense(width, activation="relu") for width in network.widths[1:-1]]
    model = keras.Sequential([*hidden, dense(network.widths[-1], activation="softmax")])
    model.compile(network.optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return lambda: model.fit(x, y, batch_size=network.batch, verbose=0)


def torch(network: Network, x: Any, y: Any, fused: bool = False) -> Epoch:
    """PyTorch, written by hand as its tutorials do, with tensors in place of a DataLoader."""
    import torch as pt

    layers: list[Any] = []
    for m, n in itertools.pairwise(network.widths):
        layers += [pt.nn.Linear(m, n), pt.nn.ReLU()]
    model = pt.nn.Sequential(*layers[:-1])
    kinds = {"sgd": pt.optim.SGD, "adam": pt.optim.Adam}
    options = {"fused": True} if fused else {}
    optimizer = kinds[network.optimizer](model.parameters(), lr=network.rate, **options)
    loss_of = pt.nn.CrossEntropyLoss()
    inputs, labels = pt.from_numpy(x), pt.from_numpy(y.astype("int64"))

    def epoch() -> tuple[float, float]:
        loss_sum, right = pt.zeros(()), pt.zeros(())
        for rows in pt.randperm(len(inputs)).split(network.batch):
            xs, ys = inputs[rows], labels[rows]
            optimizer.zero_grad()
            scores = model(xs)
            loss = loss_of(scores, ys)
            loss.backward()
            optimizer.step()
            with pt.no_grad():
                loss_sum += loss * len(rows)
                right += (scores.argmax(1) == ys).sum()
        return loss_sum.item() / len(inputs), right.item() / len(inputs)

    return epoch


def torch_fused(network: Network, x: Any, y: Any) -> Epoch:
    return torch(network, x, y, fused=True)


def sklearn(network: Network, x: Any, y: Any) -> Epoch:
    """scikit-learn's MLPClassifier, one epoch of its `fit` at a time."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        network.widths[1:-1],
        solver=network.optimizer,
        batch_size=network.batch,
        learning_rate_init=network.rate,
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        max_iter=1,
        warm_start=True,
        shuffle=True,
    )

    def epoch() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it would like more epochs
            return model.fit(x, y)

    return epoch


def numpy_keras(network: Network, x: Any, y: Any) -> Epoch:
    """NumPy-Keras, as its readme calls it, in float32; it is not on PyPI."""
    from numpy_keras import Sequential, layers, optimizers

    hidden = [layers.Dense(width, activation="relu") for width in network.widths[1:-1]]
    last = layers.Dense(network.widths[-1], activation="softmax")
    model = Sequential([layers.Input(network.widths[0]), *hidden, last], dtype="float32")
    kinds = {"sgd": optimizers.SGD, "adam": optimizers.Adam}
    optimizer = kinds[network.optimizer](learning_rate=network.rate)
    model.compile("sparse_categorical_crossentropy", optimizer, ["accuracy"])
    return lambda: model.fit(x, y, batch_size=network.batch, epochs=1, verbose=0)


PEERS: dict[str, tuple[Callable[..., Epoch], str, dict[str, str]]] = {
    "floor": (floor, "numpy", {}),
    "minikeras": (minikeras, "minikeras", {}),
    "minikeras, DataParallel(2)": (minikeras_shared, "threadpoolctl", {}),
    "PyTorch": (torch, "torch", {}),
    "PyTorch, fused": (torch_fused, "torch", {}),
    "Keras on JAX": (keras, "jax", {"KERAS_BACKEND": "jax"}),
    "Keras on TensorFlow": (keras, "tensorflow", {"KERAS_BACKEND": "tensorflow"}),
    "Keras on PyTorch": (keras, "torch", {"KERAS_BACKEND": "torch"}),
    "scikit-learn": (sklearn, "sklearn", {}),
    "NumPy-Keras": (numpy_keras, "numpy_keras", {}),
}  # by name: what trains, the package that it needs, and its environment


def threads(count: int) -> dict[str, str]:
    """Return the environment in which every library uses so many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    tensorflow = {"TF_NUM_INTRAOP_THREADS": str(count), "TF_CPP_MIN_LOG_LEVEL": "3"}
    jax = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=true", "JAX_PLATFORMS": "cpu"}
    return {**os.environ, **dict.fromkeys(names, str(count)), **tensorflow, **jax}
