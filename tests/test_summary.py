"""Can a model's summary be read, on a terminal and in a notebook?"""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.backend import set_floatx
from minikeras.layers import Dense, Dropout, Embedding, Flatten
from minikeras.models import Sequential
from minikeras.summary import columns_of, summary_table
from tests.html_tables import tables

FULL = "\uff46"  # a Latin letter as wide as a Chinese one
NAMES = ["층", "出力層です", FULL, "e\u0301", "🙂", "a b", "<b>&", "n" * 90, "1"]
names = st.sampled_from(NAMES) | st.text(min_size=1, max_size=12).filter(
    lambda name: name.isprintable() and "/" not in name
)


def network(*names, trainable=True):
    layers = [Dense(3, name=name, trainable=trainable) for name in names]
    return Sequential([Flatten(input_shape=(2, 2)), *layers, Dense(1)])


def printed(model):
    lines = []
    model.summary(print_fn=lambda text: lines.extend(text.split("\n")))
    return lines


@given(st.lists(names, unique=True, max_size=3))
def test_columns_stand_below_each_other_whatever_the_names(names):
    lines = printed(network(*names))
    rule = lines[1]
    assert set(rule) == {"-"}
    table = [line for line in lines[2 : len(lines) - 3] if line != rule]
    assert len(table) == len(names) + 3
    assert {columns_of(line) for line in table} == {len(rule)}
    starts = {columns_of(line[: line.rindex("(None")]) for line in table[1:]}
    assert starts == {table[0].index("Output shape")}


@pytest.mark.parametrize(
    ("text", "columns"),
    [("dense", 5), ("층", 2), ("出力", 4), (FULL, 2), ("e\u0301", 1), ("é", 1), ("🙂", 2), ("", 0)],
)
def test_a_text_takes_the_columns_of_its_letters(text, columns):
    assert columns_of(text) == columns


@pytest.mark.parametrize(
    ("floatx", "memory"), [("float32", "76 bytes as float32"), ("float64", "152 bytes as float64")]
)
def test_totals_count_bytes_as_they_are(floatx, memory):
    set_floatx(floatx)
    model = network("hidden", trainable=False)
    assert printed(model)[-2:] == [f"Total parameters: 19 ({memory})", "Trainable: 4, frozen: 15"]
    assert memory.startswith(f"{sum(w.nbytes for w in model.get_weights())} bytes")


@pytest.mark.parametrize(
    ("inputs", "memory"),
    [(255, "1.0 KiB"), (254, "1020 bytes"), (2**18 - 1, "1.0 MiB"), (2**28 - 1, "1.0 GiB")],
)
def test_memory_is_told_in_the_largest_unit_that_fits(inputs, memory):
    layer = Dense(1)
    layer.build((inputs,))
    assert f"({memory} as float32)" in summary_table("m", [layer])


# -- in a notebook --------------------------------------------------------------------------------

MODELS = {
    "plain": lambda: network("hidden"),
    "frozen": lambda: network("hidden", trainable=False),
    "of numbers": lambda: Sequential([Embedding(9, 2, input_shape=(3,)), Dropout(0.5)]),
    "named": lambda: network(*NAMES),
}


@pytest.mark.parametrize("kind", MODELS)
def test_a_notebook_shows_what_a_terminal_shows(kind):
    model = MODELS[kind]()
    shown, lines = model._repr_html_(), printed(model)
    (table,) = tables(shown)
    rows = [re.split(r" {2,}", line.rstrip()) for line in lines[2:-2] if set(line) != {"-"}]
    assert table.rows == rows
    assert table.caption == lines[0]
    assert all(html.escape(note) in shown for note in lines[-2:])


@pytest.mark.parametrize(
    "model",
    [Sequential(), Sequential([Dense(2, name="<script>"), Dense(3)])],
    ids=["no layers", "not built"],
)
def test_a_model_without_weights_is_shown_too(model):
    shown = model._repr_html_()
    (table,) = tables(shown)
    assert [row[1:] for row in table.rows[1:]] == [["?", "?"] for _ in model.layers]
    assert ("when the input shape is known" in shown) == bool(model.layers)
    assert not model.built


def test_a_shape_that_is_known_is_shown_before_training():
    (table,) = tables(Sequential([Dense(2, input_dim=3), Dense(1)])._repr_html_())
    assert [row[1:] for row in table.rows[1:]] == [["(None, 2)", "8"], ["(None, 1)", "3"]]


def test_the_name_of_a_model_is_text_and_nothing_else():
    model = Sequential([Dense(1, name="<b>bold<b>", input_dim=1)], name="<script>alert(1)<script>")
    shown = model._repr_html_()
    (table,) = tables(shown)  # which refuses tags of any other kind
    assert table.caption == "Model: <script>alert(1)<script>"
    assert table.rows[1][0] == "<b>bold<b> (Dense)"
