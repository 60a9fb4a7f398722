"""What do callbacks cost? An epoch of MNIST without them, with five, and with a progress bar.

Each round trains an epoch in each way, in turn, and begins with another one. A way costs the median
of what it took longer than the epoch without callbacks of the same round: machines drift. They also
jump, by more than callbacks cost; so the time that passes in the hooks is measured, too.
"""

import contextlib
import io
import statistics
import tempfile
import time
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
from minikeras.callbacks.callback_list import CallbackList

ROUNDS = 16  # each way begins some


class Terminal(io.StringIO):
    """What draws the progress bar again and again, as a terminal does."""

    def isatty(self):
        return True


class Stopwatch:
    """Adds up the seconds that pass in the hooks of all callbacks, inside a `with`."""

    def __enter__(self):
        self.seconds = 0.0
        self.hooks = {k: hook for k, hook in vars(CallbackList).items() if k.startswith("on_")}
        for name, hook in self.hooks.items():
            setattr(CallbackList, name, self.timed(hook))
        return self

    def __exit__(self, *_):
        for name, hook in self.hooks.items():
            setattr(CallbackList, name, hook)

    def timed(self, hook):
        def watched(*args):
            begun = time.perf_counter()
            hook(*args)
            self.seconds += time.perf_counter() - begun

        return watched


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


def longer(taken, bare):
    """Return how much longer each round took than the one without callbacks."""
    return [one / other - 1 for one, other in zip(taken, bare, strict=True)]


def main():
    x, y = training_images()
    found = {}
    with Stopwatch() as watch, tempfile.TemporaryDirectory() as place:
        for case in (SMALL, LARGE):
            model, seconds, inside = trained(case, x, y), {}, {}
            for first in range(ROUNDS):
                told = [*ways(Path(place)).items()]
                first %= len(told)
                for way, options in told[first:] + told[:first]:
                    watch.seconds = 0.0
                    with contextlib.redirect_stdout(Terminal()):
                        taken = seconds_of_epoch(model, case, x, y, **options)
                    seconds.setdefault(way, []).append(taken)
                    inside.setdefault(way, []).append(watch.seconds)
            more = {way: statistics.median(longer(taken, seconds["none"]))
                    for way, taken in seconds.items()}  # fmt: skip
            bare = statistics.median(seconds["none"])
            always, *_ = hooks = [statistics.median(spent) for spent in inside.values()]
            within = {way: (spent - always) / bare for way, spent in zip(more, hooks, strict=True)}
            found[named(case)] = {"seconds": bare, "more": more, "in_hooks": within}
            print(f"\ncallbacks: {named(case)}, {len(x)} rows, {bare:.3f} s without")
            for way, share in more.items():
                print(f"{way:<18} {share:>+7.1%}, in hooks {within[way]:+.1%}")
    keep("overhead", rounds=ROUNDS, networks=found)
