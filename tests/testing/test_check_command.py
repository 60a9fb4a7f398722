"""What does `minikeras check` say, to students, to programs and to the shell?"""

import csv
import io
import json
import os
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

HOUSE = Path(__file__).parents[2]
CHECK = [sys.executable, "-m", "minikeras", "check"]
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
        "remarks": [],
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
    assert "stop_epoch([1.0, 1.0], patience=1)" in suite.find("testcase[@name='tie']/failure").text


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


WRONG_KINDS = [
    ("A3", RIGHT, "asks for a class Stop, and this is a function: stop_epoch"),
    ("A1", "class Better: pass", "asks for a function better, and this is a class: Better"),
    ("A2", "class Stop: pass", "asks for a function stop_epoch, and this is a class: Stop"),
    ("CSVLogger", RIGHT, "asks for a class CSVLogger, and this is a function: stop_epoch"),
]


@pytest.mark.parametrize(("exercise", "source", "sentence"), WRONG_KINDS)
def test_a_class_for_a_function_is_no_success(checks, tmp_path, exercise, source, sentence):
    (tmp_path / "kind.py").write_text(source)
    code, printed, _ = checks(exercise, "kind.py", "--lang", "en", "--junit", "a.xml")
    assert code == 1
    assert sentence in " ".join(printed.split())
    assert "could not be checked" in printed
    (suite,) = ElementTree.parse(tmp_path / "a.xml").getroot()
    assert (suite.get("errors"), suite.get("tests")) == ("1", "1")


def test_the_case_of_an_exercise_does_not_matter(checks):
    assert checks("a2", "right.py")[0] == 0
    assert checks("EARLYSTOPPING", "right.py", "--lang", "en")[1].startswith(
        "EarlyStopping: stop_epoch"
    )


