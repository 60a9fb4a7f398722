"""Does lesson 15 say of Keras 3's EarlyStopping what it does?"""

import pytest

from minikeras.lab import PRESETS, replay
from minikeras.lessons.elsewhere import CASES, PATIENCE, keras_3
from minikeras.testing import small_world

pytestmark = pytest.mark.filterwarnings("ignore:.*not available.*")  # a missing score


def stopped(keras, series, patience, baseline):
    stopping = keras.callbacks.EarlyStopping(patience=patience, baseline=baseline, mode="min")
    return replay(series, stopping).stopped


@pytest.mark.parametrize("name", CASES)
def test_it_stops_where_the_lesson_says(keras, name):
    seen = keras_3(PRESETS[name].scores, PATIENCE, CASES[name])
    assert stopped(keras, name, PATIENCE, CASES[name]) == seen[-1].epoch


@pytest.mark.parametrize(("patience", "baseline"), [(0, None), (1, 2.0), (2, None), (3, 1.5)])
def test_the_ten_lines_of_the_lesson_decide_like_it(keras, patience, baseline):
    for series in list(small_world())[:: 7 if baseline is None else 5]:
        last = keras_3(series, patience, baseline)[-1]
        theirs = stopped(keras, series, patience, baseline)
        assert theirs == (last.epoch if last.stops else None), series
