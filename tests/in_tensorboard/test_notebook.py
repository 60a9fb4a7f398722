"""A notebook's own %tensorboard finds the run that a cell of it trains."""

import os
import signal
import subprocess
import sys

import pytest

pytest.importorskip("tensorboard", reason="the package tensorboard is not installed")
pytest.importorskip("IPython", reason="the package ipython is not installed")

from tests.in_tensorboard.board import Board

pytestmark = pytest.mark.slow

CELL = """
import numpy as np
import minikeras
from minikeras.callbacks import TensorBoard

model = minikeras.Sequential([minikeras.layers.Dense(1, input_dim=1)])
model.compile("sgd", "mse")
model.fit(np.ones((4, 1)), np.ones(4), epochs=2, callbacks=[TensorBoard()], verbose=0)
"""
NOTEBOOK = f"""
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "tensorboard")
shell.run_line_magic("tensorboard", "--logdir logs --port 0")
shell.run_cell({CELL!r}).raise_error()

from tensorboard import manager

(server,) = manager.get_all()
print("server", server.pid, server.port)
"""


@pytest.mark.skipif(os.name == "nt", reason="ends the server with a signal")
def test_the_magic_shows_what_a_cell_trains(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK],
        cwd=tmp_path,
        env=os.environ
        | {
            "IPYTHONDIR": str(tmp_path / "ipython"),
            "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]),
            "TMPDIR": str(tmp_path),  # where TensorBoard notes which servers there are
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("server ")]
    _, process, port = line.split()
    try:
        board = Board(f"http://localhost:{port}/")
        assert len(board.scalars("train", "epoch_loss", 2)) == 2
    finally:
        os.kill(int(process), signal.SIGTERM)
