"""Does a progress line say the truth, and does it leave a screen clean?"""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.progress import Progbar, measures, progress_line

FULL, LEFT = "=" * 30, "=" * 6 + ">" + "." * 23

LINES = [  # current, target, seconds, steps, values; what is shown
    (
        (1313, 1313, 11.0, 1313, {"loss": 0.0835, "accuracy": 0.9752}),
        f"1313/1313 [{FULL}] - 11s 8ms/step - loss: 0.0835 - accuracy: 0.9752",
    ),
    ((0, 40, 0.0, 0, {}), f" 0/40 [{'.' * 30}]"),
    ((1, 40, 2.0, 1, {}), f" 1/40 [{'.' * 30}] - ETA: 1:18"),
    ((10, 40, 5.0, 10, {"loss": 0.5}), f"10/40 [{LEFT}] - ETA: 15s - loss: 0.5000"),
    ((10, 40, 30.0, 10, {}), f"10/40 [{LEFT}] - ETA: 1:30"),
    ((10, 40, 1201.9, 10, {}), f"10/40 [{LEFT}] - ETA: 1:00:05"),
    ((10, 40, 5.0, 10, {}, True), f"10/40 [{LEFT}] - 5s 500ms/step"),
    ((80, 40, 0.02, 80, {}), f"80/40 [{FULL}] - 0s 250us/step"),
    ((3, None, 2.0, 3, {"loss": 0.5}), "      3/Unknown - 2s 667ms/step - loss: 0.5000"),
    ((0, None, 0.0, 0, {}), "      0/Unknown"),
    ((0, 0, 0.0, 0, {}), f"0/0 [{'.' * 30}]"),
    # 60,000 samples in 1,875 batches: the time is that of a batch
    ((60000, 60000, 11.0, 1875, {}), f"60000/60000 [{FULL}] - 11s 6ms/step"),
    ((2, 2, 5.0, 2, {}), f"2/2 [{FULL}] - 5s 2s/step"),
    ((5, 5, 1.0, 5, {}, False, 10, "MB"), "5/5 [==========] - 1s 200ms/MB"),
]

FIGURES = [
    (0.0, "0.0000"),
    (1e-3, "1.0000e-03"),  # Keras's border: above it four digits, up to it an exponent
    (0.0010001, "0.0010"),
    (-1e-3, "-1.0000e-03"),
    (-0.5, "-0.5000"),
    (1e-9, "1.0000e-09"),
    (1e20, "100000000000000000000.0000"),
    (float("nan"), "nan"),
    (float("inf"), "inf"),
    (float("-inf"), "-inf"),
    (3, "3.0000"),
]


@pytest.mark.parametrize(("numbers", "line"), LINES, ids=lambda case: str(case)[:30])
def test_a_line_says(numbers, line):
    assert progress_line(*numbers) == line


@pytest.mark.parametrize(("value", "text"), FIGURES, ids=lambda case: str(case))
def test_a_figure_is_written(value, text):
    assert measures({"loss": value}) == f" - loss: {text}"


@given(st.integers(1, 10**6), st.data())
def test_all_lines_of_one_bar_have_their_brackets_in_the_same_place(target, data):
    current = data.draw(st.integers(0, target))
    line = progress_line(current, target, 1.0, current, {})
    count, bar = re.match(r"( *\d+/\d+) \[([=>.]*)\]", line).groups()
    assert (len(count), len(bar)) == (2 * len(str(target)) + 1, 30)
    assert bar.count(".") == 30 - 30 * current // target


class Terminal(io.StringIO):
    """A stream that says it is a terminal, with a clock that a test can wind."""

    now = 0.0

    def isatty(self):
        return True

    def clock(self):
        return self.now

    def drawings(self):
        return self.getvalue().split("\r")[1:]


def shown(text, width=80):
    """Return the lines that a screen of this width shows after `text`, spaces at ends aside."""
    rows, column = [[]], 0
    for letter in text:
        if letter == "\n":
            rows.append([])
        if letter in "\r\n":
            column = 0
            continue
        if column == width:
            rows.append([])
            column = 0
        row = rows[-1]
        row[column:] = [letter, *row[column + 1 :]]
        column += 1
    return ["".join(row).rstrip() for row in rows]


def bar_on(stream, target, **options):
    return Progbar(target, stream=stream, clock=getattr(stream, "clock", lambda: 0.0), **options)


