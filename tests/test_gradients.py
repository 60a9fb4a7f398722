"""Is every derivative the slope of its function?

Slopes are measured with central differences, along random directions: each direction sees all
numbers at once, so no wrong derivative can hide from it.
"""

import itertools
import operator

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minikeras import Sequential, activations, backend, losses
from minikeras.layers import Activation, Dense, Dropout, Embedding, Flatten, embedding
from minikeras.optimizers import Optimizer
from minikeras.regularizers import l1, l1_l2, l2

STEP = 1e-5  # differences then err by some 1e-10 from curvature, and as much from rounding
TOLERANCE = 1e-6  # next to the gradient's length
GROSS = 1e-3  # what a wrong derivative errs by, at least


@pytest.fixture(autouse=True, scope="module")
def float64():
    former = backend.floatx()
    backend.set_floatx("float64")
    yield
    backend.set_floatx(former)


# -- the checker ----------------------------------------------------------------------------------


def slope_error(value, gradient, at, directions=2):
    """Return by how much `gradient` errs from the slopes of `value`, next to its own length."""
    rng, errors, scale = np.random.default_rng(0), [], np.linalg.norm(gradient) + 1e-3
    for step in STEP * 0.8 ** np.arange(20):
        way = rng.standard_normal(at.shape)
        way /= np.linalg.norm(way)
        far, near = (
            (value(at + h * way) - value(at - h * way)) / (2 * h) for h in (step, step / 2)
        )
        if abs(far - near) <= 0.2 * TOLERANCE * scale:  # else a kink is near: look away, and closer
            errors.append(abs(near - np.vdot(gradient, way)) / scale)
        if len(errors) == directions:
            return max(errors)
    raise AssertionError("found too few directions in which this function is smooth")


def gradient_error(model, x, y, weights=None, seed=0, directions=2):
    """Return by how much the gradients of a model err, after drawing all its weights anew."""
    model.build(np.shape(x)[1:])
    vector, rng = model.vector, np.random.default_rng(seed)
    learns = np.concatenate([[p in model.trained] * p.size for p in vector.parameters])
    here = rng.normal(0.0, 0.7, vector.values.shape)  # a bias of 0 could sit on a relu's kink

    def loss(values):
        vector.values[...] = np.where(learns, values, here)
        hold_masks(model)
        return model.train_on_batch(x, y, weights)

    loss(-here)  # leaves gradients that have to be replaced, not added to
    loss(here)
    return slope_error(loss, np.where(learns, vector.grads, 0.0), here, directions)


def hold_masks(model):
    for layer in model.layers:
        if isinstance(layer, Dropout):
            layer.own_rng = np.random.default_rng(layer.seed)


class Stay(Optimizer):
    """Leaves the weights where they are."""

    def update(self, rate, w, g):
        pass


# -- what there is to check -----------------------------------------------------------------------


def own(y, p):
    """A loss of somebody's own: one value for the whole batch."""
    return np.mean((p - y) ** 4), lambda dv: dv * 4.0 * (p - y) ** 3 / p.size


def dense(n, f, r, **options):
    return Dense(n, f, kernel_regularizer=r, bias_regularizer=r, **options)


def frozen(n):
    return Dense(n, "tanh", trainable=False)


LABELS = {
    "shares": lambda rng, shape: rng.uniform(size=shape),
    "signs": lambda rng, shape: rng.choice([-1.0, 1.0], shape),
    "bits": lambda rng, shape: rng.choice([0.0, 1.0], shape),
    "classes": lambda rng, shape: rng.integers(0, shape[-1], shape[:-1]),
}
LOSSES = {  # loss, activation of the last layer, labels
    "own": (own, "linear", "shares"),
    "mse": (losses.mean_squared_error, "linear", "shares"),
    "mae": (losses.mean_absolute_error, "linear", "shares"),
    "huber": (losses.Huber(0.3), "linear", "shares"),
    "hinge": (losses.hinge, "linear", "signs"),
    "hinge of 0 and 1": (losses.hinge, "linear", "bits"),
    "kld": (losses.kl_divergence, "softmax", "shares"),
    "bce": (losses.binary_crossentropy, "sigmoid", "shares"),
    "bce smoothed": (losses.BinaryCrossentropy(False, 0.2), "sigmoid", "bits"),
    "bce of logits": (losses.BinaryCrossentropy(True), "linear", "shares"),
    "bce of logits smoothed": (losses.BinaryCrossentropy(True, 0.2), "linear", "bits"),
    "cce": (losses.categorical_crossentropy, "softmax", "shares"),
    "cce of odds": (losses.categorical_crossentropy, "softplus", "shares"),
    "cce smoothed": (losses.CategoricalCrossentropy(False, 0.2), "softmax", "bits"),
    "cce of logits": (losses.CategoricalCrossentropy(True), "linear", "shares"),
    "cce of logits smoothed": (losses.CategoricalCrossentropy(True, 0.2), "linear", "bits"),
    "scce": (losses.sparse_categorical_crossentropy, "softmax", "classes"),
    "scce of logits": (losses.SparseCategoricalCrossentropy(True), "linear", "classes"),
}
ACTIVATIONS = {name: f for name, f in activations.KNOWN.items() if name != "swish"}  # it is silu
REGULARIZERS = {"none": None, "l1": l1(0.1), "l2": l2(0.1), "both": l1_l2(0.1, 0.2)}
BODIES = {  # the layers before the last one: n units, activation f, regularizer r
    "dense": lambda n, f, r: [dense(n, f, r)],
    "dense 3-D": lambda n, f, r: [dense(n, f, r)],
    "dense without bias": lambda n, f, r: [dense(n, f, r, use_bias=False)],
    "flatten 3-D": lambda n, f, r: [dense(n, f, r), Flatten()],
    "activation": lambda n, f, r: [dense(n, None, r), Activation(f)],
    "dropout": lambda n, f, r: [Dropout(0.4, seed=1), dense(n, f, r), Dropout(0.3, seed=2)],
    "frozen": lambda n, f, r: [frozen(n), dense(n, f, r), frozen(n)],
    "embedding": lambda n, f, r: [Embedding(4, n, embeddings_regularizer=r), Activation(f)],
    "embedding flattened": lambda n, f, r: [Embedding(4, n), Flatten(), dense(n, f, r)],
}


