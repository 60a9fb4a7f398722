"""Do lessons still say what was recorded of them, where they need real Keras or scikit-learn?

python tests/oracle/test_recorded_lessons.py records it anew.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIALS, TOOLS = ROOT / "tutorials", ROOT / "docs" / "tools"
RECORDED = TUTORIALS / "recorded"
LESSONS = ["14_own_loop", "15_elsewhere"]
NEEDS = re.compile(r"(?<![.\w])keras\.|sklearn")  # neither minikeras nor "digits.keras"
OF_KERAS = "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"


def texts(name, folder):
    """Return what the cells of a lesson say that need more than a build has, by cell."""
    source = (TUTORIALS / f"{name}.py").read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", OF_KERAS, str(TOOLS / "execute.py")],
        input=json.dumps(["", source, {}]),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "LANG": "en", "LC_ALL": "", "LC_MESSAGES": ""}
        | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    cells = json.loads(done.stdout)["cells"].values()
    kept = [cell for cell in cells if cell["is_native"] and NEEDS.search(cell["code"])]
    return {cell["name"]: "".join(text for _, text in cell["outputs"]["en"]) for cell in kept}


def files(name):
    """Return what was recorded of a lesson, by cell."""
    paths = RECORDED.glob(f"{name}.*.txt")
    return {path.stem.split(".")[1]: path.read_text(encoding="utf-8") for path in paths}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_still_says_what_was_recorded(name, tmp_path):
    pytest.importorskip("sklearn", reason="needs the extra `oracle`")
    pytest.importorskip("keras", reason="needs the extra `oracle`")
    assert texts(name, tmp_path) == files(name)


if __name__ == "__main__":
    import tempfile

    for lesson in LESSONS:
        with tempfile.TemporaryDirectory() as scratch:
            for cell, text in texts(lesson, scratch).items():
                (RECORDED / f"{lesson}.{cell}.txt").write_text(text, encoding="utf-8")
