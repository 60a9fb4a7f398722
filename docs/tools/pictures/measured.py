"""How do measurements look? Bars of seconds, as benchmarks/results has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from minikeras.lab.svg import Markup
from pictures.bars import bars
from pictures.lines import lines

RESULTS = Path(__file__).resolve().parents[3] / "benchmarks" / "results"


def found(name: str) -> dict[str, Any]:
    """Return what a measurement wrote."""
    told: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return told


def epochs_of(network: str) -> Markup:
    """Return the seconds of an epoch of a network, a bar for each library."""
    peers = found("training")["networks"][network]
    return bars({name: round(peer["median"], 2) for name, peer in peers.items()}, lit=["minikeras"])


def growth(sweep: str) -> Markup:
    """Return how the seconds of an epoch grow with one number."""
    told = found("scaling")["sweeps"][sweep]
    points = dict(zip(told["values"], told["seconds"], strict=True))
    return lines(x={"samples": "rows"}.get(sweep, sweep), y="seconds", bottom=0.0, measured=points)
