"""Does every bad file end in one sentence, and nothing else? Does every good one load?"""

import os
import re
import signal
import zlib
from pathlib import Path

import pytest

from minikeras.models import load_model
from minikeras.saving import ModelFileError, untrusted
from tests.durability.children import PROFILE
from tests.hostile import bad_hdf5, files
from tests.hostile.bad_zip import THINGS, cut
from tests.hostile.cases import BAD, GOOD, PACKED
from tests.hostile.doors import BELOW, MEMORY, Server, weights

LONGEST = 600  # letters of a sentence, the path included
NO_SENTENCE = re.compile(  # what Python says to programmers, not to learners
    r"it cannot be read|has no attribute|unhashable|not subscriptable|object is not|"
    r"indices must be|codec can't|cannot reshape|buffer size|int_max_str_digits|has no len"
)
STEP = 512 if PROFILE != "dev" else 4096  # bytes between two places where a file is cut


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("log") / "log")
    yield running
    running.close()


def chosen(name, paths):
    """Return the files to try: all of them, or, where there is less time, one by turns."""
    return paths if PROFILE != "dev" else [paths[zlib.crc32(name.encode()) % len(paths)]]


def check_alone(result, path):
    """Nothing but this file was opened, nothing was run, and it took little memory."""
    assert result["seen"] == [], f"{path} had more opened or run"
    assert result.get("touched", []) == [], f"{path} had more opened below Python"
    if result["memory"] is not None:
        assert result["memory"] <= result["allowed"], f"{path} takes {result['memory']} bytes"


def check_refused(result, path):
    assert result["outcome"] == "ModelFileError", f"{path}: {result}"
    text = result["text"]
    assert result["file"] == str(path)
    assert text.startswith(f"{path}: "), text
    assert text.endswith(result["problem"]), text
    assert len(result["problem"]) > 10, text
    assert len(text) <= LONGEST, text
    assert text.isprintable(), text
    assert not NO_SENTENCE.search(result["problem"]), text
    assert result["unchanged"], f"{path} changed the model"
    check_alone(result, path)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_sentence_and_changes_nothing(server, tmp_path, name):
    case = BAD[name]
    paths = [path for path in case.write(tmp_path) if case.doors(path)]
    for path in chosen(name, paths):
        for result in server.visit(path, case.doors(path)).values():
            check_refused(result, path)


RULES = {  # where several rules refuse a file, the sentence tells the one that helps
    "a virtual dataset": "lie in other arrays",
    "a virtual dataset without an end": "lie in other arrays",
    "units that are missing": "Dense cannot be made",
    "an array that is damaged": "'kernel:0' is damaged",
    "a file of text": "not an HDF5 file|not a .keras file, which is a zip",
    "60,000 times the same layer": "too many strings",
}


@pytest.mark.parametrize("name", RULES)
def test_the_sentence_tells_the_rule(server, tmp_path, name):
    for path in BAD[name].write(tmp_path):
        for result in server.visit(path, BAD[name].doors(path)).values():
            assert re.search(RULES[name], result["problem"]), result["text"]


@pytest.mark.parametrize("name", [name for name in THINGS if "a pipe" in name or "device" in name])
def test_what_is_no_file_is_not_even_opened(server, tmp_path, name):
    """A writer may wait behind a pipe, and some devices do something when they are opened."""
    THINGS[name](tmp_path / files.KERAS)
    for result in server.visit(tmp_path / files.KERAS).values():
        assert not result["opened"]


def test_a_pipe_that_takes_the_place_of_a_file_is_refused(tmp_path, monkeypatch):
    """Between looking at a file and opening it, somebody may have exchanged it."""
    path, status = tmp_path / files.KERAS, os.stat(files.__file__)
    os.mkfifo(path)
    monkeypatch.setattr(untrusted.os, "stat", lambda name, **_: status)

    def too_late(*_):
        raise TimeoutError("opening a pipe waits for somebody to write")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(5)
    try:
        with pytest.raises(ModelFileError, match="a regular file"):
            load_model(path)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", files.NAMES)
@pytest.mark.parametrize("sealed", [True, False], ids=["with a digest", "without"])
def test_a_file_that_is_cut_short_is_refused_wherever_it_was_cut(server, tmp_path, name, sealed):
    path = tmp_path / name
    for content in cut(name, STEP, sealed):
        path.write_bytes(content)
        for result in server.visit(path, files.doors_of(name)).values():
            check_refused(result, path)


@pytest.fixture(scope="module")
def good():
    return files.model()


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_loads_bit_by_bit(server, tmp_path, name, good):
    case = GOOD[name]
    paths = [path for path in case.write(tmp_path) if case.doors(path)]
    for path in chosen(name, paths):
        for door, result in server.visit(path, case.doors(path)).items():
            assert result["outcome"] == "loaded", f"{path}, {door}: {result['text']}"
            assert result["weights"] == weights(good)
            check_alone(result, path)


@pytest.mark.parametrize("name", PACKED)
def test_packed_arrays_load_where_they_are_allowed(server, tmp_path, name):
    model = files.model()
    model.set_weights([bad_hdf5.VALUES, *model.get_weights()[1:]])
    case = PACKED[name]
    for path in chosen(name, list(case.write(tmp_path))):
        for result in server.visit(path, case.doors(path)).values():
            assert result["outcome"] == "loaded", f"{path}: {result['text']}"
            assert result["weights"] == weights(model)
            check_alone(result, path)


OF_KERAS = sorted((Path(__file__).parents[1] / "data").glob("keras?/*"))


@pytest.mark.parametrize(
    "path",
    [p for p in OF_KERAS if p.suffix in (".keras", ".h5") and "weights" not in p.name],
    ids=lambda path: f"{path.parent.name} {path.name}",
)
def test_a_model_of_keras_opens_nothing_else(server, path):
    result = server.visit(path, ("load_model",))["load_model"]
    assert result["outcome"] == "loaded", result["text"]
    check_alone(result, path)


def test_what_libhdf5_opens_is_watched(server, tmp_path):
    """Or the tests above are blind to it."""
    if not server.is_traced:
        pytest.skip("strace is not here, or may not trace: only what Python opens was watched")
    path, below = tmp_path / files.BARE, tmp_path / f"{files.BARE}{BELOW}"
    for each in (path, below):
        each.write_bytes(files.valid(files.BARE))
    result = server.visit(path, (BELOW,))[BELOW]
    assert result["touched"] == [str(below)]
    assert result["seen"] == []


def test_the_memory_that_is_allowed_is_measured(server, tmp_path):
    result = server.visit(files.put(tmp_path, files.KERAS), ("load_model",))["load_model"]
    if result["memory"] is None:
        pytest.skip("this system does not tell how much memory a process takes at most")
    assert 0 <= result["memory"] <= result["allowed"] < MEMORY + 2**20
