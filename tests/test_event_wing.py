"""Do the callbacks work where there is nothing but Python?"""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

HERE = Path(__file__).parent.parent

LOOP = """
import importlib.util
import math
from types import SimpleNamespace

for package in ("numpy", "h5py", "requests", "pytest"):
    assert importlib.util.find_spec(package) is None, f"{package} is here"

from minikeras import callbacks

class Best(callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.best = math.inf

    def on_epoch_end(self, epoch, logs=None):
        self.best = min(self.best, logs["loss"])
        self.model.stop_training = self.best < 0.3

best, history = Best(), callbacks.History()
model = SimpleNamespace(stop_training=False)
logger = callbacks.ProgbarLogger("steps", clock=lambda: 0.0)
params = {"epochs": 3, "steps": 2, "verbose": 2}
events = callbacks.CallbackList([callbacks.BaseLogger(), logger, best, history], model, params)

for fit in range(2):
    model.stop_training, w = False, 2.0  # minimize the square of w
    events.on_train_begin()
    for epoch in range(3):
        events.on_epoch_begin(epoch)
        for batch in range(2):
            events.on_train_batch_begin(batch, {"batch": batch, "size": 1})
            w -= 0.1 * 2 * w
            events.on_train_batch_end(batch, {"batch": batch, "size": 1, "loss": w * w})
        events.on_epoch_end(epoch)
        if model.stop_training:
            break
    events.on_train_end()
    print(fit, history.epoch, [f"{loss:.3f}" for loss in history.history["loss"]], best.best < 0.4)
"""

TOLD = """\
Epoch 1/3 - 0s - loss: 2.0992
Epoch 2/3 - 0s - loss: 0.8598
Epoch 3/3 - 0s - loss: 0.3522
{} [0, 1, 2] ['2.099', '0.860', '0.352'] True
"""

NEW = """
import sys

before = set(sys.modules)
import minikeras.callbacks

print(*sorted({name.split(".")[0] for name in set(sys.modules) - before}))
"""


LAWS = """
from minikeras import callbacks
from minikeras.testing import EXERCISES, check

for name in EXERCISES:
    if hasattr(callbacks, name):
        print(name, check(name, getattr(callbacks, name), tries=5).holds)
"""


def output_of(python, code, **environment):
    """Return what a fresh Python prints that finds the repository, and what it lets through."""
    done = subprocess.run(
        [python, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": str(HERE), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory):
    """The interpreter of an environment without any package, not even pip."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    return str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")


def test_callbacks_serve_two_fits_of_a_loop_without_numpy(bare_python):
    assert output_of(bare_python, LOOP) == TOLD.format(0) + TOLD.format(1)


def test_the_laws_are_checked_without_any_package(bare_python):
    told = output_of(bare_python, LAWS).splitlines()
    assert "EarlyStopping True" in told
    assert all(line.endswith(" True") for line in told)


@pytest.mark.parametrize("where", ["bare", "here"])
def test_importing_the_callbacks_opens_nothing_but_the_standard_library(where, bare_python):
    names = set(output_of(bare_python if where == "bare" else sys.executable, NEW).split())
    assert "minikeras" in names
    assert names <= {"minikeras", *sys.stdlib_module_names}
