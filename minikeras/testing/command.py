"""What does `minikeras check` do with what it was asked for?"""

from __future__ import annotations

import sys
from contextlib import closing
from json import dumps
from pathlib import Path

from minikeras.testing.checking import Report
from minikeras.testing.exercises import EXERCISES, laws_of, load
from minikeras.testing.grading import Graded, grade, submissions_in, summary, table, verdict
from minikeras.testing.jail import Limits, check_file
from minikeras.testing.junit import junit
from minikeras.testing.table import aligned
from minikeras.testing.text import text_of
from minikeras.testing.verdicts import as_json, clean
from minikeras.testing.wording import language, phrase
from minikeras.whole_file import check_writable, write_whole


def run(
    exercise: str | None,
    solution: str | None,
    laws: str | None,
    is_list: bool,
    folder: str | None,
    jobs: int | None,
    sheet: str | None,
    is_json: bool,
    xml: str | None,
    lang: str | None,
    seed: int,
    seconds: float,
    memory: int,
) -> int:
    """Do what the command line asks for; return 0 if every law holds, else 1.

    ValueError and OSError for what cannot be done, before anything is checked.
    """
    if laws:
        load(laws)
    if is_list or exercise is None:
        print(exercises())
        return 0
    if (solution is None) == (folder is None):
        raise ValueError("pass a file to check, or --all and the folder of all submissions")
    if is_json if folder else sheet or jobs is not None:
        raise ValueError("--csv and --jobs go with --all, and --json with a single file")
    laws_of(exercise)  # ValueError where there is no such exercise
    lang, limits = language(lang), Limits(seconds, memory)
    for path in filter(None, (sheet, xml)):
        _check_writable(path)
    if folder:
        reports = _check_class(exercise, Path(folder), jobs, seed, limits, lang, sheet, xml)
    else:
        reports = [_check_one(exercise, str(solution), seed, limits, lang, is_json, xml)]
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


def _check_one(
    exercise: str,
    solution: str,
    seed: int,
    limits: Limits,
    lang: str,
    is_json: bool,
    xml: str | None,
) -> Report:
    path, wanted = divided(solution)
    report = check_file(exercise, path, wanted, seed, limits)
    if is_json:
        print(dumps(as_json(report, solution, seed, lang), indent=2, allow_nan=False))
    else:
        print(text_of(report, lang))
    _write(xml, junit({clean(path.name): report}, lang))
    return report


def _check_class(
    exercise: str,
    folder: Path,
    jobs: int | None,
    seed: int,
    limits: Limits,
    lang: str,
    sheet: str | None,
    xml: str | None,
) -> list[Report]:
    """Check all; at Ctrl-C end the checks under way, and tell of those that were done by then."""
    submissions, left_out = submissions_in(folder)
    grading = grade(exercise, submissions, jobs, seed, limits)
    if left_out:
        print(phrase("grading", "left_out", lang, names=", ".join(left_out)), file=sys.stderr)
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
            _write(sheet, table(exercise, graded, lang))
            _write(xml, junit({one.submission: one.report for one in graded}, lang))
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
