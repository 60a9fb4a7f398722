"""What does `minikeras check` do with what it was asked for?"""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass
from io import TextIOWrapper
from json import dumps
from pathlib import Path

from minikeras.testing.checking import Report
from minikeras.testing.exercises import EXERCISES, exercise, laws_of, load
from minikeras.testing.grading import Graded, grade, submissions_in, summary, table, verdict
from minikeras.testing.jail import Limits, check_file
from minikeras.testing.junit import junit
from minikeras.testing.table import aligned
from minikeras.testing.text import text_of
from minikeras.testing.verdicts import as_json, clean
from minikeras.testing.wording import language, phrase
from minikeras.whole_file import check_writable, write_whole


@dataclass(frozen=True)
class Request:
    """What the command line asks for; its help explains each."""

    exercise: str | None
    solution: str | None
    laws: str | None
    is_list: bool
    folder: str | None
    jobs: int | None
    sheet: str | None
    is_json: bool
    xml: str | None
    lang: str | None
    is_full: bool
    seed: int
    seconds: float
    memory: int


def run(asked: Request) -> int:
    """Do what the command line asks for; return 0 if every law holds, else 1.

    ValueError and OSError for what cannot be done, before anything is checked.
    """
    if isinstance(sys.stdout, TextIOWrapper):  # a letter that it lacks must not cost the results
        sys.stdout.reconfigure(errors="backslashreplace")
    if asked.laws:
        load(asked.laws)
    if asked.is_list or asked.exercise is None:
        print(exercises())
        return 0
    if (asked.solution is None) == (asked.folder is None):
        raise ValueError("pass a file to check, or --all and the folder of all submissions")
    if asked.is_json if asked.folder else asked.sheet or asked.jobs is not None:
        raise ValueError("--csv and --jobs go with --all, and --json with a single file")
    name, lang = _spelt(asked.exercise), language(asked.lang)
    limits = Limits(asked.seconds, asked.memory)
    for path in filter(None, (asked.sheet, asked.xml)):
        _check_writable(path)
    if asked.folder:
        reports = _check_class(name, Path(asked.folder), asked, limits, lang)
    else:
        reports = [_check_one(name, str(asked.solution), asked, limits, lang)]
    return 0 if all(report.holds for report in reports) else 1


def exercises() -> str:
    """Return a table of what can be checked."""
    rows = [[told.name, told.expects, str(len(told.laws))] for told in EXERCISES.values()]
    return "\n".join(aligned([["exercise", "name", "laws"], *rows], right=[2]))


def divided(solution: str) -> tuple[Path, str]:
    r"""Return the file, and the name behind its colon if there is one.

    >>> divided("C:\\kim.py")[1], divided("kim.py:Stop")[1]
    ('', 'Stop')
    """
    file, colon, name = solution.rpartition(":")
    return (Path(file), name) if colon and name.isidentifier() else (Path(solution), "")


def _spelt(name: str) -> str:
    """Return the name of an exercise in its own case; ValueError where there is none."""
    alike = {known.casefold(): known for known in EXERCISES}
    name = name if name in EXERCISES else alike.get(name.casefold(), name)
    laws_of(name)
    return name


def _check_one(name: str, solution: str, asked: Request, limits: Limits, lang: str) -> Report:
    path, wanted = divided(solution)
    report = check_file(name, path, wanted, asked.seed, limits)
    _write(asked.xml, junit({clean(path.name): report}, lang))
    if asked.is_json:
        print(dumps(as_json(report, solution, asked.seed, lang), indent=2, allow_nan=False))
    else:
        print(text_of(report, lang, asked.is_full))
    return report


def _check_class(
    name: str, folder: Path, asked: Request, limits: Limits, lang: str
) -> list[Report]:
    """Check all; at Ctrl-C end the checks under way, and tell of those that were done by then."""
    submissions = submissions_in(folder, exercise(name).expects)
    grading = grade(name, submissions, asked.jobs, asked.seed, limits)
    graded: list[Graded] = []
    with closing(grading):
        try:
            for one in grading:
                graded.append(one)
                counts = {"number": len(graded), "all": len(submissions)}
                told = {"submission": one.submission, "verdict": verdict(one.report, lang)}
                print(phrase("grading", "progress", lang, **counts, **told), file=sys.stderr)
        finally:
            graded.sort(key=lambda one: one.submission)
            _write(asked.sheet, table(name, graded, lang))
            _write(asked.xml, junit({one.submission: one.report for one in graded}, lang))
            print(summary(graded, lang))
    return [one.report for one in graded]


def _check_writable(path: str) -> None:
    """Raise what writing would raise: before a long check, rather than after it."""
    check_writable(path)
    if not Path(path).absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder for {path!r}: make it, or choose another")


def _write(path: str | None, content: bytes) -> None:
    if path:
        write_whole(path, lambda file: file.write(content), overwrite=True)
