"""Does each preset teach what its lesson says? Every number told of one is computed here."""

import math

import pytest

from minikeras.callbacks import (
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from minikeras.lab import PRESETS, replay

FILE = "w.{epoch:02d}-{val_loss:.2f}.h5"
STOPS = [  # preset, arguments, the epoch after which training stops, the best score
    ("overfit", {"patience": 3}, 13, 0.26),
    ("zigzag", {"patience": 3}, 6, 0.57),
    ("zigzag", {"patience": 4}, 15, 0.55),
    ("zigzag", {"patience": 5}, None, 0.54),
    ("second_valley", {"patience": 5}, 10, 0.42),
    ("second_valley", {"patience": 6}, None, 0.21),
    ("crawl", {"patience": 5, "min_delta": 0.05}, 6, 0.60),
    ("crawl", {"patience": 6, "min_delta": 0.05}, None, 0.42),
    ("plateau", {"patience": 3}, 10, 0.46),
    ("plateau", {"patience": 4}, None, 0.21),
    ("nan_first", {"patience": 3}, 14, 0.29),
    ("gaps", {"patience": 3}, 16, 0.38),
    ("accuracy", {"patience": 5, "monitor": "val_accuracy"}, 17, 0.91),
    ("accuracy", {"patience": 5, "monitor": "val_accuracy", "mode": "min"}, 6, 0.30),
    ("too_good", {"patience": 5}, 12, 0.0),
]
CUTS = [  # preset, arguments, the epochs that end in a cut
    ("plateau", {"patience": 3}, [10, 17, 23]),
    ("flat", {"patience": 2, "cooldown": 0}, [6, 8, 10, 12, 14, 16, 18, 20]),
    ("flat", {"patience": 2, "cooldown": 1}, [6, 8, 10, 12, 14, 16, 18, 20]),
    ("flat", {"patience": 2, "cooldown": 3}, [6, 10, 14, 18]),
]


def epochs_of(run, kind):
    return [row.epoch for row in run.rows for remark in row.remarks if remark.kind == kind]


def test_there_are_ten():
    assert list(PRESETS) == [
        "overfit", "zigzag", "second_valley", "crawl", "plateau", "flat", "nan_first", "gaps",
        "accuracy", "too_good",
    ]  # fmt: skip
    assert {preset.lr for preset in PRESETS.values()} == {0.1}
    assert [name for name, preset in PRESETS.items() if preset.name != "val_loss"] == ["accuracy"]


@pytest.mark.parametrize(("preset", "arguments", "stopped", "best"), STOPS)
def test_early_stopping_ends_it_where_the_lesson_says(preset, arguments, stopped, best):
    run = replay(preset, EarlyStopping(**arguments))
    assert (run.stopped, run.rows[-1].best) == (stopped, best)


@pytest.mark.parametrize(("preset", "arguments", "cuts"), CUTS)
def test_the_rate_is_cut_where_the_lesson_says(preset, arguments, cuts):
    run = replay(preset, ReduceLROnPlateau(factor=0.5, **arguments))
    assert epochs_of(run, "cut") == cuts
    assert run.learning_rate == pytest.approx(0.1 * 0.5 ** len(cuts))


def test_a_constant_schedule_undoes_every_cut():
    cutting, schedule = ReduceLROnPlateau(patience=2), LearningRateScheduler(lambda epoch: 0.1)
    run = replay("flat", cutting, schedule)
    assert {row.learning_rate for row in run.rows} == {0.1}
    assert epochs_of(run, "schedule_undoes") == [n + 1 for n in epochs_of(run, "cut") if n < 20]


def test_the_best_of_due_epochs_is_not_the_best_of_all():
    run = replay("overfit", ModelCheckpoint(FILE, save_best_only=True, period=4))
    assert run.saved == ["w.04-0.46.h5", "w.08-0.28.h5"]


def test_best_only_with_the_epoch_in_its_name_is_a_file_for_each_gain():
    run = replay("overfit", ModelCheckpoint(FILE, save_best_only=True))
    assert (len(run.saved), run.saved[-1]) == (10, "w.10-0.26.h5")


def test_a_name_that_says_nothing_is_an_error():
    with pytest.raises(ValueError, match="is a larger 'f1x' better"):
        EarlyStopping(monitor="f1x")
    run = replay("accuracy", EarlyStopping("f1x", patience=5, mode="max"), name="f1x")
    assert run.stopped == 17


def test_a_missing_score_cannot_be_part_of_a_file_name():
    with pytest.raises(KeyError, match="there are: epoch"):
        replay("gaps", ModelCheckpoint(FILE))


def test_documented_schedule_ends_where_the_page_says():
    falling = LearningRateScheduler(lambda epoch, lr: lr if epoch < 10 else lr * math.exp(-0.1))
    run = replay(PRESETS["flat"].scores[:15], falling, lr=0.01)
    assert f"{run.learning_rate:.5f}" == "0.00607"


def test_weights_return_only_where_they_are_asked_for():
    assert replay("overfit", EarlyStopping(patience=3)).restored is None
    assert replay("overfit", EarlyStopping(patience=3, restore_best_weights=True)).restored == 10
