"""Are files that real Keras wrote, years apart, read as they were meant? Keras is not needed here.

`data/keras2` holds files of Keras 2.3.1, `data/keras3` those of Keras 3.15.1; the scripts beside
them wrote them. A JSON file tells what Keras knew of each model: `adam.json` of `adam.keras`,
`adam.h5` and `adam_once.weights.h5`.
"""

import json
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

import minikeras
from minikeras import saving
from minikeras.models import Sequential

DATA = Path(__file__).parent / "data"
sys.path.insert(0, str(DATA))
import facts  # noqa: E402 (it lies with the files, for those who write them)

PACKED = DATA / "keras3" / "adam_packed.weights.h5"
FILES = [path for path in sorted(DATA.glob("keras?/*")) if path.suffix in (".keras", ".h5")]
WEIGHTS = [path for path in FILES if "weights" in path.name and path != PACKED]
MODELS = [path for path in FILES if "weights" not in path.name]
TRAINED = [path for path in MODELS if path.stem not in ("plain", "forgetful")]
SHORT = {name: function.__name__ for name, function in minikeras.metrics.FUNCTIONS.items()}
LARGEST, LARGEST_OF_ALL = 40_000, 600_000  # bytes: they lie in every copy of this repository


def of(paths):
    return pytest.mark.parametrize(
        "path", paths, ids=lambda path: f"{path.parent.name} {path.name}"
    )


def beside(path, kind):
    """Return the path of another file of the same model."""
    return path.with_name(path.name.partition(".")[0].partition("_")[0] + kind)


def known_of(path):
    return json.loads(beside(path, ".json").read_text())


def load(path):
    return saving.load_model(Sequential, path)


def scores(model, y):
    return model.evaluate(facts.X, y, verbose=0, return_dict=True)


def later(model, path):
    """Return the weights after some more steps."""
    adam = isinstance(model.optimizer, minikeras.optimizers.Adam)
    if adam and path.parent.name == "keras2":
        model.optimizer.iterations += 1  # Keras 2.3.1 on TensorFlow 2 counts one ahead
    facts.train(model, known_of(path)["labels"], facts.STEPS_LATER)
    return facts.flat(model)


def same_weights(model, known):
    np.testing.assert_array_equal(facts.flat(model), np.float32(known["weights"]))


def long(named):
    return {SHORT.get(name, name): score for name, score in named.items()}


@of([path for path in MODELS if path.stem != "forgetful"])
def test_a_model_predicts_what_it_predicted_in_keras(path):
    model, known = load(path), known_of(path)
    same_weights(model, known)
    assert [type(layer).__name__ for layer in model.layers] == known["layers"]
    predictions = model.predict(facts.X, verbose=0)
    np.testing.assert_allclose(predictions, known["predictions"], rtol=0, atol=1e-6)


@of(TRAINED)
def test_a_model_is_compiled_as_it_was(path):
    model, known = load(path), known_of(path)
    found = scores(model, facts.LABELS[known["labels"]])
    assert long(found) == pytest.approx(long(known["scores"]), rel=1e-4, abs=1e-6)
    settings, told = model.optimizer.get_config(), known["settings"]
    assert type(model.optimizer).__name__ == known["optimizer"]
    for name in settings.keys() & told.keys() - {"name", "learning_rate"}:
        assert settings[name] == pytest.approx(told[name], rel=1e-6), name
    assert model.optimizer.iterations == known["steps"]
    assert model.optimizer.learning_rate == pytest.approx(known["rate"], rel=1e-6)


@of(TRAINED)
def test_training_goes_on_as_it_did_in_keras(path):
    found, expected = later(load(path), path), known_of(path)["later"]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert np.max(np.abs(found - known_of(path)["weights"])) > 1e-3  # they are not where they were


@of(WEIGHTS)
def test_weights_are_those_of_keras(path):
    known, model = (
        known_of(path),
        load(next(p for p in MODELS if p.with_suffix("") == beside(path, ""))),
    )
    facts.train(model, known["labels"], 1)
    model.optimizer.learning_rate = 0.75
    saving.load_weights(model, path)
    same_weights(model, known)
    if path.name.endswith(".weights.h5"):
        np.testing.assert_allclose(later(model, path), known["later"], rtol=1e-4, atol=1e-5)


def test_compressed_weights_are_read_if_that_is_asked_for():
    known, model = known_of(PACKED), load(PACKED.with_name("adam.keras"))
    facts.train(model, known["labels"], 1)
    before = facts.flat(model)
    with pytest.raises(saving.ModelFileError, match="allow_compressed"):
        saving.load_weights(model, PACKED)
    np.testing.assert_array_equal(facts.flat(model), before)
    saving.load_weights(model, PACKED, allow_compressed=True)
    same_weights(model, known)


def test_a_model_that_was_not_compiled_is_not():
    assert load(DATA / "keras3" / "plain.keras").objective is None


def test_a_model_without_its_optimizer_gets_keras_default_and_says_so():
    path = DATA / "keras3" / "forgetful.keras"
    with pytest.warns(
        UserWarning, match="names no optimizer|what the optimizer remembered"
    ) as told:
        model = load(path)
    assert len(told) == 2
    assert isinstance(model.optimizer, minikeras.optimizers.RMSprop)
    same_weights(model, known_of(path))


def words_in(path):
    """Return all names of classes and strings in the configs of a file."""
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            texts = [archive.read("config.json")]
    else:
        with h5py.File(path) as file:
            texts = [file.attrs[name] for name in ("model_config", "training_config")]
    return {word for text in texts for word in strings_in(json.loads(text))}


def strings_in(told):
    if isinstance(told, str):
        yield told
    for value in (
        told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    ):
        yield from strings_in(value)


def test_every_layer_optimizer_and_schedule_is_in_some_file():
    words = {word for path in MODELS for word in words_in(path)}
    for table in (minikeras.layers, minikeras.optimizers, minikeras.optimizers.schedules):
        assert set(table.CLASSES) <= words


def test_the_files_stay_small():
    sizes = [path.stat().st_size for path in DATA.glob("keras?/*")]
    assert max(sizes) < LARGEST
    assert sum(sizes) < LARGEST_OF_ALL