def test_a_terminal_shows_one_line_drawn_again_and_again():
    stream = Terminal()
    bar = bar_on(stream, 3)
    for stream.now, step in [(1.0, 1), (2.0, 2), (3.0, 3)]:
        bar.update(step, [("loss", step / 2)])
        assert len(shown(stream.getvalue())) == 1 + (step == 3)
    assert len(stream.drawings()) == 3
    assert shown(stream.getvalue()) == [f"3/3 [{FULL}] - 3s 1s/step - loss: 1.0000", ""]


def test_a_line_is_drawn_at_most_twenty_times_a_second():
    stream = Terminal()
    bar = bar_on(stream, 10**6)
    for step in range(1, 1001):  # a second of steps of 1 ms
        stream.now = step / 1000
        bar.update(step)
    assert len(stream.drawings()) == 20


@pytest.mark.parametrize("is_over", [False, True])
def test_a_shorter_line_leaves_nothing_of_a_longer_one(is_over):
    stream = Terminal()
    bar = bar_on(stream, 10, interval=0.0, stateful_metrics=["loss"])
    stream.now = 80000.0
    bar.update(5, [("loss", 123456789.0)])
    assert shown(stream.getvalue())[0].endswith("ETA: 22:13:20 - loss: 123456789.0000")
    stream.now = 80001.0
    bar.update(6, [("loss", 0.5)], finalize=is_over)
    assert shown(stream.getvalue())[0].endswith(
        "] - 80001s 13334s/step - loss: 0.5000" if is_over else "] - ETA: 14:48:54 - loss: 0.5000"
    )


@pytest.mark.parametrize("width", [20, 40, 60, 200])
def test_unfinished_lines_are_cut_to_the_screen_and_the_finished_one_is_whole(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    stream = Terminal()
    bar = bar_on(stream, 4, interval=0.0)
    for step in range(1, 4):
        bar.update(step, [(f"a_metric_with_a_long_name_{n}", 0.5) for n in range(step)])
        assert len(shown(stream.getvalue(), width)) == 1, "a line too long begins a second one"
    monkeypatch.setenv("COLUMNS", str(width // 2))  # somebody makes the window smaller
    bar.update(3)
    assert len(stream.drawings()[-1]) < width // 2
    bar.update(4)
    finished = "".join(shown(stream.getvalue(), width))
    assert finished.startswith(f"4/4 [{FULL}] - 0s 0us/step - a_metric_with_a_long_name_0: 0.5000")
    assert finished.endswith("name_2: 0.5000")


@pytest.mark.parametrize(("make", "verbose"), [(io.StringIO, 1), (io.StringIO, 2), (Terminal, 2)])
def test_elsewhere_or_with_verbose_2_only_the_finished_line_is_written(make, verbose):
    stream = make()
    bar = bar_on(stream, 3, verbose=verbose)
    for loss in (3.0, 2.0, 1.0):
        bar.add(1, [("loss", loss)])
    assert stream.getvalue() == f"3/3 [{FULL}] - 0s 0us/step - loss: 2.0000\n"


@pytest.mark.parametrize("make", [io.StringIO, Terminal])
def test_verbose_0_is_silent_everywhere(make):
    stream = make()
    bar_on(stream, 1, verbose=0).update(1, [("loss", 0.5)], finalize=True)
    assert stream.getvalue() == ""


def test_the_target_ends_a_line_unless_finalize_says_otherwise():
    for target, finalize, ends in [
        (2, None, True),
        (2, False, False),
        (3, None, False),
        (3, True, True),
        (None, None, False),
        (None, True, True),
    ]:
        stream = io.StringIO()
        bar_on(stream, target).update(2, finalize=finalize)
        assert stream.getvalue().endswith("\n") is ends
    stream = io.StringIO()
    bar_on(stream, 0).update(0)
    assert stream.getvalue() == f"0/0 [{'.' * 30}]\n"


def test_values_are_averaged_over_the_steps_since_the_last_update():
    stream = io.StringIO()
    bar = bar_on(stream, 4, stateful_metrics=["auc"])
    bar.update(3, [("loss", 1.0), ("auc", 0.25)])
    bar.update(4, [("loss", 5.0), ("auc", 0.75)])
    assert stream.getvalue().endswith(" - loss: 2.0000 - auc: 0.7500\n")
