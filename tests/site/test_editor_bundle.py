"""Is the committed editor.js what its source makes, with the versions that the lock names?"""

import json
import subprocess

import pytest
from python_files import node_modules
from runtime_page import UI

NODE_MODULES = node_modules()

LOCK = UI / "package-lock.json"
PACKAGES = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
DIRECT = PACKAGES[""]["devDependencies"]


def test_the_lock_names_no_registry_and_exact_versions():
    text = LOCK.read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert json.loads((UI / "package.json").read_text("utf-8"))["devDependencies"] == DIRECT
    for name, version in DIRECT.items():
        assert PACKAGES[f"node_modules/{name}"]["version"] == version


def test_rebuilding_the_editor_changes_nothing(tmp_path):
    esbuild = NODE_MODULES / ".bin" / "esbuild"
    if not esbuild.exists():
        pytest.skip("needs esbuild: npm ci --prefix docs/ui, or MINIKERAS_NODE_MODULES")
    for place, told in PACKAGES.items():
        if place.startswith(("node_modules/@codemirror/", "node_modules/@lezer/")):
            found = NODE_MODULES.parent / place / "package.json"
            assert json.loads(found.read_text("utf-8"))["version"] == told["version"]
    # a copy beside the packages, for esbuild looks for them from there upwards
    (tmp_path / "node_modules").symlink_to(NODE_MODULES, target_is_directory=True)
    source = (UI / "editor.source.js").read_bytes()
    (tmp_path / "editor.source.js").write_bytes(source)
    build = json.loads((UI / "package.json").read_text("utf-8"))["scripts"]["build"].split()
    subprocess.run([esbuild, *build[1:], "--log-level=warning"], cwd=tmp_path, check=True)
    assert (tmp_path / "editor.js").read_bytes() == (UI / "editor.js").read_bytes()
