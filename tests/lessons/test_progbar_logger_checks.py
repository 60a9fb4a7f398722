"""Does the check of the number of batches know the last one?"""

import math

import pytest

from minikeras.lessons import check_steps


@pytest.mark.parametrize(
    "right",
    [
        lambda n, batch: math.ceil(n / batch),
        lambda n, batch: -(-n // batch),
        lambda n, batch: n // batch + bool(n % batch),
    ],
)
def test_every_way_to_round_up_is_right(right):
    assert check_steps(right).holds


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (lambda n, batch: n // batch, "(1, 2)"),  # only full batches
        (lambda n, batch: n // batch + 1, "(1, 1)"),  # always one more
        (lambda n, batch: round(n / batch), "(1, 2)"),
        (lambda n, batch: max(1, n // batch), "(3, 2)"),
        (lambda n, batch: n, "(2, 2)"),  # rows
    ],
)
def test_the_smallest_numbers_that_go_wrong_are_shown(wrong, case):
    assert check_steps(wrong).case == f"<lambda>{case}"


@pytest.mark.parametrize(
    ("lang", "hint"), [("en", "not full"), ("ko", "다 차지 않은"), ("zh", "没装满")]
)
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_steps(lambda n, batch: 0).text(lang)
