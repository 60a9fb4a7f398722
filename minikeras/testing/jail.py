"""How does a check survive whatever it checks?

A solution runs in a process of its own (child.py), in folders that are removed with all that it
has left in them. It is no sandbox: SECURITY.md says what it may still do.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

from minikeras.testing.checking import Finding, Report
from minikeras.testing.exercises import LOADED, Exercise, exercise
from minikeras.testing.law import Deed
from minikeras.testing.remarks import MOST
from minikeras.testing.verdicts import clean, read, read_deed

LARGEST = 1 << 20  # bytes of a solution
LONGEST_ACCOUNT = 16 << 20  # bytes of what is told about it
KEPT = ("KERAS_BACKEND", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT")
PACKAGES = Path(__file__).parents[2]  # the folder that minikeras is in


@dataclass(frozen=True)
class Limits:
    """What one check may take: seconds in all, and MiB of memory."""

    seconds: float = 30.0
    memory: int = 1024

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and self.seconds > 0):
            raise ValueError(f"the time is a number of seconds above 0, not {self.seconds:g}")
        if self.memory < 1:
            raise ValueError(f"the memory is a number of MiB of at least 1, not {self.memory}")


def check_file(
    name: str,
    path: str | os.PathLike[str],
    wanted: str = "",
    seed: int = 0,
    limits: Limits | None = None,
    is_over: Event | None = None,
) -> Report:
    """Check the solution in a file against every law of an exercise, in a process of its own.

    `wanted` is the name of the class or function, where the file has several. `is_over` ends the
    check from another thread. Whatever the file does is a report: ValueError only for an unknown
    exercise, and OSError for a file that cannot be read.

    >>> path = Path(__file__).parents[1] / "callbacks" / "early_stopping.py"
    >>> check_file("EarlyStopping", path).holds
    True
    """
    asked, limits, path = exercise(name), limits or Limits(), Path(path).absolute()
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}")
    with path.open("rb") as file:
        if len(file.read(LARGEST + 1)) > LARGEST:
            return Report(name, clean(path.name), (), Deed("too_large", LARGEST >> 10))
    with TemporaryDirectory(prefix="minikeras-", ignore_cleanup_errors=True) as place:
        home, scratch, told = (Path(place) / part for part in ("home", "scratch", "told"))
        home.mkdir()
        scratch.mkdir()
        job = {
            "laws": LOADED,
            "exercise": name,
            "path": str(path),
            "name": wanted,
            "seed": seed,
            "memory": limits.memory,
            "seconds": limits.seconds,
            "told": str(told),
        }
        code = _run(job, home, scratch, is_over or Event())
        death = _death(code, limits)
        left = tuple(sorted(islice(_files(home), 10)))
        return _report(asked, wanted or clean(path.name), _account(told), death, left)


def _run(job: dict[str, Any], home: Path, scratch: Path, is_over: Event) -> int | None:
    """Return the exit code of a child, or None where its time was up."""
    process = subprocess.Popen(
        [sys.executable, "-B", "-m", "minikeras.testing.child", json.dumps(job)],
        cwd=home,
        env=_environment(home, scratch),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # where gigabytes neither fill a disk nor block
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + job["seconds"]
        while process.poll() is None and time.monotonic() < end:
            if is_over.wait(0.02):
                break
        return process.poll()
    finally:
        _end_all(process)


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """End a process, and those of its group that it has started."""
    with suppress(ProcessLookupError, PermissionError):  # they have ended already
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment(home: Path, scratch: Path) -> dict[str, str]:
    """Return what a child finds in its environment: nothing secret."""
    beside = [os.path.abspath(p) for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "PYTHONPATH": os.pathsep.join([str(PACKAGES), *beside]),
        "HOME": str(home),
        "USERPROFILE": str(home),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch)),
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    }


def _death(code: int | None, limits: Limits) -> Deed:
    """Return how a process has ended that did not come to the end of its account."""
    if code is None or code == -getattr(signal, "SIGXCPU", math.inf):  # seconds of any clock
        return Deed("hangs", limits.seconds)
    if code >= 0:
        return Deed("exits", code)
    known = {number.value: number.name for number in signal.Signals}
    return Deed("dies", known.get(-code, f"signal {-code}"))


def _files(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))  # of libraries
        for name in sorted(names):
            yield clean(Path(place, name).relative_to(folder).as_posix())


def _account(path: Path) -> list[Any]:
    """Return what an account tells line by line, None for a line that tells nothing."""
    if not path.is_file():  # it never came to tell anything, or has put something else there
        return []
    with path.open("rb") as file:
        lines = file.read(LONGEST_ACCOUNT).splitlines(keepends=True)
    told = []
    for line in lines:
        if line.endswith(b"\n"):  # else it ended in the middle of a word
            try:
                told.append(json.loads(line))
            except (ValueError, RecursionError):
                told.append(None)
    return told


def _report(
    asked: Exercise, name: str, account: list[Any], death: Deed | None, left: tuple[str, ...]
) -> Report:
    """Put together what was told, and how it ended; the law under way at a death is broken."""
    laws: list[str] = []
    found: list[Finding] = []
    remarks: tuple[Deed, ...] = ()
    trouble = death  # unless it tells another end
    try:
        for number, told in enumerate(account):
            if "trouble" in told:
                trouble = read_deed(told["trouble"])
            elif number == 0:
                name, laws = clean(told["name"]), _in_order(told["laws"], asked)
                remarks = tuple(filter(None, map(read_deed, told["remarks"][:MOST])))
            else:
                found.append(read(told))
        if [finding.law for finding in found] != laws[: len(found)] or not (laws or trouble):
            raise ValueError("these are not the findings")
    except (ValueError, TypeError, KeyError):
        return Report(asked.name, name, (), Deed("garbled"), left)
    if trouble and len(found) < len(laws):
        law, is_fault = laws[len(found)], trouble.kind != "law_fails"  # of the solution
        trouble = trouble if is_fault else trouble._replace(value=law)
        found.append(Finding(law, False if is_fault else None, reason="trouble"))
    reason = "trouble" if trouble else "time"
    found += [Finding(law, None, reason=reason) for law in laws[len(found) :]]
    if trouble is None and all(finding.holds is None for finding in found):
        trouble = Deed("nothing_checked")
    return Report(asked.name, name, tuple(found), trouble, left, remarks)


def _in_order(names: list[str], asked: Exercise) -> list[str]:
    """Return names if they are those of laws of an exercise, in order; else ValueError."""
    if [law.name for law in asked.laws if law.name in names] != names:
        raise ValueError(f"{names!r} are not the laws")
    return names
