"""Does real Keras 2.3.1 read our files, and do we read its own?

    python tests/keras2/check.py [--python PYTHON_3.7] [--venv FOLDER]

Keras 2.3.1 needs Python 3.7. The first run installs it into a folder of its own, half a gigabyte;
the comparison takes a minute.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def python_of(name: str) -> str:
    """Return the path of this Python 3.7, or end with a sentence that says what is missing."""
    path = shutil.which(os.path.expanduser(name))
    if path is None:
        sys.exit(
            f"Keras 2.3.1 needs Python 3.7, and there is no {name!r} here: install it, or say "
            "where it is with --python"
        )
    version = subprocess.run([path, "-c", VERSION], capture_output=True, text=True).stdout.strip()
    if version != "3.7":
        found = f"is Python {version}" if version else "does not run"
        sys.exit(f"Keras 2.3.1 needs Python 3.7, but {path} {found}: say where it is with --python")
    return path


def with_keras_2(folder: Path, name: str) -> Path:
    """Return the Python of a virtual environment with Keras 2.3.1; make it if it is not there."""
    python, stamp = folder / "bin" / "python", folder / "requirements.txt"
    wanted = REQUIREMENTS.read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([python_of(name), "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--upgrade", "pip", "wheel"], check=True)
        subprocess.run([*install, "--requirement", REQUIREMENTS], check=True)
        stamp.write_text(wanted)
    return python


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", default="python3.7", help="Python 3.7 (default: %(default)s)")
    parser.add_argument("--venv", type=Path, default=HERE.parents[1] / ".venv-keras2")
    chosen = parser.parse_args()
    python = with_keras_2(chosen.venv.resolve(), chosen.python)
    tests = [sys.executable, "-m", "pytest", HERE / "compare.py"]
    return subprocess.run(tests, env={**os.environ, "KERAS2_PYTHON": str(python)}).returncode


if __name__ == "__main__":
    sys.exit(main())
