"""How is a whole class checked? Several submissions at a time, each in a process of its own."""

from __future__ import annotations

import csv
import io
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from minikeras.callbacks.csv_logger import FORMULA
from minikeras.testing.checking import Report
from minikeras.testing.exercises import exercise
from minikeras.testing.jail import LARGEST, Limits, check_file
from minikeras.testing.law import Deed
from minikeras.testing.table import aligned
from minikeras.testing.text import deed_text, remark_text
from minikeras.testing.verdicts import clean
from minikeras.testing.wording import phrase

ALONE = "solution.py"  # in a folder with several files, the one that is checked
NOT_ONE_FILE = Deed("not_one_file")
GRADES = (".csv", ".xml")  # what earlier checks may have left among the submissions


@dataclass(frozen=True)
class Graded:
    """A submission, what was found, and how many seconds that took."""

    submission: str
    report: Report
    seconds: float


def submissions_in(folder: Path, expects: str) -> dict[str, Path | None]:
    """Return the file to check of each submission, by name: None where nobody knows which.

    A submission is a .py file or a folder; in a folder counts the only .py file, the only one that
    defines what the exercise expects, or solution.py. NotADirectoryError where there is no folder,
    ValueError where nothing is in it to check.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"there is no folder {str(folder)!r}")
    paths = [path for path in _seen(folder) if path.suffix.lower() not in GRADES]
    found = {clean(path.name): _solution(path, expects) for path in paths}
    if not any(found.values()):
        raise ValueError(f"there is no .py file, and no folder with one, in {str(folder)!r}")
    return found


def _seen(folder: Path) -> list[Path]:
    """Return what is in a folder, but for that of an editor, of Python, or of a Mac's archive."""
    return [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "__"))]


def _solution(place: Path, expects: str) -> Path | None:
    try:
        inside = _seen(place) if place.is_dir() else [place]
        if place.is_dir() and len(inside) == 1 and inside[0].is_dir():  # as in archives
            inside = _seen(inside[0])
        files = [path for path in inside if path.suffix.lower() == ".py" and path.is_file()]
        defining = [path for path in files if len(files) > 1 and _defines(path, expects)]
    except OSError:  # a folder that cannot be read
        return None
    alone = [path for path in files if path.name.lower() == ALONE]
    return next((chosen[0] for chosen in (files, defining, alone) if len(chosen) == 1), None)


def _defines(path: Path, name: str) -> bool:
    with path.open("rb") as file:
        text = file.read(LARGEST).decode(errors="replace")
    return bool(re.search(rf"^(class|def) +{re.escape(name)}\b", text, re.MULTILINE))


def grade(
    name: str,
    submissions: Mapping[str, Path | None],
    jobs: int | None = None,
    seed: int = 0,
    limits: Limits | None = None,
) -> Generator[Graded, None, None]:
    """Check submissions, `jobs` at a time; give each when it is done.

    Without `jobs`, as many as there are processors. Closed early, it ends those under way.
    ValueError where `jobs` is below 1, or there is no such exercise.
    """
    jobs = os.cpu_count() or 1 if jobs is None else jobs
    if jobs < 1:
        raise ValueError(f"jobs is the number of checks at a time, at least 1, not {jobs}")
    exercise(name)
    is_over = Event()

    def graded(submission: str) -> Graded:
        begin, path = time.perf_counter(), submissions[submission]
        if path is None:
            return Graded(submission, Report(name, submission, (), NOT_ONE_FILE), 0.0)
        try:
            report = check_file(name, path, seed=seed, limits=limits, is_over=is_over)
        except OSError as error:
            report = Report(name, submission, (), Deed("unreadable", note=clean(str(error))))
        return Graded(submission, report, time.perf_counter() - begin)

    return _as_completed(graded, [*submissions], jobs, is_over)


def _as_completed(
    graded: Callable[[str], Graded], names: list[str], jobs: int, is_over: Event
) -> Generator[Graded, None, None]:
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for done in as_completed([pool.submit(graded, name) for name in names]):
                yield done.result()
        finally:
            is_over.set()
            pool.shutdown(cancel_futures=True)


def table(name: str, graded: Sequence[Graded], lang: str = "en") -> bytes:
    """Return a CSV table for a spreadsheet: a line for each submission, a column for each law."""
    laws = [law.name for law in exercise(name).laws]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    fixed = ["holds", "laws_held", "laws_checked", "first_broken", "trouble", "remarks", "seconds"]
    writer.writerow(["submission", *fixed, *laws])
    for one in graded:
        holds = {finding.law: finding.holds for finding in one.report.findings}
        verdicts = [*holds.values()]
        trouble = one.report.trouble
        writer.writerow(
            [
                "'" * one.submission.startswith(FORMULA) + one.submission,
                int(one.report.holds),
                verdicts.count(True),
                len(verdicts) - verdicts.count(None),
                first_broken(one.report),
                deed_text(trouble, lang, "trouble") if trouble else "",
                " ".join(remark_text(remark, lang) for remark in one.report.remarks),
                f"{one.seconds:.2f}",
                *("" if holds.get(law) is None else int(bool(holds[law])) for law in laws),
            ]
        )
    return file.getvalue().encode("utf-8-sig")  # with the mark that spreadsheets know it by


def first_broken(report: Report) -> str:
    """Return the name of the first law that is broken, or nothing."""
    return next((finding.law for finding in report.findings if finding.holds is False), "")


def verdict(report: Report, lang: str) -> str:
    """Return what was found in a few words."""
    if report.trouble:
        return deed_text(report.trouble, lang, "trouble")
    if report.holds:
        return phrase("grading", "right", lang)
    return phrase("grading", "wrong", lang, law=first_broken(report))


def summary(graded: Sequence[Graded], lang: str = "en") -> str:
    """Return how many are right, and what most of the others should hear about.

    A mistake often breaks many laws, and the first of them names it: so those are counted first.
    """
    right = sum(one.report.holds for one in graded)
    parts = [phrase("grading", "summary", lang, right=right, all=len(graded))]
    first = Counter(filter(None, (first_broken(one.report) for one in graded)))
    broken = Counter(f.law for one in graded for f in one.report.findings if f.holds is False)
    if first:
        header = [phrase("grading", name, lang) for name in ("law", "broken_first", "broken")]
        rows = [[law, str(count), str(broken[law])] for law, count in first.most_common()]
        lines = aligned([header, *rows], right=[1, 2])
        parts.append("\n".join([phrase("grading", "mistakes", lang), *lines]))
    troubled = [one for one in graded if one.report.trouble]
    if troubled:
        lines = [f"- {one.submission}: {verdict(one.report, lang)}" for one in troubled]
        parts.append("\n".join([phrase("grading", "not_usable", lang), *lines]))
    return "\n\n".join(parts)
