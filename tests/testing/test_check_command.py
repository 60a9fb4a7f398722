"""What does `minikeras check` say, to students, to programs and to the shell?"""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from minikeras import cli
from minikeras.testing import EXERCISES, check, exercises, jail
from minikeras.testing.checking import Finding, Report
from minikeras.testing.command import divided
from minikeras.testing.junit import junit
from minikeras.testing.law import Counterexample, Deed, Row
from minikeras.testing.text import text_of
from minikeras.testing.verdicts import as_json, read, written

RIGHT = """
def stop_epoch(scores, patience):
    best, wait = None, 0
    for epoch, score in enumerate(scores):
        if score is None:
            continue
        if score == score and (best is None or score < best):
            best, wait = score, 0
        else:
            wait += 1
            if wait >= max(1, patience):
                return epoch
"""
TIE = RIGHT.replace("score < best", "score <= best")


@pytest.fixture
def checks(tmp_path, monkeypatch, capsys):
    """Run the command in a folder with a right and a wrong solution; return what it tells."""
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "tie.py").write_text(TIE)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = cli.main(["check", *arguments])
        return code, *capsys.readouterr()

    return run


def in_this_process(source, seed=0):
    names = {}
    exec(source, names)
    return check("A2", names["stop_epoch"], seed)


def broken(counterexample):
    return Report("A2", "stop_epoch", (Finding("tie", False, counterexample),))


ODD = Counterexample(
    "tie",
    {"monitor": "\x1b[2J", "schedule": RIGHT.__class__, "min_delta": float("inf")},
    (1.0, None, float("nan")),
    [Row({"epoch": 1, "best": None}), Row({"epoch": 2}, Deed("stop"), Deed("rate", (0.5, 1)))],
)


