"""Is a report told in each language, in straight columns, with nothing left unsaid?"""

import math
import re
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minikeras.callbacks import EarlyStopping
from minikeras.testing import EXERCISES, Counterexample, Deed, Finding, Report, Row, check
from minikeras.testing.law import TimeIsUp
from minikeras.testing.laws import early_stopping
from minikeras.testing.table import aligned, width, wrapped
from minikeras.testing.text import broken_text, deed_text, text_of
from minikeras.testing.wording import LANGUAGES, about_law, language, words
from tests.testing.submissions import implementation, wrong_ones

GOLDEN = Path(__file__).parent / "golden"
LAWS = Path(early_stopping.__file__).parent
UNSEEN = {"trained"}  # deeds in rows where nothing is asked
REASONS = ("not_for_class", "not_for_function", "missing", "time")


class OnlyIfStopped(EarlyStopping):
    """Keeps the best weights from whoever trains to the last epoch."""

    def on_train_end(self, logs=None):
        if self.model.stop_training:
            super().on_train_end(logs)


class Endless:
    """Hangs in the end of its first epoch, as a watch sees it that tells the time by a signal."""

    def __init__(self, monitor="val_loss", patience=0):
        pass

    def on_epoch_end(self, epoch, logs=None):
        raise TimeIsUp


def stop_epoch(scores, patience):
    """Takes NaN for a score that is missing."""
    best, wait = None, 0
    for epoch, score in enumerate(scores):
        if score is None or math.isnan(score):
            continue
        if best is None or score < best:
            best, wait = score, 0
        else:
            wait += 1
            if wait >= max(1, patience):
                return epoch
    return None


CHECKED = {
    "some_laws_broken": ("EarlyStopping", OnlyIfStopped),
    "never_ends": ("A3", Endless),
    "function": ("A2", stop_epoch),
}
A_RUN = [Row({"epoch": 1, "score": 2.0}, Deed("stop"), Deed("go_on"))]
BROKEN = Finding("tie", False, Counterexample("tie", {"patience": 1}, (2.0,), A_RUN))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CHECKED)
def test_a_report_reads_as_in_the_file(name, lang):
    told = (GOLDEN / f"{name}.{lang}.txt").read_text(encoding="utf-8")
    assert text_of(check(*CHECKED[name]), lang) + "\n" == told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_columns_of_a_report_are_straight(lang):
    """The deed of the last row begins where its heading does."""
    lines = text_of(check("EarlyStopping", OnlyIfStopped), lang).splitlines()
    did = words(lang, "report")["columns"]["did"]
    headings = [line for line in lines if line.endswith(f" {did}")]
    marked = [line for line in lines if line.startswith("> ")]
    assert len(headings) == len(marked) == 3
    for heading, line in zip(headings, marked, strict=True):
        start = width(heading) - width(did)
        ends = [at for at in range(len(line)) if width(line[:at]) == start]
        assert line[ends[0] - 2 : ends[0]] == "  "
        assert line[ends[0]] != " "


def test_columns_end_under_each_other_where_asked():
    assert aligned([["에포크", "기대"], None, ["1", "멈춤"]], right=[0]) == [
        "에포크  기대",
        "------------",
        "     1  멈춤",
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS)
def test_the_reason_is_told_why_a_law_was_not_checked(reason, lang):
    unchecked = Finding("delta-sign", None, reason=reason, missing=("min_delta", "mode"))
    told = text_of(Report("A3", "Stop", (unchecked,)), lang)
    assert "delta-sign" in told
    assert words(lang, "report")["reasons"][reason].split("{")[0] in told
    assert ("min_delta, mode" in told) == (reason == "missing")


