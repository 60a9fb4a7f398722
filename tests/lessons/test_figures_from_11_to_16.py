"""Do the pages of lessons 11 to 16 say in prose what the code of the lessons does?"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MARK = re.compile(r"^# %% (\S+)( native)?$", re.M)
SKIPPED = ("exercise", "solution")


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Return a function that runs the cells of a lesson that need no more than the library."""
    monkeypatch.chdir(tmp_path)

    def run(name, change=lambda code: code):
        source = change((ROOT / "tutorials" / f"{name}.py").read_text(encoding="utf-8"))
        parts, scope = MARK.split(source)[1:], {"__name__": "lesson"}
        for cell, native, code in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            if not native and cell not in SKIPPED:
                exec(compile(code, f"<{name}: {cell}>", "exec"), scope)
        return scope

    return run


def says(page, *sentences):
    text = (ROOT / "docs" / "en" / "start" / f"{page}.md").read_text(encoding="utf-8")
    for sentence in sentences:
        assert sentence in " ".join(text.split())


def test_the_night_was_best_in_epoch_8(lesson):
    scope = lesson("11_records")
    assert scope["best"]["epoch"] == 7
    assert scope["best"] != scope["rows"][-1]
    says("records", "the file calls it 7, the chart counts from 1 and calls it 8")


def test_a_new_adam_begins_lower_and_drifts_apart(lesson):
    scope = lesson("12_crash")
    apart = [a - b for a, b in zip(scope["unbroken"][7:], scope["from_weights"], strict=True)]
    assert 0 < apart[0] < apart[1] < apart[2]
    assert scope["resumed"] == scope["unbroken"]
    assert scope["ran"] == [8, 9, 10]
    says("crash", "Here it is lower", "Three epochs had to be run", "The difference, below, grows.")


def test_the_gap_stops_where_the_page_says(lesson, capsys):
    scope = lesson("13_yours")
    gaps = [b - a for a, b in zip(scope["losses"], scope["held_out"], strict=True)]
    assert [epoch for epoch, gap in enumerate(gaps, 1) if gap > 0.15][:2] == [6, 7]
    assert gaps == sorted(gaps)
    assert scope["held_out"].index(min(scope["held_out"])) == 7
    assert scope["run"].stopped == 7
    assert "stopped after epoch: 4, warnings: 0" in capsys.readouterr().out
    says("yours", "turns in epoch 8", "stopped after epoch 4", "stops after epoch 7")


def test_a_count_that_is_not_reset_stops_the_second_fit_at_once(lesson):
    reset = "    def on_train_begin(self, logs=None):\n        self.count = 0\n\n"
    once = "self.most, self.times = most, times"
    moved = lambda code: code.replace(reset, "").replace(once, f"{once}; self.count = 0")  # noqa: E731
    assert lesson("13_yours", moved)["run"].stopped == 1
    says(
        "yours",
        "The second fit begins with the count that the first one left, and stops after epoch 1",
    )


def test_the_own_loop_waits_ten_epochs(lesson):
    stopping = lesson("14_own_loop")["stopping"]
    assert (stopping.best_epoch, stopping.stopped_epoch) == (22, 32)
    says("own_loop", "the ten epochs of waiting after it")


def test_smooth_curves_hide_what_three_epochs_show(lesson, capsys):
    scope = lesson("16_grade")
    assert "alike on 20 of 20" in capsys.readouterr().out
    assert scope["apart"][0] == (1.0, 2.0, 1.0)
    says("grade", "The first one is three epochs long", "It agrees on 20 of 20 curves")
