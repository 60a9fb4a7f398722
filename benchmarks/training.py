"""Who trains fastest on a processor? Six networks, every library that is installed.

`python -m benchmarks.training` lets all take turns, epoch by epoch, each in a process of its own
that sleeps in between; so a slow minute of the machine slows all. It prints a table and writes
benchmarks/results/training.json.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Any

from benchmarks.networks import NETWORKS
from benchmarks.peers import PEERS, threads
from benchmarks.results import keep

THREADS = 2


class Peer:
    """A process that trains one network when it is told to."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.seconds, self.memory = name, [], 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peer", name, str(number)],
            env=threads(THREADS) | PEERS[name][2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.first = self._heard()

    def _heard(self) -> dict[str, Any]:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{"):
                told: dict[str, Any] = json.loads(line)
                return told
        raise RuntimeError(f"{self.name} ended with exit code {self.process.wait()}")

    def run(self) -> None:
        """Let it train one epoch."""
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        told = self._heard()
        self.seconds.append(told["seconds"])
        self.memory = told["memory"] * 1024

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


def compare(number: int, names: list[str], rounds: int) -> dict[str, Any]:
    """Return the figures of one network, by peer."""
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(name, number)) for name in names]
        for _ in range(rounds):
            for peer in peers:
                time.sleep(0.2)  # until the threads of the one before have gone to sleep
                peer.run()
    return {
        peer.name: {
            "median": statistics.median(peer.seconds),
            "least": min(peer.seconds),
            "warm_up": peer.first["warm_up"],
            "memory": peer.memory,
            "version": peer.first["version"],
        }
        for peer in peers
    }


def main(rounds: int = 5) -> None:
    names = [name for name, (_, package, _) in PEERS.items() if find_spec(package)]
    print(f"seconds of an epoch of 60000 rows, median of {rounds} rounds, {THREADS} threads")
    print(f"{'':<34}" + "".join(f"{name:>28}" for name in names))
    networks = {}
    for number, network in enumerate(NETWORKS):
        told = networks[str(network)] = compare(number, names, rounds)
        ours = told["minikeras"]["median"]
        cells = [
            f"{told[name]['median']:.2f} ({told[name]['median'] / ours:.2f})" for name in names
        ]
        print(f"{network!s:<34}" + "".join(f"{cell:>28}" for cell in cells), flush=True)
    keep("training", threads=THREADS, rounds=rounds, networks=networks)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