@pytest.mark.parametrize(("file", "code"), [("right.py", 0), ("tie.py", 1)])
def test_a_check_prints_what_a_check_in_this_process_finds(checks, file, code):
    source = {"right.py": RIGHT, "tie.py": TIE}[file]
    expected = text_of(in_this_process(source), "en") + "\n"
    assert checks("A2", file, "--lang", "en") == (code, expected, "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["A9", "right.py"], "there is no exercise 'A9'; there are: EarlyStopping, "),
        (["A2", "none.py"], "there is no file "),
        (["A2", "."], "there is no file "),
        (["A2"], "pass a file to check, or --all"),
        (["A2", "right.py", "--all", "."], "pass a file to check, or --all"),
        (["A2", "right.py", "--csv", "a.csv"], "--csv and --jobs go with --all"),
        (["A2", "right.py", "--jobs", "0"], "--csv and --jobs go with --all"),
        (["A2", "--all", ".", "--json"], "--json with a single file"),
        (["A2", "--all", ".", "--jobs", "0"], "jobs is the number of checks at a time"),
        (["A2", "--all", "none"], "there is no folder "),
        (["A2", "--all", "empty"], "there is no .py file"),
        (["A2", "right.py", "--lang", "de"], "the languages are en, ko, zh"),
        (["A2", "right.py", "--time", "0"], "the time is a number of seconds above 0"),
        (["A2", "right.py", "--memory", "0"], "the memory is a number of MiB"),
        (["A2", "right.py", "--junit", "none/a.xml"], "there is no folder for 'none/a.xml'"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(checks, tmp_path, arguments, sentence):
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    code, printed, complaint = checks(*arguments)
    assert (code, printed) == (2, "")
    assert complaint.startswith("minikeras check: ")
    assert sentence in complaint
    assert complaint.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("arguments", [[], ["--list"], ["A2", "--list"]])
def test_without_a_file_it_lists_the_exercises(checks, arguments):
    code, printed, _ = checks(*arguments)
    assert code == 0
    assert [line.split()[0] for line in printed.splitlines()[1:]] == list(EXERCISES)


def test_json_is_strict_and_holds_every_law(checks):
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    code, printed, _ = checks("A2", "tie.py", "--json", "--seed", "7", "--lang", "en")
    told = json.loads(printed, parse_constant=refuse)
    assert code == 1
    laws = told.pop("laws")
    assert told == {
        "exercise": "A2",
        "solution": "tie.py",
        "name": "stop_epoch",
        "holds": False,
        "trouble": None,
        "left": [],
        "seed": 7,
    }
    assert [law["name"] for law in laws] == [law.name for law in EXERCISES["A2"].laws]
    (tie,) = [law for law in laws if law["name"] == "tie"]
    assert tie["holds"] is False
    assert tie["law"].startswith("A score that only equals the best")
    assert tie["counterexample"]["series"] == [1.0, 1.0]
    assert tie["counterexample"]["rows"][-1]["did"]["kind"] == "go_on"
    assert "counterexample" not in laws[0]


def test_json_writes_nan_and_infinities_as_words():
    (told,) = as_json(broken(ODD), "a.py", 0)["laws"]
    assert told["counterexample"]["series"] == [1.0, None, "nan"]
    assert told["counterexample"]["settings"]["min_delta"] == "inf"
    json.dumps(told, allow_nan=False)


def test_a_finding_comes_back_from_a_process_as_it_was_but_safe_to_print():
    sent = json.loads(json.dumps(written(broken(ODD).findings[0])))
    back = read(sent).counterexample
    assert back.law == "tie"
    assert back.settings["min_delta"] == float("inf")
    assert back.settings["monitor"] == r"\x1b[2J"
    assert repr(back.settings["schedule"]) == "str"
    assert repr(back.series) == "(1.0, None, nan)"
    assert back.rows[1] == Row({"epoch": 2}, Deed("stop"), Deed("rate", [0.5, 1]))


def test_junit_has_a_test_for_each_law(checks, tmp_path):
    checks("A2", "tie.py", "--junit", "a.xml")
    (suite,) = ElementTree.parse(tmp_path / "a.xml").getroot()
    assert suite.get("name") == "tie.py"
    assert [test.get("name") for test in suite] == [law.name for law in EXERCISES["A2"].laws]
    failed = [test.get("name") for test in suite if test.find("failure") is not None]
    assert "tie" in failed
    assert len(failed) == int(suite.get("failures"))
    assert "stop_epoch(patience=1)" in suite.find("testcase[@name='tie']/failure").text


def test_junit_tells_what_was_not_checked_and_why_nothing_was():
    findings = (Finding("tie", False, reason="trouble"), Finding("nan", None, reason="trouble"))
    report = Report("A2", "stop_epoch", findings, Deed("dies", "SIGSEGV", "\x00"))
    (suite,) = ElementTree.fromstring(junit({"kim\x01.py": report}))
    counts = {"tests": "3", "failures": "1", "errors": "1", "skipped": "1"}
    assert suite.attrib == {"name": "kim.py"} | counts
    assert "SIGSEGV" in suite.find("testcase[@name='check']/error").get("message")
    assert suite.find("testcase[@name='nan']/skipped") is not None


def test_a_file_that_cannot_be_used_exits_with_1(checks, tmp_path):
    (tmp_path / "no.py").write_text("def")
    code, printed, complaint = checks("A2", "no.py", "--lang", "en")
    assert (code, complaint) == (1, "")
    assert "The check ended early: line 1 is not Python: invalid syntax" in printed


def test_a_name_behind_a_colon_chooses(checks, tmp_path):
    (tmp_path / "two.py").write_text(RIGHT + TIE.replace("stop_epoch", "other"))
    assert checks("A2", "two.py")[0] == 0
    assert checks("A2", "two.py:other")[0] == 1


@pytest.mark.parametrize(
    ("solution", "parts"),
    [
        ("kim.py:Stop", ("kim.py", "Stop")),
        (r"C:\kim.py", (r"C:\kim.py", "")),
        (r"C:\kim.py:Stop", (r"C:\kim.py", "Stop")),
        ("a:b.py", ("a:b.py", "")),
        ("kim.py:", ("kim.py:", "")),
        ("김.py:멈춤", ("김.py", "멈춤")),
    ],
)
def test_the_colon_of_a_drive_is_not_that_of_a_name(solution, parts):
    path, name = divided(solution)
    assert (str(path), name) == parts


def test_the_help_tells_the_exit_codes():
    done = subprocess.run(
        [sys.executable, "-m", "minikeras", "check", "--help"], capture_output=True, text=True
    )
    assert "Exit code: 0 all laws hold, 1 a law is broken" in " ".join(done.stdout.split())


def test_the_seed_chooses_the_random_cases(checks, tmp_path):
    """A mistake that only two numbers show, which chance does not always draw."""
    rare = RIGHT.replace("score < best", "score < best and (score, best) != (2.25, 3.75)")
    (tmp_path / "rare.py").write_text(rare)
    verdicts = [in_this_process(rare, seed).holds for seed in range(30)]
    for holds in (True, False):
        seed = verdicts.index(holds)
        assert checks("A2", "rare.py", "--seed", str(seed))[0] == int(not holds)


OWN = """
from minikeras.testing import EXERCISES, Exercise, laws_of

EXERCISES["own"] = Exercise("own", "stop_epoch", "callbacks/early_stopping", laws_of("A2")[1:3])
"""


def test_a_teachers_file_adds_exercises_that_are_checked_like_the_others(checks, monkeypatch):
    monkeypatch.setitem(EXERCISES, "own", None)  # so that it is taken back
    monkeypatch.setattr(exercises, "LOADED", [])
    monkeypatch.setattr(jail, "LOADED", exercises.LOADED)
    Path("own.py").write_text(OWN)
    code, printed, _ = checks("own", "right.py", "--laws", "own.py", "--lang", "en")
    assert (code, printed.splitlines()[0]) == (0, "own: stop_epoch obeys 2 of 2 laws.")
    code, printed, _ = checks("own", "--all", ".", "--laws", "own.py", "--jobs", "1")
    assert code == 1  # own.py is no solution
    assert checks("own", "right.py", "--laws", "none.py")[0] == 2
