"""Run all measurements, or those that are named: `python -m benchmarks floor saving`."""

import os
import platform
import sys

import numpy as np

from benchmarks import accuracy, floor, grading, saving, watching

MEASUREMENTS = {
    "floor": floor.main,
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
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}, NumPy {np.__version__}"
    )
    for name in names:
        MEASUREMENTS[name]()
