"""Is every row of the table of differences shown by a test?"""

import re
from pathlib import Path

import pytest

from tests.callbacks.differences import DIFFERENCES, KERAS_3

HERE = Path(__file__).parents[2]
RUN_KERAS = sorted(HERE.glob("tests/oracle/test_differences_*.py"))


def test_ids_are_unique():
    ids = [difference.id for difference in DIFFERENCES]
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.id)
def test_the_test_that_a_row_names_is_there(difference):
    path, name = difference.test.split("::")
    assert f"def {name}(" in (HERE / path).read_text(encoding="utf-8")
    assert (HERE / path in RUN_KERAS) == (KERAS_3 in difference.theirs)


@pytest.mark.parametrize("path", RUN_KERAS, ids=lambda path: path.stem)
def test_each_difference_from_keras_3_that_a_test_shows_has_a_row(path):
    named = {difference.test.split("::")[1] for difference in DIFFERENCES}
    shown = re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in shown if name not in named] == []
