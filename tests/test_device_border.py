"""One way: arrays enter once, floats leave; and the same numbers come out on every backend."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import losses, metrics
from minikeras.backend import array_module, get_backend
from minikeras.callbacks import BackupAndRestore, Callback, ModelCheckpoint, TensorBoard
from minikeras.layers import Activation, Dense, Dropout, Embedding, Flatten
from tests.cupy_here import KNOWN
from tests.cupy_surface import names_of_functions

rng = np.random.default_rng(0)
ROWS, EPOCHS, BATCH = 60, 3, 16
X = rng.normal(size=(ROWS, 5)).astype("float32")
CLASSES = rng.integers(0, 3, ROWS)
Y = np.eye(3, dtype="float32")[CLASSES]
NUMBERS = rng.integers(0, 7, (ROWS, 4))


def sequential(*layers, optimizer="adam", loss="categorical_crossentropy", watched=("accuracy",)):
    keras.utils.set_random_seed(1)
    model = keras.Sequential(list(layers))
    model.compile(optimizer, loss, list(watched))
    return model


def classifier(**options):
    return sequential(Dense(8, "relu"), Dense(3, "softmax"), **options)


def train(model, x=X, y=Y, **options):
    options = {"batch_size": BATCH, "epochs": EPOCHS, "verbose": 0} | options
    return model.fit(x, y, **options).history


OPTIMIZERS = {
    "sgd": "sgd",
    "momentum": keras.optimizers.SGD(0.01, momentum=0.9),
    "nesterov": keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True),
    "rmsprop": "rmsprop",
    "adagrad": "adagrad",
    "adam": "adam",
    "adamw": "adamw",
    "clipnorm": keras.optimizers.SGD(0.1, clipnorm=0.1),
    "clipvalue": keras.optimizers.SGD(0.1, clipvalue=0.01),
}


def every_case():
    """Yield a name and a function that trains: each member of each family once."""
    for name, optimizer in OPTIMIZERS.items():
        config = optimizer if isinstance(optimizer, str) else optimizer.get_config()
        make = keras.optimizers.SGD.from_config if isinstance(config, dict) else str
        yield name, lambda c=config, m=make: train(classifier(optimizer=m(c)))
    for name in losses.FUNCTIONS:
        labels = CLASSES if name.startswith("sparse") else Y
        yield name, lambda n=name, y=labels: train(classifier(loss=n, watched=[]), y=y)
    for settings in ({"from_logits": True}, {"from_logits": True, "label_smoothing": 0.1}):
        for kind in (losses.CategoricalCrossentropy, losses.BinaryCrossentropy):
            yield (
                f"{kind.__name__} {settings}",
                lambda k=kind, s=settings: train(sequential(Dense(3), loss=k(**s))),
            )
    for name in metrics.FUNCTIONS:
        if not name.startswith("sparse"):
            yield f"metric {name}", lambda n=name: train(classifier(watched=[n]))
    for kind in (metrics.AUC, metrics.Precision, metrics.Recall):
        yield f"metric {kind.__name__}", lambda k=kind: train(classifier(watched=[k()]))
    yield "PR", lambda: train(classifier(watched=[metrics.AUC(curve="PR")]))
    sparse = ["sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"]
    yield (
        "sparse metrics",
        lambda: train(
            classifier(loss="sparse_categorical_crossentropy", watched=sparse), y=CLASSES
        ),
    )
    for name in keras.activations.KNOWN:
        yield (
            f"activation {name}",
            lambda n=name: train(sequential(Dense(6, n), Activation(n), Dense(3), loss="mse")),
        )
    yield (
        "embedding",
        lambda: train(sequential(Embedding(7, 3), Flatten(), Dense(3, "softmax")), x=NUMBERS),
    )
    for name in ("l1", "l2", "l1_l2"):
        yield (
            f"regularizer {name}",
            lambda n=name: train(sequential(Dense(3, kernel_regularizer=n), loss="mse")),
        )
    yield (
        "weights and validation",
        lambda: train(
            classifier(),
            sample_weight=np.linspace(0.0, 2.0, ROWS),
            class_weight={0: 1.0, 1: 2.0, 2: 0.5},
            validation_split=0.25,
        ),
    )


CASES = dict(every_case())


def trains_as_on_numpy(case, rtol=1e-4, atol=1e-6):
    there = CASES[case]()
    keras.set_backend("numpy")
    here = CASES[case]()
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, rtol=rtol, atol=atol, err_msg=name)


@pytest.mark.parametrize("case", CASES)
def test_training_is_the_same_on_either_side_of_the_border(case, customs, monkeypatch):
    trains_as_on_numpy(case)


@pytest.mark.parametrize("case", CASES)
def test_training_asks_for_what_cupy_has(case, cupy_here):
    trains_as_on_numpy(case)


def test_what_a_model_can_do_asks_for_what_cupy_has(cupy_here, tmp_path):
    import cupy

    layers = [Dense(8, "relu"), Dropout(0.5), Dense(3, "softmax")]
    model = sequential(*layers, loss="sparse_categorical_crossentropy")
    watching = [
        BackupAndRestore(tmp_path / "backup"),
        ModelCheckpoint(tmp_path / "{epoch}.keras", verbose=1),
        TensorBoard(tmp_path, histogram_freq=1, write_grads=True, write_images=True),
        Listener(),
    ]
    x, y = cupy.asarray(X), cupy.asarray(CLASSES)
    train(model, x, y, validation_data=(X, CLASSES), callbacks=watching)
    model.train_on_batch(X, CLASSES)
    scores, predicted = model.evaluate(x, y, verbose=0), model.predict(X, verbose=0)
    assert type(predicted) is np.ndarray
    assert model.weights_by_name()
    assert model.outputs_by_layer(X)
    assert model.gradients_by_name((X, CLASSES))
    for path in (tmp_path / "again.keras", tmp_path / "again.h5"):
        model.save(path)
        again = keras.models.load_model(path)
        np.testing.assert_array_equal(again.predict(X, verbose=0), predicted)
    again.set_weights(model.get_weights())
    assert again.evaluate(X, CLASSES, verbose=0) == scores
    keras.set_backend("numpy")
    here = keras.models.load_model(tmp_path / "again.keras")
    np.testing.assert_allclose(here.predict(X, verbose=0), predicted, rtol=1e-5)


def test_every_function_that_a_device_is_asked_for_is_one_of_cupy():
    assert set(names_of_functions()) <= KNOWN["functions"].keys()


def test_nothing_goes_to_and_fro_unasked(cupy_here):
    x = get_backend().to_device(X)
    for carry in (float, bool, int, np.asarray, lambda x: x + X, lambda x: x.__array_namespace__()):
        with pytest.raises((TypeError, AttributeError)):
            carry(x)
    with pytest.raises(TypeError, match="different places: cupy, numpy"):
        array_module(x, X)


@pytest.mark.gpu
@pytest.mark.parametrize("case", CASES)
def test_training_is_the_same_on_a_gpu(case, cupy_backend):
    trains_as_on_numpy(case, rtol=1e-3, atol=1e-5)


def test_crossings_of_a_fit_are_counted(customs):
    model = classifier()
    train(model, validation_split=0.25)
    # in: one vector of weights; x and y to train and to validate; one order of rows an epoch
    assert customs.crossings()["in"] == 1 + 4 + EPOCHS
    # out: the figures of each epoch's training and of its validation
    assert customs.left == [(3 * 2,), (1 * 2,)] * EPOCHS


class Listener(Callback):
    def on_batch_end(self, batch, logs=None):
        assert type(logs["loss"]) is float


def test_a_listener_to_batches_costs_one_small_vector_each(customs):
    train(classifier(), callbacks=[Listener()])
    assert customs.left == [(2,)] * (EPOCHS * 4)


def test_who_saves_after_epochs_waits_for_no_batch(customs, tmp_path):
    of_one_batch = (2,)
    train(classifier(), callbacks=[ModelCheckpoint(tmp_path / "m.h5"), BackupAndRestore(tmp_path)])
    assert of_one_batch not in customs.left
    for callback in (ModelCheckpoint("m.h5", save_freq=99), BackupAndRestore(tmp_path, 99)):
        customs.left.clear()
        train(classifier(), callbacks=[callback])
        assert customs.left.count(of_one_batch) == EPOCHS * 4


def test_weights_cross_by_name_only(customs):
    model = classifier()
    train(model)
    customs.left.clear()
    model.get_weights()
    assert customs.left == [(5, 8), (8,), (8, 3), (3,)]


def test_evaluation_and_prediction_cross_once(customs):
    model = classifier()
    train(model)
    customs.left.clear()
    model.evaluate(X, Y, batch_size=BATCH, verbose=0)
    model.predict(X, batch_size=BATCH, verbose=0)
    assert customs.left == [(4 * 2,), (ROWS, 3)]


def test_dropout_is_repeatable_on_a_device(customs):
    dropping = [sequential(Dense(8, "relu"), Dropout(0.5), Dense(3, "softmax")) for _ in "ab"]
    assert train(dropping[0]) == train(dropping[1])


def test_user_arrays_that_are_on_the_device_are_taken(customs):
    model = classifier()
    x, y = get_backend().to_device(X), get_backend().to_device(Y)
    assert train(model, x, y)["loss"] == train(classifier())["loss"]


def test_customs_refuses_what_is_not_declared(customs):
    x = customs.backend.to_device(np.ones((), "float32"))
    for carry in (float, bool, int, np.asarray):
        with pytest.raises((TypeError, RuntimeError, ValueError)):
            carry(x)
    with pytest.raises(TypeError, match="different places"):
        array_module(x, np.ones(2))


def test_curves_of_epochs_cost_no_crossing(customs, tmp_path):
    train(classifier(), callbacks=[TensorBoard(tmp_path)], validation_split=0.25)
    assert customs.left == [(3 * 2,), (1 * 2,)] * EPOCHS
