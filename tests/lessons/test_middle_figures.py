"""Lessons 06 to 10: is what the pages say in words what their cells compute?"""

import re
import runpy
from contextlib import chdir
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from minikeras.callbacks import EarlyStopping, LearningRateScheduler, ReduceLROnPlateau
from minikeras.lab import replay

ROOT = Path(__file__).parents[2]


def page_of(name):
    slug = name.partition("_")[2]
    return (ROOT / "docs" / "en" / "start" / f"{slug}.md").read_text(encoding="utf-8")


def right_answers(name):
    """Return the right answers of a page's bets, and the reasons that it gives for them."""
    return re.findall(r"^\+ (.*?) :: (.*)$", page_of(name), re.M)


def captions(name):
    return re.findall(r"^```picture\n.*\n(.*)\n```$", page_of(name), re.M)


@cache
def lesson(name):
    """Run a lesson in an empty folder, and return its names."""
    with TemporaryDirectory() as folder, chdir(folder):
        return runpy.run_path(str(ROOT / "tutorials" / f"{name}.py"))


def test_two_epochs_with_a_held_out_batch_make_22_calls():
    names = lesson("06_events")
    assert right_answers("06_events")[0][0] == str(len(names["calls"])) == "22"
    assert sorted(names["short_run"]) == sorted(names["MOMENTS"])  # each of the 14 once
    with pytest.raises(KeyError, match="gap"):
        names["ReadGap"]().on_epoch_end(0, {"loss": 0.5})


def test_a_change_of_exactly_min_delta_is_no_improvement():
    rule = lesson("07_better")["rule"]
    assert right_answers("07_better")[0][0] == "No"
    assert not rule.beats(0.75, best=1.0)
    assert rule.beats(0.74, best=1.0)


def test_training_too_long_costs_accuracy_on_held_out_rows():
    names = lesson("08_stop")
    full, stopping = names["full"], names["stopping"]
    best, stop = stopping.best_epoch, stopping.stopped_epoch
    told = [f"{full['val_accuracy'][epoch]:.2f}"[1:] for epoch in (best, stop, 99)]
    assert right_answers("08_stop")[0][0] == ", ".join(told)
    assert f"turns in epoch {best + 1}" in captions("08_stop")[0]
    assert f"epoch {stop + 1}, where it" in page_of("08_stop")
    assert full["val_loss"].index(min(full["val_loss"])) == best
    assert names["model"].count_params() > 9000


def test_the_best_epoch_is_far_from_the_last_with_other_seeds_too():
    names = lesson("08_stop")
    for seed in (1, 2, 3):
        stopping = EarlyStopping(patience=10)
        model = names["new_model"](seed)
        model.fit(names["x"], names["y"], epochs=100, callbacks=[stopping], **names["settings"])
        assert stopping.stopped_epoch < 60


def test_the_best_file_is_from_before_the_accident_of_the_last_epoch():
    names = lesson("09_keep")
    losses = names["history"].history["val_loss"]
    assert losses[-1] > 1.5 * min(losses) == pytest.approx(1.5 * names["saving"].best)
    assert right_answers("09_keep")[0][0] == str(len(set(names["run"].saved))) == "10"


def test_a_rate_can_be_too_small_and_too_large():
    names = lesson("10_step_size")
    told = [f"{values[-1]:.2f}"[1:] for values in names["accuracy"].values()]
    assert right_answers("10_step_size")[0][0] == ", ".join(told)
    assert max(names["accuracy"]["lr 3"]) < 0.2


def test_the_fixed_rate_rattles_and_the_schedule_stops_learning_early():
    names = lesson("10_step_size")
    fixed, scheduled, reduced = (names[name] for name in ("fixed", "scheduled", "reduced"))
    assert fixed["loss"][-1] < reduced["loss"][-1] < scheduled["loss"][-1] / 2
    jumps = [now / before for before, now in pairwise(fixed["val_loss"])]
    assert max(jumps) > 2.5
    assert max(reduced["val_loss"][10:]) < max(fixed["val_loss"][10:]) / 3
    assert [reduced["learning_rate"][epoch] for epoch in (7, 8)] == [1.0, 0.5]


def test_a_schedule_that_knows_only_the_epoch_undoes_each_cut():
    reducing = ReduceLROnPlateau(factor=0.5, patience=2)
    constant = LearningRateScheduler(lambda epoch: 0.1)
    shrinking = LearningRateScheduler(lambda epoch, lr: lr * 0.9)
    alone, both, shrunk = (
        [row.learning_rate for row in replay("flat", *callbacks).rows]
        for callbacks in ([reducing], [constant, reducing], [shrinking, reducing])
    )
    assert right_answers("10_step_size")[1][0] == f"{both[-1]:g}" == "0.1"
    assert f"{alone[-1]:.5f}" == "0.00078" == f"{0.1 / 2**7:.5f}"
    assert all(now < before for before, now in pairwise(shrunk))
