"""Has each setting of each class the type that it should have, whatever a file says?"""

import json
import re

import pytest

from minikeras import initializers, layers, losses, optimizers, regularizers
from minikeras.metrics import running
from minikeras.models import Sequential
from minikeras.optimizers import schedules
from minikeras.saving import ModelFileError, from_keras, to_keras
from minikeras.saving.errors import within
from tests.hostile import files
from tests.hostile.bad_config import thing

LAYERS = {name: make for name, make in layers.CLASSES.items() if name != "InputLayer"}
KINDS = {  # the classes of a kind, and where one of them stands in a description
    "layer": (LAYERS, ("config", "layers", 1)),
    "optimizer": (optimizers.CLASSES, ("compile_config", "optimizer")),
    "loss": (losses.CLASSES, ("compile_config", "loss")),
    "metric": (running.CLASSES, ("compile_config", "metrics", 0)),
    "initializer": (
        {n: make for n, make in initializers.KNOWN.items() if n[0].isupper()},
        ("config", "layers", 1, "config", "kernel_initializer"),
    ),
    "regularizer": (regularizers.KNOWN, ("config", "layers", 1, "config", "kernel_regularizer")),
    "schedule": (schedules.CLASSES, ("compile_config", "optimizer", "config", "learning_rate")),
}
NEEDED = {  # what a class cannot be made without
    "Dense": {"units": 4},
    "Activation": {"activation": "relu"},
    "Dropout": {"rate": 0.5},
    "Embedding": {"input_dim": 5, "output_dim": 2},
    "CosineDecay": {"initial_learning_rate": 0.5, "decay_steps": 3},
    "ExponentialDecay": {"initial_learning_rate": 0.5, "decay_steps": 3, "decay_rate": 0.5},
}
VALUES = ["text", "5", 5, -1, 0, 1.5, True, None, [], [1], {}, {"class_name": "Dense"}, 2**100]
NO_SENTENCE = re.compile(r"has no attribute|unhashable|not subscriptable|not supported between")
SETTINGS = [
    (kind, name, key)
    for kind, (table, _) in KINDS.items()
    for name, make in table.items()
    for key in from_keras._arguments(make)
]


def told_of(place, config):
    """Return a good description, with a thing at a place in it."""
    told = json.loads(files.parts()["config.json"])
    inner = told
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = config
    return told


def written(model, place):
    """Return the settings that we would write of what is at this place."""
    compiled = to_keras.compile_config(model)
    told = {"config": model.get_config(), "compile_config": compiled}
    for step in place:
        told = told[step]
    return told["config"] if isinstance(told, dict) else {}


@pytest.mark.parametrize(("kind", "name", "key"), SETTINGS, ids=str)
def test_a_setting_is_what_the_file_says_or_an_error(kind, name, key):
    place = KINDS[kind][1]
    for value in VALUES:
        told = told_of(place, thing(name, **{**NEEDED.get(name, {}), key: value}))
        try:
            with within("m.keras"):
                model = from_keras.connected_model(Sequential, told, {})
                from_keras.compile_model(model, told["compile_config"], {})
        except ModelFileError as error:
            sentence = str(error)
        else:
            sentence, found = "", written(model, place).get(key, value)
            is_alike = found == value and isinstance(found, bool) == isinstance(value, bool)
            assert is_alike or value is None, f"{value!r} became {found!r}"
        assert not NO_SENTENCE.search(sentence), sentence
