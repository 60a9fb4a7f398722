"""Lessons 01 to 05: is what the pages say in words what their cells compute?"""

import math
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from minikeras.lessons.by_hand import train

ROOT = Path(__file__).parents[2]


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Return a function that runs a lesson, and returns its names and the answers of its bet."""
    monkeypatch.chdir(tmp_path)

    def run(name):
        slug = name.partition("_")[2]
        page = (ROOT / "docs" / "en" / "start" / f"{slug}.md").read_text(encoding="utf-8")
        answers = re.findall(r"^[+-] (.*?) :: ", page, re.M)
        (right,) = re.findall(r"^\+ (.*?) :: ", page, re.M)
        return runpy.run_path(str(ROOT / "tutorials" / f"{name}.py")), answers, right

    return run


def test_with_a_step_that_is_too_long_the_loss_stays_near_that_of_knowing_nothing(lesson):
    names, _, right = lesson("01_loop")
    assert right == "it stays near 2.3"
    assert all(abs(loss - math.log(10)) < 0.05 for loss in names["large"][1:])
    assert not names["hidden"].any()
    assert len(set(map(tuple, names["p"].round(12)))) == 1  # the same guess for each picture


def test_the_printed_loss_is_that_of_the_middle_of_an_epoch(lesson):
    names, answers, right = lesson("02_average")
    printed, measured = names["printed_in"], names["same_rows_after"]
    assert right == f"{measured[1]:.2f}" == "1.36"
    assert f"{printed[0.5]:.2f}" == "1.84" == answers[0]
    assert np.allclose(train(names["x"], names["y"])[0], [*printed.values()])  # lesson 1's
    between = [(measured[epoch] + measured[epoch + 1]) / 2 for epoch in range(2, 10)]
    late = [printed[epoch + 0.5] for epoch in range(2, 10)]
    assert np.allclose(between, late, rtol=0.05)


def test_held_out_rows_cost_more_wherever_both_are_measured_at_once(lesson):
    names, _, _ = lesson("02_average")
    held, printed = names["held"], [*names["printed_in"].values()]
    assert [epoch + 1 for epoch in range(10) if held[epoch] < printed[epoch]] == [1, 2]
    assert all(held[epoch] > names["same_rows_after"][epoch + 1] for epoch in range(10))


def test_rows_that_are_sorted_hold_out_what_was_never_learned(lesson, capsys):
    names, answers, right = lesson("03_held_out")
    x, y, order, mixed = (names[name] for name in ("x", "y", "order", "mixed"))
    in_file_order, in_label_order, shuffled = (
        names["accuracies"](x[rows], y[rows]) for rows in (slice(None), order, mixed)
    )
    assert right == f"about {in_label_order['val_accuracy']:.2f}" == "about 0.02"
    assert answers[0] == f"about {in_file_order['val_accuracy']:.2f}" == "about 0.90"
    assert f"{in_file_order['accuracy']:.2f}" < f"{in_label_order['accuracy']:.2f}"
    assert shuffled["val_accuracy"] > in_file_order["val_accuracy"] + 0.05


def test_a_second_fit_goes_on_where_the_first_one_ended(lesson):
    names, answers, right = lesson("04_fit")
    first, second = names["first"].history["loss"], names["second"].history["loss"]
    assert right == f"{second[0]:.2f}"
    assert answers[:2] == [f"{first[0]:.2f}", f"{first[4]:.2f}"]
    assert names["second"].epoch == [0, 1, 2, 3, 4]


def test_the_epoch_that_asks_to_stop_is_still_printed(lesson, capsys):
    names, _, right = lesson("05_invent")
    capsys.readouterr()
    names["train"]([names["stop_at_3"], print])
    assert right == "yes"
    assert capsys.readouterr().out.splitlines()[-1] == "3 {'loss': 0.46}"
    told = []
    names["train"]([names["stop_at_3"], lambda epoch, logs: told.append(epoch)])
    assert told == [0, 1, 2, 3]
