"""Lesson 04: does the check of a repeatable run catch what people write?"""

import random

import numpy as np
import pytest

import minikeras as keras
from minikeras.layers import Dense
from minikeras.lessons import check_repeatable

X, Y = np.linspace(0, 1, 64).reshape(16, 4), np.arange(16) % 2


def losses(model):
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model.fit(X, Y, batch_size=4, epochs=3, verbose=0).history["loss"]


def new_model():
    return keras.Sequential([Dense(2, activation="softmax", input_shape=(4,))])


def seeded_first(seed):
    keras.utils.set_random_seed(seed)
    return losses(new_model())


def chance_of_its_own(seed):
    rng, model = np.random.default_rng(seed), new_model()
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return np.array(model.fit(X, Y, epochs=3, shuffle=False, verbose=0).history["loss"])


def not_seeded(seed):
    return losses(new_model())


def seeded_too_late(seed):
    model = new_model()
    keras.utils.set_random_seed(seed)
    return losses(model)


def seeds_another_generator(seed):
    random.seed(seed)
    np.random.seed(seed)
    return losses(new_model())


def first_weights_only(seed):
    rng, model = np.random.default_rng(seed), new_model()
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return losses(model)


def always_seed_0(seed):
    return seeded_first(0)


def returns_the_history(seed):
    keras.utils.set_random_seed(seed)
    model = new_model()
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model.fit(X, Y, epochs=3, verbose=0)


def returns_nothing(seed):
    seeded_first(seed)


def returns_no_losses(seed):
    return []


WRONG = {
    not_seeded: "again[0]",
    seeded_too_late: "again[0]",
    seeds_another_generator: "again[0]",
    first_weights_only: "again[0]",
    always_seed_0: "first != other",
    returns_the_history: "run(0)",
    returns_nothing: "run(0)",
    returns_no_losses: "run(0)",
}


@pytest.mark.parametrize("run", [seeded_first, chance_of_its_own])
def test_a_repeatable_run_is_accepted(run):
    assert check_repeatable(run).holds


@pytest.mark.parametrize(("run", "asked"), WRONG.items())
def test_a_run_that_is_not_repeatable_is_shown_by_its_first_epoch_apart(run, asked):
    verdict = check_repeatable(run)
    assert not verdict.holds
    assert verdict.case.endswith(asked)


def test_the_epoch_that_is_shown_is_the_first_one_apart():
    runs = iter([[1.0, 0.5, 0.25], [1.0, 0.5, 0.125], [2.0, 1.0, 0.5]])
    verdict = check_repeatable(lambda seed: next(runs))
    assert verdict.case.endswith("again[2]")
    assert (verdict.should, verdict.did) == ("0.25", "0.125")


def test_a_run_that_ends_earlier_is_another_run():
    runs = iter([[1.0, 0.5], [1.0], [2.0]])
    assert check_repeatable(lambda seed: next(runs)).case.endswith("len(again)")


@pytest.mark.parametrize(("lang", "hint"), [("en", "seed"), ("ko", "시드"), ("zh", "种子")])
def test_the_hint_speaks_of_the_seed(lang, hint):
    assert hint in check_repeatable(not_seeded).text(lang)
    assert hint in check_repeatable(always_seed_0).text(lang)
