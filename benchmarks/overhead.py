"""What do callbacks cost? An epoch of MNIST without them, with five, and with a progress bar.

Each round trains an epoch in each way, in turn, and begins with another one.
"""

import contextlib
import io
import statistics
import tempfile
from pathlib import Path

from benchmarks.epochs import LARGE, SMALL, named, seconds_of_epoch, trained, training_images
from benchmarks.results import keep
from minikeras.callbacks import (
    CSVLogger,
    EarlyStopping,
    LearningRateScheduler,
    ReduceLROnPlateau,
    TensorBoard,
    TerminateOnNaN,
)

ROUNDS = 6  # each way begins one


def ways(folder):
    """Return the options of `fit` for each way, with callbacks made anew."""
    five = [
        EarlyStopping("loss"),
        ReduceLROnPlateau("loss"),
        CSVLogger(folder / "log.csv"),
        TerminateOnNaN(),
        LearningRateScheduler(lambda epoch, rate: rate),
    ]
    return {
        "none": {"callbacks": []},
        "five": {"callbacks": five},
        "five, verbose=1": {"callbacks": five, "verbose": 1},
        "TensorBoard": {"callbacks": [TensorBoard(folder / "board")]},
    }


def main():
    x, y = training_images()
    found = {}
    with tempfile.TemporaryDirectory() as place:
        for case in (SMALL, LARGE):
            model, seconds = trained(case, x, y), {}
            for first in range(ROUNDS):
                told = [*ways(Path(place)).items()]
                for way, options in told[first:] + told[:first]:
                    with contextlib.redirect_stdout(io.StringIO()):
                        taken = seconds_of_epoch(model, case, x, y, **options)
                    seconds.setdefault(way, []).append(taken)
            medians = {way: statistics.median(taken) for way, taken in seconds.items()}
            found[named(case)] = medians
            print(f"\ncallbacks: {named(case)}, {len(x)} rows, median of {ROUNDS} rounds")
            for way, taken in medians.items():
                print(f"{way:<18} {taken:>7.3f} s {taken / medians['none'] - 1:>+7.1%}")
    keep("overhead", rounds=ROUNDS, seconds=found)
