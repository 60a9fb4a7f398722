"""What becomes of a file that is damaged at random? A number says how, so that it can be repeated.

python -m tests.hostile.mutations 17        what does the mutation 17 do?
python -m tests.hostile.mutations 0 1000    count what the first thousand do
"""

from __future__ import annotations

import io
import json
import os
import random
import signal
import struct
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import h5py
import numpy as np

from tests.hostile import doors, files
from tests.hostile.files import DIGEST, INNER, KERAS, WEIGHTS

UNITS = 256  # so many that a fair part of a file is numbers
LARGEST = 512  # bytes that one damage touches
TOGETHER = 50  # mutations that one child goes through
EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
BAD = ("other error", "died", "silently wrong", "changed the model", "too much memory")


# -- damage ----------------------------------------------------------------------------------------


def flip(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def run(content: bytearray, chance: random.Random) -> None:
    start, size = chance.randrange(len(content)), chance.choice((1, 2, 4, 8, 16, 64, LARGEST))
    kind = chance.randrange(3)
    new = (bytes(size), b"\xff" * size, chance.randbytes(size))[kind]
    content[start : start + size] = new[: len(content) - start]


def edge(content: bytearray, chance: random.Random) -> None:
    """Write a number that programs forget to think of."""
    size = chance.choice((1, 2, 4, 8))
    start = chance.randrange(0, len(content) - size)
    value = chance.choice(EDGES) % 256**size
    content[start : start + size] = struct.pack("<Q", value)[:size]


def swap(content: bytearray, chance: random.Random) -> None:
    size = chance.choice((4, 8, 64, LARGEST))
    one, other = (chance.randrange(0, len(content) - size) for _ in range(2))
    a, b = content[one : one + size], content[other : other + size]
    content[one : one + size], content[other : other + size] = b, a


def copy(content: bytearray, chance: random.Random) -> None:
    """Write a part over another, so that something is there twice."""
    size = chance.choice((8, 16, 40, 64, LARGEST))
    one, other = (chance.randrange(0, len(content) - size) for _ in range(2))
    content[one : one + size] = content[other : other + size]


def insert(content: bytearray, chance: random.Random) -> None:
    start, size = chance.randrange(len(content)), chance.choice((1, 8, LARGEST))
    content[start:start] = chance.choice((bytes(size), chance.randbytes(size)))


def remove(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content))
    del content[start : start + chance.choice((1, 8, LARGEST))]


def cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(16, len(content)) :]


DAMAGE = (flip, flip, run, edge, edge, edge, swap, copy, insert, remove, cut)


def mutated(seed: int) -> tuple[str, str, bool, bytes]:
    """Return the name of a format, a door, whether there was a digest, and the damaged content."""
    chance = random.Random(seed)
    name = chance.choice(files.NAMES)
    door = chance.choice(files.doors_of(name))
    is_sealed = chance.random() < 0.5
    is_inside = name == KERAS and chance.random() < 0.7  # or the checksums of the zip find it
    made = files.valid if is_sealed else files.unsealed
    content = bytearray(made(WEIGHTS if is_inside else name, UNITS))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if len(content) <= LARGEST:
            break
        chance.choice(DAMAGE)(content, chance)
    if is_inside:
        content = bytearray(files.zipped({**files.parts(UNITS), INNER: bytes(content)}))
    return name, door, is_sealed, bytes(content)


# -- what it does ----------------------------------------------------------------------------------


def outcome(seed: int, folder: Path, model, expected: dict) -> str:
    """Load a damaged file; say what came of it, in a word or two."""
    from minikeras.saving import ModelFileError

    name, door, is_sealed, content = mutated(seed)
    path = folder / name
    path.write_bytes(content)
    model.set_weights([np.full_like(w, 7.0) for w in model.get_weights()])  # unlike in any file
    model.optimizer.iterations += 1
    before = doors.state(model)
    signal.alarm(doors.SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = doors._through(door, str(path), model)
    except ModelFileError as error:
        if doors.state(model) != before:
            return "changed the model"
        is_sentence = str(error).isprintable() and len(str(error)) < 600
        return "refused" if is_sentence else f"other error: {error!r}"
    except Exception as error:
        return f"other error: {error!r}"
    signal.alarm(0)
    if doors.weights(loaded) == expected["weights"]:
        memory = door == "load_model" or files.holds_memory(name)
        if not memory or doors.state(loaded) == expected["state"]:
            return "the same"
    if not is_sealed:
        return "other numbers, no digest before"
    if not _has_digest(name, content):  # a second damage has hidden it
        return "other numbers, digest gone"
    return "silently wrong"


def _has_digest(name: str, content: bytes) -> bool:
    if name == KERAS:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read(INNER)
    with h5py.File(io.BytesIO(content)) as file:
        return DIGEST in file.attrs


def explore(first: int, count: int) -> dict[str, list[int]]:
    """Return which mutations came to what; a child that dies is left behind."""
    found: dict[str, list[int]] = {}
    model, good = files.model(seed=2, units=UNITS), files.model(units=UNITS)
    expected = {"weights": doors.weights(good), "state": doors.state(good)}
    seeds = list(range(first, first + count))
    while seeds:
        batch, results = seeds[:TOGETHER], _in_a_child(seeds[:TOGETHER], model, expected)
        for seed, what in zip(batch, results, strict=False):
            found.setdefault(what, []).append(seed)
        seeds = seeds[len(results) :]
    return found


def _tell_all(seeds: list[int], model, expected: dict, tell: int) -> None:
    doors._limit()
    resident = doors._memory("VmRSS", again=True)
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            what = outcome(seed, Path(folder), model, expected)
            if resident is not None and doors._memory("VmHWM") - resident > 1.5 * doors.MEMORY:
                what = "too much memory"
            os.write(tell, json.dumps(what).encode() + b"\n")


def _in_a_child(seeds: list[int], model, expected: dict) -> list[str]:
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(told)
            _tell_all(seeds, model, expected, tell)
        finally:
            os._exit(0)
    os.close(tell)
    with os.fdopen(told) as answers:
        results = [json.loads(line) for line in answers]
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        results.append(f"died of {signal.Signals(os.WTERMSIG(status)).name}")
    return results or ["died without a signal"]


if __name__ == "__main__":
    first, count = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    found = explore(first, count)
    counted = Counter({what: len(seeds) for what, seeds in found.items()})
    print(json.dumps({what: [n, found[what][:20]] for what, n in counted.most_common()}))