def test_laws_that_were_not_checked_for_one_reason_stand_together():
    unchecked = [Finding(law, None, reason="time") for law in ("tie", "nan", "gap")]
    told = text_of(Report("A3", "Stop", tuple(unchecked)), "en")
    assert (told.count("tie, nan, gap"), told.count("tie")) == (1, 1)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_ended_a_check_and_what_it_left_behind_is_told(lang):
    report = Report("A3", "Stop", (), Deed("ends", "signal 11", "a\nnote"), ("core", "log.csv"))
    told = text_of(report, lang)
    assert "a note" in told
    assert "core, log.csv" in told


def test_a_law_that_was_broken_without_an_example_is_told_without_a_table():
    told = broken_text(Report("A3", "Stop", ()), replace(BROKEN, counterexample=None), "en")
    assert told.count("\n\n") == 1
    assert about_law("A3", "tie", "en")["why"] in told


def test_a_law_of_a_teachers_own_is_told_by_its_name():
    report = Report("my own", "Mine", (replace(BROKEN, law="tidy"),))
    assert "BROKEN: tidy\n\n" in text_of(report, "en")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.0, "1"), (0.1**3, "0.001"), (1 - 1e-9, "0.999999999"), (math.nan, "NaN"), (None, "-"),
     (-math.inf, "-inf"), (True, "yes"), ("end", "end"), ("{epoch:02d}", "{epoch:02d}")],
)  # fmt: skip
def test_a_cell_shows_what_can_be_told_apart(value, shown):
    assert deed_text(Deed("returns", value), "en") == f"returns {shown}"


def test_what_was_done_is_hidden_where_nothing_was_asked():
    rows = [Row({"epoch": 1}, None, Deed("trained")), Row({"epoch": 2}, None, Deed("hangs"))]
    found = replace(BROKEN, counterexample=Counterexample("tie", {}, (), rows))
    told = broken_text(Report("A3", "Stop", ()), found, "en")
    assert "trained" not in told
    assert "never ends" in told


# -- lines that fit ----------------------------------------------------------------------------

WIDEST = 78  # and a little less than a terminal has
letters = st.sampled_from("aB_- .,'<‘’“”（）《》，。：；！？、가나다권值一改善归零e\u0301")  # noqa: RUF001
prose = st.text(letters) | st.text(letters, min_size=100, max_size=200)


@given(prose, st.integers(2, 100))
def test_lines_fit_and_lose_nothing_but_spaces(text, room):
    lines = wrapped(text, room)
    assert all(width(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.lists(st.sampled_from(["가나", "‘다권", "a’", ".", " ", " "]), min_size=40))  # noqa: RUF001
def test_korean_breaks_at_spaces(parts):
    text = "".join(parts)
    assume(all(width(word) <= 30 for word in text.split(" ")))
    words = " ".join(wrapped(text, 30)).split()
    assert words == text.split()


@given(st.lists(st.sampled_from(["值", "一改", "“善", "归”，", "零。", "（值）"]), min_size=40))  # noqa: RUF001
def test_chinese_breaks_at_no_mark_that_belongs_to_a_letter(parts):
    lines = wrapped("".join(parts), 30)
    assert not [line for line in lines[1:] if line[0] in "，。：”）"]  # noqa: RUF001
    assert not [line for line in lines[:-1] if line[-1] in "“（"]  # noqa: RUF001
    assert all(width(line) > 30 - 10 for line in lines[:-1])


def outside_tables(told):
    """Give the lines of a report that are no rows of a table."""
    for part in told.split("\n\n"):
        if not re.search(r"^> ", part, re.M):
            yield from part.splitlines()


@pytest.mark.parametrize("lang", LANGUAGES)
@given(name=prose, values=st.lists(prose, min_size=2, max_size=3))
def test_no_line_is_wider_than_a_terminal(lang, name, values):
    names = tuple(values)
    found = Counterexample("tie", {}, (1.0,) * 99, A_RUN, f"{name}(patience=1)")
    findings = [Finding(name, True), Finding("nan", None, reason="missing", missing=names)]
    findings += [replace(BROKEN, counterexample=found), Finding(name, False, reason="trouble")]
    deeds = [Deed("misspelt", name, values[0]), Deed("no_hook", name)]
    trouble = Deed("lacks_name", name, values[0])
    report = Report("A3", name, tuple(findings), trouble, names, tuple(deeds))
    assert [line for line in outside_tables(text_of(report, lang)) if width(line) > WIDEST] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EXERCISES)
