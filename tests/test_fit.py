"""What does fit promise about rows, weights, means, copies and chance?"""

import copy
import json
import pickle
import subprocess
import sys
import threading
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import Callback
from minikeras.layers import Activation, Dense, Dropout, Embedding, Flatten
from minikeras.models import Sequential, model_from_json
from minikeras.optimizers import SGD
from minikeras.utils import Sequence, set_random_seed, to_categorical

X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
Y, LABELS = np.sin(X[:, :1]) + X[:, 1:2], np.arange(20) % 3
RULE = "sparse_categorical_crossentropy"


class Witness(Callback):
    """A metric and a callback in one: notes which rows each batch holds, by their labels."""

    def __init__(self):
        self.epochs, self.tests, self.page = [], [], []

    def __call__(self, y, p):
        self.page.append([int(n) for n in y[:, 0]])
        return 0 * p[:, 0]

    def on_epoch_begin(self, epoch, logs=None):
        self.page = []
        self.epochs.append(self.page)

    def on_test_begin(self, logs=None):
        self.page = []
        self.tests.append(self.page)


def witnessed(rows, **arguments):
    """Fit rows that are labelled with their numbers; return who saw it, and the history."""
    witness, numbers = Witness(), np.arange(rows)[:, None]
    model = Sequential([Dense(1, input_dim=1)])
    model.compile(SGD(0.0), "mse", [witness])
    return witness, model.fit(numbers, numbers, verbose=0, callbacks=[witness], **arguments)


def regressor(seed=0, layers=(), optimizer="adam", **more):
    set_random_seed(seed)
    model = Sequential([Dense(4, "tanh", input_dim=3), *layers, Dense(1)])
    model.compile(optimizer, "mse", **more)
    return model


def classifier(optimizer="sgd", **more):
    set_random_seed(0)
    model = Sequential([Dense(3, "softmax", input_dim=3)])
    model.compile(optimizer, RULE, **more)
    return model


def bits(model):
    return [w.tobytes() for w in model.get_weights()]


def flat(batches):
    return [row for batch in batches for row in batch]


# -- which rows, in which order --------------------------------------------------------------------


@given(st.integers(2, 40), st.floats(0.05, 0.95), st.integers(1, 9))
def test_validation_split_holds_out_the_last_rows_before_shuffling(rows, share, batch_size):
    cut = int(rows * (1 - share))
    if not 0 < cut < rows:
        return
    witness, _ = witnessed(rows, epochs=2, validation_split=share, batch_size=batch_size)
    assert [sorted(flat(epoch)) for epoch in witness.epochs] == [list(range(cut))] * 2
    assert [flat(test) for test in witness.tests] == [list(range(cut, rows))] * 2


@given(st.integers(1, 40), st.integers(1, 50))
def test_every_epoch_visits_every_row_once_in_batches(rows, batch_size):
    witness, _ = witnessed(rows, epochs=2, batch_size=batch_size)
    for epoch in witness.epochs:
        assert sorted(flat(epoch)) == list(range(rows))
        assert {len(batch) for batch in epoch[:-1]} <= {batch_size}


def test_every_epoch_has_an_order_of_its_own():
    witness, _ = witnessed(20, epochs=4)
    orders = {tuple(flat(epoch)) for epoch in witness.epochs}
    assert len(orders - {tuple(range(20))}) == 4


def test_shuffle_false_keeps_the_order():
    witness, _ = witnessed(20, epochs=3, batch_size=8, shuffle=False)
    assert [flat(epoch) for epoch in witness.epochs] == [list(range(20))] * 3


