"""Which laws do real Keras 3's own callbacks break? Those that the table of differences names."""

import pytest

from minikeras import callbacks
from minikeras.testing import EXERCISES, check, laws_of
from tests.callbacks.differences import DIFFERENCES, KERAS_3

NAMES = [name for name in EXERCISES if hasattr(callbacks, name)]


def named(name):
    """Return the laws of a callback that rows about Keras 3 name."""
    rows = [row for row in DIFFERENCES if KERAS_3 in row.theirs and name in row.callback]
    return {law for row in rows for law in row.laws} & {law.name for law in laws_of(name)}


@pytest.mark.parametrize("name", NAMES)
def test_they_break_the_laws_that_the_table_names_and_no_other(keras, name):
    found = check(name, getattr(keras.callbacks, name)).findings
    checked = {finding.law for finding in found if finding.holds is not None}
    assert {finding.law for finding in found if finding.holds is False} == named(name) & checked


@pytest.mark.parametrize("row", [row for row in DIFFERENCES if row.laws], ids=lambda row: row.id)
def test_a_row_names_laws_of_its_callbacks(row):
    known = {law.name for name in row.callback.split(", ") for law in laws_of(name)}
    assert set(row.laws) <= known
    assert KERAS_3 in row.theirs