def test_what_is_said_of_each_law_fits(name, lang):
    findings = [replace(BROKEN, law=law.name) for law in EXERCISES[name].laws]
    for finding in findings:
        told = broken_text(Report(name, "Stop", ()), finding, lang)
        assert [line for line in outside_tables(told) if width(line) > WIDEST] == []


# -- which language ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "lang"),
    [({"LANG": "ko_KR.UTF-8"}, "ko"), ({"LANG": "zh_CN"}, "zh"), ({"LANG": "de_DE"}, "en"),
     ({"LC_ALL": "C", "LANG": "ko_KR"}, "en"), ({"LC_ALL": "", "LANG": "ko_KR"}, "ko"),
     ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "ko_KR"}, "zh")],
)  # fmt: skip
def test_the_language_is_that_of_the_computer(monkeypatch, here, lang):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in here.items():
        monkeypatch.setenv(name, value)
    assert language(None) == lang
    assert language("ko") == "ko"


@pytest.mark.parametrize(("here", "lang"), [("ko_KR", "ko"), ("Chinese", "en"), (None, "en")])
def test_without_variables_python_is_asked_for_the_language(monkeypatch, here, lang):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: (here, None))
    assert language() == lang


@pytest.mark.parametrize("chosen", ["fr", "", "KO"])
def test_another_language_is_refused_with_a_sentence(chosen):
    with pytest.raises(ValueError, match=f"the languages are en, ko, zh, and not '{chosen}'"):
        language(chosen)


# -- nothing is left unsaid --------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_law_of_each_exercise_has_a_promise_and_a_reason(lang):
    unsaid = [
        (exercise.name, law.name)
        for exercise in EXERCISES.values()
        for law in exercise.laws
        if not all(about_law(exercise.name, law.name, lang).values())
    ]
    assert unsaid == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EXERCISES)
def test_all_that_a_law_expects_has_words(name, lang):
    rows = [
        row
        for law in EXERCISES[name].laws
        for settings, series in islice(law.domain.corpus(), 20)
        for row in law.should(settings, series)
    ]
    columns = {column for row in rows for column in row.cells}
    kinds = {row.should.kind for row in rows if row.should}
    said = words(lang, "report")
    assert (columns - said["columns"].keys(), kinds - said["deeds"].keys()) == (set(), set())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", sorted(LAWS.glob("*.py")), ids=lambda path: path.stem)
def test_all_that_laws_see_done_has_words(path, lang):
    kinds = set(re.findall(r'\bDeed\("(\w+)"', path.read_text(encoding="utf-8")))
    assert kinds - words(lang, "report")["deeds"].keys() - UNSEEN == set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("room", ["child.py", "grading.py", "jail.py", "remarks.py"])
def test_all_that_ends_a_check_or_is_remarked_has_words(room, lang):
    source = (LAWS.parent / room).read_text(encoding="utf-8")
    kinds = set(re.findall(r'\bDeed\("(\w+)"', source)) | set(
        re.findall(r'"(\w+_for_\w+)"', source)
    )
    said = words(lang, "report")
    assert kinds
    assert kinds - {*said["trouble"], *said["remarks"]} == set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # files left open
@pytest.mark.parametrize("solution", list(wrong_ones()), ids=str)
def test_what_a_wrong_solution_does_has_words(solution):
    law = next(law for law in EXERCISES[solution.exercise].laws if law.name == solution.law)
    found = law.search(implementation(solution))
    deeds = {row.did.kind for row in found.rows if row.should}
    for lang in LANGUAGES:
        assert deeds <= words(lang, "report")["deeds"].keys()
