"""A wheel holds all that the demo needs."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_trains_in_an_environment_of_its_own(tmp_path):
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("minikeras_learn-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "minikeras/datasets/digits.csv.gz" in names
    assert "minikeras/py.typed" in names
    assert "minikeras/monitor/static/main.js" in names
    assert any(name.endswith("LICENSE-digits.txt") for name in names)
    assert not any(name.startswith("tests") for name in names)

    home = tmp_path / "home"
    venv.create(home, with_pip=True)
    binaries = home / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([binaries / "python", "-m", "pip", "install", "-q", wheel], check=True)
    done = subprocess.run(
        [binaries / "minikeras", "demo"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "\ntest accuracy: 0.9" in done.stdout
