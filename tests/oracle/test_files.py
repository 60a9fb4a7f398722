"""Do files travel between minikeras and Keras, with all that is in them?

Each case is made in both libraries, and trained for two steps. Then one library reads what the
other has saved; it predicts and judges alike, and three more steps lead to the same weights.
"""

import numpy as np
import pytest
from file_cases import CASES, CLASSES, COLUMNS, NOT_IN_KERAS, NUMBERS, ROWS, X, Y

import minikeras
from minikeras import saving
from minikeras.models import Sequential

LONG_NAMES = {  # what Keras makes of short ones that it reads in `.h5` files, its own too
    name: function.__name__ for name, function in minikeras.metrics.FUNCTIONS.items()
}


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def travellers(request, twins, tmp_path_factory):
    """Return a folder with the files of both libraries, and what is known of the models in them."""
    folder, y = tmp_path_factory.mktemp("files"), request.param["y"]
    ours, theirs = trained_pair(twins, request.param)
    for name in ("m.keras", "m.h5"):
        saving.save_model(ours, folder / f"our_{name}")
        theirs.save(folder / f"their_{name}")
    saving.save_weights(ours, folder / "our_m.weights.h5")
    saving.save_weights(ours, folder / "our_weights.h5")
    theirs.save_weights(folder / "their_m.weights.h5")
    return folder, facts(ours, y), facts(theirs, y), y


def trained_pair(twins, chosen):
    def layers(k):
        return [*chosen["layers"](k), k.layers.Dense(CLASSES, activation="sigmoid")]

    settings = (chosen[name] for name in ("optimizer", "loss", "metrics"))
    models = twins(layers, *settings, input_shape=(COLUMNS,))
    for model in models:
        train(model, chosen["y"], 2)
    return models


def train(model, y, steps):
    for _ in range(steps):
        model.train_on_batch(X, y)


def facts(model, y, steps=3):
    """Return what is true of a model now, and its weights after some more steps."""
    scores = model.evaluate(X, y, verbose=0, return_dict=True)
    known = {
        "predictions": model.predict(X, verbose=0),
        "scores": {LONG_NAMES.get(name, name): score for name, score in scores.items()},
        "optimizer": settings_of(model.optimizer),
        "layers": [described(layer) for layer in model.layers],
        "rate": float(model.optimizer.learning_rate),
        "steps": int(model.optimizer.iterations),
        "now": flat(model),
    }
    train(model, y, steps)
    return known | {"later": flat(model)}


def settings_of(optimizer):
    """Return the settings that an optimizer has in both libraries."""
    told = optimizer.get_config()
    if isinstance(told["learning_rate"], dict):
        told["learning_rate"] = told["learning_rate"]["config"]["initial_learning_rate"]
    names = ("learning_rate", "momentum", "nesterov", "rho", "epsilon", "beta_1", "beta_2")
    names += ("weight_decay", "clipnorm", "clipvalue", "initial_accumulator_value")
    return {"kind": type(optimizer).__name__} | {name: told.get(name) or None for name in names}


def described(layer):
    """Return what is set in a layer, in words that are the same in both libraries."""
    names = ("units", "use_bias", "rate", "seed", "input_dim", "output_dim", "trainable")
    told = {"kind": type(layer).__name__, **{name: getattr(layer, name, None) for name in names}}
    for name, value in vars(layer).items():
        if name == "activation":
            told[name] = value.__name__
        elif name.endswith("_initializer"):
            config = value.get_config()  # Keras has a class of its own for each kind of scaling
            scales = {key: getattr(value, key, None) for key in ("scale", "mode", "distribution")}
            told[name] = scales if scales["scale"] else [type(value).__name__, config]
            told[f"{name}'s seed"] = config.get("seed")
        elif name.endswith("_regularizer") and name != "activity_regularizer":
            told[name] = [float(getattr(value, key, 0.0)) for key in ("l1", "l2")]
    return told


def flat(model):
    return np.concatenate([w.ravel() for w in model.get_weights()])


def same(found, expected):
    np.testing.assert_array_equal(found["now"], expected["now"])
    np.testing.assert_allclose(found["predictions"], expected["predictions"], rtol=0, atol=1e-6)
    assert found["scores"] == pytest.approx(expected["scores"], rel=1e-4, abs=1e-6)
    assert found["layers"] == expected["layers"]
    for name, setting in expected["optimizer"].items():
        assert found["optimizer"][name] == pytest.approx(setting), name


