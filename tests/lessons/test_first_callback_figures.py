"""Callback pages 21 to 27: is what they say in words what their cells compute?"""

import io
import re
import runpy
from contextlib import chdir, redirect_stdout
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from minikeras.callbacks import EarlyStopping, ReduceLROnPlateau
from minikeras.lab import replay
from minikeras.optimizers import Adam

ROOT = Path(__file__).parents[2]


@cache
def lesson(name):
    """Run a lesson in an empty folder, and return its names and what it prints."""
    said = io.StringIO()
    with TemporaryDirectory() as folder, chdir(folder), redirect_stdout(said):
        names = runpy.run_path(str(ROOT / "tutorials" / f"{name}.py"))
    return names, said.getvalue()


def page(slug):
    return (ROOT / "docs" / "en" / "callbacks" / f"{slug}.md").read_text(encoding="utf-8")


def bet(slug):
    """Return the right answer of a page's bet."""
    (answer,) = re.findall(r"^\+ (.*?) :: ", page(slug), re.M)
    return answer


@pytest.mark.parametrize(
    ("name", "answer", "line"),
    [
        ("21_callback", "14", "14 lines"),
        ("22_callback_list", "20, a warning", "20 epochs"),
        ("23_base_logger", "1.6", "{'loss': 1.6}"),
        ("24_progbar_logger", "45/45", "Epoch 1/1 - 45/45 [="),
        ("25_history", "[0, 1]", "[0, 1] {'loss': [1.0, 0.5]}"),
        ("27_reduce_lr_on_plateau", "0.0125", "learning rate at the end: 0.0125"),
    ],
)
def test_the_answer_of_the_bet_is_what_the_cell_prints(name, answer, line):
    assert bet(name.partition("_")[2]) == answer
    assert any(said.startswith(line) for said in lesson(name)[1].splitlines())


def test_early_stopping_stops_after_6_and_more_patience_costs_and_finds_more():
    assert bet("early_stopping") == str(replay("zigzag", EarlyStopping(patience=3)).stopped) == "6"
    runs = [replay("zigzag", EarlyStopping(patience=patience)) for patience in (0, 1, 4, 5)]
    assert [run.stopped for run in runs] == [4, 4, 15, None]
    valleys = [replay("second_valley", EarlyStopping(patience=patience)) for patience in (5, 6)]
    assert [min(row.best for row in run.rows) for run in valleys] == [0.42, 0.21]
    moved = [0.5, *runs[0].scores[1:]]  # the puzzle: one point is enough
    assert replay(moved, EarlyStopping(patience=3)).stopped == 4


def test_the_story_of_early_stopping_is_lesson_8():
    names, _ = lesson("08_stop")
    stopping, accuracy = names["stopping"], names["full"]["val_accuracy"]
    best = stopping.best_epoch
    told = page("early_stopping")
    assert f"the best epoch was number {best + 1}. The {99 - best} after it" in told
    shares = [f"{accuracy[epoch]:.2f}"[1:] for epoch in (best, 99)]
    assert f"{shares[0]} of its answers were right\nafter epoch {best + 1}" in told
    assert f"and {shares[1]} after epoch 100" in told


def test_the_gap_is_smallest_in_epoch_4_and_tidy_stops_four_epochs_earlier():
    said = lesson("22_callback_list")[1].splitlines()
    gaps = [float(line.split()[-1]) for line in said if " gap 0." in line]
    assert gaps.index(min(gaps)) + 1 == 4
    assert [line for line in said if line.endswith("epochs")] == [
        f"{count} epochs" for count in (7, 20, 13, 9)
    ]


def test_the_line_counts_batches_and_no_image_is_lost():
    sizes = lesson("24_progbar_logger")[0]["sizes"]
    assert (len(sizes), sum(sizes), sum(sizes) - len(sizes)) == (45, 1437, 1392)


def test_all_three_plateaus_are_noticed_with_a_patience_of_3_and_none_with_4():
    rates = [
        replay("plateau", ReduceLROnPlateau(patience=patience, factor=0.5)).learning_rate
        for patience in (3, 4)
    ]
    assert rates == [0.0125, 0.1]
    picture = replay("overfit", ReduceLROnPlateau(patience=3, factor=0.5))
    assert [row.epoch for row in picture.rows if row.learning_rate == 0.05] == [14, 15, 16]


def test_adam_begins_on_the_floor_of_the_best_known_example():
    assert Adam().learning_rate == 0.001
