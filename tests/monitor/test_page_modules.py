"""What do the page's modules compute?"""

import json
import math
import re
import shutil
import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minikeras
from minikeras.monitor import publish

STATIC = Path(minikeras.__file__).parent / "monitor" / "static"

ANSWER = """
import readline from "node:readline";
import { apart, curve } from "./curve.js";
import { counted, extent, linear, logarithmic, written } from "./scale.js";
import { keys, metrics, reach, reductions, tell } from "./state.js";
import { spoken, stateOf, WORDS } from "./words.js";

const shape = (words) => typeof words === "object"
  ? Object.fromEntries(Object.entries(words).map(([key, value]) => [key, shape(value)]))
  : typeof words === "function" ? words.length : typeof words;
const axis = (make) => (low, high) => {
  const { place, ticks } = make(low, high);
  const told = ticks.map(({ value, label }) => [value, label, place(value)]);
  return { ends: [place(low), place(high)], ticks: told };
};
const after = (events) => {
  const runs = new Map();
  for (const event of events) tell(runs, event);
  return [...runs.values()];
};
const ANSWERS = {
  runs: (events) => after(events).map((run) => ({ ...run, columns: [...run.columns] })),
  metrics: (events) => metrics(after(events)),
  keys: (events) => keys(after(events)),
  reductions: (events) => after(events).map(reductions),
  states: (events, language) => after(events).map((run) => stateOf(run, WORDS[language])),
  reach: (events, from, distance) => reach(after(events), from, distance),
  linear: axis(linear), logarithmic: axis(logarithmic), extent, counted, written, spoken,
  curve: (values, width, isStepped) =>
    curve(values.map((_, i) => i), values.map((v) => v === "missing" ? undefined : v),
      (epoch) => (epoch / values.length) * width, (value) => value, isStepped),
  apart: (epochs, distance) => apart(epochs, (epoch) => epoch, distance),
  words: () => shape(WORDS),
};
const missing = (_, value) => value === undefined ? "missing" : value;
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [name, ...args] = JSON.parse(line);
  console.log(JSON.stringify(ANSWERS[name](...args), missing));
}
"""


