"""Lesson 01: does the check of `dz` catch what people write, and is `by_hand` still the lesson?"""

import ast
from pathlib import Path

import numpy as np
import pytest

from minikeras.lessons import by_hand, check_dz

LESSON = Path(__file__).parents[2] / "tutorials" / "01_loop.py"


def right(p, y):
    return (p - np.eye(10)[y]) / len(y)


def right_in_place(p, y):
    p[np.arange(len(y)), y] -= 1
    p /= len(p)
    return p


def right_as_lists(p, y):
    rows = zip(p.tolist(), y.tolist(), strict=True)
    return [[(v - (j == label)) / len(y) for j, v in enumerate(row)] for row, label in rows]


def forgets_the_mean(p, y):
    return p - np.eye(10)[y]


def wrong_way(p, y):
    return (np.eye(10)[y] - p) / len(y)


def divides_by_ten(p, y):
    return (p - np.eye(10)[y]) / 10


def forgets_the_label(p, y):
    return p / len(y)


def slope_of_the_share(p, y):
    return -np.eye(10)[y] / p / len(y)


def nothing(p, y):
    return None


def raises(p, y):
    return p[:, 11]


def not_a_number(p, y):
    return np.full(p.shape, np.nan)


RIGHT = [right, right_in_place, right_as_lists]
WRONG = {
    forgets_the_mean: 2,  # and the rows of the batch that is shown
    wrong_way: 1,
    divides_by_ten: 1,
    forgets_the_label: 1,
    slope_of_the_share: 1,
    nothing: 1,
    raises: 1,
    not_a_number: 1,
}


@pytest.mark.parametrize("dz", RIGHT)
def test_a_right_slope_is_accepted(dz):
    assert check_dz(dz).holds


@pytest.mark.parametrize(("dz", "rows"), WRONG.items())
def test_a_wrong_slope_is_shown_in_the_smallest_batch(dz, rows):
    verdict = check_dz(dz)
    assert not verdict.holds
    assert verdict.should != verdict.did
    assert len(ast.literal_eval(verdict.case.split("y = ")[1])) == rows


@pytest.mark.parametrize(("lang", "hint"), [("en", "mean loss"), ("ko", "평균"), ("zh", "平均")])
def test_the_hint_speaks_of_the_mean(lang, hint):
    assert hint in check_dz(forgets_the_mean).text(lang)


def plain_functions(path):
    """Return the functions of a file as code, without docstrings and types."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            node.body = node.body[isinstance(node.body[0], ast.Expr) :]
            node.returns = None
            for argument in node.args.args:
                argument.annotation = None
            yield node.name, ast.unparse(node)


def test_by_hand_is_the_lesson_line_by_line():
    lesson = dict(plain_functions(LESSON))
    lesson.pop("dz")  # the exercise
    assert dict(plain_functions(Path(by_hand.__file__))) == lesson
