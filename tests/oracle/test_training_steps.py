"""Does a step of training move the weights to where it moves them in Keras?

Same weights, same batches, fifty steps: the loss of each, and the weights at the end.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minikeras

PRECISIONS = {"float64": 1e-8, "float32": 1e-4}  # and the share by which numbers may differ
ROWS, COLUMNS, CLASSES = 8, 5, 3

OPTIMIZERS = {
    "sgd": lambda k: k.optimizers.SGD(0.1),
    "momentum": lambda k: k.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda k: k.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda k: k.optimizers.RMSprop(0.01),
    "rmsprop, set": lambda k: k.optimizers.RMSprop(0.01, rho=0.5, epsilon=1e-3),
    "adagrad": lambda k: k.optimizers.Adagrad(0.1),
    "adagrad, set": lambda k: k.optimizers.Adagrad(0.1, initial_accumulator_value=2.0, epsilon=0.1),
    "adam": lambda k: k.optimizers.Adam(0.01),
    "adam, set": lambda k: k.optimizers.Adam(0.01, beta_1=0.7, beta_2=0.9, epsilon=1e-3),
    "adamw": lambda k: k.optimizers.AdamW(0.01),
    "adamw, set": lambda k: k.optimizers.AdamW(0.01, weight_decay=0.1, beta_1=0.5),
    "clipnorm": lambda k: k.optimizers.SGD(0.1, clipnorm=0.1),
    "clipnorm, adam": lambda k: k.optimizers.Adam(0.01, clipnorm=0.1),
    "clipvalue": lambda k: k.optimizers.SGD(0.1, clipvalue=0.01),
    "clipvalue, rmsprop": lambda k: k.optimizers.RMSprop(0.01, clipvalue=0.01),
    "decay": lambda k: k.optimizers.SGD(k.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)),
    "stairs": lambda k: k.optimizers.Adam(
        k.optimizers.schedules.ExponentialDecay(0.05, 10, 0.5, staircase=True)
    ),
    "cosine": lambda k: k.optimizers.SGD(k.optimizers.schedules.CosineDecay(0.1, 30)),
    "low cosine": lambda k: k.optimizers.Adam(k.optimizers.schedules.CosineDecay(0.05, 60, 0.1)),
}


def numbers(rng):
    return rng.normal(size=(ROWS, CLASSES))


def bits(rng):
    return rng.integers(0, 2, (ROWS, CLASSES)).astype(float)


def signs(rng):
    return 2.0 * bits(rng) - 1.0


def shares(rng):
    return rng.dirichlet(np.ones(CLASSES), ROWS)


def classes(rng):
    return rng.integers(0, CLASSES, ROWS)


def one_hot(rng):
    return np.eye(CLASSES)[classes(rng)]


def words(rng):
    return rng.integers(0, 6, (ROWS, COLUMNS))


def row_weights(rng):
    return {"sample_weight": rng.uniform(0, 3, ROWS)}


def class_weights(rng):
    return {"class_weight": {0: 0.5, 1: 2.0, 2: 0.0}}


LOSSES = {  # the loss and its settings, the activation before it, and labels that fit
    "mse": ("MeanSquaredError", {}, None, numbers),
    "mae": ("MeanAbsoluteError", {}, None, numbers),
    "huber": ("Huber", {}, None, numbers),
    "huber, set": ("Huber", {"delta": 0.3}, None, numbers),
    "hinge of signs": ("Hinge", {}, None, signs),
    "hinge of bits": ("Hinge", {}, "tanh", bits),
    "binary": ("BinaryCrossentropy", {}, "sigmoid", bits),
    "binary, logits": ("BinaryCrossentropy", {"from_logits": True}, None, bits),
    "binary, smooth": ("BinaryCrossentropy", {"label_smoothing": 0.2}, "sigmoid", bits),
    "categorical": ("CategoricalCrossentropy", {}, "softmax", one_hot),
    "categorical, shares": ("CategoricalCrossentropy", {}, "softmax", shares),
    "categorical, no sum of 1": ("CategoricalCrossentropy", {}, "sigmoid", one_hot),
    "categorical, logits": ("CategoricalCrossentropy", {"from_logits": True}, None, shares),
    "categorical, smooth": ("CategoricalCrossentropy", {"label_smoothing": 0.2}, "softmax", shares),
    "binary, all": (
        "BinaryCrossentropy",
        {"from_logits": True, "label_smoothing": 0.1},
        None,
        bits,
    ),
    "sparse": ("SparseCategoricalCrossentropy", {}, "softmax", classes),
    "sparse, logits": ("SparseCategoricalCrossentropy", {"from_logits": True}, None, classes),
    "kl divergence": ("KLDivergence", {}, "softmax", shares),
}

FRONTS = {  # what may stand in front of the last Dense
    **{
        f"activation {name}": lambda k, name=name: [k.layers.Dense(4, activation=name)]
        for name in minikeras.activations.KNOWN
    },
    "regularizers by name": lambda k: [
        k.layers.Dense(4, kernel_regularizer="l1"),
        k.layers.Dense(4, kernel_regularizer="l2", bias_regularizer="l2"),
    ],
    "regularizers with factors": lambda k: [
        k.layers.Dense(4, kernel_regularizer=k.regularizers.L1L2(l1=0.01, l2=0.02)),
        k.layers.Dense(4, kernel_regularizer=k.regularizers.l1(0.03)),
        k.layers.Dense(4, kernel_regularizer=k.regularizers.l2(0.03)),
    ],
    "a layer that activates": lambda k: [k.layers.Dense(4), k.layers.Activation("tanh")],
    "no bias": lambda k: [k.layers.Dense(4, use_bias=False)],
    "a frozen layer": lambda k: [k.layers.Dense(4, kernel_regularizer="l2", trainable=False)],
    "dropout of nothing": lambda k: [k.layers.Dense(4), k.layers.Dropout(0.0)],
    "words": lambda k: [k.layers.Embedding(6, 2), k.layers.Flatten()],
    "penalized words": lambda k: [
        k.layers.Embedding(6, 2, embeddings_regularizer="l2"),
        k.layers.Dense(2, activation="tanh"),
        k.layers.Flatten(),
    ],
}


@pytest.fixture(scope="session")
def steps_agree(twins, agree, computing_in):
    """Return a function that trains twins on the same batches, and compares them."""

    def compare(precision, optimizer, loss, front="activation tanh", weights=None, seed=0):
        rng = np.random.default_rng(seed)
        name, settings, last, labels = LOSSES[loss]
        with computing_in(precision):
            models = twins(
                lambda k: [*FRONTS[front](k), k.layers.Dense(CLASSES, activation=last)],
                OPTIMIZERS[optimizer],
                lambda k: getattr(k.losses, name)(**settings),
                input_shape=(COLUMNS,),
                seed=seed,
            )
            pairs = []
            for _ in range(50):
                x = words(rng) if "words" in front else rng.normal(size=(ROWS, COLUMNS))
                batch = {"x": x, "y": labels(rng), "return_dict": True}
                batch |= {} if weights is None else weights(rng)
                pairs.append([model.train_on_batch(**batch)["loss"] for model in models])
        ours, theirs = zip(*pairs, strict=True)
        agree([ours], [theirs], PRECISIONS[precision])
        agree(*(model.get_weights() for model in models), PRECISIONS[precision])

    return compare


@pytest.fixture(params=PRECISIONS)
def precision(request):
    return request.param


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_takes_the_steps_of_keras(steps_agree, precision, optimizer):
    steps_agree(precision, optimizer, "mse")


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_leads_down_the_path_of_keras(steps_agree, precision, loss):
    steps_agree(precision, "momentum", loss)


@pytest.mark.parametrize("front", FRONTS)
def test_every_layer_learns_what_it_learns_in_keras(steps_agree, precision, front):
    steps_agree(precision, "momentum", "mse", front)


@pytest.mark.parametrize("weights", [row_weights, class_weights])
@pytest.mark.parametrize("loss", ["binary", "binary, logits", "categorical", "sparse, logits"])
def test_a_row_counts_by_its_weight(steps_agree, precision, loss, weights):
    steps_agree(precision, "momentum", loss, weights=weights)


@given(
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    loss=st.sampled_from(list(LOSSES)),
    front=st.sampled_from(list(FRONTS)),
    seed=st.integers(0, 2**32 - 1),
)
def test_whatever_is_put_together_goes_the_way_of_keras(steps_agree, optimizer, loss, front, seed):
    steps_agree("float64", optimizer, loss, front, seed=seed)


@pytest.mark.parametrize("name", minikeras.losses.FUNCTIONS)
def test_the_name_of_a_loss_means_the_same_loss(keras, name):
    rng = np.random.default_rng(0)
    y, p = classes(rng) if name.startswith("sparse") else shares(rng), shares(rng)
    ours, theirs = minikeras.losses.get(name), keras.losses.get(name)
    np.testing.assert_allclose(ours(y, p)[0], theirs(y, p).numpy(), rtol=1e-6)
