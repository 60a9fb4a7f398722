"""Is the one place that looks for a learning rate sure to find it, or to say why not?"""

import math
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras import optimizers
from minikeras.optimizers.schedules import ExponentialDecay
from minikeras.rates import checked_rate, get_rate, set_rate


@given(st.sampled_from(["lr", "learning_rate"]), st.floats(0.0, 1e300), st.floats(0.0, 1e300))
def test_what_is_set_is_read_again_under_either_name(name, before, after):
    optimizer = SimpleNamespace(**{name: before})
    assert get_rate(optimizer) == before
    set_rate(optimizer, after)
    assert get_rate(optimizer) == after
    assert vars(optimizer) == {name: after}


def test_where_there_are_both_the_newer_name_counts():
    optimizer = SimpleNamespace(lr=1.0, learning_rate=2.0)
    set_rate(optimizer, 3.0)
    assert (optimizer.lr, optimizer.learning_rate, get_rate(optimizer)) == (1.0, 3.0, 3.0)


@pytest.mark.parametrize("name", optimizers.CLASSES)
def test_every_optimizer_of_ours_can_be_read_and_set(name):
    optimizer = optimizers.get(name)
    set_rate(optimizer, 0.25)
    assert get_rate(optimizer) == optimizer.learning_rate == optimizer.lr.numpy() == 0.25
    assert type(get_rate(optimizer)) is float


@pytest.mark.parametrize("value", [1, np.float32(1), np.array(1.0), Decimal(1), np.int8(1)])
def test_a_rate_is_read_as_a_float(value):
    rate = get_rate(SimpleNamespace(lr=value))
    assert (type(rate), rate) == (float, 1.0)


@pytest.mark.parametrize("value", [ExponentialDecay(0.1, 10, 0.5), None, "0.1", lambda step: 0.1])
def test_a_rate_that_is_no_number_is_a_type_error_that_says_what_to_do(value):
    with pytest.raises(TypeError) as raised:
        get_rate(SimpleNamespace(learning_rate=value))
    assert str(raised.value) == (
        f"the optimizer's learning rate is a {type(value).__name__}, not a number: a schedule sets "
        "the rate by itself, so a callback cannot; make the optimizer with a number"
    )


def test_a_schedule_in_an_optimizer_of_ours_can_be_read_but_not_set():
    optimizer = optimizers.SGD(ExponentialDecay(0.1, 10, 0.5))
    assert get_rate(optimizer) == 0.1
    with pytest.raises(TypeError, match="follows the schedule ExponentialDecay"):
        set_rate(optimizer, 0.5)


@pytest.mark.parametrize("do", [get_rate, lambda optimizer: set_rate(optimizer, 0.1)])
def test_an_object_without_a_rate_is_a_type_error(do):
    with pytest.raises(TypeError, match="SimpleNamespace has neither learning_rate nor lr"):
        do(SimpleNamespace(rate=0.1))


@given(st.floats(0.0, allow_infinity=False) | st.integers(0, 10**9))
def test_a_finite_number_that_is_not_negative_can_be_a_rate(value):
    for kind in (lambda v: v, np.float64, np.array):
        rate = checked_rate(kind(value), "a test")
        assert (type(rate), rate) == (float, float(value))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -5e-324, -1, np.float32("nan")])
def test_other_numbers_cannot_be_rates(value):
    with pytest.raises(ValueError) as raised:
        checked_rate(value, "a test")
    sentence = f"a test gave {float(value)}; a learning rate is finite and at least 0"
    assert str(raised.value) == sentence


@pytest.mark.parametrize("value", [True, False, "0.1", None, b"1", 1j, [0.1], {}])
def test_what_is_no_number_cannot_be_a_rate(value):
    with pytest.raises(TypeError) as raised:
        checked_rate(value, "a test")
    assert str(raised.value) == f"a test gave {value!r}; a learning rate is a number"
