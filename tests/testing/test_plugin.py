"""Does pytest check submissions, law by law, without importing them?"""

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from minikeras.testing import EXERCISES
from minikeras.testing.grading import submissions_in
from tests.testing.test_check_command import OWN, RIGHT, TIE

LAWS = [law.name for law in EXERCISES["A2"].laws]


@pytest.fixture
def run_in(tmp_path):
    """Run pytest in a folder with submissions."""
    submissions = {
        "kim.py": RIGHT,
        "test_lee.py": f"import os\nopen({str(tmp_path / 'seen')!r}, 'a').write('x')\n{TIE}",
        "park/solution.py": "import os; os._exit(3)",
        "park/helper.py": "raise AssertionError",
        "park/__init__.py": "raise AssertionError",
    }
    for name, source in submissions.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

    def run(*arguments):
        plugin = ["-p", "minikeras.testing.plugin", "-p", "no:cacheprovider", "--lang", "en"]
        return subprocess.run(
            [sys.executable, "-B", "-m", "pytest", "--rootdir", ".", *plugin, *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": root},
            capture_output=True,
            text=True,
        )

    return run


def test_each_law_is_a_test_and_each_file_is_run_once(run_in, tmp_path):
    done = run_in("--exercise", "A2", "--junit-xml", "a.xml")
    assert done.returncode == 1, done.stderr
    outcomes = {}
    for test in ElementTree.parse(tmp_path / "a.xml").iter("testcase"):
        outcome = [part.tag for part in test if part.tag in ("failure", "skipped")]
        outcomes.setdefault(test.get("classname"), {})[test.get("name")] = outcome
    kim, lee, park = (outcomes[name] for name in ("kim", "test_lee", "park.solution"))
    assert kim == {name: [] for name in ["check", *LAWS]}
    assert (lee["check"], lee["tie"], lee["patience"]) == ([], ["failure"], [])
    assert park == {"check": ["failure"]} | {name: ["skipped"] for name in LAWS}
    assert len(outcomes) == 3
    assert (tmp_path / "seen").read_text() == "x"
    assert "stop_epoch([1.0, 1.0], patience=1)" in done.stdout
    assert "it ended its own process, with exit code 3" in done.stdout
    assert "BrokenError" not in done.stdout


def test_a_folder_is_read_as_by_the_command(run_in, tmp_path):
    place = tmp_path / "class"
    for name in (
        "choi/src/KIM.PY",
        "lee/better.py",
        "lee/mine.py",
        "lim/a.py",
        "lim/b.py",
        "x.txt",
    ):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(RIGHT if name in ("choi/src/KIM.PY", "lee/mine.py") else "")
    done = run_in("--exercise", "A2", "class", "-rA", "--junit-xml", "a.xml")
    laws = 1 + len(LAWS)
    assert f"2 failed, {2 * laws} passed, {2 * len(LAWS)} skipped" in done.stdout
    assert done.stdout.count("there is not one .py file to check") >= 2
    assert "PASSED class/lee/mine.py::tie" in done.stdout
    assert set(submissions_in(place, "stop_epoch")) == {"choi", "lee", "lim", "x.txt"}


def test_a_submission_of_the_wrong_kind_fails(run_in):
    done = run_in("--exercise", "A3", "kim.py")
    assert f"1 failed, {len(EXERCISES['A3'].laws)} skipped" in done.stdout
    assert "asks for a class Stop" in done.stdout


def test_a_folder_without_submissions_is_one_sentence(run_in, tmp_path):
    (tmp_path / "empty").mkdir()
    done = run_in("--exercise", "A2", "empty")
    assert "there is no .py file" in done.stdout
    assert "raise ValueError" not in done.stdout


def test_a_mistake_in_a_teachers_file_is_one_sentence(run_in, tmp_path):
    (tmp_path / "own.py").write_text("undefined")
    done = run_in("--exercise", "own", "--laws", "own.py", "kim.py")
    assert done.returncode == 4
    assert "own.py: NameError: name 'undefined' is not defined (line 1)" in done.stderr
    assert "INTERNALERROR" not in done.stderr


def test_one_law_can_be_chosen(run_in):
    done = run_in("--exercise", "A2", "-q", "test_lee.py::tie", "kim.py::tie")
    assert "1 failed, 1 passed" in done.stdout


def test_collecting_runs_nothing(run_in, tmp_path):
    done = run_in("--exercise", "A2", "--collect-only", "-q")
    assert f"{3 * (1 + len(LAWS))} tests collected" in done.stdout
    assert not (tmp_path / "seen").exists()


def test_without_an_exercise_it_stays_out_of_the_way(run_in, tmp_path):
    (tmp_path / "test_own.py").write_text("def test_own(): pass")
    assert "1 passed" in run_in("test_own.py").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--exercise", "A9"], "there is no exercise 'A9'"),
        (["--exercise", "A2", "--law-time", "0"], "the time is a number of seconds above 0"),
    ],
)
def test_wrong_use_is_one_sentence(run_in, arguments, sentence):
    done = run_in(*arguments)
    assert done.returncode == 4
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_teachers_file_adds_exercises(run_in, tmp_path):
    (tmp_path / "laws").mkdir()
    (tmp_path / "laws" / "own.py").write_text(OWN)
    done = run_in("--laws", "laws/own.py", "--exercise", "own", "kim.py")
    assert "3 passed" in done.stdout  # two laws, and that the check has come to its end