def same_later(found, expected):
    assert found["steps"] == expected["steps"]
    assert found["rate"] == pytest.approx(expected["rate"], rel=1e-6)
    np.testing.assert_allclose(found["later"], expected["later"], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_our_own_names_travel_as_what_they_stand_for(keras, tmp_path, name):
    rows = [
        minikeras.layers.Dense(2, kernel_initializer=start, kernel_regularizer="l1_l2")
        for start in NOT_IN_KERAS["initializers"]
    ]
    model = Sequential([minikeras.layers.Input((COLUMNS,)), *rows])
    saving.save_model(model, tmp_path / name)
    read = keras.models.load_model(tmp_path / name)
    assert [*map(described, read.layers)] == [*map(described, model.layers)]


def test_keras_reads_our_archive_and_goes_on(keras, travellers):
    folder, ours, _, y = travellers
    found = facts(keras.models.load_model(folder / "our_m.keras"), y)
    same(found, ours)
    same_later(found, ours)


def test_keras_reads_our_legacy_file_and_can_train(keras, travellers):
    folder, ours, _, y = travellers
    found = facts(keras.models.load_model(folder / "our_m.h5"), y)
    same(found, ours)
    assert (found["later"] != found["now"]).any()


@pytest.mark.parametrize("name", ["their_m.keras", "their_m.h5"])
def test_we_read_what_keras_saved_and_go_on(travellers, name):
    folder, _, theirs, y = travellers
    found = facts(saving.load_model(Sequential, folder / name), y)
    same(found, theirs)
    same_later(found, theirs)


def test_our_weights_travel_and_the_optimizer_remembers(keras, travellers):
    folder, ours, _, y = travellers
    model = keras.models.load_model(folder / "their_m.keras")
    train(model, y, 1)
    for name in ("our_weights.h5", "our_m.h5"):
        model.load_weights(folder / name)
        np.testing.assert_array_equal(flat(model), ours["now"])
    model.load_weights(folder / "our_m.weights.h5")
    same_later(facts(model, y), ours)


def test_weights_of_keras_travel_and_the_optimizer_remembers(travellers):
    folder, _, theirs, y = travellers
    model = saving.load_model(Sequential, folder / "our_m.keras")
    for name in ("their_m.h5", "their_m.weights.h5", "their_m.keras"):
        train(model, y, 1)
        saving.load_weights(model, folder / name)
        np.testing.assert_array_equal(flat(model), theirs["now"])
    same_later(facts(model, y), theirs)


def test_double_precision_stays_double_precision(keras, computing_in, twins, tmp_path):
    with computing_in("float64"):
        ours, theirs = trained_pair(twins, CASES["optimizer, adam"])
        saving.save_model(ours, tmp_path / "ours.keras")
        saving.save_model(ours, tmp_path / "ours.h5")
        for name in ("theirs.keras", "theirs.h5"):
            theirs.save(tmp_path / name)
    for name in ("theirs.keras", "theirs.h5"):
        read = saving.load_model(Sequential, tmp_path / name)
        assert read.dtype == "float64"
        np.testing.assert_array_equal(flat(read), flat(theirs))
    x = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))
    for name in ("ours.keras", "ours.h5"):
        read = keras.models.load_model(tmp_path / name)
        assert {w.dtype for w in read.weights} == {"float64"}
        np.testing.assert_array_equal(flat(read), flat(ours))
        with computing_in("float64"):
            np.testing.assert_allclose(read.predict(x, verbose=0), ours.predict(x, verbose=0))


def test_a_shape_and_a_rate_of_dropout_travel(keras, twins, tmp_path):
    def layers(k):
        return [k.layers.Flatten(), k.layers.Dropout(0.25, seed=7), k.layers.Dense(2)]

    def say(what):
        return lambda k: what

    ours, theirs = twins(layers, say("adam"), say("mse"), input_shape=(2, 3))
    x = np.random.default_rng(0).random((5, 2, 3)).astype("float32")
    for name in ("m.keras", "m.h5"):
        saving.save_model(ours, tmp_path / name)
        read = keras.models.load_model(tmp_path / name)
        np.testing.assert_allclose(read.predict(x, verbose=0), ours.predict(x, verbose=0), 1e-5)
        assert [layer.name for layer in read.layers] == [layer.name for layer in ours.layers]
        assert (read.layers[1].rate, read.layers[1].seed) == (0.25, 7)
        theirs.save(tmp_path / name)
        back = saving.load_model(Sequential, tmp_path / name)
        assert (back.input_shape, back.layers[1].rate, back.layers[1].seed) == ((2, 3), 0.25, 7)