def problem(body, activation, loss, regularizer, sizes=(3, 2, 3, 3, 2), seed=0):
    """Return a compiled model with rows of x and y for it."""
    rows, length, columns, units, outputs = sizes
    loss, last, labels = LOSSES[loss]
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, length, columns) if "3-D" in body else (rows, columns))
    if "embedding" in body:
        x = rng.integers(0, 4, (rows, length))
    layers = BODIES[body](units, ACTIVATIONS[activation], REGULARIZERS[regularizer])
    model = Sequential([*layers, Dense(outputs, last)])
    model.compile(Stay(1.0), loss)
    model.build(x.shape[1:])
    return model, x, LABELS[labels](rng, (rows, *model.output_shape))


# -- the laws -------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("body", BODIES)
def test_gradients_are_slopes_in_every_combination(body, loss):
    for kinds in itertools.product([body], ACTIVATIONS, [loss], REGULARIZERS):
        assert gradient_error(*problem(*kinds), directions=1) < TOLERANCE, kinds


@given(
    st.tuples(*(st.sampled_from([*d]) for d in (BODIES, ACTIVATIONS, LOSSES, REGULARIZERS))),
    st.tuples(*(st.integers(1, 5),) * 5),
    st.booleans(),
    st.integers(0, 2**32),
)
def test_gradients_are_slopes_for_all_shapes_and_sample_weights(kinds, sizes, weighted, seed):
    assume(not (weighted and "own" in kinds))  # one value for the batch cannot be weighed by row
    model, x, y = problem(*kinds, sizes, seed)
    weights = np.random.default_rng(seed).choice([0.0, 0.5, 3.0], len(x)) if weighted else None
    assert gradient_error(model, x, y, weights, seed) < TOLERANCE


@pytest.mark.parametrize("body", [body for body in BODIES if "embedding" not in body])
def test_the_gradient_leaves_through_x(body):
    model, x, _ = problem(body, "tanh", "mse", "none")

    def forward(x):
        hold_masks(model)
        return model.forward(x, training=True)

    y, pullbacks = forward(x)
    dy = dx = np.random.default_rng(0).normal(size=y.shape)
    for pullback in reversed(pullbacks):
        dx = pullback(dx, True)
    assert slope_error(lambda x: np.vdot(dy, forward(x)[0]), dx, x) < TOLERANCE


OPTIONS = {
    "leaky_relu(0.5)": lambda x: activations.leaky_relu(x, 0.5),
    "elu(0.5)": lambda x: activations.elu(x, 0.5),
}


@pytest.mark.parametrize("name", ACTIVATIONS | OPTIONS)
@given(
    shape=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    spread=st.sampled_from([1e-3, 1.0, 30.0]),
    seed=st.integers(0, 2**32),
)
def test_every_pullback_of_an_activation_is_its_slope(name, shape, spread, seed):
    activation, rng = (ACTIVATIONS | OPTIONS)[name], np.random.default_rng(seed)
    x, dy = rng.normal(0.0, spread, shape), rng.normal(size=shape)
    x += np.copysign(2 * STEP, x)  # away from the kink at 0
    dx = activation(x)[1](dy)
    assert slope_error(lambda x: np.vdot(dy, activation(x)[0]), dx, x) < TOLERANCE


