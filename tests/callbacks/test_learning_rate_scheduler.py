"""Does LearningRateScheduler ask once, believe only numbers, and set what the optimizer has?"""

import functools
import math
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import CallbackList, LearningRateScheduler
from minikeras.layers import Dense
from minikeras.models import Sequential
from minikeras.optimizers import SGD
from minikeras.optimizers.schedules import ExponentialDecay


def with_model(schedule, name="learning_rate", rate=0.1):
    scheduler = LearningRateScheduler(schedule)
    scheduler.set_model(SimpleNamespace(optimizer=SimpleNamespace(**{name: rate})))
    return scheduler


def fitted(schedule, optimizer="sgd", epochs=3):
    model = Sequential([Dense(1, input_dim=1)])
    model.compile(optimizer, "mse")
    callbacks = [LearningRateScheduler(schedule)]
    return model, model.fit([[0.0]], [1.0], epochs=epochs, verbose=0, callbacks=callbacks).history


class Asked:
    """Schedules of every shape, each of which writes down what it was called with."""

    def __init__(self):
        self.calls = calls = []

        def epoch_only(epoch):
            calls.append((epoch,))
            return 0.5

        def both(epoch, lr):
            calls.append((epoch, lr))
            return 0.5

        class Object:
            def __call__(self, epoch, lr):
                return both(epoch, lr)

            def method(self, epoch):
                return epoch_only(epoch)

        self.of_epoch = {
            "a function": epoch_only,
            "a method": Object().method,
            "a lambda": lambda e: epoch_only(e),
            "a partial": functools.partial(lambda factor, epoch: epoch_only(epoch), 2.0),
            "a rate by name only": lambda epoch, *, lr=7.0: epoch_only(epoch),
        }
        self.of_both = {
            "a function": both,
            "an object": Object(),
            "a default": lambda epoch, lr=None: both(epoch, lr),
            "any number": lambda *told: both(*told),
            "a partial": functools.partial(lambda factor, epoch, lr: both(epoch, lr), 2.0),
            "further defaults": lambda epoch, lr, factor=2.0: both(epoch, lr),
        }


@pytest.mark.parametrize("shape", Asked().of_epoch)
def test_a_schedule_of_the_epoch_is_called_once_with_it(shape):
    asked = Asked()
    with_model(asked.of_epoch[shape]).on_epoch_begin(4)
    assert asked.calls == [(4,)]


@pytest.mark.parametrize("shape", Asked().of_both)
def test_a_schedule_of_both_is_called_once_with_both(shape):
    asked = Asked()
    with_model(asked.of_both[shape]).on_epoch_begin(4)
    assert asked.calls == [(4, 0.1)]
    assert type(asked.calls[0][1]) is float


@pytest.mark.parametrize("schedule", [lambda: 0.1, lambda a, b, c: 0.1, lambda epoch, *, lr: 0.1])
def test_a_schedule_of_other_arguments_is_refused_when_it_is_given(schedule):
    with pytest.raises(TypeError, match=r"a schedule takes \(epoch, rate\) or \(epoch\), not \("):
        LearningRateScheduler(schedule)


@pytest.mark.parametrize("schedule", [0.1, None, "exponential"])
def test_what_cannot_be_called_is_no_schedule(schedule):
    with pytest.raises(TypeError, match="not a callable"):
        LearningRateScheduler(schedule)


def test_a_function_that_tells_nothing_of_its_arguments_is_one_of_the_epoch():
    scheduler = with_model(max)
    with pytest.raises(TypeError, match="'int' object is not iterable"):
        scheduler.on_epoch_begin(0)


@pytest.mark.parametrize("error", [TypeError("takes 1 positional argument"), ZeroDivisionError()])
@pytest.mark.parametrize("name", ["of_epoch", "of_both"])
def test_an_error_inside_a_schedule_surfaces_unchanged(name, error):
    calls = []

    def of_epoch(epoch):
        calls.append(epoch)
        raise error

    schedule = of_epoch if name == "of_epoch" else lambda epoch, lr: of_epoch(epoch)
    with pytest.raises(type(error)) as raised:
        fitted(schedule)
    assert raised.value is error
    assert error.__context__ is error.__cause__ is None
    assert calls == [0]


