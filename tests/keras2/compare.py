"""Do files travel between minikeras and real Keras 2.3.1? `check.py` runs this.

Each case is said to both libraries. Both train for two steps and save; each reads what the other
has saved, predicts and judges alike, and trains for three more steps.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import minikeras
from minikeras import saving
from minikeras.models import Sequential

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import sentences  # noqa: E402 (it lies beside this file, for two interpreters)

TABLES = {
    "activations": minikeras.activations.KNOWN,
    "initializers": minikeras.initializers.KNOWN,
    "regularizers": minikeras.regularizers.KNOWN,
    "losses": minikeras.losses.FUNCTIONS | minikeras.losses.CLASSES,
    "metrics": minikeras.metrics.FUNCTIONS | minikeras.metrics.running.CLASSES,
    "optimizers": minikeras.optimizers.CLASSES,
    "layers": minikeras.layers.CLASSES,
}
SAID = {
    "activations": sentences.ACTIVATIONS,
    "initializers": sentences.INITIALIZERS,
    "regularizers": sentences.REGULARIZERS,
    "losses": sentences.LOSSES + sentences.LOSS_CLASSES,
    "metrics": sentences.METRICS + sentences.SPARSE_METRICS + sentences.METRIC_CLASSES,
    "optimizers": [name.partition(",")[0] for name in sentences.OPTIMIZERS],
    "layers": [*sentences.LAYERS, "InputLayer"],  # all our files begin with one
}
CHANCE = ("layers: Dropout",)  # no two generators draw the same
OTHER_STEPS = {  # where Keras 2.3.1 computes a step in another way
    "optimizer: RMSprop": "adds epsilon to the root, not below it: small slopes make other steps",
    "optimizer: Adagrad": "the same",
    "optimizer: SGD, clipnorm": "shortens all slopes together, not those of each weight",
}
CANNOT_READ = ("metrics: running", "metrics: set")  # metrics that are objects, of its own too


def facts(model, y):
    return sentences.facts(model, y, slots)


def slots(model):
    """Return what our optimizer remembers, in the order of Keras 2: slot after slot."""
    optimizer = model.optimizer
    places, count = optimizer.memory(model.trained), len(optimizer.slots)
    by_slot = [place for number in range(count) for place in places[number::count]]
    return [np.asarray(optimizer.iterations), *by_slot]


def count_like_keras_2(optimizer):
    """Adam there reads its number of steps when the next is counted: see `in_keras2.opened`."""
    optimizer.iterations += isinstance(optimizer, minikeras.optimizers.Adam)


def begin_like_keras_2(model):
    """Let a model go on with an optimizer that has taken no step."""
    config, kind = model.optimizer.get_config(), type(model.optimizer)
    if "initial_accumulator_value" in config:
        config["initial_accumulator_value"] = 0.0
    model.optimizer = kind(**config)
    count_like_keras_2(model.optimizer)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return a folder with the files of both libraries, and what is known of them."""
    if "KERAS2_PYTHON" not in os.environ:
        pytest.skip("needs Keras 2.3.1: python tests/keras2/check.py")
    folder = tmp_path_factory.mktemp("files")
    tables = {room: list(table) for room, table in TABLES.items()}
    (folder / "tables.json").write_text(json.dumps(tables))
    ours = {}
    for number, (name, chosen) in enumerate(sentences.CASES.items()):
        minikeras.utils.set_random_seed(number)
        model, y = sentences.model_of(minikeras, chosen), sentences.labels(name)
        sentences.train(model, y, 2)
        saving.save_model(model, folder / f"{number}_ours.h5")
        saving.save_weights(model, folder / f"{number}_our_weights.h5")
        begin_like_keras_2(model)
        ours[name] = {"ours": facts(model, y)}
    subprocess.run([os.environ["KERAS2_PYTHON"], HERE / "in_keras2.py", folder], check=True)
    theirs = json.loads((folder / "facts.json").read_text())
    return folder, {name: theirs[name] | ours.get(name, {}) for name in theirs}


@pytest.fixture(params=enumerate(sentences.CASES), ids=sentences.CASES)
def travellers(request, folder):
    """Return the name of a case, the beginning of its files' names, and what is known of them."""
    number, name = request.param
    place, known = folder
    return name, f"{place}/{number}", known[name]


def same(read, written):
    assert read["weights"] == written["weights"]
    np.testing.assert_allclose(read["predictions"], written["predictions"], rtol=0, atol=1e-6)
    assert read["names"] == written["names"]
    np.testing.assert_allclose(read["scores"], written["scores"], rtol=1e-4, atol=1e-6)


def same_settings(read, told):
    assert read["layers"] == told["layers"]
    assert read["optimizer"] == told["optimizer"]


def same_later(name, read, written):
    close = np.allclose(read["later"], written["later"], rtol=1e-4, atol=1e-5)
    assert close == (name not in OTHER_STEPS)


@pytest.mark.parametrize("room", SAID)
def test_what_both_have_is_all_in_a_case(folder, room):
    assert set(folder[1]["tables"][room]) <= set(SAID[room])


def test_keras_2_reads_our_model_and_goes_on(travellers):
    name, _, known = travellers
    read, ours = known["ours, read"], known["ours"]
    np.testing.assert_allclose(read["predictions"], ours["predictions"], rtol=0, atol=1e-6)
    if name in CANNOT_READ:
        told = "Unknown metric function: {'class_name': '"
        assert read["error"].startswith(told)
        assert known["theirs, read"]["error"].startswith(told)
        return
    assert read.get("error") is None
    same(read, ours)
    same_settings(read, known["theirs"])
    if name not in CHANCE:
        same_later(name, read, ours)


def test_keras_2_reads_our_weights(travellers):
    _, _, known = travellers
    assert known["our weights"] == known["ours"]["weights"]


def test_we_read_a_model_of_keras_2_and_go_on(travellers):
    name, place, known = travellers
    model, theirs = saving.load_model(Sequential, place + "_theirs.h5"), known["theirs"]
    ours = slots(model)
    assert sentences.flat(ours) == theirs["slots"][: len(sentences.flat(ours))]
    count_like_keras_2(model.optimizer)
    read = facts(model, sentences.labels(name))
    same(read, theirs)
    same_settings(read, known["ours"])
    if name not in CHANCE:
        same_later(name, read, theirs)


def test_we_read_weights_of_keras_2(travellers):
    name, place, known = travellers
    model = sentences.model_of(minikeras, sentences.CASES[name])
    model.build((sentences.COLUMNS,))
    saving.load_weights(model, place + "_their_weights.h5")
    assert sentences.flat(model.get_weights()) == known["theirs"]["weights"]


@pytest.mark.parametrize("name", ["amsgrad", "decay", "Nadam"])
def test_what_we_cannot_go_on_with_is_refused(folder, name):
    path = folder[0] / f"{name}.h5"
    with pytest.raises(saving.ModelFileError, match=name):
        saving.load_model(Sequential, path)
    read = saving.load_model(Sequential, path, compile=False)
    assert read.count_params() == 4 * 5 + 4 * 3 + 6 * 4
