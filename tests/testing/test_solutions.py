"""Is every wrong solution caught, by the law that names its mistake, and no right one rejected?"""

import pytest

from minikeras.testing import check, exercise
from minikeras.testing.checking import findings
from tests.testing.submissions import implementation, right_ones, wrong_ones

RIGHT, WRONG = list(right_ones()), list(wrong_ones())


def first_broken(solution):
    asked = exercise(solution.exercise)
    found = findings(asked, implementation(solution))
    return next(finding for finding in found if finding.holds is False)


@pytest.mark.parametrize("solution", WRONG, ids=str)
def test_a_wrong_solution_breaks_first_the_law_that_names_its_mistake(solution):
    found = first_broken(solution)
    assert found.law == solution.law
    rows = found.counterexample.rows
    assert sum(type(row.cells.get("epoch")) is int for row in rows) <= 6
    assert not rows[-1].is_right


@pytest.mark.parametrize("solution", RIGHT, ids=str)
def test_a_right_solution_breaks_no_law(solution):
    report = check(solution.exercise, implementation(solution))
    assert [finding for finding in report.findings if finding.holds is False] == []
    assert report.holds


@pytest.mark.slow
@pytest.mark.parametrize("solution", RIGHT, ids=str)
def test_a_right_solution_is_right_whatever_the_seed(solution):
    made = implementation(solution)
    for law in exercise(solution.exercise).laws:
        for seed in range(50):
            assert law.search(made, seed, corpus=False) is None


@pytest.mark.parametrize("name", sorted({solution.exercise for solution in WRONG}))
def test_every_law_names_a_mistake(name):
    """A law that no wrong solution breaks first is a law that nobody needs."""
    named = {solution.law for solution in WRONG if solution.exercise == name}
    right = next(solution for solution in RIGHT if solution.exercise == name)
    report = check(name, implementation(right), tries=0)
    checked = [finding.law for finding in report.findings if finding.holds is not None]
    assert [law for law in checked if law not in named] == []


def test_there_are_enough_of_both():
    assert len(WRONG) >= 60
    assert len(RIGHT) >= 10