NUMBERS = [0.25, 1, 0, np.float32(0.25), np.array(0.25), np.int64(1), Fraction(1, 4), 5e-324]


@pytest.mark.parametrize("given_rate", NUMBERS, ids=repr)
def test_any_real_number_is_a_rate(given_rate):
    scheduler = with_model(lambda epoch: given_rate)
    scheduler.on_epoch_begin(0)
    rate = scheduler.model.optimizer.learning_rate
    assert (type(rate), rate) == (float, float(given_rate))


@pytest.mark.parametrize("given_rate", [math.nan, math.inf, -0.1, np.float32("nan"), -1])
def test_a_rate_is_finite_and_not_negative(given_rate):
    scheduler = with_model(lambda epoch: given_rate)
    with pytest.raises(ValueError, match=r"the schedule, for epoch 2, gave .* finite and at least"):
        scheduler.on_epoch_begin(2)
    assert scheduler.model.optimizer.learning_rate == 0.1


@pytest.mark.parametrize("given_rate", [True, "0.1", None, 1j, [0.1], lambda step: 0.1])
def test_what_is_no_number_is_no_rate(given_rate):
    scheduler = with_model(lambda epoch: given_rate)
    with pytest.raises(TypeError, match=r"the schedule, for epoch 2, gave .* a number"):
        scheduler.on_epoch_begin(2)
    assert scheduler.model.optimizer.learning_rate == 0.1


@pytest.mark.parametrize("name", ["lr", "learning_rate"])
def test_an_optimizer_may_have_either_name(name):
    scheduler = with_model(lambda epoch, lr: lr / 2, name)
    logs = {}
    CallbackList([scheduler]).on_epoch_begin(0)
    scheduler.on_epoch_end(0, logs)
    assert vars(scheduler.model.optimizer) == {name: 0.05}
    assert logs == {"learning_rate": 0.05}


@pytest.mark.parametrize("name", ["lr", "learning_rate"])
def test_a_schedule_in_an_optimizer_is_told_of(name):
    scheduler = with_model(lambda epoch: 0.1, name, rate=ExponentialDecay(0.1, 10, 0.5))
    with pytest.raises(TypeError, match=r"is a ExponentialDecay, not a number: .* a number"):
        scheduler.on_epoch_begin(0)


def test_a_schedule_in_a_real_optimizer_is_told_of():
    with pytest.raises(TypeError, match=r"follows the schedule ExponentialDecay, so .* cannot be"):
        fitted(lambda epoch: 0.1, SGD(ExponentialDecay(0.1, 10, 0.5)))


def test_without_a_model_it_says_what_it_needs():
    scheduler = LearningRateScheduler(lambda epoch: 0.1)
    with pytest.raises(RuntimeError, match="needs a model with optimizer: call set_model"):
        scheduler.on_epoch_begin(0)
    scheduler.set_model(SimpleNamespace(optimizer=SimpleNamespace(rate=0.1)))
    with pytest.raises(TypeError, match="SimpleNamespace has neither learning_rate nor lr"):
        scheduler.on_epoch_begin(0)


@given(st.lists(st.floats(0.0, 10.0), min_size=1, max_size=5))
def test_history_has_the_rates_of_the_schedule(rates):
    model, history = fitted(lambda epoch: rates[epoch], epochs=len(rates))
    assert history["learning_rate"] == rates
    assert model.optimizer.learning_rate == rates[-1]


def test_the_rate_after_the_documents_schedule_is_the_documents_number():
    def scheduler(epoch, lr):
        return lr if epoch < 10 else lr * math.exp(-0.1)

    model, history = fitted(scheduler, SGD(0.01), epochs=15)
    assert round(model.optimizer.lr.numpy(), 5) == 0.00607
    assert history["learning_rate"][:10] == [0.01] * 10
