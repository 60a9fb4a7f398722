"""Are losses, activations and their slopes what Keras and PyTorch find, at the edges too?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import minikeras

pytestmark = pytest.mark.usefixtures("float64")


def row(*edges, low, high):
    """Draw one row of three numbers."""
    return arrays(float, (1, 3), elements=st.sampled_from(edges) | st.floats(low, high))


shares = row(0.0, 1e-9, 1e-7, 0.5, 1 - 1e-7, 1 - 1e-9, 1.0, low=1e-5, high=1)
some_shares = shares.filter(lambda p: p.sum() > 0.1)  # the sum divides: a tiny one magnifies
scores = row(0.0, 1.0, -1.0, 50.0, -50.0, 1000.0, -1000.0, low=-9, high=9)
numbers = row(0.0, 1.0, -1.0, 1e6, low=-9, high=9)
weights = row(0.0, 1.0, low=0, high=1)
bits = row(0.0, 1.0, low=0, high=0)
classes = st.integers(0, 2).map(lambda number: np.array([number]))

LOSSES = {  # the loss and its settings, labels and predictions
    "mse": ("MeanSquaredError", {}, numbers, numbers),
    "mae": ("MeanAbsoluteError", {}, numbers, numbers),
    "huber": ("Huber", {"delta": 0.5}, numbers, numbers),
    "hinge": ("Hinge", {}, bits, numbers.map(lambda p: p + 0.1 * (np.abs(p) == 1))),  # no kink
    "binary": ("BinaryCrossentropy", {"label_smoothing": 0.1}, weights, shares),
    "binary, logits": ("BinaryCrossentropy", {"from_logits": True}, weights, scores),
    "categorical": ("CategoricalCrossentropy", {}, weights, some_shares),
    "categorical, logits": ("CategoricalCrossentropy", {"from_logits": True}, weights, scores),
    "sparse": ("SparseCategoricalCrossentropy", {}, classes, some_shares),
    "sparse, logits": ("SparseCategoricalCrossentropy", {"from_logits": True}, classes, scores),
    "kl divergence": ("KLDivergence", {}, weights, shares),
}


def autograd(keras, function, x):
    """Return a value and its slope, as found by PyTorch."""
    x = keras.ops.convert_to_tensor(x).requires_grad_()
    y = function(x)
    y.sum().backward()
    return y.detach().numpy(), x.grad.numpy()


def assert_same(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@given(data=st.data())
def test_a_loss_slopes_as_in_keras(keras, loss, data):
    name, settings, labels, predictions = LOSSES[loss]
    y, p = data.draw(labels), data.draw(predictions)
    value, pullback = getattr(minikeras.losses, name)(**settings)(y, p)
    theirs = getattr(keras.losses, name)(reduction="none", **settings)
    assert_same((value, pullback(np.ones_like(value))), autograd(keras, lambda p: theirs(y, p), p))


@pytest.mark.parametrize("name", minikeras.activations.KNOWN)
@given(x=scores)
def test_an_activation_slopes_as_in_keras(keras, name, x):
    y, pullback = minikeras.activations.get(name)(x)
    steep = np.array([[1.0, 2.0, -3.0]])

    def theirs(x):
        return keras.ops.multiply(keras.activations.get(name)(x), steep)

    assert_same((y * steep, pullback(steep)), autograd(keras, theirs, x))
