"""Do values stay true to the last bits, whatever comes in, and do weights begin as promised?

The truth comes from mpmath, which computes the textbook's formula with 50 digits.
"""

import itertools
import math
from functools import partial

import mpmath as mp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minikeras import activations, initializers, losses

mp.mp.dps = 50
EPSILON = 1e-7  # where Keras clips probabilities
DTYPES = st.sampled_from([np.float32, np.float64])
SHARES = st.sampled_from([0.0, 0.25, 0.5, 1 / 3, 1.0])


@pytest.fixture(autouse=True)
def alarms():
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


def numbers(dtype):
    """Rows of calm and hostile numbers, mixed."""
    info = np.finfo(dtype)
    small, large = [0.0, info.smallest_subnormal, info.tiny, info.eps], [710.0, 1e4, 3e38, info.max]
    hostile = st.sampled_from([float(sign * size) for size in small + large for sign in (-1, 1)])
    return rows(hostile | st.floats(-100.0, 100.0, width=info.bits), dtype)


def probabilities(dtype):
    info = np.finfo(dtype)
    edges = [0.0, info.smallest_subnormal, info.tiny, 5e-8, EPSILON, 2e-7, 1 - EPSILON, 1.0]
    hostile = st.sampled_from([*map(float, edges)])
    return rows(hostile | st.floats(0.0, 1.0, width=info.bits), dtype)


def rows(numbers, dtype):
    return st.lists(numbers, min_size=2, max_size=4).map(partial(np.array, dtype=dtype))


def exact(row):
    return [mp.mpf(float(x)) for x in row]


def assert_true(values, truths, unit=1):
    """Errors stay within 4 units in the last place of the truth, or of `unit` if that is larger."""
    eps = float(np.finfo(values.dtype).eps)
    for value, truth in zip(values, truths, strict=True):
        assert np.isfinite(value)
        assert abs(mp.mpf(float(value)) - truth) <= 4 * eps * max(unit, abs(truth)), (value, truth)


# -- activations ----------------------------------------------------------------------------------


def elu(x, alpha=1.0):
    return x if x > 0 else alpha * mp.expm1(x)


TRUTHS = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x: x if x > 0 else x / 5,
    "elu": elu,
    "selu": lambda x: mp.mpf(1.0507009873554805) * elu(x, mp.mpf(1.6732632423543772)),
    "gelu": lambda x: x * mp.erfc(-max(x, -1e9) / mp.sqrt(2)) / 2,  # e^-1e18 / 2 is 0 beyond
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "swish": lambda x: x / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "tanh": mp.tanh,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
}


@pytest.mark.parametrize("name", TRUTHS)
@given(st.data(), DTYPES)
def test_activations_are_true_to_the_last_bits(name, data, dtype):
    x = data.draw(numbers(dtype))
    truths = [TRUTHS[name](x) for x in exact(x)]
    assume(all(abs(truth) <= float(np.finfo(dtype).max) for truth in truths))
    assert_true(activations.get(name)(x)[0], truths)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", TRUTHS)
def test_activations_are_true_where_they_bend_and_next_to_zero(name, dtype):
    assert set(activations.KNOWN) == {*TRUTHS, "softmax"}
    bend, small = np.linspace(-10, 10, 401, dtype=dtype), np.logspace(-30, -3, 28, dtype=dtype)
    for x, unit in (bend, 1), (small, 0), (-small, 0):
        assert_true(activations.get(name)(x)[0], [TRUTHS[name](x) for x in exact(x)], unit)


@given(st.data(), DTYPES)
def test_softmax_is_true_to_the_last_bits(data, dtype):
    x = data.draw(numbers(dtype))
    powers = [mp.exp(z - max(exact(x))) for z in exact(x)]
    assert_true(activations.softmax(x)[0], [power / sum(powers) for power in powers])


