"""How does pytest check submissions? `pytest -p minikeras.testing.plugin --exercise A3 folder`.

What is a submission in a folder is what `minikeras check --all` takes for one; each law is a test
in it. Nothing of it is imported here: a process of its own checks it when its first test runs.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from minikeras.testing.checking import Finding, Report
from minikeras.testing.exercises import exercise, laws_of, load
from minikeras.testing.grading import NOT_ONE_FILE, submissions_in
from minikeras.testing.jail import Limits, check_file
from minikeras.testing.text import broken_text, deed_text, not_checked_text
from minikeras.testing.wording import language


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("minikeras")
    group.addoption("--exercise", help="check submissions of this exercise instead of other tests")
    group.addoption("--laws", help="a file that adds exercises of your own")
    group.addoption("--lang", help="en, ko or zh (that of this computer)")
    group.addoption("--law-seed", type=int, default=0, help="of the random cases")
    group.addoption("--law-time", type=float, default=30.0, help="seconds for each submission")
    group.addoption("--law-memory", type=int, default=1024, help="MiB for each submission")


def pytest_configure(config: pytest.Config) -> None:
    try:
        if config.getoption("laws"):
            load(config.getoption("laws"))
        if config.getoption("exercise"):
            laws_of(config.getoption("exercise"))
        language(config.getoption("lang"))
        Limits(config.getoption("law_time"), config.getoption("law_memory"))
    except (ValueError, OSError) as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Take the place of whatever else would collect a file, and import it."""
    others = yield
    if not parent.config.getoption("exercise"):
        return others
    if not parent.session.isinitpath(file_path):
        return []
    return [Submission.from_parent(parent, path=file_path)]


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a folder for a folder, where pytest would import its __init__.py."""
    if not parent.config.getoption("exercise"):
        return None
    if parent.session.isinitpath(path):
        return SchoolClass.from_parent(parent, path=path)
    return pytest.Dir.from_parent(parent, path=path)


class SchoolClass(pytest.Directory):
    """A folder of submissions, as the command line names it."""

    def collect(self) -> Iterator[pytest.Collector]:
        asked = exercise(self.config.getoption("exercise"))
        try:
            submissions = submissions_in(self.path, asked.expects)
        except ValueError as error:
            raise self.CollectError(str(error)) from None
        for name, path in submissions.items():
            if path:
                yield Submission.from_parent(self, path=path)
            else:
                yield NotOneFile.from_parent(self, path=self.path / name)


class Submission(pytest.File):
    """A file that is checked, once."""

    def collect(self) -> Iterator[pytest.Item]:
        yield CheckItem.from_parent(self, name="check")
        for law in laws_of(self.config.getoption("exercise")):
            yield LawItem.from_parent(self, name=law.name)

    @cached_property
    def report(self) -> Report:
        option = self.config.getoption
        limits = Limits(option("law_time"), option("law_memory"))
        return check_file(option("exercise"), self.path, seed=option("law_seed"), limits=limits)


class NotOneFile(Submission):
    """A submission of which nobody knows what to check."""

    @cached_property
    def report(self) -> Report:
        return Report(self.config.getoption("exercise"), self.path.name, (), NOT_ONE_FILE)


class BrokenError(Exception):
    """A law is broken, or the check has ended early; the text says how."""


class SubmissionItem(pytest.Item):
    """Something that is asked of one submission."""

    @property
    def report(self) -> Report:
        assert isinstance(self.parent, Submission)
        return self.parent.report

    @property
    def lang(self) -> str:
        return language(self.config.getoption("lang"))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the text alone: the stack would be that of the checker."""
        if isinstance(excinfo.value, BrokenError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.path.name}::{self.name}"


class CheckItem(SubmissionItem):
    """Does the check come to its end?"""

    def runtest(self) -> None:
        if self.report.trouble:
            raise BrokenError(deed_text(self.report.trouble, self.lang, "trouble"))


class LawItem(SubmissionItem):
    """Does the submission obey the law of this name?"""

    def runtest(self) -> None:
        not_begun = Finding(self.name, None, reason="trouble")
        found = next((f for f in self.report.findings if f.law == self.name), not_begun)
        if found.holds is None:
            pytest.skip(not_checked_text(found, self.lang))
        if not found.holds:
            raise BrokenError(broken_text(self.report, found, self.lang))
