"""Does the checker survive whatever it checks, and leave nothing behind?"""

import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from minikeras.testing.jail import LARGEST, Limits, check_file
from tests.testing.hostile_sources import (
    ACCOUNTS,
    AT_IMPORT,
    IN_HOOK,
    IN_HOOKS,
    IN_INIT,
    MEDDLES,
    RIGHT,
    WRONG,
)

SHORT = Limits(seconds=4.0, memory=256)
unix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of Unix")


def outcome(report):
    """Return in a few words how a check has ended."""
    if report.trouble:
        value = report.trouble.value
        is_time = report.trouble.kind == "hangs" or value is None
        return report.trouble.kind if is_time else f"{report.trouble.kind} {value}"
    for finding in report.findings:
        if finding.holds is False:
            deed = finding.counterexample.rows[-1].did
            return f"{deed.kind} {deed.value or ''}".strip() + " in a law"
    return "holds" if report.holds else "nothing"


def processes_in(folder):
    """Return the processes whose environment names a folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.fsencode(folder) in (process / "environ").read_bytes():
                yield process.name
        except OSError:  # it has just ended, or is somebody else's
            continue


@pytest.fixture
def submit(tmp_path, monkeypatch):
    """Check a source; afterwards nothing of it may be left."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def submitted(source, name="stop.py", limits=SHORT, **options):
        (tmp_path / name).write_bytes(source if isinstance(source, bytes) else source.encode())
        return check_file("A3", tmp_path / name, limits=limits, **options)

    yield submitted
    assert list(temporary.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"temporary"}
    deadline = time.monotonic() + 10
    while left := list(processes_in(temporary)):
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.05)


@unix
@pytest.mark.slow
@pytest.mark.parametrize("hook", IN_HOOKS)
def test_whatever_a_hook_does_is_a_verdict(submit, hook):
    assert outcome(submit(IN_HOOK.format(hook))) == IN_HOOKS[hook]


@unix
@pytest.mark.slow
def test_a_hook_that_sleeps_hangs_though_it_does_not_compute(submit):
    hook = IN_HOOK.format("time.sleep(1000)")
    assert outcome(submit(hook, limits=Limits(seconds=30))) == "hangs in a law"


@unix
@pytest.mark.slow
@pytest.mark.parametrize("line", AT_IMPORT)
def test_whatever_a_file_does_first_is_a_verdict(submit, line):
    assert outcome(submit(f"{line}\n{RIGHT}")) == AT_IMPORT[line]


@pytest.mark.slow
@pytest.mark.parametrize("line", MEDDLES)
def test_a_wrong_solution_that_meddles_with_the_checker_does_not_look_right(submit, line):
    report = submit(f"{WRONG}\n{line}\n")
    assert not report.holds
    assert report.trouble or "patience" in [f.law for f in report.findings if f.holds is False]


def test_an_object_of_the_expected_name_goes_before_the_class_it_is_made_of(submit):
    partial = (
        "import functools\nclass Base:\n    pass\nStop = functools.partial(Base, patience=1)\n"
    )
    assert submit(partial).trouble.kind == "function_for_class"  # Base would be a class


def test_what_libraries_leave_in_hidden_folders_is_not_told_of(submit):
    leaves = (
        "import os\nos.makedirs('.cache')\nopen('.cache/a', 'w').close()\nopen('b', 'w').close()\n"
    )
    assert submit(leaves + RIGHT).left == ("b",)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_process_that_tells_nonsense_is_a_verdict(submit, account):
    source = f"import os\nopen('../told', 'wb').write({account!r})\nos._exit(0)\n"
    assert outcome(submit(source)) == "garbled"


def test_time_that_is_up_while_the_checker_itself_works_is_a_hang(submit):
    late = "import __main__\ndef findings(*told, **options): raise __main__.TimeIsUp\n"
    assert outcome(submit(f"{late}__main__.findings = findings\n{RIGHT}")) == "hangs"


