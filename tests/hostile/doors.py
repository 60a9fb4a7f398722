"""What does a stranger's file do to us? Asked in a child process, which may die of it.

A server, started once, has imported everything. For each file it forks a child that goes through
the doors, one after the other, and tells what happened at each: what was raised, what else was
opened or run, how much memory it took, and whether the model that was there is still the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import h5py

ROOT = Path(__file__).parents[2]
SECONDS = 10  # that one door may take
MEMORY = 2**26  # bytes, on top of twice the file
NET = 3 * 2**30  # bytes of address space: a bomb that goes off shall not take the computer with it
MARK = "/no/such/place"  # a system call with this path shows strace where a door begins and ends
CALMED = re.compile(r"^(import|exec|compile|marshal|pickle|subprocess|socket|ctypes|os\.|shutil)")
CALL = re.compile(r'\d+ +(?!getcwd)\w+\([^"]*"(?P<path>.*?)"')  # as strace writes it
DOORS = ("load_model", "load_weights", "allow_compressed")
PLUGINS = {h5py.h5pl.get(i).decode() for i in range(h5py.h5pl.size())}  # where libhdf5 looks
BELOW = "_opened_by_libhdf5"  # a control: Python does not see what is opened here
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-s", "9999", "-e", "trace=%file,%net,%process")


class Server:
    """The process that forks for each file; under strace where that is there."""

    def __init__(self, log: Path) -> None:
        self.log, self.read = log, 0
        self.is_traced = shutil.which("strace") is not None and _may_trace()
        tracer = [*STRACE, "-o", str(log)] if self.is_traced else []
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONMALLOC": "malloc"}
        self.process = subprocess.Popen(
            [*tracer, sys.executable, "-m", "tests.hostile.doors"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True,
        )  # fmt: skip

    def visit(self, path: Path, doors: tuple[str, ...] = DOORS) -> dict[str, dict]:
        """Go with a file through doors; what happened at each. A child that dies is an outcome.

        Now and then the C library looks around by itself, as for the settings of the system's
        memory; what a file makes happen, happens again.
        """
        results = self._visit(path, doors)
        if any(result.get("touched") for result in results.values()):
            again = self._visit(path, doors)
            for door, result in results.items():
                both = set(result.get("touched", ())) & set(again[door].get("touched", ()))
                result["touched"] = sorted(both)
        return results

    def _visit(self, path: Path, doors: tuple[str, ...]) -> dict[str, dict]:
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([str(path), doors]), file=self.process.stdin, flush=True)
        results = json.loads(self.process.stdout.readline())
        if self.is_traced:
            for door, touched in self._touched().items():
                results[door]["touched"] = sorted(touched - {str(path)} - PLUGINS)
        return results

    def _touched(self) -> dict[str, set[str]]:
        """Return the paths in the system calls of each door, from what strace wrote since."""
        with self.log.open(errors="replace") as log:
            log.seek(self.read)
            lines = log.readlines()
            self.read = log.tell()
        touched: dict[str, set[str]] = {}
        door = None
        for line in lines:
            if MARK in line:
                door = line.split(f"{MARK}/")[1].split('"')[0]
            elif door not in (None, "end") and (call := CALL.match(line)) and call["path"]:
                touched.setdefault(door, set()).add(call["path"])
        return touched

    def close(self) -> None:
        with self.process:  # closes its input, which ends it
            pass


def _may_trace() -> bool:
    return subprocess.run([*STRACE, "-o", os.devnull, "true"], check=False).returncode == 0


# -- in the server ---------------------------------------------------------------------------------


def serve() -> None:
    """Answer requests on the standard input until it ends."""
    from minikeras import saving
    from tests.hostile import files

    model = files.model(seed=2)
    for name in files.NAMES:  # what is imported, or opened, once for all
        path = files.put(Path(os.environ.get("TMPDIR", "/tmp")), f"{os.getpid()}{name}")
        for door in DOORS:
            with contextlib.suppress(saving.ModelFileError):
                _through(door, path, files.model(seed=3))
        path.unlink()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        path, doors = json.loads(line)
        print(json.dumps(_in_a_child(path, doors, model)), file=answers, flush=True)


def _in_a_child(path: str, doors: list[str], model) -> dict[str, dict]:
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        _limit()
        for door in doors:
            os.write(tell, json.dumps([door, _watched(door, path, model)]).encode() + b"\n")
        os._exit(0)
    os.close(tell)
    text = b""
    while select.select([told], [], [])[0] and (part := os.read(told, 2**16)):
        text += part
    os.close(told)
    status = os.waitpid(child, 0)[1]
    results = {door: {"outcome": "not reached"} for door in doors}
    results |= dict(json.loads(line) for line in text.splitlines())
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        died_at = next(door for door in doors if results[door]["outcome"] == "not reached")
        results[died_at] = {"outcome": f"died of {name}"}
    return results


def _limit() -> None:
    import resource

    if (now := _memory("VmSize")) is not None:
        resource.setrlimit(resource.RLIMIT_AS, (now + NET, now + NET))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


SEEN: list[str] = []
WATCHING: list[bool] = []


def _see(event: str, arguments: tuple) -> None:
    """Note what an audit hook hears: every open, and whatever could run something."""
    if WATCHING and event == "open":
        SEEN.append(os.fspath(arguments[0]))
    elif WATCHING and CALMED.match(event) and event != "os.fwalk":
        SEEN.append(f"{event} {arguments!r}"[:200])


def _watched(door: str, path: str, model) -> dict:
    before, size = state(model), os.stat(path).st_size
    SEEN.clear()
    if not getattr(_watched, "hooked", False):
        sys.addaudithook(_see)
        _watched.hooked = True
    signal.alarm(SECONDS)
    resident = _memory("VmRSS", again=True)
    result = {"text": "", "problem": "", "place": "", "memory": None}
    os.access(f"{MARK}/{door}", 0)
    WATCHING.append(True)
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        try:
            loaded = _through(door, path, model)
            result["outcome"] = "loaded"
        except BaseException as error:
            loaded = None
            result |= {"outcome": type(error).__qualname__, "text": str(error)}
            result |= {name: getattr(error, name, "") for name in ("file", "place", "problem")}
            cause = error.__cause__
            result["cause"] = type(cause).__name__ if cause else ""
    WATCHING.clear()
    os.access(f"{MARK}/end", 0)
    result["opened"] = path in SEEN
    result["seen"] = sorted({what for what in SEEN if what != path})
    result["unchanged"] = state(model) == before
    if resident is not None:
        result["memory"] = _memory("VmHWM") - resident
        result["allowed"] = 2 * size + MEMORY
    signal.alarm(0)
    if loaded is not None:
        result["weights"] = weights(loaded)
        result["state"] = state(loaded)
    return result


def _through(door: str, path: str, model):
    from minikeras.models import Sequential, load_model

    if door == BELOW:
        h5py.File(path + BELOW).close()
        return model
    if door == "load_model":
        loaded = load_model(path)
        assert isinstance(loaded, Sequential)
        return loaded
    model.load_weights(path, allow_compressed=door == "allow_compressed")
    return model


def _memory(what: str, again: bool = False) -> int | None:
    """Return bytes of this process, now (VmRSS) or at most (VmHWM) since it was reset, if told."""
    try:
        if again:
            Path("/proc/self/clear_refs").write_text("5")
        text = Path("/proc/self/status").read_text()
    except OSError:
        return None
    return int(re.search(rf"{what}:\s*(\d+)", text)[1]) * 1024


def weights(model) -> str:
    """Return a digest of the weights of a model."""
    digest = hashlib.sha256()
    for array in model.get_weights():
        digest.update(f"{array.dtype}{array.shape}".encode() + array.tobytes())
    return digest.hexdigest()


def state(model) -> list:
    """Return all that loading could change, bit by bit: weights, steps, rate, memory."""
    if model.objective is None:
        return [weights(model)]
    optimizer = model.optimizer
    slots = [hashlib.sha256(s.tobytes()).hexdigest() for s in optimizer.memory(model.trained)]
    return [weights(model), optimizer.iterations, float(optimizer.learning_rate).hex(), *slots]


if __name__ == "__main__":
    serve()
