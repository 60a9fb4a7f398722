"""How does the cost of an epoch grow with samples, width, depth and batch size?

Each sweep doubles one number and leaves the others; the exponent is the slope of a line through the
logarithms. A cost that is linear in the rows has 1 for samples. Twice the width is four times the
parameters, so one that is linear in those has 2 for width, where calls cost less than arithmetic.
What calls cost is shown by a network of a few units.
"""

import time

import numpy as np

import minikeras as keras
from benchmarks.results import keep
from minikeras.layers import Dense

BASE = {"samples": 16_384, "width": 256, "depth": 3, "batch": 128}
SWEEPS = {
    "samples": [4_096, 8_192, 16_384, 32_768, 65_536],
    "width": [512, 1_024, 2_048, 4_096],
    "depth": [2, 4, 8, 16],
    "batch": [32, 64, 128, 256, 512],
}
INSTEAD = {"width": {"samples": 2_048}}  # of the base: wide layers take long
CALLS = {"samples": 20_000, "width": 8, "depth": 2, "batch": 8}
ROUNDS = 3


def seconds(samples, width, depth, batch):
    """Return the seconds of an epoch: `depth` layers of `width`, the least of some rounds."""
    rng = np.random.default_rng(0)
    x = rng.random((samples, width), "float32")
    y = rng.integers(0, 10, samples)
    model = keras.Sequential([Dense(width, "relu") for _ in range(depth)])
    model.add(Dense(10, "softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x[:batch], y[:batch], batch_size=batch, verbose=0)
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        model.fit(x, y, batch_size=batch, verbose=0)
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main():
    found = {}
    print(f"\nhow an epoch grows from {BASE}, the least of {ROUNDS} rounds")
    for name, values in SWEEPS.items():
        base = BASE | INSTEAD.get(name, {})
        taken = [seconds(**base | {name: value}) for value in values]
        exponent = float(np.polyfit(np.log(values), np.log(taken), 1)[0])
        found[name] = {"values": values, "seconds": taken, "exponent": exponent}
        told = "  ".join(f"{v}: {t:.3f} s" for v, t in zip(values, taken, strict=True))
        print(f"{name:<8} exponent {exponent:+.2f}   {told}")
    calls = seconds(**CALLS) / (CALLS["samples"] / CALLS["batch"])
    print(f"a batch of {CALLS}, hardly more than calls: {calls * 1e6:.0f} us")
    keep("scaling", base=BASE, instead=INSTEAD, sweeps=found, seconds_of_calls=calls)
