"""Where are the packages that a page fetches from Pyodide's server, so that a test can serve them?

A folder that MINIKERAS_PYODIDE_PACKAGES names, else one that an earlier run has filled. Else they
are taken once, 106 MB, out of the wheel of open-webui, which carries packages built for this very
Pyodide. The sums of npm's pyodide-lock.json tell whether a file is the right one.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path

CARRIER = "open-webui==0.12.4"
INSIDE = "open_webui/frontend/pyodide/"
CACHE = Path.home() / ".cache" / "minikeras-docs"


def wanted(lock: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return file names and their sums, for these packages and all that they need."""
    known = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    files, open_ones = {}, list(names)
    while open_ones:
        package = known[open_ones.pop()]
        files[package["file_name"]] = package["sha256"]
        open_ones += package["depends"]
    return files


@cache
def find(lock: Path, names: tuple[str, ...]) -> dict[str, Path] | None:
    """Return where each file lies by its name, or None where they cannot be had."""
    files = wanted(lock, names)
    named = os.environ.get("MINIKERAS_PYODIDE_PACKAGES")
    folder = Path(named) if named else CACHE
    if not named and not complete(folder, files):
        fill(folder, files)
    return {name: folder / name for name in files} if complete(folder, files) else None


def complete(folder: Path, files: dict[str, str]) -> bool:
    return all(
        (folder / name).is_file()
        and hashlib.sha256((folder / name).read_bytes()).hexdigest() == told
        for name, told in files.items()
    )


def fill(folder: Path, files: dict[str, str]) -> None:
    """Fetch the carrier and keep what is wanted of it; without a network, keep nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
        done = subprocess.run(
            [*pip, "--no-deps", "-d", scratch, CARRIER], capture_output=True, timeout=600
        )
        if done.returncode:
            return
        folder.mkdir(parents=True, exist_ok=True)
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for name in files:
                if INSIDE + name in archive.namelist():
                    (folder / name).write_bytes(archive.read(INSIDE + name))