@pytest.fixture(scope="module")
def ask():
    """Call a function of the page's modules, in a Node that stays open."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    command = [node, "--input-type=module", "-e", ANSWER]
    with subprocess.Popen(
        command, cwd=STATIC, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:

        def ask(*question):
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


# -- events become runs ---------------------------------------------------------------------------

START = {"kind": "start"}
RUN = {"kind": "run", "run": 1, "name": None, "at": 0.5}


def epoch(number, run=1, **logs):
    return {"kind": "epoch", "run": run, "epoch": number, "logs": logs}


LOGS = st.dictionaries(
    st.sampled_from(["loss", "val_loss", "__proto__", "constructor", "b"]),
    st.none() | st.floats(-1e6, 1e6),
)


@given(st.lists(st.tuples(st.integers(0, 12), LOGS), max_size=20))
def test_epochs_stand_in_order_and_the_later_word_counts(ask, told):
    events = [RUN, *({**epoch(number), "logs": logs} for number, logs in told)]
    (run,) = ask("runs", events)
    last_word = dict(sorted(dict(told).items()))
    assert run["epochs"] == list(last_word)
    columns = dict(run["columns"])
    assert set(columns) == {key for _, logs in told for key in logs}
    for key, column in columns.items():
        assert column == [logs.get(key, "missing") for logs in last_word.values()]


def test_a_start_forgets_all_and_a_dropped_run_is_forgotten(ask):
    two = [RUN, {**RUN, "run": 2, "name": "두 번째"}]
    assert [run["number"] for run in ask("runs", two)] == [1, 2]
    assert [run["name"] for run in ask("runs", [*two, {"kind": "dropped", "run": 1}])] == [
        "두 번째"
    ]
    assert ask("runs", [*two, START]) == []


def test_what_is_unknown_changes_nothing(ask):
    told = [RUN, epoch(0, loss=1.0)]
    later = {"kind": "invented later", "run": 1}
    assert ask("runs", [*told, later, epoch(0, run=9, loss=2.0)]) == ask("runs", told)


def test_a_run_that_has_ended_trains_again_when_it_tells_of_an_epoch(ask):
    ended = [RUN, epoch(0), {"kind": "end", "run": 1, "epoch": 0, "reason": "exception"}]
    assert ask("states", ended, "en") == ["Ended by an exception after epoch 1"]
    assert ask("states", [*ended, epoch(1)], "en") == ["Training, epoch 2 done"]


def test_training_and_validation_are_one_metric_and_rates_come_last(ask):
    told = [RUN, epoch(0, lr=1, val_b=1, val_=1, learning_rate=1, a=1, val_loss=1, loss=1)]
    assert ask("metrics", told) == ["loss", "b", "val_", "a", "lr", "learning_rate"]
    assert ask("keys", told) == [
        "loss", "val_loss", "val_b", "val_", "a", "lr", "learning_rate"
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["learning_rate", "lr"])
def test_a_reduction_is_a_rate_below_that_of_the_epoch_before(ask, name):
    rates = [0.1, 0.1, 0.01, None, 0.001, 0.01, 0.005]
    told = [RUN, *(epoch(number, **{name: rate}) for number, rate in enumerate(rates))]
    assert ask("reductions", told) == [[2, 6]]


@pytest.mark.parametrize(
    ("start", "distance", "end"),
    [(0, 1, 3), (3, 1, 4), (3, -1, 0), (9, 1, 9), (0, -1, 0), (0, 5, 9), (9, -5, 4), (2, 0, 3)],
)
def test_the_cursor_goes_from_one_told_epoch_to_the_next(ask, start, distance, end):
    other = {**RUN, "run": 2}
    told = [RUN, epoch(0), epoch(3), epoch(9), other, epoch(4, run=2)]
    assert ask("reach", told, start, distance) == end


# -- numbers become places ------------------------------------------------------------------------

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(NUMBERS, NUMBERS)
def test_a_linear_axis_holds_its_values_and_labels_that_differ(ask, one, other):
    low, high = ask("extent", [[one, None, other]])
    check_axis(ask("linear", low, high), low, high)


@given(st.floats(5e-324, 1e300), st.floats(5e-324, 1e300))
def test_a_logarithmic_axis_holds_its_values_and_labels_that_differ(ask, one, other):
    low, high = sorted([one, other])
    check_axis(ask("logarithmic", low, high), low, high)


def check_axis(axis, low, high):
    assert 0 < axis["ends"][0] <= axis["ends"][1] < 1
    assert axis["ends"][0] < axis["ends"][1] or high - low <= abs(high) * 1e-9 or high < 1e-300
    values, labels, places = zip(*axis["ticks"], strict=True)
    assert 2 <= len(values) <= 25
    assert list(places) == sorted(places)
    assert places[0] >= -1e-9
    assert places[-1] <= 1 + 1e-9
    assert len(set(labels)) == len(labels)
    step = min(b - a for a, b in pairwise(values))
    for value, label in zip(values, labels, strict=True):
        assert abs(float(label) - value) <= step / 100


@given(st.integers(0, 10**6), st.integers(0, 30) | st.integers(0, 10**6), st.integers(1, 12))
def test_the_axis_of_epochs_counts_from_1_in_whole_numbers(ask, first, length, count):
    ticks = ask("counted", first, first + length, count)
    assert all(isinstance(tick, int) and first < tick <= first + length + 1 for tick in ticks)
    assert len(ticks) <= count + 1
    assert ask("counted", first, first, count) == [first + 1]


def test_the_last_epoch_that_is_taken_can_be_counted(ask):
    last = publish.LARGEST_EPOCH
    assert ask("counted", last, last, 8) == [last + 1]
    assert len(ask("counted", 0, last, 8)) <= 9


def test_each_column_is_listed_once_whatever_it_is_called(ask):
    logs = {"loss": 1.0, "val_loss": 1.0, "val_val_loss": 1.0}
    assert ask("keys", [RUN, {"kind": "epoch", "run": 1, "epoch": 0, "logs": logs}]) == list(logs)


@given(st.floats(-1e308, 1e308), st.integers(3, 8))
def test_a_written_value_is_right_to_its_last_digit_and_short(ask, value, digits):
    text = ask("written", value, digits)
    assert math.isclose(float(text), value, rel_tol=10.0 ** (1 - digits))
    assert len(text) <= digits + 8
    assert ("e" in text) == (value != 0 and not 1e-4 <= abs(value) < 1e7)


VALUES = st.lists(st.floats(0, 999) | st.none() | st.just("missing"), min_size=1, max_size=60)


@given(VALUES, st.integers(1, 3))
def test_a_curve_keeps_its_peaks_and_breaks_where_values_are_not_finite(ask, values, width):
    path = ask("curve", values, width)
    points = [tuple(map(Fraction, point)) for point in re.findall(r"[ML](\S+) (-?[\d.]+)", path)]
    numbers = [value for value in values if isinstance(value, float)]
    drawn = [y for _, y in points]
    if numbers:
        for extreme in (min, max):  # drawn with one digit after the point
            assert abs(extreme(drawn) - Fraction(extreme(numbers))) <= Fraction("0.05")
    told = [value for value in values if value != "missing"]
    pieces = "".join("0" if value is None else "1" for value in told).split("0")
    assert path.count("M") == sum(1 for piece in pieces if piece)
    assert len(points) <= 4 * (width + 1) * max(1, len(pieces))
    assert [x for x, _ in points] == sorted(x for x, _ in points)


@given(VALUES, st.integers(1, 3))
def test_a_stepped_curve_holds_each_value_until_the_next(ask, values, width):
    """The same points; between two of them it goes along before it goes up or down."""
    slanted, stepped = ask("curve", values, width), ask("curve", values, width, True)
    assert re.sub(r"H([-\d.]+)V([-\d.]+)", r"L\1 \2", stepped) == slanted
    assert "L" not in stepped


def test_a_hundred_thousand_epochs_are_few_points(ask):
    values = [float(epoch % 97) for epoch in range(10**5)]
    assert ask("curve", values, 500).count("L") <= 4 * 501


@given(st.lists(st.integers(0, 200), unique=True), st.integers(1, 40))
def test_marks_stand_apart_and_each_epoch_is_near_one(ask, epochs, distance):
    kept = ask("apart", sorted(epochs), distance)
    assert all(b - a >= distance for a, b in pairwise(kept))
    assert all(any(0 <= epoch - mark < distance for mark in kept) for epoch in epochs)


# -- words ----------------------------------------------------------------------------------------


def test_every_language_has_the_same_words(ask):
    words = ask("words")
    assert set(words) == {"en", "ko", "zh"}
    assert words["en"] == words["ko"] == words["zh"]


@pytest.mark.parametrize(
    ("languages", "chosen"),
    [
        ([None, None, "ko-KR", "en"], "ko"),
        (["zh", "ko"], "zh"),
        (["fr-FR", "zh-Hans-CN", "en"], "zh"),
        (["fr"], "en"),
        ([], "en"),
    ],
)
def test_the_first_language_that_the_page_speaks_is_chosen(ask, languages, chosen):
    assert ask("spoken", languages) == chosen
