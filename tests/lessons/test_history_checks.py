"""Does the check of the best epoch know ties, NaN, gaps and both directions?"""

import math

import pytest

from minikeras.lessons import check_best_epoch


def is_number(score):
    return score is not None and not math.isnan(score)


def by_index(scores, mode):
    numbers = [score for score in scores if is_number(score)]
    pick = {"min": min, "max": max}[mode]
    return scores.index(pick(numbers)) if numbers else None


def by_key(scores, mode):
    sign = 1 if mode == "min" else -1
    places = [place for place, score in enumerate(scores) if is_number(score)]
    return min(places, key=lambda place: sign * scores[place], default=None)


@pytest.mark.parametrize("right", [by_index, by_key])
def test_both_ways_to_look_for_it_are_right(right):
    assert check_best_epoch(right).holds


def last_of_equals(scores, mode):
    backwards = by_key(scores[::-1], mode)
    return None if backwards is None else len(scores) - 1 - backwards


def always_the_smallest(scores, mode):
    return by_key(scores, "min")


def nan_is_a_number(scores, mode):
    places = [place for place, score in enumerate(scores) if score is not None]
    return min(places, key=lambda place: scores[place] * (1 if mode == "min" else -1), default=None)


def gaps_fall_out(scores, mode):
    return by_key([score for score in scores if score is not None], mode)


def counts_from_one(scores, mode):
    best = by_key(scores, mode)
    return None if best is None else best + 1


def zero_where_there_is_none(scores, mode):
    return by_key(scores, mode) or 0


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (last_of_equals, "([1.0, 1.0], 'min')"),
        (always_the_smallest, "([1.0, 2.0], 'max')"),
        (nan_is_a_number, "([nan], 'min')"),
        (gaps_fall_out, "([None, 1.0], 'min')"),
        (counts_from_one, "([1.0], 'min')"),
        (zero_where_there_is_none, "([nan], 'min')"),
    ],
)
def test_the_simplest_series_that_goes_wrong_is_shown(wrong, case):
    assert check_best_epoch(wrong).case == wrong.__name__ + case


@pytest.mark.parametrize(
    ("lang", "hint"), [("en", "the first one"), ("ko", "처음 것"), ("zh", "第一个")]
)
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_best_epoch(counts_from_one).text(lang)
