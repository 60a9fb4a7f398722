"""What does a training step cost? Counted, not timed: memory, Python calls, work on a device."""

import mmap
import sys
import tracemalloc
from functools import partial

import numpy as np
import pytest

import minikeras as keras
from minikeras.distribution import DataParallel, set_distribution
from minikeras.layers import Dense
from minikeras.layers.parameters import ParameterVector
from minikeras.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, optimizer

RULES = {
    "sgd": lambda: SGD(0.1),
    "momentum": lambda: SGD(0.1, momentum=0.9),
    "nesterov": lambda: SGD(0.1, momentum=0.9, nesterov=True),
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": AdamW,
}
SIZE = 140_000  # parameters: some blocks, the last of them shorter


def built(rule):
    """Return an optimizer with weights to move, and their gradients."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=(SIZE, 1))
    kernel = keras.layers.parameters.Parameter("kernel", (SIZE, 1), lambda shape, rng: first)
    vector = ParameterVector.lay_out(
        [kernel], keras.backend.get_backend(), "float32", lambda parameter: first
    )
    vector.grads[...] = rng.normal(size=SIZE)
    chosen = RULES[rule]()
    chosen.build(vector, [(0, SIZE)])
    return chosen, vector


def peak_of(work):
    """Return the most bytes that `work` held at once, beyond what was held before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("rule", RULES)
def test_an_optimizer_asks_for_no_memory_in_a_step(rule):
    chosen, _ = built(rule)
    chosen.apply()
    assert peak_of(chosen.apply) < 8 * 1024 < 4 * SIZE


@pytest.mark.parametrize("rule", RULES)
def test_long_vectors_begin_where_a_cache_line_does(rule):
    chosen, vector = built(rule)
    long = [vector.values, vector.grads, *chosen.state.values(), chosen.work(vector.values)]
    assert [array.ctypes.data % 64 for array in long] == [0] * len(long)


def subnormal(array):
    size = np.abs(array)
    return np.count_nonzero((size > 0) & (size < np.finfo(array.dtype).smallest_normal))


@pytest.mark.parametrize("rule", RULES)
def test_what_fades_away_is_gone_before_it_is_slow(rule):
    chosen, vector = built(rule)
    chosen.apply()
    vector.grads[...] = 0.0  # as of a pixel that is black from now on
    slow = []
    for _ in range(1200):
        chosen.apply()
        slow.append(sum(subnormal(chosen.state[name]) for name in chosen.fading))
    assert sum(slow) == 0
    assert all(np.isfinite(array).all() for array in (vector.values, *chosen.state.values()))


@pytest.mark.parametrize("rule", RULES)
def test_sweeping_moves_no_weight(rule, monkeypatch):
    def weights():
        chosen, vector = built(rule)
        rng = np.random.default_rng(1)
        for _ in range(3):
            vector.grads[...] = rng.normal(size=SIZE) * (rng.random(SIZE) < 0.5)
            for _ in range(400):
                chosen.apply()
                vector.grads[...] = 0.0
        return vector.values.copy()

    swept = weights()
    monkeypatch.setattr(optimizer, "SWEEP", 10**9)
    np.testing.assert_allclose(swept, weights(), rtol=1e-7, atol=1e-20)


ROWS, WIDTHS, BATCH = 4000, (400, 300, 200, 10), 500
rng = np.random.default_rng(0)
X = rng.random((ROWS, WIDTHS[0]), "float32")
Y = rng.integers(0, WIDTHS[-1], ROWS)


def classifier(widths=WIDTHS, kind="adam"):
    model = keras.Sequential([Dense(width, "relu") for width in widths[1:-1]])
    model.add(Dense(widths[-1], "softmax"))
    model.compile(kind, "sparse_categorical_crossentropy", ["accuracy"])
    return model


@pytest.mark.parametrize(
    ("widths", "batch"),
    [((400, 900, 900, 10), 20), ((400, 100, 100, 10), 2000), (WIDTHS, BATCH)],
    ids=["many parameters", "large batches", "both"],
)
def test_fit_holds_no_more_than_it_must(widths, batch):
    def fit():
        model = classifier(widths)
        model.fit(X, Y, batch_size=batch, epochs=2, verbose=0)
        sizes.append(model.count_params())

    sizes = []
    classifier((2, 2, 2)).fit(X[:4, :2], Y[:4] % 2, verbose=0)  # imports what is imported late
    peak = peak_of(fit)
    parameters, activations = 4 * sizes[0], 4 * batch * sum(widths)
    data = Y.nbytes + 2 * 8 * ROWS  # what comes on top of x, which is there: the order of the rows
    assert peak <= data + 6 * parameters + 3 * activations


@pytest.mark.skipif(sys.platform != "linux", reason="a running process is copied on Linux")
def test_one_of_two_processes_holds_no_more_either(monkeypatch):
    monkeypatch.setattr(mmap, "mmap", lambda _, size: bytearray(size))  # shares nothing; is counted
    set_distribution(DataParallel(2))
    try:
        test_fit_holds_no_more_than_it_must((400, 900, 900, 10), 20)
    finally:
        set_distribution(None)


def calls_of(work):
    """Return how many Python functions were called."""
    count = 0

    def watch(frame, event, arg):
        nonlocal count
        count += event == "call"

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_a_batch_costs_few_python_calls():
    model = classifier()

    def fit(batches):
        model.fit(X[:batches], Y[:batches], batch_size=1, verbose=0)

    fit(2)
    few, many = (calls_of(partial(fit, batches)) for batches in (20, 40))
    print(f"\n{(many - few) / 20:.0f} Python calls a batch")
    assert (many - few) / 20 <= 210