def test_a_model_of_keras_that_learned_its_shape_by_fitting_is_read(keras, tmp_path):
    model = keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, NUMBERS, batch_size=ROWS, verbose=0)
    for name in ("m.keras", "m.h5"):
        model.save(tmp_path / name)
        read = saving.load_model(Sequential, tmp_path / name)
        ours, theirs = (m.predict(X, verbose=0) for m in (read, model))
        np.testing.assert_allclose(ours, theirs, 1e-5)


def test_metrics_that_are_classes_in_keras_are_our_functions(keras, twins, tmp_path):
    names = ["BinaryAccuracy", "CategoricalAccuracy", "MeanSquaredError", "KLDivergence"]
    _, theirs = trained_pair(twins, CASES["optimizer, sgd"])
    theirs.compile("sgd", "mse", metrics=[getattr(keras.metrics, name)() for name in names])
    theirs.save(tmp_path / "m.keras")
    read = saving.load_model(Sequential, tmp_path / "m.keras")
    expected = theirs.evaluate(X, Y, verbose=0, return_dict=True)
    assert read.evaluate(X, Y, verbose=0, return_dict=True) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_keras_reads_from_us_what_it_does_not_write_itself(keras, tmp_path, name):
    """Keras 3.15.1 forgets the delta of a Huber loss, and has no metric by the name of kld."""
    model = Sequential([minikeras.layers.Dense(CLASSES, "softmax", input_dim=COLUMNS)])
    model.compile("sgd", minikeras.losses.Huber(delta=0.01), ["kld"])
    saving.save_model(model, tmp_path / name)
    read, back = (
        keras.models.load_model(tmp_path / name),
        saving.load_model(Sequential, tmp_path / name),
    )
    expected = facts(model, Y)["scores"]
    for found in (read, back):
        assert facts(found, Y)["scores"] == pytest.approx(expected, rel=1e-5)
    assert "delta" not in read.loss.get_config()


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_keras_reads_a_layer_of_ones_own_by_its_name(keras, tmp_path, name):
    class Twice(minikeras.layers.Activation):
        def forward(self, x, training=False):
            return 2 * x, lambda dy, wants_dx=True: 2 * dy

    class TheirTwice(keras.layers.Activation):
        def call(self, x):
            return 2 * x

    model = Sequential([minikeras.layers.Dense(2, input_dim=COLUMNS), Twice("linear")])
    saving.save_model(model, tmp_path / name)
    read = keras.models.load_model(tmp_path / name, {"Twice": TheirTwice})
    np.testing.assert_allclose(read.predict(X, verbose=0), model.predict(X, verbose=0), 1e-5)
    theirs = keras.Sequential([keras.Input((COLUMNS,)), TheirTwice("linear")])
    theirs.save(tmp_path / name)
    back = saving.load_model(Sequential, tmp_path / name, {"TheirTwice": Twice})
    np.testing.assert_array_equal(back.predict(X, verbose=0), 2 * X)


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_an_optimizer_that_took_no_step_travels(keras, tmp_path, name):
    """Keras writes how many steps it took, and no slots."""
    theirs = keras.Sequential([keras.Input((COLUMNS,)), keras.layers.Dense(CLASSES)])
    theirs.compile(keras.optimizers.Adam(0.125), loss="mean_squared_error")
    theirs.save(tmp_path / name)
    back = saving.load_model(Sequential, tmp_path / name)
    assert (back.optimizer.iterations, back.optimizer.learning_rate) == (0, 0.125)
    saving.save_model(back, tmp_path / name)
    read = keras.models.load_model(tmp_path / name)
    same_later(facts(read, Y), facts(back, Y))


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_what_was_not_compiled_stays_so_on_both_sides(keras, twins, tmp_path, name):
    model = Sequential([minikeras.layers.Dense(2, input_dim=COLUMNS)])
    saving.save_model(model, tmp_path / name)
    read = keras.models.load_model(tmp_path / name)
    assert not read.compiled
    read.save(tmp_path / name)
    back = saving.load_model(Sequential, tmp_path / name)
    assert back.objective is None
    np.testing.assert_array_equal(flat(back), flat(model))
