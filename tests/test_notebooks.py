"""What does a notebook show of a run, and can a name do harm there?"""

import io
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import rc_context
from matplotlib.image import imread

from minikeras.callbacks import History
from minikeras.plotting import Run, draw
from minikeras.plotting.fonts import spelled
from minikeras.plotting.table import html_table, run_table
from tests.html_tables import tables

texts = st.text() | st.sampled_from(["<script>alert(1)</script>", "a&b;", '"', "</td>", "&lt;"])


@given(texts, st.lists(texts, min_size=2, max_size=2), st.lists(texts))
def test_a_cell_is_text_and_nothing_else(caption, row, notes):
    (table,) = tables(html_table(caption, row, [row, row], notes))
    assert table.caption == spelled(caption)
    assert table.rows == [[spelled(cell) for cell in row]] * 3


def test_a_history_shows_first_best_and_last_of_each_key():
    history = History()
    history.on_train_begin()
    for epoch, (loss, accuracy) in enumerate([(2.0, 0.5), (0.123456, 0.75), (1.0, 0.625)]):
        validation = {"val_loss": math.nan} if epoch == 1 else {}
        rate = {"learning_rate": 0.1}
        history.on_epoch_end(epoch, {"loss": loss, "accuracy": accuracy} | validation | rate)
    (table,) = tables(history._repr_html_())
    assert table.caption == "3 epochs"
    assert table.rows == [
        ["", "first", "best", "last"],
        ["loss", "2", "0.1235 (epoch 2)", "1"],
        ["accuracy", "0.5", "0.75 (epoch 2)", "0.625"],
        ["learning_rate", "0.1", "-", "0.1"],
        ["val_loss", "nan", "-", "nan"],
    ]


@pytest.mark.parametrize(
    ("epochs", "planned", "caption"),
    [
        ([], 3, "0 epochs"),
        ([0], None, "1 epoch"),
        ([0, 1], 2, "2 epochs"),
        ([0, 1], 3, "2 of 3 epochs: stopped early"),
        ([5, 6], 9, "7 of 9 epochs: stopped early"),
        ([5, 6], 7, "2 epochs"),
    ],
)
def test_a_table_says_how_long_a_run_was(epochs, planned, caption):
    curves = {"loss": dict.fromkeys(epochs, 0.5)} if epochs else {}
    (table,) = tables(run_table(Run(epochs, curves, planned)))
    assert table.caption == caption


def test_a_picture_shows_itself():
    picture = draw(Run([0, 1], {"loss": {0: 2.0, 1: 1.0}}))
    for figure in (picture, pickle.loads(pickle.dumps(picture))):
        pixels = imread(io.BytesIO(figure._repr_png_()))
        height, width, _ = pixels.shape
        assert (width / figure.dpi, height / figure.dpi) == tuple(figure.get_size_inches())
        assert pixels.std() > 0.01


def test_a_dark_picture_keeps_its_ground_whatever_matplotlib_is_told():
    with rc_context({"savefig.facecolor": "white"}):
        png = draw(Run([0], {"loss": {0: 2.0}}), dark=True)._repr_png_()
    assert imread(io.BytesIO(png))[0, 0, :3].max() < 0.2
