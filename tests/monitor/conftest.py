"""Fixtures: a monitor that many tests share, one of a test's own, one in a process of its own."""

import os
import re
import subprocess
import sys

import pytest
from talking import TOKEN, Talk

from minikeras import monitor as room


@pytest.fixture(scope="session")
def _shared():
    with room.running() as open_to_all, room.running(token=TOKEN) as guarded:
        yield Talk(open_to_all.port), Talk(guarded.port, TOKEN)


@pytest.fixture
def monitor(_shared):
    """A monitor that other tests have talked to."""
    _shared[0].events()
    return _shared[0]


@pytest.fixture
def guarded(_shared):
    """The same with a token."""
    _shared[1].events()
    return _shared[1]


@pytest.fixture
def fresh():
    """A monitor that knows nothing yet."""
    with room.running() as address:
        yield Talk(address.port)


@pytest.fixture
def start():
    """Return a function that starts the command in a process of its own, until the test ends."""
    begun = []

    def start(*arguments):
        command = [sys.executable, "-W", "error", "-m", "minikeras", "monitor", *arguments]
        buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=buffered
        )
        begun.append(process)
        process.greeting = process.stdout.readline().rstrip()
        found = re.match(r"Open http://[^/]*:(\d+)/", process.greeting)
        if found:
            process.talk = Talk(int(found[1]))
        return process

    yield start
    for process in begun:
        process.kill()
        process.communicate()
