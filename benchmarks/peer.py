"""What does one process of the comparison do? It trains an epoch whenever it is told to.

`python -m benchmarks.peer "PyTorch" 3` makes network 3, trains an epoch to warm up, and prints the
seconds of that; then those of one more epoch for every line that it reads. It ends with its input.
"""

import json
import resource
import sys
import time
from importlib import import_module
from importlib.metadata import packages_distributions, version

from benchmarks.networks import NETWORKS, training_images
from benchmarks.peers import PEERS

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def main(name: str, number: int) -> None:
    make, package, _ = PEERS[name]
    x, y = training_images()
    begun = time.perf_counter()
    epoch = make(NETWORKS[number], x, y)
    epoch()
    tell({"warm_up": time.perf_counter() - begun, "version": versions(name, package)})
    for _ in sys.stdin:
        begun = time.perf_counter()
        epoch()
        seconds = time.perf_counter() - begun
        tell({"seconds": seconds, "memory": sum(map(most_memory, WHO))})


def most_memory(who: int) -> int:
    """Return the most kilobytes that a process had; what it shares with another counts for both."""
    return resource.getrusage(who).ru_maxrss


def tell(news: dict[str, object]) -> None:
    print(json.dumps(news), flush=True)


def versions(name: str, package: str) -> str:
    both = ["keras", package] if name.startswith("Keras") else [package]
    return ", ".join(f"{one} {version_of(one)}" for one in both)


def version_of(package: str) -> str:
    """Return the version of what is imported under that name: tensorflow may be tensorflow-cpu."""
    names = packages_distributions().get(package)
    if names:
        return version(names[0])
    return str(import_module(package).__version__)  # from a clone: ours, or NumPy-Keras


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
