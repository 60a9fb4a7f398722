"""Lesson 03: does the check of `split` catch what people write?"""

import random

import numpy as np
import pytest

from minikeras.lessons import check_split


def cut_of(y, s):
    return int(len(y) * (1 - s))


def permuted(y, s, rng):
    return np.split(rng.permutation(len(y)), [cut_of(y, s)])


def held_rows_drawn_first(y, s, rng):
    held = rng.choice(len(y), len(y) - cut_of(y, s), replace=False)
    return np.setdiff1d(np.arange(len(y)), held), held


def as_lists(y, s, rng):
    rows = sorted(range(len(y)), key=lambda row: rng.random())
    return rows[: cut_of(y, s)], rows[cut_of(y, s) :]


def not_mixed(y, s, rng):
    return np.split(np.arange(len(y)), [cut_of(y, s)])


def beginning_held_out(y, s, rng):
    return np.arange(len(y))[len(y) - cut_of(y, s) :], np.arange(len(y) - cut_of(y, s))


def only_training_rows_mixed(y, s, rng):
    return rng.permutation(cut_of(y, s)), np.arange(cut_of(y, s), len(y))


def drawn_twice(y, s, rng):
    rows = rng.permutation(len(y))
    return rows[: cut_of(y, s)], rng.permutation(len(y))[cut_of(y, s) :]


def drawn_with_repetition(y, s, rng):
    return np.split(rng.integers(0, len(y), len(y)), [cut_of(y, s)])


def own_chance(y, s, rng):
    rows = list(range(len(y)))
    random.shuffle(rows)
    return rows[: cut_of(y, s)], rows[cut_of(y, s) :]


def parts_swapped(y, s, rng):
    train, held = permuted(y, s, rng)
    return held, train


def a_row_lost(y, s, rng):
    train, held = permuted(y, s, rng)
    return train, held[1:]


def labels_returned(y, s, rng):
    return np.split(rng.permutation(y), [cut_of(y, s)])


def a_row_too_far(y, s, rng):
    return np.split(rng.permutation(len(y)) + 1, [cut_of(y, s)])


def nothing(y, s, rng):
    return None


WRONG = {
    not_mixed: "sorted(set(y[held]))",
    beginning_held_out: "sorted(set(y[held]))",
    only_training_rows_mixed: "sorted(set(y[held]))",
    drawn_twice: "set(train) & set(held)",
    drawn_with_repetition: "set(train) & set(held)",
    own_chance: "default_rng(0)",
    parts_swapped: "len(train)",
    a_row_lost: "set(range(len(y))) - set(train) - set(held)",
    labels_returned: "set(train) & set(held)",
    a_row_too_far: "train, held =",
    nothing: "train, held =",
}


@pytest.mark.parametrize("split", [permuted, held_rows_drawn_first, as_lists])
def test_a_right_split_is_accepted(split):
    assert check_split(split).holds


@pytest.mark.parametrize(("split", "asked"), WRONG.items())
def test_a_wrong_split_is_shown_by_the_first_question_that_it_fails(split, asked):
    verdict = check_split(split)
    assert not verdict.holds
    assert asked in verdict.case.splitlines()[-1]


@pytest.mark.parametrize(("lang", "hint"), [("en", "mix"), ("ko", "섞"), ("zh", "打乱")])
def test_the_hint_says_what_to_do_before_the_cut(lang, hint):
    assert hint in check_split(not_mixed).text(lang)
