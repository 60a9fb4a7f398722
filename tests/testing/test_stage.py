"""Does the loop that the laws know do what the solutions do, and does a student see the case?"""

import inspect
import itertools

import pytest

from minikeras.callbacks import Callback
from minikeras.testing import check
from minikeras.testing.laws.training_loop import BATCHES, BEFORE, SIZES, TESTS, TWO
from minikeras.testing.stage import Ear, Stage, train
from minikeras.testing.table import width
from minikeras.testing.text import broken_text
from minikeras.testing.wording import LANGUAGES
from tests.testing.submissions import implementation, right_ones, wrong_ones

RIGHT = [solution for solution in right_ones() if solution.exercise == "A6"]
WRONG = [solution for solution in wrong_ones() if solution.exercise == "A6"]
HOOKS = (*BEFORE, *BATCHES, *TESTS, "on_epoch_end", "on_train_end")


def findings(name):
    """Give what a wrong solution breaks, with the report about it."""
    solution = next(solution for solution in WRONG if solution.name == name)
    report = check("A6", implementation(solution))
    return report, [finding for finding in report.findings if finding.holds is False]


@pytest.mark.parametrize("solution", RIGHT, ids=str)
@pytest.mark.parametrize("does", ["stops_in", "fails_in"])
def test_the_loop_of_the_laws_does_what_a_right_solution_does(solution, does):
    stages = itertools.product(SIZES, ["", "step", "validate", *HOOKS], [("a",), TWO])
    for settings, place, names in stages:
        ours, theirs = (Stage((1.0, 2.0, 4.0), names, **{does: place}) for _ in range(2))
        errors = ours.run(train, **settings), theirs.run(implementation(solution), **settings)
        assert ours.calls == theirs.calls
        assert [bool(error) for error in errors] == [does == "fails_in" and place != ""] * 2


@pytest.mark.parametrize("hook", ["set_model", "on_exception", *HOOKS])
def test_a_hook_on_the_stage_takes_what_that_of_a_callback_takes(hook):
    def names(callback):
        return [*inspect.signature(getattr(callback, hook)).parameters]

    assert names(Ear(print)) == names(Callback())


def test_what_is_no_hook_is_no_hook_on_the_stage():
    with pytest.raises(AttributeError, match="no on_epoch_middle"):
        Ear(print).on_epoch_middle  # noqa: B018


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_table_about_two_callbacks_fits_into_80_columns(lang):
    for name in ("every-callback", "shared-logs", "others-are-told", "model", "error"):
        wrong = next(solution for solution in WRONG if solution.law == name)
        report, broken = findings(wrong.name)
        told = broken_text(report, broken[0], lang)
        table = [line for line in told.splitlines() if line.startswith(("   ", "> "))]
        assert table
        assert max(map(width, table)) <= 80


def cells(name, law):
    broken = {finding.law: finding for finding in findings(name)[1]}
    return [(row.cells, row.should.value) for row in broken[law].counterexample.rows]


def test_the_table_of_a_stopped_run_shows_where_it_is_stopped():
    assert cells("only_between_epochs", "stop-in-epoch")[2] == (
        {"event": 3, "stops": True},
        "on_train_batch_end(0)",
    )


def test_the_table_of_a_run_that_fails_shows_where():
    assert cells("swallows", "error")[4] == ({"event": 5, "fails": True}, "step(0)")
