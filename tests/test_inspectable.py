"""Looking inside a model: what it shows is true, and looking changes nothing."""

import copy

import numpy as np
import pytest

from minikeras import Sequential, set_backend
from minikeras.layers import Activation, Dense, Dropout, Embedding, Flatten
from minikeras.regularizers import l2

RNG = np.random.default_rng(1)
X, Y = RNG.normal(size=(10, 4)), RNG.normal(size=(10, 2))
WEIGHTS = RNG.random(10)


def some_model(trainable=True):
    layers = [
        Dense(3, activation="tanh", kernel_regularizer=l2(0.1), input_dim=4, trainable=trainable),
        Dropout(0.5),
        Dense(2),
    ]
    model = Sequential(layers)
    model.compile("sgd", "mse")
    return model


def test_weights_come_by_name_and_are_copies():
    model = some_model()
    shown = model.weights_by_name()
    assert list(shown) == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
    for mine, own in zip(shown.values(), model.get_weights(), strict=True):
        assert np.array_equal(mine, own)
        mine += 1.0
    assert not np.array_equal(shown["dense/kernel"], model.get_weights()[0])


@pytest.mark.parametrize("batch_size", [1, 3, 10, 99])
def test_outputs_are_those_of_the_models_that_end_there(batch_size):
    model = some_model()
    shown = model.outputs_by_layer(X, batch_size)
    assert list(shown) == ["dense", "dropout", "dense_1"]
    for stop, y in enumerate(shown.values(), start=1):
        front = Sequential([type(layer).from_config(layer.get_config())
                            for layer in model.layers[:stop]])  # fmt: skip
        front.build((4,))
        front.set_weights([w for layer in model.layers[:stop] for w in layer.get_weights()])
        assert y == pytest.approx(front.predict(X, verbose=0), rel=1e-6, abs=1e-7)


def test_only_the_outputs_that_were_asked_for_come_in_that_order():
    assert list(some_model().outputs_by_layer(X, names=["dense_1", "dense"])) == [
        "dense_1",
        "dense",
    ]


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["equal", "weighted"])
def test_gradients_are_the_slopes_of_what_evaluate_returns(weights):
    model = some_model()
    model.build()
    shown = model.gradients_by_name((X, Y, weights), batch_size=3)
    step, vector = 1e-6, model.vector.values
    flat = np.concatenate([gradient.reshape(-1) for gradient in shown.values()])
    for i in range(vector.size):
        losses = []
        for sign in (1, -1):
            vector[i] += sign * step
            losses.append(model.evaluate(X, Y, batch_size=3, sample_weight=weights, verbose=0))
            vector[i] -= sign * step
        assert flat[i] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-5, abs=1e-8)


def test_frozen_weights_have_no_gradient():
    assert list(some_model(trainable=False).gradients_by_name((X, Y, None))) == [
        "dense_1/kernel",
        "dense_1/bias",
    ]


def test_looking_changes_nothing():
    model = some_model()
    model.fit(X, Y, verbose=0)
    before = copy.deepcopy(
        (model.get_weights(), model.rng.bit_generator.state, model.optimizer.iterations)
    )
    model.weights_by_name()
    model.outputs_by_layer(X)
    model.gradients_by_name((X, Y, None))
    model.graph_nodes()
    after = (model.get_weights(), model.rng.bit_generator.state, model.optimizer.iterations)
    assert before[1:] == after[1:]
    assert all(np.array_equal(a, b) for a, b in zip(before[0], after[0], strict=True))


def test_the_graph_leads_from_the_input_to_the_last_layer():
    nodes = {node.name: node for node in some_model().graph_nodes()}
    assert nodes["input"].shape == (None, 4)
    assert nodes["dense/Dense"].inputs == ["input", "dense/kernel", "dense/bias"]
    assert nodes["dropout/Dropout"].inputs == ["dense/Dense"]
    assert nodes["dense_1/Dense"].shape == (None, 2)
    assert nodes["dense/Dense"].settings["activation"] == "tanh"


def test_a_layer_may_be_called_input():
    model = Sequential([Dense(1, input_dim=2, name="input"), Activation("relu", name="input_")])
    names = [node.name for node in model.graph_nodes()]
    assert names[0] == "input__"
    assert len(set(names)) == len(names)


def test_embeddings_are_named():
    model = Sequential([Embedding(5, 2, name="words"), Flatten(), Dense(1)])
    assert model.embeddings == ["words"]
    assert some_model().embeddings == []


def test_what_cannot_be_shown_is_said():
    model = some_model()
    with pytest.raises(ValueError, match="no layer named 'last'; there are: dense, dropout"):
        model.outputs_by_layer(X, names=["last"])
    with pytest.raises(ValueError, match="shape"):
        model.outputs_by_layer(np.ones((2, 5)))
    with pytest.raises(RuntimeError, match="call compile"):
        Sequential([Dense(1, input_dim=4)]).gradients_by_name((X, Y, None))


def test_what_is_shown_of_a_device_is_what_is_shown_here(customs):
    model = some_model()
    model.build()
    seen = [
        model.weights_by_name(),
        model.outputs_by_layer(X, 3),
        model.gradients_by_name((X, Y, WEIGHTS), 3),
    ]
    set_backend("numpy")
    twin = some_model()
    twin.set_weights(model.get_weights())
    own = [
        twin.weights_by_name(),
        twin.outputs_by_layer(X, 3),
        twin.gradients_by_name((X, Y, WEIGHTS), 3),
    ]
    for there, here in zip(seen, own, strict=True):
        assert list(there) == list(here)
        for name, array in here.items():
            assert isinstance(there[name], np.ndarray)
            assert there[name] == pytest.approx(array, rel=1e-5, abs=1e-6), name
