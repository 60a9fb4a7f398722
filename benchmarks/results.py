"""Where do measurements keep what they found? In benchmarks/results, for people and the docs."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


def keep(name: str, **told: Any) -> None:
    """Write a measurement with the machine that it ran on."""
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps({"machine": machine(), **told}, indent=2) + "\n"
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def machine() -> str:
    """Return what computes, such as "x86_64, 2 processors, Python 3.11.7, NumPy 2.4.6"."""
    kind = platform.processor() or platform.machine()
    python, numpy = platform.python_version(), version("numpy")
    return f"{kind}, {os.cpu_count()} processors, Python {python}, NumPy {numpy}"
