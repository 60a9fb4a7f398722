"""Run all measurements, or those that are named: `python -m benchmarks training saving`."""

import sys

from benchmarks import (
    accuracy,
    gpu,
    grading,
    overhead,
    saving,
    scaling,
    serving,
    training,
    watching,
)
from benchmarks.results import machine

MEASUREMENTS = {
    "training": training.main,
    "overhead": overhead.main,
    "serving": serving.main,
    "scaling": scaling.main,
    "gpu": gpu.main,
    "saving": saving.main,
    "watching": watching.main,
    "grading": grading.main,
    "accuracy": accuracy.main,
}

if __name__ == "__main__":
    names = sys.argv[1:] or list(MEASUREMENTS)
    unknown = set(names) - set(MEASUREMENTS)
    if unknown:
        sys.exit(f"there is no measurement {unknown.pop()!r}; there are: {', '.join(MEASUREMENTS)}")
    print(machine())
    for name in names:
        MEASUREMENTS[name]()
