"""Does a whole fit tell the same story as in Keras: the same keys, the same values?"""

import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures("float64")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(53, 5))
BITS, NUMBERS = RNG.integers(0, 2, 53), RNG.integers(0, 3, 53)

TASKS = {  # the last layer, the loss, the metrics, and labels
    "numbers": ((2, None), "mse", ["mae", "mape"], RNG.normal(size=(53, 2))),
    "yes or no": (
        (1, "sigmoid"),
        "binary_crossentropy",
        ["acc", lambda k: k.metrics.binary_accuracy],
        BITS,
    ),
    "counted yes or no": (
        (1, "sigmoid"),
        "binary_crossentropy",
        [
            lambda k: k.metrics.Precision(name="exactness"),
            lambda k: k.metrics.Recall(name="found"),
            lambda k: k.metrics.AUC(name="area"),
            lambda k: k.metrics.AUC(curve="PR", name="area_pr"),
        ],
        BITS[:, None],
    ),
    "classes": ((3, "softmax"), "sparse_categorical_crossentropy", ["accuracy"], NUMBERS),
    "columns": (
        (3, "softmax"),
        "categorical_crossentropy",
        ["accuracy", "categorical_accuracy", "kl_divergence"],
        np.eye(3)[NUMBERS],
    ),
}
WAYS = {  # of 53 rows no batch of 8 is left without a smaller one at the end
    "plain": {},
    "split": {"validation_split": 0.3},
    "an odd split": {"validation_split": 1 / 53},
    "split, other batches": {"validation_split": 0.3, "validation_batch_size": 5},
    "split, every second epoch": {"validation_split": 0.3, "validation_freq": 2},
    "split, few batches": {"validation_split": 0.3, "validation_steps": 2},
    "row weights": {"sample_weight": RNG.uniform(0, 3, 53)},
    "row weights, split": {"sample_weight": RNG.uniform(0, 3, 53), "validation_split": 0.3},
    "begun later": {"initial_epoch": 2},
}


@pytest.fixture(params=TASKS.values(), ids=TASKS)
def task(request, twins):
    """Return the twins and labels of a task."""
    (units, activation), loss, metrics, y = request.param
    return *twins(
        lambda k: [
            k.layers.Dense(6, activation="tanh", kernel_regularizer="l2"),
            k.layers.Dropout(0.0),
            k.layers.Dense(units, activation=activation),
        ],
        lambda k: k.optimizers.Adam(0.01),
        lambda k: loss,
        [m if callable(m) else lambda k, m=m: m for m in metrics],
    ), y


def assert_same_story(ours, theirs):
    assert set(ours) == set(theirs)
    for key, values in theirs.items():
        np.testing.assert_allclose(ours[key], values, rtol=1e-8, err_msg=key)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_history_is_that_of_keras(task, agree, way):
    ours, theirs, y = task
    seen, expected = (
        model.fit(X, y, batch_size=8, epochs=4, shuffle=False, verbose=0, **way)
        for model in (ours, theirs)
    )
    assert_same_story(seen.history, expected.history)
    assert seen.epoch == expected.epoch
    agree(ours.get_weights(), theirs.get_weights(), 1e-8)


@pytest.mark.parametrize("task", [TASKS["yes or no"], TASKS["classes"]], indirect=True)
def test_classes_are_weighed_in_training_only(task):
    ours, theirs, y = task
    seen, expected = (
        model.fit(
            X,
            y,
            batch_size=8,
            epochs=3,
            shuffle=False,
            verbose=0,
            class_weight={0: 0.5, 1: 3.0, 2: 1.0} if y.max() == 2 else {0: 0.5, 1: 3.0},
            validation_data=(X[:21] + 0.1, y[:21], np.linspace(0, 2, 21)),
        )
        for model in (ours, theirs)
    )
    assert_same_story(seen.history, expected.history)


def test_evaluation_and_predictions_are_those_of_keras(task):
    ours, theirs, y = task
    x, weights = X[::-1] + 0.1, np.linspace(0, 2, len(X))
    said = []
    for model in (ours, theirs):
        model.fit(X, y, epochs=2, shuffle=False, verbose=0)
        scores = model.evaluate(x, y, 8, verbose=0, sample_weight=weights, return_dict=True)
        said.append(scores | {"predictions": model.predict(x, batch_size=8, verbose=0)})
    assert_same_story(*said)


def test_without_training_dropout_changes_nothing(twins):
    ours, theirs = twins(
        lambda k: [k.layers.Dropout(0.5), k.layers.Dense(2), k.layers.Dropout(0.9)],
        lambda k: "sgd",
        lambda k: "mse",
    )
    predictions = [model.predict(X, verbose=0) for model in (ours, theirs)]
    np.testing.assert_allclose(*predictions, rtol=1e-8)
    scores = [model.evaluate(X, predictions[0] + 1.0, verbose=0) for model in (ours, theirs)]
    np.testing.assert_allclose(*scores, rtol=1e-8)
