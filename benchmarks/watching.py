"""What does it cost to be watched? An epoch of MNIST with TensorBoard or RemoteMonitor, or none.

Each round trains an epoch in each way, in turn, and begins with another one. The validation data
that histograms need is given to every way, so that only watching differs; it is 1,000 rows.
"""

import statistics
import tempfile
from pathlib import Path

import minikeras.monitor
from benchmarks.epochs import LARGE, SMALL, named, seconds_of_epoch, trained, training_images
from minikeras.callbacks import RemoteMonitor, TensorBoard

ROUNDS = 6  # each way begins one


def ways(folder, monitor):
    """Return the callbacks of each way to be watched, made anew."""
    inside = {"histogram_freq": 1, "write_grads": True, "write_images": True}
    return {
        "nobody watches": [],
        "TensorBoard": [TensorBoard(folder / "epoch")],
        "TensorBoard, every batch": [TensorBoard(folder / "batch", update_freq="batch")],
        "TensorBoard, 1,280 samples": [TensorBoard(folder / "some", update_freq=1280)],
        "TensorBoard, all inside": [TensorBoard(folder / "inside", **inside)],
        "RemoteMonitor": [RemoteMonitor(monitor.url)],
    }


def main():
    x, y = training_images()
    with tempfile.TemporaryDirectory() as place, minikeras.monitor.running() as monitor:
        for case in (SMALL, LARGE):
            model, seconds = trained(case, x, y), {}
            for first in range(ROUNDS):
                told = [*ways(Path(place), monitor).items()]
                for way, callbacks in told[first:] + told[:first]:
                    options = {"callbacks": callbacks, "validation_data": (x[:1000], y[:1000])}
                    taken = seconds_of_epoch(model, case, x, y, **options)
                    seconds.setdefault(way, []).append(taken)
            print(f"\nbeing watched: {named(case)}, {len(x)} rows, median of {ROUNDS} rounds")
            alone = seconds["nobody watches"]
            for way in ways(Path(place), monitor):
                taken = seconds[way]
                more = [f(taken) / f(alone) - 1 for f in (statistics.median, min)]
                print(
                    f"{way:<28} {statistics.median(taken):>7.3f} s {more[0]:>+8.1%}"
                    f"   (the fastest of each: {more[1]:+.1%})"
                )