@pytest.mark.parametrize("shuffle", [True, False])
def test_steps_per_epoch_takes_that_many_batches(shuffle):
    witness, _ = witnessed(20, epochs=2, batch_size=4, steps_per_epoch=3, shuffle=shuffle)
    for epoch in witness.epochs:
        assert [len(batch) for batch in epoch] == [4, 4, 4]
        assert len(set(flat(epoch))) == 12
        assert shuffle or flat(epoch) == list(range(12))


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ({}, [4, 3]),
        ({"validation_batch_size": 2}, [2, 2, 2, 1]),
        ({"validation_batch_size": 9}, [7]),
        ({"validation_steps": 1}, [4]),
    ],
)
def test_validation_has_batches_of_its_own(options, sizes):
    held_out = np.arange(7)[:, None]
    witness, _ = witnessed(20, validation_data=(held_out, held_out), batch_size=4, **options)
    assert [len(batch) for batch in witness.tests[0]] == sizes
    assert flat(witness.tests[0]) == list(range(sum(sizes)))


@pytest.mark.parametrize(
    ("freq", "validated"), [(1, 5), (2, 2), (3, 1), (9, 0), ([1, 4], 2), ((5,), 1), ({2, 9}, 1)]
)
def test_validation_freq_chooses_the_epochs(freq, validated):
    witness, history = witnessed(8, epochs=5, validation_split=0.5, validation_freq=freq)
    assert len(witness.tests) == validated == len(history.history.get("val_loss", []))
    assert len(history.history["loss"]) == 5


@pytest.mark.parametrize(("first", "last"), [(0, 3), (2, 3), (3, 3), (4, 3)])
def test_initial_epoch_counts_the_earlier_epochs_as_done(first, last):
    witness, history = witnessed(4, initial_epoch=first, epochs=last)
    assert history.epoch == list(range(first, last))
    assert len(witness.epochs) == max(last - first, 0)


# -- weights and means -----------------------------------------------------------------------------


