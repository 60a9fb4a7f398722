"""What the tests of the site share: its tools on the path, and the site itself, built once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "tools"))


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site, built strictly; below /some/base/, as on a host that it shares with others.

    MINIKERAS_BUILT_SITE names one that is there already, while its tests are being written.
    """
    if os.environ.get("MINIKERAS_BUILT_SITE"):
        yield Path(os.environ["MINIKERAS_BUILT_SITE"])
        return
    pytest.importorskip("mkdocs", reason="the extra `docs` builds the site")
    pytest.importorskip("material", reason="the extra `docs` builds the site")
    built = tmp_path_factory.mktemp("site")
    settings = {"SITE_URL": "http://127.0.0.1:8000/some/base/", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(built)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield built
    shutil.rmtree(built)
