"""Fixtures: a tracer, and the control, a writer that overwrites in place."""

import io
import time

import pytest

from minikeras import whole_file
from tests.durability.saves import NAMES, Saves


@pytest.fixture(scope="session")
def why_not():
    from tests.durability.children import why_not_traced  # where there is no Linux, all is skipped

    return why_not_traced()


@pytest.fixture
def strace(why_not):
    if why_not:
        pytest.skip(why_not)


@pytest.fixture
def log_folder(tmp_path_factory):
    """A folder for what strace writes down, apart from that of the test."""
    return tmp_path_factory.mktemp("log")


class InPlace(io.FileIO):
    """A file that is overwritten from its beginning, piece by piece, as on a slow disk."""

    def __init__(self, path):
        super().__init__(path, "w+")

    def write(self, content):
        rest = memoryview(content).cast("B")
        size = len(rest)
        while rest:
            rest = rest[super().write(rest[:4096]) :]
            time.sleep(1e-5)
        return size


@pytest.fixture
def in_place(monkeypatch):
    """Save as programs do that think of nothing: the control of all tests here.

    The file that is begun is the old one itself, so the rest of `write_whole` changes nothing. A
    test that does not find files lost by this would find none lost by us.
    """
    monkeypatch.setattr(whole_file, "_begin", InPlace)


@pytest.fixture(params=NAMES)
def saves(request, tmp_path):
    """Return the saves to one path, for each format; the first is there."""
    saves = Saves(tmp_path, request.param)
    saves.save_here(0)
    return saves