@given(st.lists(st.integers(0, 3), min_size=20, max_size=20).filter(any))
def test_a_weight_counts_as_that_many_rows(counts):
    rows = np.repeat(np.arange(20), counts)
    weighted, repeated = (regressor(optimizer=SGD(rate)) for rate in (0.1, 0.1 * len(rows) / 20))
    loss = weighted.train_on_batch(X, Y, sample_weight=counts)
    assert repeated.train_on_batch(X[rows], Y[rows]) * len(rows) == pytest.approx(loss * 20, 1e-5)
    for w, v in zip(weighted.get_weights(), repeated.get_weights(), strict=True):
        np.testing.assert_allclose(w, v, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("way", ["fit", "train_on_batch"])
def test_class_weight_is_the_sample_weight_of_each_class(way):
    weights = {0: 1.0, 1: 0.5, 2: 3.0}
    by_class, by_row = classifier(), classifier()
    getattr(by_class, way)(X, LABELS, class_weight=weights)
    getattr(by_row, way)(X, LABELS, sample_weight=[weights[n] for n in LABELS])
    assert bits(by_class) == bits(by_row)


@pytest.mark.parametrize(
    ("activation", "loss", "labels"),
    [
        (None, "categorical_crossentropy", to_categorical(LABELS % 2)),
        (None, RULE, LABELS % 2),
        (1, "binary_crossentropy", LABELS % 2),
        (1, "binary_crossentropy", LABELS[:, None] % 2),
    ],
)
def test_class_weight_reads_the_class_off_every_kind_of_label(activation, loss, labels):
    layer = Dense(1, "sigmoid", input_dim=3) if activation else Dense(2, "softmax", input_dim=3)
    model = Sequential([layer])
    model.compile("sgd", loss)
    weights = np.where(LABELS % 2, 5.0, 2.0)
    expected = model.test_on_batch(X, labels, sample_weight=weights)
    assert model.train_on_batch(X, labels, class_weight={0: 2.0, 1: 5.0}) == expected


@pytest.mark.parametrize("way", ["validation_data", "validation_split"])
def test_class_weight_weighs_training_only(way):
    def val_loss(**more):
        if way == "validation_split":
            return classifier(SGD(0.0)).fit(X, LABELS, verbose=0, validation_split=0.5, **more)
        held_out = {"validation_data": (X[10:], LABELS[10:])}
        return classifier(SGD(0.0)).fit(X[:10], LABELS[:10], verbose=0, **held_out, **more)

    plain, weighted = val_loss(), val_loss(class_weight={0: 1, 1: 10, 2: 100})
    assert weighted.history["val_loss"] == plain.history["val_loss"]
    assert weighted.history["loss"] != plain.history["loss"]


@given(st.integers(1, 25))
def test_the_loss_of_an_epoch_is_the_mean_over_rows(batch_size):
    model = regressor(optimizer=SGD(0.0), metrics=["mae"])
    error = model.predict(X, verbose=0) - Y
    history = model.fit(X, Y, batch_size=batch_size, verbose=0).history
    assert history["loss"] == pytest.approx([np.mean(error**2)], 1e-5)
    assert history["mae"] == pytest.approx([np.mean(abs(error))], 1e-5)
    scores = model.evaluate(X, Y, batch_size=batch_size, verbose=0)
    assert scores == pytest.approx([history["loss"][0], history["mae"][0]], 1e-5)


# -- the same data in other clothes ----------------------------------------------------------------


class Rows(Sequence):
    """The rows in batches of five."""

    def __init__(self):
        self.ends, self.asked = 0, []

    def __len__(self):
        return 4

    def __getitem__(self, index):
        self.asked.append(index)
        return X[5 * index : 5 * index + 5], Y[5 * index : 5 * index + 5]

    def on_epoch_end(self):
        self.ends += 1


def forever():
    while True:
        yield from iter(Rows()[i] for i in range(4))


CLOTHES = {
    "lists": lambda: {"x": X.tolist(), "y": Y.tolist(), "batch_size": 5},
    "tuples": lambda: {"x": tuple(map(tuple, X)), "y": tuple(Y[:, 0]), "batch_size": 5},
    "flat y": lambda: {"x": X, "y": Y[:, 0], "batch_size": 5},
    "float64": lambda: {"x": X.astype(float), "y": Y.astype(float), "batch_size": 5},
    "another memory order": lambda: {"x": np.asfortranarray(X), "y": Y, "batch_size": 5},
    "steps": lambda: {"x": X, "y": Y, "batch_size": 5, "steps_per_epoch": 4},
    "generator": lambda: {"x": forever(), "steps_per_epoch": 4},
    "Sequence": lambda: {"x": Rows()},
}


@pytest.mark.parametrize("clothes", CLOTHES)
@pytest.mark.parametrize("has_shape", [True, False])
def test_the_same_batches_train_alike_to_the_last_bit(clothes, has_shape):
    def fitted(**data):
        set_random_seed(1)
        model = Sequential([Dense(4, "tanh", **({"input_dim": 3} if has_shape else {})), Dense(1)])
        model.compile("adam", "mse")
        history = model.fit(**data, epochs=3, shuffle=False, verbose=0)
        return bits(model), history.history

    assert fitted(**CLOTHES[clothes]()) == fitted(x=X, y=Y, batch_size=5)


def test_a_row_of_numbers_is_a_column():
    scores = []
    for x in (X[:, 0], X[:, :1], X[:, 0].tolist()):
        set_random_seed(1)
        for model in (Sequential([Dense(1)]), Sequential([Dense(1, input_dim=1)])):
            model.compile("sgd", "mse")
            scores.append((model.train_on_batch(x, Y), model.predict(x, verbose=0).tobytes()))
    assert scores[:2] == scores[2:4] == scores[4:]


def test_labels_of_every_type_train_alike():
    def fitted(labels):
        set_random_seed(1)
        model = Sequential([Dense(1, "sigmoid", input_dim=3)])
        model.compile("adam", "binary_crossentropy", ["accuracy"])
        return model.fit(X, labels, verbose=0).history

    yes = Y > 0
    for labels in (
        yes,
        yes.astype(int),
        yes.astype("uint8"),
        yes.astype(float),
        yes[:, 0],
        list(yes),
    ):
        assert fitted(labels) == fitted(yes.astype("float32"))


@pytest.mark.parametrize("labels", [LABELS[:, None], LABELS.tolist(), LABELS.astype("float32")])
def test_class_numbers_may_stand_in_a_column_or_a_list(labels):
    assert classifier().train_on_batch(X, labels) == classifier().train_on_batch(X, LABELS)


def test_a_sequence_is_told_of_every_end_of_an_epoch_and_shuffled_batch_by_batch():
    rows = Rows()
    regressor().fit(rows, epochs=6, verbose=0)
    orders = [rows.asked[-24:][4 * e : 4 * e + 4] for e in range(6)]
    assert rows.ends == 6
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert len({tuple(order) for order in orders}) > 1


# -- asking without learning -----------------------------------------------------------------------


def test_evaluate_predict_and_test_on_batch_tell_the_same_story():
    model = regressor(metrics=["mae"])
    loss, mae = model.evaluate(X, Y, verbose=0)
    error = model.predict(X, verbose=0) - Y
    assert (loss, mae) == pytest.approx((np.mean(error**2), np.mean(abs(error))), 1e-6)
    assert model.test_on_batch(X, Y) == [loss, mae]
    assert model.evaluate(X, Y, verbose=0, return_dict=True) == {"loss": loss, "mae": mae}
    assert model.train_on_batch(X, Y, return_dict=True) == {"loss": loss, "mae": mae}
    assert model.test_on_batch(X, Y, return_dict=True)["loss"] < loss
    assert model.metrics_names == ["loss", "mae"]


def test_a_loss_alone_comes_as_a_float():
    model = regressor()
    for verb in (model.evaluate, model.test_on_batch, model.train_on_batch):
        assert type(verb(X, Y)) is float


def test_predictions_do_not_depend_on_who_asks():
    model = regressor()
    rows = model.predict(X, verbose=0)
    assert rows.shape == (20, 1)
    np.testing.assert_array_equal(model.predict_on_batch(X), rows)
    for batch_size in (1, 7, 20):
        assert model.predict(X, batch_size, verbose=0) == pytest.approx(rows, abs=1e-6)
    assert model.predict(Rows(), verbose=0) == pytest.approx(rows, abs=1e-6)
    assert model.predict(iter([X, X[:2]]), steps=2, verbose=0).shape == (22, 1)


def test_looking_does_not_change_the_learning():
    class Look(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.evaluate(X, Y, verbose=0)
            self.model.predict(X, verbose=0)
            self.model.test_on_batch(X, Y)

    def fitted(**more):
        model = regressor(layers=[Dropout(0.5)], metrics=["mae"])
        history = model.fit(X[:10], Y[:10], epochs=3, batch_size=4, **more).history
        return bits(model), history["loss"], history["mae"]

    plain = fitted(verbose=0)
    assert fitted(verbose=0, validation_data=(X[10:], Y[10:])) == plain
    assert fitted(verbose=0, callbacks=[Look()]) == plain
    assert fitted(verbose=1) == fitted(verbose=2) == plain


def test_own_functions_do_as_losses_and_metrics():
    def squares(y, p):
        return (y - p) ** 2, lambda dv: dv * 2 * (p - y)

    def one_number(y, p):
        value, pullback = squares(y, p)
        return value.mean(), lambda dv: pullback(dv * np.ones_like(value) / value.size)

    def bias(y, p):
        return (p - y).mean()

    known = regressor(metrics=["mse"]).fit(X, Y, verbose=0, shuffle=False).history
    for loss in (squares, one_number):
        model = regressor()
        model.compile("adam", loss, [bias, "mse"])
        own = model.fit(X, Y, verbose=0, shuffle=False).history
        assert list(own) == ["loss", "bias", "mse"]
        assert own["mse"] == pytest.approx(known["mse"], 1e-5)
        assert own["loss"] == pytest.approx(own["mse"], 1e-5)


def test_logs_are_keyed_by_the_names_as_they_were_written():
    model = classifier(metrics=["acc", "sparse_categorical_accuracy"])
    history = model.fit(X, LABELS, validation_split=0.5, verbose=0).history
    names = ["loss", "acc", "sparse_categorical_accuracy"]
    assert list(history) == names + [f"val_{name}" for name in names]


# -- weights ---------------------------------------------------------------------------------------


@given(st.sets(st.integers(0, 3)))
def test_frozen_layers_stay_to_the_last_bit_and_the_others_learn(frozen):
    set_random_seed(0)
    layers = [Dense(3, "tanh", kernel_regularizer="l2", input_dim=3) for _ in range(4)]
    model = Sequential(layers)
    model.compile("adam", "mse")
    model.build()
    for index in frozen:
        layers[index].trainable = False
    before = [[w.tobytes() for w in layer.get_weights()] for layer in layers]
    model.fit(X, X, verbose=0)
    after = [[w.tobytes() for w in layer.get_weights()] for layer in layers]
    assert {i for i in range(4) if before[i] == after[i]} == frozen


def test_weights_come_and_go_as_copies():
    model = regressor()
    weights, first = model.get_weights(), bits(model)
    weights[0][...] = 7.0
    assert bits(model) == first
    model.set_weights(weights)
    weights[0][...] = 8.0
    assert (model.get_weights()[0] == 7.0).all()


@pytest.mark.parametrize("ask", [Sequential.predict, Sequential.predict_on_batch])
@pytest.mark.parametrize("layer", [Flatten, lambda **shape: Dropout(0.5, **shape)])
def test_predictions_are_no_window_on_your_data(ask, layer):
    assert not np.shares_memory(ask(Sequential([layer(input_shape=(3,))]), X), X)


@pytest.mark.parametrize(
    "first", [Flatten, partial(Dropout, 0.5), partial(Activation, "relu"), partial(Dense, 3)]
)
def test_your_arrays_are_left_as_they_are(first):
    model = Sequential([first(input_shape=(3,)), Dense(3, "softmax")])
    model.compile("adam", RULE, ["accuracy"])
    data = {"x": X.copy(), "y": LABELS.copy(), "sample_weight": np.ones(20, "float32")}
    for array in data.values():
        array.flags.writeable = False  # whoever writes raises
    for shuffle in (True, False):
        model.fit(**data, shuffle=shuffle, validation_split=0.5, class_weight={0: 1, 1: 2, 2: 3})
    model.evaluate(**data)
    model.predict(data["x"])
    assert (data["x"] == X).all()


def test_a_layer_added_later_leaves_the_weights_before_it():
    model = regressor()
    model.fit(X, Y, verbose=0)
    first = bits(model)
    model.add(Dense(2))
    assert bits(model)[:4] == first
    model.compile("sgd", "mse")
    model.fit(X, np.hstack([Y, Y]), verbose=0)
    assert bits(model)[:4] != first


@pytest.mark.parametrize(
    "way", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["copy", "pickle"]
)
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_a_copy_of_a_model_trains_on_exactly_as_the_model(way, optimizer):
    model = regressor(layers=[Dropout(0.5)], optimizer=optimizer, metrics=["mae"])
    new = way(model)
    model.fit(X, Y, epochs=2, validation_split=0.2, verbose=0)
    old = way(model)
    new.fit(X, Y, epochs=2, validation_split=0.2, verbose=0)
    histories = [each.fit(X, Y, batch_size=4, verbose=0).history for each in (model, old, new)]
    assert histories[0] == histories[1] == histories[2]
    assert bits(model) == bits(old) == bits(new)


def test_a_pickle_holds_every_weight_once_and_its_gradient():
    model = Sequential([Dense(1000, input_dim=100)])
    model.build()
    assert 2.0 < len(pickle.dumps(model)) / (4 * model.count_params()) < 2.1


def test_two_fits_are_one_longer_fit():
    once, twice = regressor(layers=[Dropout(0.5)]), regressor(layers=[Dropout(0.5)])
    once.fit(X, Y, epochs=4, verbose=0)
    twice.fit(X, Y, epochs=1, verbose=0)
    twice.fit(X, Y, initial_epoch=1, epochs=4, verbose=0)
    assert bits(once) == bits(twice)


# -- models as text --------------------------------------------------------------------------------

KERNELS = st.sampled_from(["glorot_uniform", "he_normal", {"class_name": "Constant", "config": {}}])
DENSE = st.builds(
    Dense,
    st.integers(1, 5),
    st.sampled_from([None, "relu", "tanh", "softmax"]),
    use_bias=st.booleans(),
    kernel_initializer=KERNELS,
    kernel_regularizer=st.sampled_from([None, "l1", "l2"]),
    trainable=st.booleans(),
)
OTHERS = st.one_of(
    st.builds(Dropout, st.floats(0, 0.9), seed=st.none() | st.integers(0, 9)),
    st.builds(Activation, st.sampled_from(["relu", "gelu"])),
    st.builds(Flatten),
)
FIRST = st.one_of(
    st.builds(Embedding, st.integers(1, 5), st.integers(1, 3), input_length=st.just(4)),
    st.builds(Dense, st.integers(1, 5), input_shape=st.sampled_from([(3,), (2, 3)])),
    DENSE,
)


@given(st.lists(DENSE | OTHERS, max_size=4), FIRST, st.none() | st.just("mine"))
def test_a_model_comes_back_from_its_config_and_its_json(layers, first, name):
    model = Sequential([first, *layers], name=name)
    config = model.get_config()
    for twin in (Sequential.from_config(config), model_from_json(model.to_json(indent=1))):
        assert twin.get_config() == config == json.loads(json.dumps(config))
        if model.input_shape is not None:
            model.build()
            assert [w.shape for w in twin.get_weights()] == [w.shape for w in model.get_weights()]
            assert twin.output_shape == model.output_shape


def test_layers_without_a_name_are_numbered_by_their_kind():
    model = Sequential([Dense(1), Dense(1), Dropout(0.1), Dense(1), Dense(1, name="dense_4")])
    model.add(Dense(1))
    names = ["dense", "dense_1", "dropout", "dense_2", "dense_4", "dense_3"]
    assert [layer.name for layer in model.layers] == names
    assert model.get_layer("dropout") is model.get_layer(index=2) is model.layers[2]


# -- chance ----------------------------------------------------------------------------------------

PROGRAM = """
import hashlib, numpy as np
from minikeras.layers import Dense, Dropout
from minikeras.models import Sequential
from minikeras.utils import set_random_seed
set_random_seed({seed})
x = np.linspace(0, 1, 60).reshape(20, 3)
model = Sequential([Dense(8, "tanh"), Dropout(0.5), Dense(1)])
model.compile("adam", "mse")
history = model.fit(x, x[:, 0], epochs=3, batch_size=4, validation_split=0.2, verbose=0).history
print(history, hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest())
"""


def test_one_seed_is_one_run_in_every_process():
    def run(seed):
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(seed=seed)], stdout=subprocess.PIPE
        )

    processes = [run(seed) for seed in (1, 1, 2)]
    one, again, other = (process.communicate(timeout=60)[0] for process in processes)
    assert one == again != other
    assert b"loss" in one


def test_two_models_in_two_threads_train_as_one_after_the_other():
    def pair():
        return [regressor(seed, layers=[Dropout(0.5)]) for seed in (1, 2)]

    def train(model):
        model.fit(X, Y, epochs=30, batch_size=4, verbose=0)

    together, apart = pair(), pair()
    threads = [threading.Thread(target=train, args=(model,)) for model in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for model in apart:
        train(model)
    assert [bits(model) for model in together] == [bits(model) for model in apart]


def test_numpys_own_chance_and_error_settings_are_left_alone():
    with np.errstate(all="warn"):
        before = pickle.dumps(np.random.get_state()), np.geterr()
        regressor(layers=[Dropout(0.5)]).fit(X, Y, epochs=2, validation_split=0.5, verbose=0)
        assert (pickle.dumps(np.random.get_state()), np.geterr()) == before
