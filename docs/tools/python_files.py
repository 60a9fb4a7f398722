"""What does the site serve so that Python runs in its pages?

The library as a wheel, Pyodide's core where npm has brought it (else its own server sends it), and
a manifest that tells the page where they are.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lessons import ROOT

PYODIDE = "314.0.3"
SERVER = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
CORE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)


def serve(site: Path) -> None:
    """Put everything into assets/python of a site."""
    folder = site / "assets" / "python"
    folder.mkdir(parents=True, exist_ok=True)
    core = node_modules() / "pyodide"
    has_core = all((core / name).is_file() for name in CORE)
    for name in CORE if has_core else ():
        shutil.copy(core / name, folder)
    told = {"wheel": wheel(folder), "core": "./" if has_core else SERVER, "packages": SERVER}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")


def node_modules() -> Path:
    """Return the folder that npm filled: that of docs/ui, or another that the reader names."""
    return Path(os.environ.get("MINIKERAS_NODE_MODULES") or ROOT / "docs" / "ui" / "node_modules")


def wheel(folder: Path) -> str:
    """Build the library's wheel into a folder, and return its name."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    return max(path.name for path in folder.glob("minikeras_learn-*.whl"))
