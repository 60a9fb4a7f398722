"""What can minikeras do from the command line?"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence
from typing import Any

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
    watched = demo.add_mutually_exclusive_group()
    watched.add_argument("--monitor", action="store_true", help="watch it on a live page")
    watched.add_argument("--tensorboard", action="store_true", help="write logs for TensorBoard")
    monitor = commands.add_parser("monitor", help="a page that draws runs while they train")
    monitor.add_argument("--host", default="localhost", help="address to listen on (%(default)s)")
    monitor.add_argument("--port", type=int, default=9000, help="0 takes a free one (%(default)s)")
    monitor.add_argument("--token", help="a secret, which any host but this one demands")
    plot = commands.add_parser("plot", help="draw the curves of a CSVLogger file")
    plot.add_argument("log", help="the file, such as runs/demo/log.csv")
    plot.add_argument("--output", help="the picture to write: .png, .svg or .pdf (beside the log)")
    plot.add_argument("--monitor", default="val_loss", help="whose best epoch to mark")
    plot.add_argument(
        "--mode", choices=("auto", "min", "max"), default="auto", help="is a low or a high one good"
    )
    plot.add_argument("--dark", action="store_true", help="light curves on a dark ground")
    check = commands.add_parser(
        "check",
        help="does your own callback keep its promises",
        usage="minikeras check EXERCISE FILE.py[:NAME] | EXERCISE --all FOLDER | --list  [options]",
        epilog="Exit code: 0 all laws hold, 1 a law is broken or a file unusable, 2 wrong use.",
    )
    check.add_argument("exercise", nargs="?", metavar="EXERCISE", help="such as EarlyStopping")
    check.add_argument("solution", nargs="?", metavar="FILE.py[:NAME]", help="what to check")
    check.add_argument(
        "--list", dest="is_list", action="store_true", help="which exercises there are"
    )
    check.add_argument("--laws", metavar="FILE.py", help="a file that adds exercises of your own")
    check.add_argument("--all", dest="folder", metavar="FOLDER", help="check all submissions in it")
    check.add_argument("--jobs", type=int, help="so many at a time (one for each processor)")
    check.add_argument(
        "--csv", dest="sheet", metavar="FILE", help="write a table of --all for a spreadsheet"
    )
    check.add_argument(
        "--json", dest="is_json", action="store_true", help="print JSON, for programs"
    )
    check.add_argument("--junit", dest="xml", metavar="FILE", help="write XML, for graders")
    check.add_argument("--lang", help="en, ko or zh (that of this computer)")
    check.add_argument(
        "--full", dest="is_full", action="store_true", help="draw the case of every broken law"
    )
    check.add_argument("--seed", type=int, default=0, help="of the random cases (%(default)s)")
    check.add_argument(
        "--time", dest="seconds", type=float, default=30.0, help="seconds for each (%(default)s)"
    )
    check.add_argument("--memory", type=int, default=1024, help="MiB for each (%(default)s)")
    commands.add_parser("info", help="versions, backend and device, for questions and bug reports")

    chosen = vars(parser.parse_args(arguments))
    command = chosen.pop("command")
    if command is None:
        parser.print_help()
        return 0
    try:
        code = COMMANDS[command](**chosen) or 0
        sys.stdout.flush()  # here, where a reader who has gone is no news
    except BrokenPipeError:  # whoever read it, such as `head`, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left goes nowhere
        return 1
    except (ImportError, ValueError, OSError, RuntimeError) as error:
        print(f"minikeras {command}: {error}", file=sys.stderr)
        return 2 if command == "check" else 1  # a check's 1 is a verdict
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    return code


# Each command opens its room only when it is chosen: NumPy is for those who compute.


def _demo(folder: str, epochs: int, verbose: int, monitor: bool, tensorboard: bool) -> None:
    if not (monitor or tensorboard):
        from minikeras import demo

        demo.run(folder, epochs, verbose)
        return
    from minikeras import demo_watched

    if monitor:
        demo_watched.run_with_monitor(folder, epochs, verbose)
    else:
        demo_watched.run_with_tensorboard(folder, epochs, verbose)


def _monitor(host: str, port: int, token: str | None) -> None:
    from minikeras import monitor

    monitor.serve(host, port, token)


def _plot(log: str, output: str | None, monitor: str, mode: str, dark: bool) -> None:
    from minikeras import plotting

    print(f"written: {plotting.plot_log(log, output, monitor, mode, dark)}")


def _check(**chosen: Any) -> int:
    from minikeras.testing import command

    return command.run(command.Request(**chosen))


def _info() -> None:
    print(info())


def info() -> str:
    """Return what is installed and where models compute."""
    import numpy as np

    threads = {
        name: os.environ[name]
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        if name in os.environ
    }
    chosen = os.environ.get("MINIKERAS_BACKEND", "numpy")
    gpu = {} if chosen == "cupy" else {"GPU": _place("cupy")}  # first: the last stays chosen
    lines = {
        "minikeras": __version__,
        "Python": f"{platform.python_version()} on {platform.platform()}",
        "NumPy": np.__version__,
        "processors": str(os.cpu_count()),
        "thread limits": ", ".join(f"{k}={v}" for k, v in threads.items()) or "none set",
        "backend": _place(chosen),
        **gpu,
    }
    return "\n".join(f"{name:<14} {value}" for name, value in lines.items())


def _place(name: str) -> str:
    """Choose a backend, and return where it computes or what it lacks."""
    from minikeras.backend import get_backend, set_backend

    try:
        set_backend(name)
    except (RuntimeError, ValueError) as error:
        return str(error)
    return f"{name} on {get_backend().device}"


COMMANDS: dict[str, Callable[..., int | None]] = {
    "check": _check,
    "demo": _demo,
    "monitor": _monitor,
    "plot": _plot,
    "info": _info,
}