@given(st.data(), DTYPES, st.integers(1, 300))
def test_softmax_rows_sum_to_one(data, dtype, times):
    x = np.tile(data.draw(numbers(dtype)), (3, times))
    sums = np.sum(activations.softmax(x)[0], axis=-1, dtype=np.longdouble)
    assert np.all(abs(sums - 1) <= 4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("name", activations.KNOWN)
@given(st.data(), DTYPES)
def test_slopes_of_activations_are_bounded_everywhere(name, data, dtype):
    x = data.draw(numbers(dtype))
    assume(name != "selu" or x.max() < np.finfo(dtype).max)  # whose value is larger still
    dx = activations.get(name)(x)[1](np.ones_like(x))
    assert np.all(abs(dx) < 2)


# -- crossentropies -------------------------------------------------------------------------------


def clipped(shares, dtype, high=1 - EPSILON):
    low, high = exact(np.array([EPSILON, high], dtype))  # the ends are numbers of that type, too
    return [min(max(share, low), high) for share in shares]


def log_softmax(z):
    below = [a - max(z) for a in z]
    return [b - mp.log(sum(map(mp.exp, below))) for b in below]


def smoothed(y, mix, kinds):
    return [t * (1 - mp.mpf(mix)) + mp.mpf(mix) / kinds for t in exact(y)]


def draw_row(data, dtype, from_logits):
    p = data.draw((numbers if from_logits else probabilities)(dtype))
    y = data.draw(st.lists(SHARES, min_size=len(p), max_size=len(p)))
    assume(p.any() or from_logits)
    return np.array(y, dtype), p


def assert_loss_is(truth, loss, y, p):
    assume(1.01 * truth * len(p) < float(np.finfo(p.dtype).max))  # so that sums are finite, too
    assert_true(loss(y[None], p[None])[0], [truth])


@pytest.mark.parametrize("from_logits", [False, True])
@given(st.data(), DTYPES, st.sampled_from([0.0, 0.1]))
def test_categorical_crossentropies_are_true_to_the_last_bits(from_logits, data, dtype, mix):
    y, p = draw_row(data, dtype, from_logits)
    if from_logits:
        logs = log_softmax(exact(p))
    else:
        logs = [mp.log(q) for q in clipped([q / sum(exact(p)) for q in exact(p)], dtype)]
    number = data.draw(st.integers(0, len(p) - 1))
    sparse = losses.SparseCategoricalCrossentropy(from_logits)
    assert_loss_is(-logs[number], sparse, np.array(number), p)
    truth = -sum(t * log for t, log in zip(smoothed(y, mix, len(p)), logs, strict=True))
    assert_loss_is(truth, losses.CategoricalCrossentropy(from_logits, mix), y, p)


@pytest.mark.parametrize("from_logits", [False, True])
@given(st.data(), DTYPES, st.sampled_from([0.0, 0.1]))
def test_binary_crossentropy_is_true_to_the_last_bits(from_logits, data, dtype, mix):
    y, p = draw_row(data, dtype, from_logits)
    if from_logits:
        pairs = [(mp.log1p(mp.exp(-z)), mp.log1p(mp.exp(z))) for z in exact(p)]
    else:
        pairs = [(-mp.log(q), -mp.log(1 - q)) for q in clipped(exact(p), dtype)]
    labels = smoothed(y, mix, 2)
    truths = [t * yes + (1 - t) * no for t, (yes, no) in zip(labels, pairs, strict=True)]
    loss = losses.BinaryCrossentropy(from_logits, mix)
    assert_true(loss(y[:, None], p[:, None])[0], truths)
    assert_loss_is(sum(truths) / len(p), loss, y, p)


@pytest.mark.parametrize("kind", ["Binary", "Categorical", "SparseCategorical"])
@given(st.data(), DTYPES)
def test_slopes_of_crossentropies_of_logits_are_bounded_everywhere(kind, data, dtype):
    y, z = draw_row(data, dtype, from_logits=True)
    y = np.array(1) if kind == "SparseCategorical" else y / max(1, sum(y))
    with np.errstate(over="ignore"):  # of the value, which may be larger than any number
        value, pullback = losses.CLASSES[f"{kind}Crossentropy"](True)(y[None], z[None])
    assert np.all(abs(pullback(np.ones_like(value))) < 1 + 1e-6)


@given(st.data(), DTYPES)
def test_kl_divergence_is_true_to_the_last_bits(data, dtype):
    y, p = draw_row(data, dtype, False)
    pairs = zip(clipped(exact(y), dtype, 1.0), clipped(exact(p), dtype, 1.0), strict=True)
    assert_loss_is(sum(t * mp.log(t / q) for t, q in pairs), losses.kl_divergence, y, p)


# -- types ----------------------------------------------------------------------------------------

LOSSES = [*losses.FUNCTIONS.values(), *(make() for make in losses.CLASSES.values())]
LOSSES += [losses.CategoricalCrossentropy(True, 0.1), losses.BinaryCrossentropy(True, 0.1)]
LOSSES += [losses.SparseCategoricalCrossentropy(True)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", [*LOSSES, *activations.KNOWN.values()])
def test_values_and_slopes_keep_the_type_of_what_comes_in(loss, dtype):
    p = np.full((2, 3), 0.5, dtype)
    y = np.array([0, 2]) if losses.takes_class_numbers(loss) else np.ones_like(p)
    value, pullback = loss(p) if loss in activations.KNOWN.values() else loss(y, p)
    assert value.dtype == pullback(np.ones_like(value)).dtype == dtype


# -- initializers ---------------------------------------------------------------------------------

UNIFORM, TRUNCATED, ENDLESS = 3**0.5, 2 / 0.8796, math.inf  # how many deviations they reach
RANDOM = set(initializers.KNOWN) - {"zeros", "ones", "constant", "Zeros", "Ones", "Constant"}


def promises(fan_in, fan_out):
    """Yield initializers with their mean, standard deviation and reach, as Keras documents them."""
    fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
    for name, scale, fan in ("glorot", 1, "fan_avg"), ("he", 2, "fan_in"), ("lecun", 1, "fan_in"):
        yield initializers.get(f"{name}_uniform"), 0, math.sqrt(scale / fans[fan]), UNIFORM
        yield initializers.get(f"{name}_normal"), 0, math.sqrt(scale / fans[fan]), TRUNCATED
    kinds = {"uniform": UNIFORM, "truncated_normal": TRUNCATED, "untruncated_normal": ENDLESS}
    for (fan, n), (kind, reach) in itertools.product(fans.items(), kinds.items()):
        yield initializers.VarianceScaling(3.0, fan, kind), 0, math.sqrt(3.0 / n), reach
    yield initializers.RandomUniform(-1.0, 3.0), 1, 4 / math.sqrt(12), UNIFORM
    yield initializers.RandomNormal(2.0, 0.5), 2, 0.5, ENDLESS
    yield initializers.TruncatedNormal(2.0, 0.5), 2, 0.5 * 0.8796, TRUNCATED


@pytest.mark.parametrize("name", initializers.KNOWN)
def test_every_name_makes_an_initializer_and_so_does_its_class_name(name):
    initializer = initializers.get(name)
    w = initializer((3, 4), np.random.default_rng(0))
    assert w.shape == (3, 4)
    assert np.all(np.isfinite(w))
    class_name = "".join(word[0].upper() + word[1:] for word in name.split("_"))
    assert initializers.get(class_name) == initializer


@pytest.mark.parametrize("name", sorted(RANDOM))
@given(st.integers(0, 2**32))
def test_a_seed_repeats_itself_and_without_one_the_model_goes_on(name, seed):
    rng, make = np.random.default_rng([1, 2]), initializers.KNOWN[name]
    same, again, other = (make(seed=n)((4, 4), rng) for n in (seed, seed, seed + 1))
    first, second = (make()((4, 4), rng) for _ in range(2))
    assert np.array_equal(same, again)
    assert len({w.tobytes() for w in (same, other, first, second)}) == 4
    assert np.array_equal(first, make()((4, 4), np.random.default_rng([1, 2])))


@given(st.integers(20, 200), st.integers(20, 200), st.integers(0, 2**32))
def test_weights_have_the_promised_mean_variance_and_limits(fan_in, fan_out, seed):
    rng, batches = np.random.default_rng(seed), 1 + 20_000 // (fan_in * fan_out)
    for initializer, mean, deviation, reach in promises(fan_in, fan_out):
        w = np.stack([initializer((fan_in, fan_out), rng) for _ in range(batches)])
        z = (w - mean) / deviation
        off = 6 / math.sqrt(z.size)  # six standard errors
        assert abs(z.mean()) < off, initializer
        assert abs(z.var() - 1) < 1.5 * off, initializer
        assert min(3.0, 0.98 * reach) < abs(z).max() <= reach, initializer
