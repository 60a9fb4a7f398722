"""Do metrics count as Keras counts, in the corners too?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import minikeras

pytestmark = pytest.mark.usefixtures("float64")

RNG = np.random.default_rng(0)
X, BITS, NUMBERS = RNG.normal(size=(20, 5)), RNG.integers(0, 2, 20), RNG.integers(0, 3, 20)
CLASSES = 6  # one more than the 5 of top_k
steps = st.integers(0, 64).map(lambda i: i / 64)  # these tie with each other, and with thresholds
rows = st.integers(1, 7)


def columns(elements, n=CLASSES):
    """Draw y and p, with as many rows each, for each of several batches."""
    return st.lists(
        rows.flatmap(lambda r: st.tuples(labels((r, n)), arrays(float, (r, n), elements=elements))),
        min_size=1,
        max_size=4,
    )


def labels(shape):
    """Draw yes-no labels; often all the same, so that a class is empty."""
    mixed = arrays(float, shape, elements=st.sampled_from([0.0, 1.0]))
    return st.one_of(mixed, st.just(np.zeros(shape)), st.just(np.ones(shape)))


def over_batches(metric, batches):
    """Return the value of a running metric after every batch."""
    for y, p in batches:
        metric.update_state(y, p)
        yield float(metric.result())


def close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", minikeras.metrics.FUNCTIONS)
@given(batch=columns(steps | st.floats(-3, 3)).map(lambda batches: batches[0]))
def test_every_row_is_judged_as_in_keras(keras, name, batch):
    y, p = batch
    if name.startswith("sparse"):
        y = y.sum(axis=1).astype(int) % CLASSES
    elif not name.endswith("accuracy"):
        y = y - p[::-1]  # any numbers
    metric = minikeras.metrics.get(name)
    theirs = getattr(keras.metrics, metric.__name__)(y, p).numpy()
    close(metric(y, p), theirs.reshape(len(p), -1).mean(axis=1))  # binary_accuracy: of each column


SHARES = {
    "precision": lambda k: k.metrics.Precision(),
    "precision above 1/4": lambda k: k.metrics.Precision(thresholds=0.25),
    "recall": lambda k: k.metrics.Recall(),
    "recall above 3/4": lambda k: k.metrics.Recall(thresholds=0.75),
}


@pytest.mark.parametrize("say", SHARES.values(), ids=SHARES)
@given(batches=columns(steps | st.floats(0, 1), n=2))
def test_precision_and_recall_count_over_batches_as_in_keras(keras, say, batches):
    close([*over_batches(say(minikeras), batches)], [*over_batches(say(keras), batches)])


@pytest.mark.parametrize("curve", ["ROC", "PR"])
@given(batches=columns(steps | st.floats(-0.5, 1.5), n=1), bins=st.sampled_from([1, 2, 4, 64, 199]))
def test_areas_grow_over_batches_as_in_keras(keras, curve, batches, bins):
    ours, theirs = (k.metrics.AUC(num_thresholds=bins + 1, curve=curve) for k in (minikeras, keras))
    close([*over_batches(ours, batches)], [*over_batches(theirs, batches)])


def test_a_label_of_one_third_counts_as_no_and_in_keras_as_yes(keras):
    """Keras takes whatever is not 0 for yes, so a smoothed no becomes a yes."""
    y, p = np.array([[1 / 3], [0.9]]), np.array([[0.8], [0.9]])
    ours, theirs = minikeras.metrics.Precision(), keras.metrics.Precision()
    assert [*over_batches(ours, [(y, p)]), *over_batches(theirs, [(y, p)])] == [0.5, 1.0]


ACCURACIES = {  # the loss, the number of outputs, and labels
    "yes or no": ("binary_crossentropy", 1, BITS),
    "yes or no, in a column": ("binary_crossentropy", 1, BITS[:, None]),
    "yes or no, by squares": ("mse", 1, BITS),
    "one column for each class": ("categorical_crossentropy", 3, np.eye(3)[NUMBERS]),
    "one column for each class, by squares": ("mse", 3, np.eye(3)[NUMBERS]),
    "class numbers": ("sparse_categorical_crossentropy", 3, NUMBERS),
    "class numbers, in a column": ("sparse_categorical_crossentropy", 3, NUMBERS[:, None]),
}


@pytest.mark.parametrize("name", ["accuracy", "acc"])
@pytest.mark.parametrize(("loss", "outputs", "y"), ACCURACIES.values(), ids=ACCURACIES)
def test_accuracy_means_the_one_that_fits_the_shapes(twins, name, loss, outputs, y):
    ours, theirs = _watching(twins, name, loss, outputs)
    seen, expected = (model.test_on_batch(X, y, return_dict=True) for model in (ours, theirs))
    assert seen == pytest.approx(expected, rel=1e-9)


def test_accuracy_of_independent_questions_is_that_of_keras_2(twins):
    """Keras 3 looks at shapes alone, and asks which column is the largest."""
    y = np.stack([BITS, 1 - BITS, BITS], axis=1)
    models = _watching(twins, "accuracy", "binary_crossentropy", 3)
    ours, theirs = (model.test_on_batch(X, y, return_dict=True)["accuracy"] for model in models)
    p = models[0].predict_on_batch(X)
    assert ours == pytest.approx(minikeras.metrics.binary_accuracy(y, p).mean())
    assert theirs == pytest.approx(minikeras.metrics.categorical_accuracy(y, p).mean())
    assert ours != theirs


def _watching(twins, metric, loss, outputs):
    def layers(k):
        return [k.layers.Dense(outputs, activation="sigmoid")]

    return twins(layers, lambda k: "sgd", lambda k: loss, [lambda k: metric])
