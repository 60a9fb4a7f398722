"""Is a whole class checked as each submission alone would be, whatever some of them do?"""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree

import pytest

from minikeras import cli
from minikeras.testing import EXERCISES
from minikeras.testing.grading import Graded, grade, submissions_in, summary, table
from minikeras.testing.jail import Limits, check_file
from tests.testing.test_check_command import RIGHT, TIE

DEAF = "import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
SUBMISSIONS = {
    "kim.py": RIGHT,
    "lee/solution.py": TIE,
    "lee/helper.py": "",
    "=park.py": "import os; os._exit(3)",
    "최.py": "while True: pass",
    "jung/any name.py": RIGHT,
}


@pytest.fixture
def folder(tmp_path):
    for name, source in SUBMISSIONS.items():
        path = tmp_path / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return tmp_path / "class"


STOP = "import better\n\nclass Stop:\n    pass\n"
FOLDERS = {  # what a student hands in, and what is checked of it
    "alone": (["any name.py"], "any name.py"),
    "upper": (["STOP.PY"], "STOP.PY"),
    "with the one before": (["better.py", "stop.py"], "stop.py"),
    "a package": (["__init__.py", "stop.py"], "stop.py"),
    "from an archive": (["src/stop.py", "__MACOSX/stop.py", ".DS_Store"], "src/stop.py"),
    "with a README": (["README.md", "mine.py"], "mine.py"),
    "named": (["Solution.py", "stop.py", "stop2.py"], "Solution.py"),
    "two": (["stop.py", "stop2.py"], None),
    "helpers": (["a.py", "b.py"], None),
    "deep": (["one/two/stop.py"], None),
    "beside a folder": (["src/stop.py", "notes.txt"], None),
    "notebook": (["stop.ipynb"], None),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_in_a_folder_the_file_is_found_that_is_to_be_checked(tmp_path, name):
    files, expected = FOLDERS[name]
    (tmp_path / "kim.py").touch()
    for file in files:
        path = tmp_path / "lee" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STOP if "stop" in file else "def stop(): 'class Stop'")
    found = submissions_in(tmp_path, "Stop")["lee"]
    assert found == (expected and tmp_path / "lee" / expected)


