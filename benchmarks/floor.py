"""How much longer does fit take than its matrix products alone?

The floor is what no NumPy program of this network can beat: the products of forward and backward
pass, written into buffers that are there already. Rounds of both take turns, so that a slow minute
of the machine slows both.
"""

import itertools
import statistics
import time

import numpy as np

from benchmarks.epochs import LARGE, SMALL, named, seconds_of_epoch, trained, training_images

ROUNDS = 5


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


def main():
    x, y = training_images()
    print(f"\nfit against its matrix products, seconds an epoch, median of {ROUNDS} rounds")
    print(f"{'network':<36} {'floor':>6} {'fit':>6} {'ratio':>6}")
    for case in (SMALL, LARGE):
        floors, fits = [], []
        for _ in range(ROUNDS):
            floors.append(seconds_of_products(*case[:2], len(x)))
            fits.append(seconds_of_epoch(trained(case, x, y), case, x, y))
        low, high = statistics.median(floors), statistics.median(fits)
        print(f"{named(case):<36} {low:>6.3f} {high:>6.3f} {high / low:>6.2f}")
