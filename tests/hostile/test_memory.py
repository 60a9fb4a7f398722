"""How much memory does a good file take, large as it may be?"""

import json
import subprocess
import sys

import pytest

from tests.hostile.doors import MEMORY, ROOT

MIB = 2**20
SAVING = 16 * MIB  # on top of twice the file
CHILD = """
import gc, json, os, sys
import numpy as np
from tests.hostile.doors import _memory
from minikeras import saving
from minikeras.layers import Dense
from minikeras.models import Sequential, load_model

action, path, side, optimizer = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]

def made(steps):
    model = Sequential([Dense(side, input_dim=side, kernel_initializer="ones")])
    model.compile(optimizer, "mse")
    for _ in range(steps):
        model.train_on_batch(np.ones((1, side)), np.ones((1, side)))
    return model

if action != "load_model":
    model = made(1)
gc.collect()
resident = _memory("VmRSS", again=True)
if resident is None:
    print("null")
    sys.exit()
if action == "save":
    (model.save_weights if "weights" in path else model.save)(path)
elif action == "load_weights":
    model.load_weights(path)
else:
    load_model(path)
print(json.dumps([_memory("VmHWM") - resident, os.path.getsize(path)]))
"""


def measured(action, path, side, optimizer):
    """Return how much memory an action takes in a process of its own, and how large the file is."""
    command = [sys.executable, "-c", CHILD, action, str(path), str(side), optimizer]
    done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    found = json.loads(done.stdout)
    if found is None:
        pytest.skip("this system does not tell how much memory a process takes at most")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("name", ["m.keras", "m.weights.h5", "m.h5"])
def test_saving_and_loading_take_at_most_twice_the_file(tmp_path, name, optimizer):
    path, side = tmp_path / name, {"sgd": 5000, "adam": 2900}[optimizer]  # 100 MB, each
    taken, size = measured("save", path, side, optimizer)
    assert 90e6 < size < 110e6
    assert taken <= 2 * size + SAVING
    for action in ("load_weights", "load_model")[: 1 if "weights" in name else 2]:
        taken, size = measured(action, path, side, optimizer)
        assert taken <= 2 * size + MEMORY