@pytest.mark.parametrize("name", [name for name, kind in LOSSES.items() if kind[1] != "linear"])
def test_where_the_clip_of_probabilities_holds_the_slope_is_zero(name):
    loss, last, labels = LOSSES[name]
    squash = activations.get(last)
    z = np.array([[0.0, 1.0, -17.0], [17.0, 0.0, -1.0], [-17.0, -17.5, 17.0]])  # e^-17 < 1e-7
    y = LABELS[labels](np.random.default_rng(0), z.shape)
    p, p_pullback = squash(z)
    value, pullback = loss(y, p)
    dz = p_pullback(pullback(np.ones_like(value)))
    assert slope_error(lambda z: np.sum(loss(y, squash(z)[0])[0]), dz, z) < TOLERANCE


@pytest.mark.parametrize("name", LOSSES)
@given(spread=st.sampled_from([1e-3, 1.0, 10.0, 30.0]), seed=st.integers(0, 2**32))
def test_the_short_way_through_a_softmax_leads_to_the_same_slope(name, spread, seed):
    loss, _, labels = LOSSES[name]
    short = losses.through_softmax(loss)
    assert (short is None) == (name not in ("cce", "cce of odds", "cce smoothed", "scce"))
    if short is None:
        return
    rng = np.random.default_rng(seed)
    z = rng.normal(0.0, spread, (4, 3))
    y, dv = LABELS[labels](rng, z.shape), rng.normal(size=4)
    p, p_pullback = activations.softmax(z)
    (value, pullback), (short_value, short_pullback) = loss(y, p), short(y, p)
    np.testing.assert_allclose(short_value, value, rtol=1e-12, atol=1e-12)
    dz = p_pullback(short_pullback(dv))
    np.testing.assert_allclose(dz, p_pullback(pullback(dv)), rtol=1e-9, atol=1e-12)


class Softer(Dense):
    """A layer of somebody's own, which does more than its activation."""


def test_only_layers_whose_softmax_comes_last_have_a_short_way():
    ends = {
        True: [Dense(3, "softmax"), Activation("softmax")],
        False: [Dense(3, "sigmoid"), Softer(3, "softmax"), Dropout(0.5), Flatten()],
    }
    for is_short, layers in ends.items():
        for last in layers:
            assert Sequential([Dense(3, "softmax", input_dim=2), last]).ends_in_softmax is is_short


# -- and the checker sees what is wrong -----------------------------------------------------------


def spoiled(function, spoil):
    """The same activation, loss or forward, but for its pullback."""

    def wrong(*args):
        value, pullback = function(*args)
        return value, lambda dy, *wants_dx: spoil(pullback(dy, *wants_dx), dy)

    return wrong


def marred(name, mix):
    """Dense's forward, but its pullback mixes the gradient with the one from before."""
    forward = Dense.forward

    def wrong(layer, *args):
        value, pullback = forward(layer, *args)
        parameter = getattr(layer, name)

        def wrong_pullback(*args):
            before = parameter.grad.copy()
            dx = pullback(*args)
            parameter.grad[...] = mix(before, parameter.grad)
            return dx

        return value, wrong_pullback

    return wrong


def same(dx, dy):
    return dy


def flipped(dx, dy):
    return dx[:, ::-1]


tanh, mse = activations.tanh, losses.mean_squared_error
MISTAKES = {  # the body that shows it, and what is replaced by what
    "half a slope": ("dense", ACTIVATIONS, "tanh", spoiled(tanh, lambda dx, dy: dx / 2)),
    "no slope": ("activation", ACTIVATIONS, "tanh", spoiled(tanh, same)),
    "uphill": ("dense", LOSSES, "mse", (spoiled(mse, lambda dp, dv: -dp), "linear", "shares")),
    "no mean": ("dense", LOSSES, "mse", (spoiled(mse, lambda dp, dv: 2 * dp), "linear", "shares")),
    "l2 without its 2": ("dense", REGULARIZERS, "both", lambda w: (np.sum(w * w), w)),
    "l1 without a sign": ("dense", REGULARIZERS, "both", lambda w: (np.sum(abs(w)), w**0)),
    "bias forgotten": ("dense", Dense, "forward", marred("bias", lambda before, grad: before)),
    "gradients pile up": ("dense", Dense, "forward", marred("kernel", operator.add)),
    "repeated rows do not": ("embedding", embedding, "add_at", operator.setitem),
    "axes mixed up": ("flatten 3-D", Flatten, "forward", spoiled(Flatten.forward, flipped)),
    "a mask for one way": ("dropout", Dropout, "forward", spoiled(Dropout.forward, same)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_checker_sees_a_wrong_derivative(mistake, monkeypatch):
    body, owner, name, wrong = MISTAKES[mistake]
    patch = monkeypatch.setitem if isinstance(owner, dict) else monkeypatch.setattr
    patch(owner, name, wrong)
    assert gradient_error(*problem(body, "tanh", "mse", "both")) > GROSS
