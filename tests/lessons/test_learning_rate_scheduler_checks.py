"""Does the check of the warm-up know a late start, a wrong end, and a function that counts?"""

import itertools

import pytest

from minikeras.lessons import check_warmup


def from_a_table(epoch):
    return [0.02, 0.04, 0.06, 0.08, 0.1][min(epoch, 4)]


def from_the_end(epoch):
    return 0.1 - 0.02 * max(0, 4 - epoch)


@pytest.mark.parametrize("right", [from_a_table, from_the_end])
def test_both_ways_to_write_it_are_right(right):
    assert check_warmup(right).holds


def starts_with_nothing(epoch):
    return min(0.1, 0.02 * epoch)


def never_ends(epoch):
    return 0.02 * (epoch + 1)


def falls_back(epoch):
    return 0.02 * (epoch + 1) if epoch < 5 else 0.01


def full_at_once(epoch):
    return 0.1


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (starts_with_nothing, "(0)"),
        (never_ends, "(5)"),
        (falls_back, "(5)"),
        (full_at_once, "(0)"),
    ],
)
def test_the_first_epoch_that_goes_wrong_is_shown(wrong, case):
    assert check_warmup(wrong).case == wrong.__name__ + case


def test_a_function_that_counts_its_calls_gives_itself_away():
    calls = itertools.count(1)
    verdict = check_warmup(lambda epoch: min(0.1, 0.02 * next(calls)))
    assert (verdict.exercise, verdict.case) == ("pure", "<lambda>(3)")
    seen = set()
    assert not check_warmup(lambda epoch: seen.add(epoch) or 0.02 * min(5, len(seen))).holds


@pytest.mark.parametrize(("lang", "hint"), [("en", "a step"), ("ko", "한 걸음"), ("zh", "迈步")])
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_warmup(starts_with_nothing).text(lang)
