"""How does one kill a program at a moment of one's choice, or make its disk fail?

A child is forked from the process of the tests, which has imported everything. It stops before it
acts, so that `strace` can attach to it and send a signal, or an error, at the n-th system call.
"""

import contextlib
import ctypes
import gc
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("these system calls are those of Linux", allow_module_level=True)

import resource

SAVED, REFUSED, BROKEN = 0, 3, 4  # how a child ends: well, by an OSError, by anything else
MEMORY = ("brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "futex")
KILLED = -signal.SIGKILL
ANYBODY_MAY_TRACE = (0x59616D61, ctypes.c_ulong(-1))  # prctl: PR_SET_PTRACER, PR_SET_PTRACER_ANY
NOBODY = 65534
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")

# a process with threads, such as those of a BLAS, forks: the child only writes files
forks = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def count(dev, ci, nightly):
    """Return how often to try: a little, more in `make check`, thoroughly in `make nightly`."""
    return {"dev": dev, "ci": ci, "nightly": nightly}[PROFILE]


def stopped_child(action):
    """Return the id of a process that calls `action()` as soon as it is told to continue."""
    pid = os.fork()
    if pid:
        os.waitpid(pid, os.WUNTRACED)
        return pid
    end = BROKEN
    try:
        gc.disable()
        ctypes.CDLL(None).prctl(*ANYBODY_MAY_TRACE)
        os.kill(os.getpid(), signal.SIGSTOP)
        action()
        end = SAVED
    except OSError:
        end = REFUSED
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(end)


def go_on(pid):
    os.kill(pid, signal.SIGCONT)


def end_of(pid):
    """Wait for a child and return how it ended; a negative number is that of a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def in_child(action):
    """Call `action()` in a child, and return how it ended."""
    pid = stopped_child(action)
    go_on(pid)
    return end_of(pid)


def told_by_nobody(action):
    """Call `action()` as a user who may do little; return the OSError that it raises, in words."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            action()
        except OSError as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
        except BaseException:
            traceback.print_exc()
            os.write(write, b"something else")
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    os.close(write)
    with open(read, encoding="utf-8") as pipe:
        return pipe.read()


def killed_at(action, seconds):
    """Call `action()` in a child, kill it after so many seconds, and return how it ended."""
    pid = stopped_child(action)
    go_on(pid)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return end_of(pid)


def traced(action, *options):
    """Call `action()` in a child under strace with these options, and return how it ended."""
    pid = stopped_child(action)
    tracer = subprocess.Popen(["strace", "-qq", "-p", str(pid), *options])
    try:
        while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
            if tracer.poll() is not None:
                os.kill(pid, signal.SIGKILL)
                break
            time.sleep(0.001)
    finally:
        go_on(pid)
        end = end_of(pid)
        tracer.wait()
    return end


def log_of(action, folder, *options):
    """Return the system calls of `action()`, a line each."""
    log = Path(folder, "calls.log")
    assert traced(action, "-y", "-o", str(log), *options) == SAVED
    return [line for line in log.read_text().splitlines() if "(" in line]


def calls_of(action, folder):
    """Return the system calls of `action()` as strace counts them: by name, from 1.

    Those for memory are left out: they change no file, and their number varies.
    """
    names = [line.partition("(")[0] for line in log_of(action, folder)]
    calls = [(name, names[: i + 1].count(name)) for i, name in enumerate(names)]
    return [call for call in calls if call[0] not in MEMORY]


def interrupted(action, call, what):
    """Call `action()` in a child, in which `what` happens at one of its system calls."""
    name, number = call
    return traced(action, "-o", "/dev/null", "-e", f"inject={name}:{what}:when={number}")


def failing(number):
    """Return a function that fails with this error of the system, whatever it is told."""

    def fail(*arguments):
        raise OSError(number, os.strerror(number))

    return fail


@contextlib.contextmanager
def file_size_limit(size):
    """Let no file that is written in this block grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def small_disk(folder, size):
    """Make `folder` a disk of so many bytes, in memory; skip where one may not."""
    if shutil.which("mount") is None:
        pytest.skip("there is no program `mount`")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip(f"mounting a small disk is not allowed: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def why_not_traced():
    """Return why strace cannot be used here, or nothing."""
    if shutil.which("strace") is None:
        return "strace is not installed: apt-get install strace"
    if traced(lambda: None, "-o", "/dev/null") != SAVED:
        return "strace may not attach to a process here"
    return ""
