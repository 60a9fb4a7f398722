"""Does the check of lesson 11 see what was misread in a log?"""

import pytest

from minikeras.callbacks import CSVLogger, ReduceLROnPlateau
from minikeras.lab import PRESETS, replay
from minikeras.lessons import check_reading

RIGHT = {"overfits": "b.csv", "best": 10, "cuts": [11, 18], "epoch_of_100": 3}
MISREAD = {
    "the run with the larger loss overfits": ("overfits", {"overfits": "a.csv"}),
    "the last epoch is the best": ("best", {"best": 20}),
    "the column epoch counts from 1": ("best", {"best": 9}),
    "a cut shows in the row before": ("cuts", {"cuts": [10, 17]}),
    "one cut is overlooked": ("cuts", {"cuts": [11]}),
    "a step is an epoch": ("epoch_of_100", {"epoch_of_100": 100}),
    "only whole epochs count": ("epoch_of_100", {"epoch_of_100": 2}),
}


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Return a function that checks answers about the two logs of the lesson."""
    monkeypatch.chdir(tmp_path)
    reduce = ReduceLROnPlateau(patience=3, factor=0.5)
    replay(PRESETS["plateau"].scores[:20], reduce, CSVLogger("a.csv"))
    replay("overfit", CSVLogger("b.csv"))
    return lambda **answers: check_reading("a.csv", "b.csv", **RIGHT | answers)


def test_the_right_answers_hold_as_a_list_or_a_tuple(read):
    assert read().holds
    assert read(cuts=(11, 18)).holds


@pytest.mark.parametrize(("name", "answers"), MISREAD.values(), ids=MISREAD)
@pytest.mark.parametrize("lang", ["en", "ko", "zh"])
def test_a_misreading_is_told_with_its_hint(read, name, answers, lang):
    verdict = read(**answers)
    assert not verdict.holds
    assert verdict.exercise == name
    assert f"{name}={answers[name]!r}" in verdict.text(lang)


def test_the_row_that_answers_is_marked(read):
    assert ">      9      0.26" in read(best=20).case
    assert ">     17          0.025" in read(cuts=[11]).case
