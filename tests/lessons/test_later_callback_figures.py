"""Callback pages 28 to 35: is what they say in words what their cells compute?"""

import io
import math
import re
import runpy
from contextlib import chdir, redirect_stdout
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from minikeras.callbacks import (
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from minikeras.lab import PRESETS, replay
from minikeras.lab.settings import SCHEDULES

ROOT = Path(__file__).parents[2]
OVERFIT = "w.{epoch:02d}-{val_loss:.2f}.h5"


def page(slug):
    return (ROOT / "docs" / "en" / "callbacks" / f"{slug}.md").read_text(encoding="utf-8")


def bet(slug):
    """Return the right answer of a page's bet."""
    (answer,) = re.findall(r"^\+ (.*?) :: ", page(slug), re.M)
    return answer


@cache
def told(slug):
    """Run a lesson in an empty folder, and return the lines that it prints."""
    if slug == "tensorboard":
        pytest.importorskip("tensorboard")
    (path,) = (ROOT / "tutorials").glob(f"[0-9][0-9]_{slug}.py")
    said = io.StringIO()
    with TemporaryDirectory() as folder, chdir(folder), redirect_stdout(said), np.errstate():
        runpy.run_path(str(path))
    return said.getvalue().splitlines()


@pytest.mark.parametrize(
    ("slug", "answer", "line"),
    [
        ("learning_rate_scheduler", ".00607", "epoch 15 lr 0.00607"),
        ("model_checkpoint", "w.10-0.26.h5", "saved w.10-0.26.h5"),
        ("terminate_on_nan", "infinity", "step 27 loss inf"),
        ("csv_logger", "0 1 2 0 1", "['epoch', '0', '1', '2', '0', '1']"),
        ("lambda_callback", "once", "1"),
        (
            "tensorboard",
            "135 and 4",
            "1000 - 4 points, the first at steps 32 64 96 128",
        ),
        ("backup_and_restore", "never", "a fresh one, from epoch 9 on: stops after None"),
    ],
)
def test_the_answer_of_the_bet_is_what_the_cell_prints(slug, answer, line):
    assert bet(slug) == answer
    assert line in told(slug)


def test_a_nan_is_sent_as_null():
    assert bet("remote_monitor") == "null"
    posted = """{'data': '{"epoch": 0, "val_loss": null}'}"""
    assert told("remote_monitor")[0].endswith(f"/publish/epoch/end/ {posted}")


# -- learning_rate_scheduler -----------------------------------------------------------------------


def test_the_wrong_answers_of_the_schedule_are_what_the_beliefs_give():
    answers = [f"{0.01 * math.exp(-0.1 * times):.5f}"[1:] for times in (1, 15, 5)]
    assert re.findall(r"^[+-] (.*?) :: ", page("learning_rate_scheduler"), re.M) == answers


def test_a_factor_on_the_current_rate_is_the_55th_power_after_eleven_epochs():
    scheduler = LearningRateScheduler(lambda epoch, lr: lr * 0.9**epoch)
    row = replay("flat", scheduler, lr=0.1).rows[10]
    assert row.learning_rate == pytest.approx(0.1 * 0.9**55)


@pytest.mark.parametrize(("schedule", "survives"), [("constant", False), ("decay", True)])
def test_a_cut_survives_a_schedule_that_looks_at_the_rate(schedule, survives):
    setting = LearningRateScheduler(SCHEDULES[schedule])
    rows = replay("flat", setting, ReduceLROnPlateau(patience=2)).rows
    assert (rows[6].learning_rate < 0.5 * rows[5].learning_rate) is survives


# -- model_checkpoint ------------------------------------------------------------------------------


def test_each_of_ten_gains_has_a_file_of_its_own_or_one_in_common():
    saved = replay("overfit", ModelCheckpoint(OVERFIT, save_best_only=True)).saved
    assert len(saved) == len(set(saved)) == 10
    assert len(set(replay("overfit", ModelCheckpoint("best.h5", save_best_only=True)).saved)) == 1


def test_one_moved_point_lets_a_period_of_4_end_with_the_best_epoch():
    moved = list(PRESETS["overfit"].scores)
    moved[11] = 0.2
    for scores, last in ((PRESETS["overfit"].scores, "w.08-0.28.h5"), (moved, "w.12-0.20.h5")):
        due = ModelCheckpoint(OVERFIT, save_best_only=True, period=4)
        assert replay(scores, due).saved[-1] == last
    assert min(moved) == moved[11]


# -- terminate_on_nan ------------------------------------------------------------------------------


def test_the_loss_of_the_line_grows_25_fold_to_infinity_and_is_nan_at_step_56():
    lines = [line.split() for line in told("terminate_on_nan") if line.startswith("step ")]
    losses = {int(step): float(loss) for _, step, _, loss in lines}
    assert 20 < losses[3] / losses[2] < 30
    assert math.isfinite(losses[26])
    assert losses[27] == losses[28] == losses[55] == math.inf
    assert math.isnan(losses[56])
    assert "after step 27: b = 1.49e+19" in told("terminate_on_nan")


def test_a_network_with_a_rate_of_3_gets_stuck_near_ln_10():
    from minikeras.datasets import digits
    from minikeras.lessons.by_hand import train

    (x, y), _ = digits.load_data(shuffle=False)
    losses, _ = train(x.reshape(-1, 64) / 16, y, lr=3.0)
    assert all(map(math.isfinite, losses))
    assert losses[-1] == pytest.approx(math.log(10), abs=0.1)


# -- tensorboard, backup_and_restore ---------------------------------------------------------------


def test_event_files_hold_as_many_points_as_were_counted():
    lines = told("tensorboard")
    assert {"batch - 135 points", "1000 - 4 points", "[0, 1, 2, 0, 1, 2]"} <= set(lines)
    assert sum(line.startswith("rates/") for line in lines) == 6


def test_a_run_killed_after_epoch_8_stops_in_epoch_10_only_with_its_memory():
    scores = PRESETS["second_valley"].scores
    assert replay(scores, EarlyStopping(patience=5)).stopped == 10
    killed, again = EarlyStopping(patience=5), EarlyStopping(patience=5)
    replay(scores[:8], killed)
    assert (killed.best, killed.wait) == (0.42, 3)
    again.load_state_dict(killed.state_dict())
    assert 8 + replay(scores[8:], again).stopped == 10
    assert replay(scores[8:], EarlyStopping(patience=5)).stopped is None


def test_the_second_run_trains_epochs_8_9_and_10():
    lines = told("backup_and_restore")
    begun = [line for line in lines if line.endswith("begins")]
    assert begun == [f"epoch {epoch} begins" for epoch in (8, 9, 10)]
    assert "equal to the last bit: True" in lines