@unix
def test_a_process_that_puts_something_else_in_place_of_its_account_is_a_verdict(submit):
    assert outcome(submit("import os; os.mkfifo('../told'); os._exit(0)")) == "exits 0"
    assert outcome(submit("import os; os.mkdir('../told')\n" + RIGHT)) == "exits 1"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"", "defines_nothing Stop"),
        (b"x = 3", "defines_nothing Stop"),
        (b"It is no Python.", "syntax 1"),
        (b"x = '\xff\xfe'", "no_text"),
        ("\n\n\n# 한글".encode("cp949"), "no_text"),
        ("x = 3".encode("utf-16"), "no_text"),
        (b'{"cells": [{"outputs": []}], "metadata": {}}', "notebook"),
        (b'{"cells": [{"execution_count": null}]}', "notebook"),
        (b'{"cells"', "syntax 1"),
        (b"def f():\n    import sys\n    sys.exit(3)\n\nf()", "ends_on_import 5"),
        (b"a\0b", "no_text"),
        (b"#" * (LARGEST + 1), f"too_large {LARGEST >> 10}"),
        (b"class A: pass\nclass B: pass", "lacks_name Stop"),
        (b"import os\ndef f(): raise OSError('\x1b[2J')\n\nf()", "does_not_import 2"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_verdict(submit, source, told):
    report = submit(source)
    assert outcome(report) == told
    assert report.findings == ()
    assert report.trouble.note.isprintable()


def test_a_file_may_say_in_which_letters_it_is_written(submit):
    assert submit(("# coding: cp949\n# 한글\n" + RIGHT).encode("cp949")).holds


def test_candidates_are_named_and_one_can_be_chosen(submit):
    source = RIGHT.replace("class Stop", "class Mine") + "\ndef helper(): pass\n"
    assert submit(source).trouble.note == "Mine, helper"
    assert submit(source, wanted="Mine").holds
    assert submit(source.replace("helper", "_helper")).holds
    assert submit(source, wanted="Yours").trouble.kind == "lacks_name"


def test_an_imported_name_does_not_stand_in_for_what_the_file_defines(submit):
    imports = "from minikeras.callbacks import EarlyStopping as Stop\n"
    assert submit(imports).holds
    assert not submit(imports + WRONG.replace("Stop", "Mine")).holds


@pytest.mark.parametrize("name", ["my solution.py", "정지 규칙.py", "早停.py", "-x.py", "json.py"])
def test_a_file_may_have_any_name(submit, name):
    assert submit(RIGHT, name).holds


@unix
def test_a_hang_in_the_constructor_is_a_verdict_and_two_laws_are_enough(submit):
    report = submit(IN_INIT)
    hanging = [f for f in report.findings if f.holds is False]
    assert [f.counterexample.rows[-1].did.kind for f in hanging] == ["hangs", "hangs"]
    assert {f.reason for f in report.findings[len(hanging) + 1 :]} == {"time"}


def test_a_law_under_way_at_a_death_is_broken_and_the_rest_is_not_checked(submit):
    report = submit(IN_HOOK.format("os._exit(3)"))
    verdicts = [finding.holds for finding in report.findings]
    first = verdicts.index(False)
    assert set(verdicts[:first]) == {True}
    assert {(f.holds, f.reason) for f in report.findings[first + 1 :]} == {(None, "trouble")}
    assert report.findings[first].reason == "trouble"


def test_files_left_behind_are_named_at_most_ten_and_removed(submit):
    assert submit(RIGHT + "\nopen('left.txt', 'w').close()").left == ("left.txt",)
    many = "\nimport os\nos.mkdir('runs')\nfor n in range(30): open(f'runs/{n}', 'w').close()"
    assert len(submit(RIGHT + many).left) == 10


def test_a_solution_finds_what_lies_beside_it_and_no_secrets(submit, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "1234")
    (tmp_path / "helper.py").write_text("from minikeras.callbacks import EarlyStopping\n")
    source = "import os\nfrom helper import EarlyStopping\nassert 'SECRET' not in os.environ\n"
    report = submit(source + "class Stop(EarlyStopping): pass\n")
    assert report.holds, report.trouble
    assert not (tmp_path / "__pycache__").exists()


def test_what_is_no_file_is_an_error_of_the_caller(tmp_path):
    for path in (tmp_path, tmp_path / "nothing.py"):
        with pytest.raises(FileNotFoundError, match="there is no file"):
            check_file("A3", path)
    with pytest.raises(ValueError, match="there is no exercise 'A9'; there are: "):
        check_file("A9", __file__)


@pytest.mark.parametrize("limits", [{"seconds": 0.0}, {"seconds": float("nan")}, {"memory": 0}])
def test_limits_that_limit_nothing_are_refused(limits):
    with pytest.raises(ValueError, match="is a number of"):
        Limits(**limits)
