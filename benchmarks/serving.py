"""How many rows a second do predict and evaluate take, and how soon is the library there?"""

import statistics
import subprocess
import sys
import time
from functools import partial

from benchmarks.epochs import LARGE, SMALL, named, trained, training_images
from benchmarks.results import keep

ROUNDS = 5
MODULES = ("numpy", "minikeras", "minikeras.callbacks", "minikeras.models")


def rows_a_second(work, rows):
    """Return the median of some rounds."""
    rates = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        rates.append(rows / (time.perf_counter() - begun))
    return statistics.median(rates)


def seconds_of_import(module):
    """Return the seconds of a process that imports a module, less those of one that does not."""

    def of(code):
        taken = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            taken.append(time.perf_counter() - begun)
        return statistics.median(taken)

    return of(f"import {module}") - of("pass")


def main():
    x, y = training_images()
    rates = {}
    for case in (SMALL, LARGE):
        model = trained(case, x, y)
        works = {"predict": partial(model.predict, x), "evaluate": partial(model.evaluate, x, y)}
        for size in (32, 1024):
            told = {
                name: rows_a_second(partial(work, batch_size=size, verbose=0), len(x))
                for name, work in works.items()
            }
            rates[f"{named(case)}; {size} rows at a time"] = told
            said = ", ".join(f"{name} {rate:,.0f} rows/s" for name, rate in told.items())
            print(f"{named(case)}; {size} rows at a time: {said}")
    imports = {module: seconds_of_import(module) for module in MODULES}
    for module, taken in imports.items():
        print(f"import {module}: {taken:.3f} s")
    keep("serving", rows_a_second=rates, seconds_of_import=imports)
