"""How is a stranger's solution run? In a process that limits itself, then tells law by law.

Started by `jail.check_file` as `python -m minikeras.testing.child JOB`. What it finds goes line by
line into a file that is opened anew for each: so a solution may close, replace or fill whatever is
open. It ends without ceremony, for threads and exit handlers of the solution might never end.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.util import decode_source
from types import FunctionType, ModuleType
from typing import Any

from minikeras.testing.checking import Finding, findings, laws_for, wrong_kind
from minikeras.testing.exercises import Exercise, exercise, load
from minikeras.testing.law import Deed, TimeIsUp
from minikeras.testing.remarks import remarks
from minikeras.testing.verdicts import written

IMPORT, CASE = 20.0, 1.0  # seconds of computing to import the solution, and for one case of a law
PATIENCE = 5.0  # seconds of any clock for a case: it may sleep, or this machine be busy
HANGING = 2  # laws that hang, after which the rest is not checked
LARGEST_FILE = 16 << 20  # bytes


class UnusableError(Exception):
    """There is nothing to check; `trouble` tells why."""

    def __init__(self, trouble: Deed) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def main(job: dict[str, Any]) -> None:
    """Check a solution; tell its name, each finding, and in the end what went wrong, or None."""
    tell = partial(_tell, os.open, os.write, os.close, json.JSONEncoder().encode, job["told"])
    path = job["path"]
    try:
        asked = _exercise(job["laws"], job["exercise"])
        limit(job["memory"], job["seconds"])
        sys.argv, sys.path[0] = [path], os.path.dirname(path)
        name, implementation = chosen(imported(path), job["name"], asked.expects)
        if trouble := wrong_kind(asked, implementation):
            raise UnusableError(trouble)
        laws = [law.name for law in laws_for(asked, implementation)]
        tell({"name": name, "laws": laws, "remarks": remarks(implementation)})
        _check(asked, implementation, job["seed"], path, lambda finding: tell(written(finding)))
        tell({"trouble": None})
    except UnusableError as unusable:
        tell({"trouble": unusable.trouble})
    except TimeIsUp:  # while a law looked at the solution, not while it ran
        tell({"trouble": Deed("hangs", CASE)})
    except BaseException as error:  # such as KeyboardInterrupt, which no law takes for an answer
        tell({"trouble": Deed("escapes", type(error).__name__, _last_line(error))})


def _tell(
    open: Callable[..., int],  # held since before the solution could replace them
    write: Callable[[int, bytes], int],
    close: Callable[[int], None],
    encode: Callable[[Any], str],
    path: str,
    told: dict[str, Any],
) -> None:
    interrupt_after(0, 0)
    file = open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    write(file, encode(told).encode() + b"\n")
    close(file)


def _exercise(laws: list[str], name: str) -> Exercise:
    try:
        for path in laws:
            load(path)
        return exercise(name)
    except (ValueError, OSError) as error:  # they loaded before, in another folder
        raise UnusableError(Deed("laws_fail", None, str(error))) from error


def limit(memory: int, seconds: float) -> None:
    """Let this process take so many MiB and seconds, and write no large file."""
    try:
        import resource
    except ImportError:  # Windows: SECURITY.md tells what is not limited there
        return
    cpu = math.ceil(seconds)
    limits = {
        resource.RLIMIT_AS: (memory << 20, memory << 20),
        resource.RLIMIT_CPU: (cpu, cpu + 1),  # first a signal with a name, then the end
        resource.RLIMIT_FSIZE: (LARGEST_FILE, LARGEST_FILE),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, most in limits.items():
        with suppress(ValueError, OSError):  # it is lower already, or this system has no such limit
            resource.setrlimit(kind, most)


def interrupt_after(computing: float, waiting: float) -> None:
    """Raise TimeIsUp after seconds of either kind, and again should it be swallowed; 0: never.

    Set anew before each case, since a solution may have changed what the signals do.
    """
    if hasattr(signal, "setitimer"):
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, _time_is_up)
        signal.setitimer(signal.ITIMER_PROF, computing, computing)
        signal.setitimer(signal.ITIMER_REAL, waiting, min(waiting, 1.0))


def _time_is_up(number: int, frame: object) -> None:
    raise TimeIsUp


def imported(path: str) -> ModuleType:
    """Run a file as a module; UnusableError if that fails."""
    module = ModuleType("solution")
    module.__file__ = path
    sys.modules["solution"] = module  # as dataclasses and pickle expect
    try:
        with open(path, "rb") as file:
            source = decode_source(file.read())  # compile would let bytes pass in a comment
        if _is_notebook(source):
            raise UnusableError(Deed("notebook"))
        code = compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:  # ValueError: it is no text
        line = getattr(error, "lineno", None)
        said = Deed("syntax", line, str(getattr(error, "msg", ""))) if line else Deed("no_text")
        raise UnusableError(said) from error
    try:
        interrupt_after(IMPORT, IMPORT)
        exec(code, vars(module))
        interrupt_after(0, 0)
    except TimeIsUp:
        raise UnusableError(Deed("hangs", IMPORT)) from None
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == path]
        if isinstance(error, SystemExit) and lines:
            raise UnusableError(Deed("ends_on_import", lines[0])) from None
        kind = "does_not_import" if lines else "does_not_import_anything"
        raise UnusableError(Deed(kind, lines[-1] if lines else None, _last_line(error))) from None
    return module


def _is_notebook(source: str) -> bool:
    try:
        told = json.loads(source) if source.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "cells" in told


def _last_line(error: BaseException) -> str:
    return traceback.format_exception_only(error)[-1].strip()


def chosen(module: ModuleType, asked: str, expected: str) -> tuple[str, Any]:
    """Return the name and the thing to check: the one asked for, the expected one, or the only one.

    What the module has only imported, such as a base class, counts when there is nothing else.
    """
    names = vars(module)
    own = [
        name
        for name, value in names.items()
        if isinstance(value, type | FunctionType)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]
    made = names.get(expected)  # such as a partial, or an object that can be called
    if asked:
        name = asked
    elif callable(made) and not isinstance(made, type | FunctionType):
        name = expected
    elif len(own) == 1 and expected not in own:
        name = own[0]
    else:
        name = expected if expected in own or not own else ""
    if callable(names.get(name)):
        return name, names[name]
    if not own:
        raise UnusableError(Deed("defines_nothing", asked or expected))
    raise UnusableError(Deed("lacks_name", asked or expected, ", ".join(own)))


def _check(
    asked: Exercise, implementation: Any, seed: int, path: str, tell: Callable[[Finding], object]
) -> None:
    """Tell each finding; UnusableError where a law fails without a line of the file in the way."""
    hanging = 0
    before_case = partial(interrupt_after, CASE, PATIENCE)
    try:
        for finding in findings(asked, implementation, seed, before_case=before_case):
            tell(finding)
            found = finding.counterexample
            hanging += found is not None and found.rows[-1].did == Deed("hangs")
            if hanging == HANGING:
                break
    except Exception as error:
        files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        if path in files or isinstance(error, MemoryError):
            raise
        raise UnusableError(Deed("law_fails", None, _last_line(error))) from error


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    os._exit(0)
