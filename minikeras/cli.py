"""What can minikeras do from the command line?"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence

from minikeras import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code.

    >>> main(["info"])  # doctest: +ELLIPSIS
    minikeras ...
    0
    """
    parser = argparse.ArgumentParser(
        prog="minikeras",
        description="A small Keras to read from end to end.",
        epilog="Start with: minikeras demo",
    )
    parser.add_argument("--version", action="version", version=f"minikeras {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    demo = commands.add_parser("demo", help="train on handwritten digits (about a second)")
    demo.add_argument("--folder", default="runs/demo", help="where to write (%(default)s)")
    demo.add_argument("--epochs", type=int, default=60, help="at most so many (%(default)s)")
    demo.add_argument("--verbose", type=int, choices=(0, 1, 2), default=1, help="how much to show")
    commands.add_parser("info", help="versions, backend and device, for questions and bug reports")

    chosen = parser.parse_args(arguments)
    if chosen.command == "demo":
        return _demo(chosen.folder, chosen.epochs, chosen.verbose)
    if chosen.command == "info":
        print(info())
        return 0
    parser.print_help()
    return 0


def _demo(folder: str, epochs: int, verbose: int) -> int:
    from minikeras import demo  # NumPy is opened only by those who compute

    try:
        demo.run(folder, epochs, verbose)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"minikeras demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    return 0


def info() -> str:
    """Return what is installed and where models compute."""
    import numpy as np

    from minikeras.backend import get_backend

    try:
        backend = get_backend()
        where = f"{backend.name} on {backend.device}"
    except RuntimeError as error:
        where = str(error)
    threads = {
        name: os.environ[name]
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        if name in os.environ
    }
    lines = {
        "minikeras": __version__,
        "Python": f"{platform.python_version()} on {platform.platform()}",
        "NumPy": np.__version__,
        "processors": str(os.cpu_count()),
        "thread limits": ", ".join(f"{k}={v}" for k, v in threads.items()) or "none set",
        "backend": where,
    }
    return "\n".join(f"{name:<14} {value}" for name, value in lines.items())
