"""How is real Keras brought in, and how does a model of ours get a twin there?

The tests say one sentence to both libraries: `lambda k: k.layers.Dense(3)`, where `k` is minikeras
or keras.
"""

import os
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import minikeras

os.environ["KERAS_BACKEND"] = "torch"  # Keras reads it once, when it is imported
NEEDS = "needs the extra `oracle`: pip install -e '.[oracle]'"
OF_KERAS = "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.oracle)
            item.add_marker(pytest.mark.filterwarnings(OF_KERAS))  # its own variables cause it


@pytest.fixture(scope="session")
def keras():
    """Return real Keras, computing with PyTorch on one thread of the CPU."""
    torch = pytest.importorskip("torch", reason=NEEDS)
    torch.set_num_threads(1)
    return pytest.importorskip("keras", reason=NEEDS)


@pytest.fixture(scope="session")
def computing_in(keras):
    """Return a context manager: within it, both libraries compute in this precision.

    Where it is not TensorFlow that computes, Keras's type promotion turns float64 into float32,
    whatever floatx says, and a product is right to 1e-7 only. The table below is where it does so.
    """
    from keras.src.backend.common import dtypes

    def use(name):
        minikeras.backend.set_floatx(name)
        keras.config.set_floatx(name)
        keras.config.set_dtype_policy(name)
        dtypes.BIT64_TO_BIT32_DTYPE["float64"] = name

    @contextmanager
    def within(name):
        use(name)
        try:
            yield
        finally:
            use("float32")

    return within


@pytest.fixture(scope="module")
def float64(computing_in):
    """Let both libraries compute in float64 throughout a file."""
    with computing_in("float64"):
        yield


@pytest.fixture(scope="session")
def twins(keras):
    """Return a function that makes a model in each library, with the same weights."""

    def make(layers, optimizer, loss, metrics=(), input_shape=(5,), seed=0):
        minikeras.utils.set_random_seed(seed)
        ours, theirs = (k.Sequential([k.Input(input_shape), *layers(k)]) for k in both)
        for k, model in zip(both, (ours, theirs), strict=True):
            model.compile(optimizer(k), loss(k), metrics=[say(k) for say in metrics])
        ours.build()
        theirs.set_weights(ours.get_weights())
        return ours, theirs

    both = (minikeras, keras)
    return make


@pytest.fixture(scope="session")
def agree():
    """Return a function that compares arrays, to a share of the largest number in each."""

    def compare(ours, theirs, tolerance):
        for one, other in zip(ours, theirs, strict=True):
            largest = np.max(np.abs(other), initial=0.0)
            np.testing.assert_allclose(one, other, rtol=0.0, atol=tolerance * float(largest))

    return compare


@pytest.fixture(params=["ours", "theirs"])
def side(request, keras):
    """Either side in turn: whether it is ours, and its callbacks."""
    is_ours = request.param == "ours"
    return is_ours, (minikeras if is_ours else keras).callbacks
