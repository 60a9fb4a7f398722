"""How does pytest check submissions? `pytest -p minikeras.testing.plugin --exercise A3 folder`.

Each .py file is a submission, and each law of the exercise a test in it. Nothing of it is imported
here: one process for each file checks it when its first test runs.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from minikeras.testing.checking import Finding, Report
from minikeras.testing.exercises import laws_of, load
from minikeras.testing.grading import ALONE
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
    is_helper = file_path.name != ALONE and file_path.with_name(ALONE).exists()
    if file_path.suffix != ".py" or is_helper:
        return []
    return [Submission.from_parent(parent, path=file_path)]


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a folder for a folder, where pytest would import its __init__.py."""
    if parent.config.getoption("exercise"):
        return pytest.Dir.from_parent(parent, path=path)
    return None


class Submission(pytest.File):
    """A file that is checked, once."""

    def collect(self) -> Iterator[pytest.Item]:
        yield Usable.from_parent(self, name="check")
        for law in laws_of(self.config.getoption("exercise")):
            yield Obedience.from_parent(self, name=law.name)

    @cached_property
    def report(self) -> Report:
        option = self.config.getoption
        limits = Limits(option("law_time"), option("law_memory"))
        return check_file(option("exercise"), self.path, seed=option("law_seed"), limits=limits)


class BrokenError(Exception):
    """A law is broken, or the check has ended early; the text says how."""


class About(pytest.Item):
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


class Usable(About):
    """Does the check come to its end?"""

    def runtest(self) -> None:
        if self.report.trouble:
            raise BrokenError(deed_text(self.report.trouble, self.lang, "trouble"))


class Obedience(About):
    """Does the submission obey the law of this name?"""

    def runtest(self) -> None:
        not_begun = Finding(self.name, None, reason="trouble")
        found = next((f for f in self.report.findings if f.law == self.name), not_begun)
        if found.holds is None:
            pytest.skip(not_checked_text(found, self.lang))
        if not found.holds:
            raise BrokenError(broken_text(self.report, found, self.lang))
