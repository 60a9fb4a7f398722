"""Does the check of a bad loss know both infinities, large numbers, zero and nothing?"""

import math

import pytest

from minikeras.lessons import check_bad


def by_comparison(loss):
    return loss is not None and (loss != loss or abs(loss) == math.inf)


def by_difference(loss):
    return loss is not None and loss - loss != 0


@pytest.mark.parametrize("right", [by_comparison, by_difference])
def test_both_ways_to_ask_are_right(right):
    assert check_bad(right).holds


def equals_nan(loss):
    return loss == math.nan


def nan_alone(loss):
    return loss is not None and math.isnan(loss)


def one_infinity(loss):
    return loss is not None and (loss != loss or loss == math.inf)


def too_large(loss):
    return loss is not None and (loss != loss or abs(loss) > 1e300)


def nothing_is_bad(loss):
    return not loss or not math.isfinite(loss)


def never_without_a_loss(loss):
    return not math.isfinite(loss)


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (equals_nan, "(nan)"),
        (nan_alone, "(inf)"),
        (one_infinity, "(-inf)"),
        (too_large, "(1e+308)"),
        (nothing_is_bad, "(0.0)"),
        (never_without_a_loss, "(None)"),
    ],
)
def test_the_value_that_it_does_not_know_is_shown(wrong, case):
    assert check_bad(wrong).case == wrong.__name__ + case


@pytest.mark.parametrize(("lang", "hint"), [("en", "finite"), ("ko", "유한한"), ("zh", "有限")])
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_bad(nan_alone).text(lang)
