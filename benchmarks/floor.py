"""How much longer does fit take than its matrix products alone?

The floor is what no NumPy program of this network can beat: the products of forward and backward
pass, written into buffers that are there already. Rounds of both take turns, so that a slow minute
of the machine slows both.
"""

import itertools
import statistics
import time

import numpy as np

import minikeras as keras
from minikeras.datasets import mnist
from minikeras.layers import Dense

ROUNDS = 5
CASES = [((784, 300, 100, 10), 32, "sgd"), ((784, 512, 512, 10), 128, "adam")]


def seconds_of_products(widths, batch, rows):
    """Return the seconds of one epoch of matrix products."""
    rng = np.random.default_rng(0)
    kernels = [rng.random(shape, "float32") for shape in itertools.pairwise(widths)]
    grads = [np.empty_like(kernel) for kernel in kernels]
    values = [rng.random((batch, width), "float32") for width in widths]
    slopes = [rng.random((batch, width), "float32") for width in widths]

    def step():
        for i, kernel in enumerate(kernels):
            np.matmul(values[i], kernel, out=values[i + 1])
        for i in reversed(range(len(kernels))):
            np.matmul(values[i].T, slopes[i + 1], out=grads[i])
            if i:
                np.matmul(slopes[i + 1], kernels[i].T, out=slopes[i])
        for array in (*values[1:], *slopes[:-1]):
            array.fill(0.5)  # keep numbers ordinary: infinities and subnormals are slow

    step()
    begin = time.perf_counter()
    for _ in range(rows // batch):
        step()
    return time.perf_counter() - begin


def seconds_of_fit(widths, batch, optimizer, x, y):
    """Return the seconds of one epoch of `fit`, the first one left out."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([Dense(width, "relu") for width in widths[1:-1]])
    model.add(Dense(widths[-1], "softmax"))
    model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(x[: 10 * batch], y[: 10 * batch], batch_size=batch, verbose=0)
    begin = time.perf_counter()
    model.fit(x, y, batch_size=batch, verbose=0)
    return time.perf_counter() - begin


def main():
    (x, y), _ = mnist.load_data()
    x = x.reshape(len(x), -1).astype("float32") / 255
    print(f"\nfit against its matrix products, seconds an epoch, median of {ROUNDS} rounds")
    print(f"{'network':<20} {'batch':>5} {'optimizer':<9} {'floor':>6} {'fit':>6} {'ratio':>6}")
    for widths, batch, optimizer in CASES:
        floors, fits = [], []
        for _ in range(ROUNDS):
            floors.append(seconds_of_products(widths, batch, len(x)))
            fits.append(seconds_of_fit(widths, batch, optimizer, x, y))
        low, high = statistics.median(floors), statistics.median(fits)
        name = "-".join(map(str, widths))
        print(f"{name:<20} {batch:>5} {optimizer:<9} {low:>6.3f} {high:>6.3f} {high / low:>6.2f}")
