"""What does it cost to save a model after each epoch?

An epoch of MNIST, and a save of the whole model as ModelCheckpoint does it, take turns. The time
that the disk takes to confirm (fsync) is shown beside, for it says more about the disk. Copies are
the most memory that Python asks for while saving, in sizes of the file.
"""

import os
import statistics
import tempfile
import time
import tracemalloc
from pathlib import Path
from unittest import mock

from benchmarks.epochs import LARGE, named, seconds_of_epoch, trained, training_images
from benchmarks.results import keep

ROUNDS = 5
NAMES = ("m.keras", "m.weights.h5", "m.h5")


def seconds_of_save(model, path):
    """Return the seconds of a save without fsync, and those of fsync."""
    waited, fsync = [], os.fsync

    def timed(descriptor):
        begin = time.perf_counter()
        fsync(descriptor)
        waited.append(time.perf_counter() - begin)

    save = model.save_weights if ".weights." in path.name else model.save
    with mock.patch("os.fsync", timed):
        begin = time.perf_counter()
        save(path)
        return time.perf_counter() - begin - sum(waited), sum(waited)


def copies_of_save(model, path):
    """Return how much memory a save takes, in sizes of the file."""
    tracemalloc.start()
    seconds_of_save(model, path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / path.stat().st_size


def main():
    x, y = training_images()
    model, epochs = trained(LARGE, x, y), []
    saves = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            epochs.append(seconds_of_epoch(model, LARGE, x, y))
            for name in NAMES:
                saves[name].append(seconds_of_save(model, Path(folder, name)))
        copies = {name: copies_of_save(model, Path(folder, name)) for name in NAMES}
        sizes = {name: Path(folder, name).stat().st_size / 1e6 for name in NAMES}
    epoch = statistics.median(epochs)
    print(f"\nsaving {named(LARGE)}; an epoch of {len(x)} rows takes {epoch:.3f} s")
    print(f"{'file':<14} {'MB':>6} {'seconds':>8} {'of an epoch':>12} {'fsync':>8} {'copies':>7}")
    files = {}
    for name in NAMES:
        work, wait = (statistics.median(times) for times in zip(*saves[name], strict=True))
        files[name] = {"megabytes": sizes[name], "seconds": work, "copies": copies[name]}
        print(
            f"{name:<14} {sizes[name]:>6.1f} {work:>8.4f} {work / epoch:>11.1%} {wait:>8.4f} "
            f"{copies[name]:>7.2f}"
        )
    keep("saving", network=named(LARGE), epoch=epoch, files=files)
