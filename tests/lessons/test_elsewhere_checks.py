"""Does the check of lesson 15 see who takes two EarlyStoppings for one?"""

import pytest

from minikeras.lessons import check_stops

RIGHT = {
    "overfit": (13, 13),
    "zigzag": (6, 6),
    "gaps": (16, 16),
    "nan_first": (14, 4),
    "second_valley": (3, 6),
}
BELIEVED = {
    "the best epoch is the last one": {"overfit": (10, 10)},
    "a dip is an improvement": {"zigzag": (15, 15)},
    "a gap counts": {"gaps": (4, 4)},
    "NaN is no best score in Keras 3 either": {"nan_first": (14, 14)},
    "NaN stops both": {"nan_first": (4, 4)},
    "a baseline is the same in both": {"second_valley": (3, 3)},
}


def test_the_right_answers_hold_as_tuples_or_lists():
    assert check_stops(RIGHT).holds
    assert check_stops({name: list(stops) for name, stops in RIGHT.items()}).holds


@pytest.mark.parametrize("belief", BELIEVED.values(), ids=BELIEVED)
@pytest.mark.parametrize("lang", ["en", "ko", "zh"])
def test_a_belief_is_told_with_its_preset_and_hint(belief, lang):
    (name,) = belief
    verdict = check_stops(RIGHT | belief)
    assert verdict.exercise == name
    assert f"stops[{name!r}]" in verdict.text(lang)


def test_a_preset_left_out_is_not_right():
    assert check_stops({}).did == "()"


def test_the_last_row_is_the_epoch_in_which_keras_3_stops():
    verdict = check_stops(RIGHT | {"second_valley": (3, 3)})
    assert verdict.case.splitlines()[-1].split() == ["6", "0.43", "0.42", "6"]
