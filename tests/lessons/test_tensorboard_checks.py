"""Does the check of a step's epoch know where an epoch ends?"""

import math

import pytest

from minikeras.lessons import check_epoch_of


def rounded_up(step, batches):
    return math.ceil(step / batches)


def by_walking(step, batches):
    epoch = 1
    while step > batches:
        epoch, step = epoch + 1, step - batches
    return epoch


@pytest.mark.parametrize("right", [rounded_up, by_walking])
def test_both_ways_to_count_are_right(right):
    assert check_epoch_of(right).holds


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (lambda step, batches: step // batches, "<lambda>(1, 2)"),  # counts from 0
        (lambda step, batches: step // batches + 1, "<lambda>(1, 1)"),  # the last step is early
        (lambda step, batches: (step - 1) // batches, "<lambda>(1, 1)"),
        (lambda step, batches: step, "<lambda>(2, 2)"),  # step means epoch
        (lambda step, batches: (step - 1) // 45 + 1, "<lambda>(2, 1)"),
        (lambda step, batches: round(step / batches), "<lambda>(1, 2)"),
    ],
)
def test_the_first_step_in_the_wrong_epoch_is_shown(wrong, case):
    assert check_epoch_of(wrong).case == case


@pytest.mark.parametrize(
    ("lang", "hint"), [("en", "steps 3 and 4"), ("ko", "3과 4"), ("zh", "第 3、4 步")]
)
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_epoch_of(lambda step, batches: 0).text(lang)
