"""Would the tests notice a small mistake in the callbacks? Run by `make mutants`.

mutmut changes one thing at a time in `monitoring.py`, `rates.py` and `callbacks/` and runs their
tests. A change that no test notices must be listed in `mutants.toml`, with the reason why it
makes no difference; fewer than 95 % noticed, or one that is not listed, is a failure.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LEAST = 0.95
COPIED = ("minikeras", "tests", "conftest.py", "pyproject.toml", "README.md", "LICENSE")


def mutmut(folder, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments], cwd=folder, text=True, **options
    )


def change(folder, name):
    """Return what a mutant changes: the file, the lines before and the lines after."""
    shown = mutmut(folder, "show", name, stdout=subprocess.PIPE, check=True).stdout.splitlines()
    file = next(line[4:] for line in shown if line.startswith("--- "))
    before = [line[1:].strip() for line in shown if line[:1] == "-" and line[:3] != "---"]
    after = [line[1:].strip() for line in shown if line[:1] == "+" and line[:3] != "+++"]
    return file, " ".join(before), " ".join(after)


def main(folder):
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    mutmut(folder, "run", "--max-children", str(os.cpu_count()), check=True)
    mutmut(folder, "export-cicd-stats", check=True, stdout=subprocess.DEVNULL)
    stats = json.loads((folder / "mutants" / "mutmut-cicd-stats.json").read_text())
    results = mutmut(folder, "results", stdout=subprocess.PIPE, check=True).stdout
    alive = [line.split(":")[0].strip() for line in results.splitlines() if "survived" in line]

    listed = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text())["survivor"]
    known = {(s["file"], s["before"], s["after"]): s["reason"] for s in listed}
    unlisted = [found for name in alive if (found := change(folder, name)) not in known]
    for file, before, after in unlisted:
        print(
            f"\n[[survivor]]\nfile = {file!r}\nbefore = {before!r}\nafter = {after!r}\nreason = ''"
        )
    share = 1.0 - len(alive) / stats["total"]
    print(f"\n{stats['total']} mutants, {len(alive)} survived: {share:.1%} noticed", stats)
    print(f"{len(unlisted)} of the survivors are not in tests/mutants.toml")
    return int(share < LEAST or bool(unlisted))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(Path(temporary)))
