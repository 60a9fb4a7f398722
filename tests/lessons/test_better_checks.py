"""Does the check of lesson 07 tell laws that are too weak from laws that are too strong?"""

from math import nan

import pytest

from minikeras.lessons import check_laws
from minikeras.lessons.better import WRONG, right
from minikeras.testing import check


def not_itself(better, a, b, delta):
    return not better(a, a, "min", delta)


def mirror(better, a, b, delta):
    return better(a, b, "min", delta) == better(-a, -b, "max", delta)


def nan_is_no_first(better, a, b, delta):
    return not better(nan, None, "min", delta)


def whole_rule(better, a, b, delta):
    return better(a, b, "min", delta) == (b - a > abs(delta))


def whole_rule_up(better, a, b, delta):
    return better(a, b, mode="max", min_delta=delta) is (a - abs(delta) > b)


def smaller_wins(better, a, b, delta):
    return better(a, b, "min") == (a < b)


def one_of_two(better, a, b, delta):
    return a == b or better(a, b, "min") or better(b, a, "min")


def at_least(better, a, b, delta):
    return better(a, b, "min", delta) == (b - a >= abs(delta))


def unfinished(better, a, b, delta): ...


@pytest.mark.parametrize(
    "laws",
    [
        [not_itself, mirror, nan_is_no_first],
        (whole_rule, whole_rule_up, nan_is_no_first),
        iter([nan_is_no_first, mirror, whole_rule]),
    ],
)
def test_laws_that_tell_right_from_wrong_are_accepted(laws):
    assert check_laws(laws).holds


@pytest.mark.parametrize(
    ("laws", "survivor"),
    [
        ([], "le"),
        ([smaller_wins], "ignores_mode"),
        ([smaller_wins, mirror], "minus_delta"),
        ([not_itself, mirror], "nan_first"),
        ([mirror, nan_is_no_first], "le"),
    ],
)
def test_laws_that_are_too_weak_leave_a_survivor(laws, survivor):
    verdict = check_laws(laws)
    assert verdict.case.startswith(f"{survivor}(")
    assert verdict.should != verdict.did


@pytest.mark.parametrize("law", [one_of_two, at_least, unfinished, lambda better: True])
def test_a_law_that_the_right_rule_breaks_is_refused(law):
    verdict = check_laws([not_itself, mirror, nan_is_no_first, law])
    assert verdict.exercise == "promises_too_much"
    assert verdict.case.startswith(f"{law.__name__}(right, 1.0, ")


def test_the_right_rule_is_that_of_a1_and_the_wrong_ones_are_not():
    assert check("A1", right).holds
    assert [rule.__name__ for rule in WRONG if check("A1", rule).holds] == []


@pytest.mark.parametrize(
    ("lang", "hints"),
    [
        ("en", ("keeps all your laws", "promises too much")),
        ("ko", ("모든 법칙을 지킵니다", "너무 많은")),
        ("zh", ("遵守你的每一条定律", "承诺得太多")),
    ],
)
def test_the_hint_is_in_the_readers_language(lang, hints):
    texts = check_laws([]).text(lang), check_laws([one_of_two]).text(lang)
    assert all(hint in text for hint, text in zip(hints, texts, strict=True))