def test_all_that_may_be_handed_in_is_a_submission(folder):
    for name in ("two/a.py", "notes.txt", "LIM.PY", "marks.csv", "__pycache__/c.py", ".git/d.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    (folder / "none").mkdir()
    found = submissions_in(folder, "stop_epoch")
    usable = ["=park.py", "LIM.PY", "jung", "kim.py", "lee", "two", "최.py"]
    assert [name for name in found if found[name]] == usable
    assert [name for name in found if not found[name]] == ["none", "notes.txt"]


def test_who_handed_in_no_file_to_check_gets_a_row_too(folder, capsys):
    for name in ("=park.py", "최.py", "lee/solution.py"):
        (folder / name).unlink()
    (folder / "lim.ipynb").write_text("{}")
    files = ["--csv", str(folder / "a.csv"), "--junit", str(folder / "a.xml")]
    assert cli.main(["check", "A2", "--all", str(folder), *files, "--lang", "en"]) == 1
    assert "2 of 4 submissions obey every law." in capsys.readouterr().out
    with (folder / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["submission"]: row["trouble"] for row in csv.DictReader(file)}
    assert rows["lim.ipynb"] == "there is not one .py file to check"
    (lim,) = ElementTree.parse(folder / "a.xml").iterfind("testsuite[@name='lim.ipynb']")
    assert lim.get("errors") == "1"


def test_each_gets_the_report_that_it_would_get_alone(folder):
    found = submissions_in(folder, "stop_epoch")
    del found["최.py"]
    graded = {one.submission: one.report for one in grade("A2", found, jobs=2)}
    assert graded == {name: check_file("A2", path) for name, path in found.items()}


def test_the_command_writes_a_table_a_file_for_graders_and_a_summary(folder, capsys):
    files = ["--csv", str(folder / "a.csv"), "--junit", str(folder / "a.xml")]
    options = ["--jobs", "2", "--time", "2", "--lang", "en"]
    assert cli.main(["check", "A2", "--all", str(folder), *files, *options]) == 1
    printed, progress = capsys.readouterr()
    assert "2 of 5 submissions obey every law." in printed
    assert [line.split() for line in printed.splitlines() if line.startswith("tie")] == [
        ["tie", "1", "1"]
    ]
    assert "- 최.py: it was still running after 2 seconds" in printed
    assert len(progress.splitlines()) == 5

    laws = [law.name for law in EXERCISES["A2"].laws]
    with (folder / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["'=park.py", "jung", "kim.py", "lee", "최.py"]
    fixed = "submission holds laws_held laws_checked first_broken trouble remarks seconds"
    assert list(rows["kim.py"]) == [*fixed.split(), *laws]
    assert {rows["kim.py"][law] for law in laws} == {"1"}
    assert rows["lee"]["holds"] == "0"
    assert rows["lee"]["first_broken"] == "tie"
    assert (rows["lee"]["tie"], rows["lee"]["patience"]) == ("0", "1")
    assert {rows["최.py"][law] for law in laws} == {""}
    assert rows["'=park.py"]["trouble"] == "it ended its own process, with exit code 3"
    suites = ElementTree.parse(folder / "a.xml").getroot()
    assert [suite.get("name") for suite in suites] == [*submissions_in(folder, "stop_epoch")]


def test_a_class_that_is_right_exits_with_0(folder, capsys):
    for name in ("=park.py", "최.py"):
        (folder / name).unlink()
    shutil.rmtree(folder / "lee")
    assert cli.main(["check", "A2", "--all", str(folder), "--lang", "en"]) == 0
    assert capsys.readouterr().out == "2 of 2 submissions obey every law.\n"


def test_a_file_that_cannot_be_read_costs_nobody_else_a_row(folder):
    found = {"gone.py": folder / "gone.py", "kim.py": folder / "kim.py"}
    graded = {one.submission: one.report for one in grade("A2", found)}
    assert graded["gone.py"].trouble.kind == "unreadable"
    assert graded["kim.py"].holds


def test_who_stops_listening_ends_the_checks_under_way(folder):
    (folder / "deaf.py").write_text(DEAF)
    found = {f"{number}.py": folder / "deaf.py" for number in range(50)}
    found["0.py"] = folder / "kim.py"
    begin = time.monotonic()
    grading = grade("A2", found, jobs=2, limits=Limits(seconds=100))
    assert next(grading).submission == "0.py"
    grading.close()
    assert time.monotonic() - begin < 90


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent in another way there")
def test_ctrl_c_leaves_what_is_known_by_then(folder):
    command = ["check", "A2", "--all", folder, "--jobs", "1", "--csv", folder / "a.csv"]
    process = subprocess.Popen(
        [sys.executable, "-m", "minikeras", *command, "--lang", "en", "--time", "100"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"TMPDIR": str(folder.parent), "PYTHONUTF8": "1"},
    )
    with process:
        finished = [process.stderr.readline() for _ in range(4)]  # the fifth never ends
        process.send_signal(signal.SIGINT)
        printed, complaint = process.communicate(timeout=60)
    assert finished[-1].startswith("4 of 5")
    assert process.returncode == 130
    assert complaint == "\nstopped\n"
    assert "2 of 4 submissions" in printed
    assert len((folder / "a.csv").read_text(encoding="utf-8-sig").splitlines()) == 5
    assert [path.name for path in folder.parent.iterdir()] == ["class"]


def test_the_table_and_the_summary_of_nobody():
    assert len(table("A2", []).splitlines()) == 1
    assert summary([]) == "0 of 0 submissions obey every law."


def test_the_mistakes_that_come_first_are_counted_first(folder):
    reports = [check_file("A2", folder / name) for name in ("kim.py", "lee/solution.py")]
    graded = [Graded(str(number), reports[number > 0], 0.1) for number in range(3)]
    *_, line = summary(graded).splitlines()
    assert line.split() == ["tie", "2", "2"]