def test_what_cannot_be_printed_costs_no_results(tmp_path):
    """A terminal that speaks another language than the report."""
    (tmp_path / "tie.py").write_text(TIE)
    done = subprocess.run(
        [*CHECK, "A2", "tie.py", "--lang", "zh", "--junit", "a.xml"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "tie" in done.stdout
    assert "tie" in (tmp_path / "a.xml").read_text(encoding="utf-8")


def test_results_are_written_before_they_are_printed(checks, tmp_path, monkeypatch):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError("no space is left")

    monkeypatch.setattr(sys, "stdout", Full())
    assert checks("A2", "tie.py", "--junit", "a.xml")[0] == 2
    assert (tmp_path / "a.xml").exists()


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
    done = subprocess.run([*CHECK, "--help"], capture_output=True, text=True)
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


@pytest.fixture
def teacher(monkeypatch):
    """Write a teacher's file; what it adds is taken back."""
    monkeypatch.setitem(EXERCISES, "own", None)
    monkeypatch.setattr(exercises, "LOADED", [])
    monkeypatch.setattr(jail, "LOADED", exercises.LOADED)
    return lambda source: Path("own.py").write_text(source)


def test_a_teachers_file_adds_exercises_that_are_checked_like_the_others(checks, teacher):
    teacher(OWN)
    code, printed, _ = checks("own", "right.py", "--laws", "own.py", "--lang", "en")
    assert (code, printed.splitlines()[0]) == (0, "own: stop_epoch obeys 2 of 2 laws.")
    code, printed, _ = checks("own", "--all", ".", "--laws", "own.py", "--jobs", "1")
    assert code == 1  # own.py is no solution
    assert checks("own", "right.py", "--laws", "none.py")[0] == 2


MISTAKES = {
    "x = 1\n\ny = undefined": "own.py: NameError: name 'undefined' is not defined (line 3)",
    "x = 1\ndef": "own.py: SyntaxError: invalid syntax (line 2)",
    "import sys\nsys.exit(3)": "own.py: SystemExit: 3 (line 2)",
    "raise ValueError('two\\nlines')": "own.py: ValueError: two lines (line 1)",
}


@pytest.mark.parametrize("source", MISTAKES)
def test_a_mistake_in_a_teachers_file_is_one_sentence_with_its_line(checks, teacher, source):
    teacher(source)
    code, printed, complaint = checks("own", "right.py", "--laws", "own.py")
    assert (code, printed, complaint) == (2, "", f"minikeras check: {MISTAKES[source]}\n")


OWN_LAW = """
from minikeras.testing import EXERCISES, Domain, Exercise, Law, laws_of

def should(settings, series):
    return {should}

def did({did}):
    yield from ()

mine = Law("mine", Domain(({{"patience": 1}},)), should, did, frozenset({{"function"}}))
EXERCISES["own"] = Exercise("own", "stop_epoch", "own", (*laws_of("A2")[1:2], mine))
"""


@pytest.mark.parametrize(
    ("should", "did", "sentence"),
    [
        ("undefined", "*case", "the law mine itself fails: NameError: name 'undefined' is not def"),
        ("[]", "implementation", "the law mine itself fails: TypeError: did() takes 1 pos"),
    ],
)
def test_a_law_that_fails_is_not_the_students_mistake(checks, teacher, should, did, sentence):
    teacher(OWN_LAW.format(should=should, did=did))
    code, printed, _ = checks("own", "right.py", "--laws", "own.py", "--json", "--lang", "en")
    told = json.loads(printed)
    assert (code, [law["holds"] for law in told["laws"]]) == (1, [True, None])
    assert told["trouble"]["text"].startswith(sentence)


def test_laws_that_load_only_here_are_not_the_students_mistake(checks, teacher):
    teacher("open('right.py').close()\n" + OWN)
    code, printed, _ = checks("own", "right.py", "--laws", "own.py", "--lang", "en")
    assert code == 1
    assert "The check ended early: the laws cannot be loaded: " in " ".join(printed.split())


def test_a_solution_that_no_law_could_be_about_is_no_success(checks, teacher):
    teacher(OWN)
    Path("bare.py").write_text("def stop_epoch(scores): pass")
    code, printed, _ = checks("own", "bare.py", "--laws", "own.py", "--lang", "en", "--junit", "a")
    assert code == 1
    assert "there was no law that it could be checked against" in printed
    assert 'errors="1"' in Path("a").read_text(encoding="utf-8")


REMARKABLE = """
class Stop:
    def __init__(self, monitor, patience, restore_best_weights, start_from_epoch): pass
    def on_epoch_ends(self, epoch, logs=None): pass
    def on_lunch(self): pass
"""


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (REMARKABLE, ["on_epoch_ends is no hook; did you mean on_epoch_end?",
                      "on_lunch is no hook: training does not call it."]),
        ("from minikeras.callbacks import EarlyStopping as Stop",
         ["It is minikeras's own, imported and not written."]),
        ("from minikeras.callbacks import EarlyStopping\nclass Stop(EarlyStopping): pass", []),
    ],
)  # fmt: skip
def test_what_a_teacher_would_ask_about_is_remarked(checks, tmp_path, source, told):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "kim.py").write_text(source)
    _, printed, _ = checks("A3", "class/kim.py", "--json", "--lang", "en")
    assert [remark["text"] for remark in json.loads(printed)["remarks"]] == told
    _, printed, _ = checks("A3", "class/kim.py", "--lang", "en")
    assert all(f"- {remark}" in printed for remark in told)
    assert ("By the way:" in printed) == bool(told)
    checks("A3", "--all", "class", "--csv", "a.csv", "--lang", "en")
    (row,) = csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines())
    assert row["remarks"] == " ".join(told)


def test_the_case_of_every_broken_law_is_drawn_where_that_is_asked_for(checks):
    Path("one.py").write_text(RIGHT.replace("return epoch", "return epoch + 1"))
    laws = [f.law for f in in_this_process(Path("one.py").read_text()).findings if not f.holds]
    assert len(laws) > 3
    for option, drawn in (([], laws[:3]), (["--full"], laws)):
        _, printed, _ = checks("A2", "one.py", "--lang", "en", *option)
        assert [line[8:] for line in printed.splitlines() if line[:8] == "BROKEN: "] == drawn


@pytest.mark.parametrize("solution", ["right.py", "right.py:stop_epoch"])
def test_early_stopping_may_be_a_function_as_well(checks, solution):
    code, printed, _ = checks("EarlyStopping", solution, "--lang", "en")
    assert (code, printed.splitlines()[0]) == (0, "EarlyStopping: stop_epoch obeys 12 of 12 laws.")
