"""What happens to data and settings that do not fit? A sentence, and nothing has changed."""

import copy
from functools import partial

import numpy as np
import pytest

from minikeras.callbacks import History
from minikeras.layers import Activation, Dense, Dropout, Embedding, Flatten, Input
from minikeras.losses import MeanSquaredError, huber
from minikeras.metrics import AUC
from minikeras.models import Sequential
from minikeras.optimizers import SGD
from minikeras.utils import Sequence

X = np.random.default_rng(0).normal(size=(6, 3))
Y, LABELS = X[:, :1], np.array([0, 1, 2, 0, 1, 2])
WORDS, PICTURES = np.array([[0, 1, 2], [3, 4, 0]] * 3), np.ones((6, 2, 2))
COLUMNS = np.eye(3)[LABELS]


def three(activation):
    return [Dense(3, activation, input_dim=3)]


MODELS = {  # layers, loss, x, y
    "numbers": (lambda: [Dense(4, "tanh", input_dim=3), Dense(1)], "mse", X, Y),
    "answers": (lambda: three("sigmoid"), "binary_crossentropy", X, COLUMNS),
    "classes": (lambda: three("softmax"), "sparse_categorical_crossentropy", X, LABELS),
    "columns": (lambda: three("softmax"), "categorical_crossentropy", X, COLUMNS),
    "words": (lambda: [Embedding(5, 2, input_length=3), Flatten(), Dense(1)], "mse", WORDS, Y),
    "pictures": (lambda: [Flatten(input_shape=(2, 2)), Dense(1)], "mse", PICTURES, Y),
}
VERBS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")
LABELLED = tuple(verb for verb in VERBS if "predict" not in verb)
LOOPS, STEPS = ("fit", "evaluate", "predict"), ("evaluate", "predict")
WEIGHED = ("fit", "train_on_batch")


class Batches(Sequence):
    """A Sequence of the batches it is given."""

    def __init__(self, *batches):
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]


def broken(*batches):
    yield from batches
    raise OSError("the disk is gone")


def stream(*batches):
    return partial(iter, batches)  # called anew for every test


def ones(*shape):
    return np.ones(shape)


# by model and verbs: what does not fit, what is raised, and what its sentence says
BAD = {
    ("numbers", VERBS): [
        ({"x": X[:, :2]}, ValueError, r"^x has shape \(6, 2\).*takes rows of shape \(3,\)"),
        ({"x": X[:, None]}, ValueError, r"^x has shape \(6, 1, 3\).*takes rows of shape \(3,\)"),
        ({"x": X[:, 0]}, ValueError, r"^x has shape \(6,\).*takes rows of shape \(3,\)"),
        ({"x": X[:0]}, ValueError, r"^x has shape \(0, 3\), but it needs at least one row"),
        (
            {"x": 1.5},
            TypeError,
            "^x is a single float, not an array or list with a row for each sample",
        ),
        ({"x": {"a": 1}}, TypeError, "^x is a single dict, not an array or list"),
        ({"x": "abc"}, TypeError, "^x is a single str, not an array or list"),
        ({"x": broken}, TypeError, "^x is a single function, not an array or list"),
        ({"x": X.astype(object)}, TypeError, "^x holds object.*real numbers; convert it"),
        ({"x": X.astype(str)}, TypeError, "^x holds <U.*real numbers; convert it"),
        ({"x": X + 1j}, TypeError, "^x holds complex128.*real numbers; convert it"),
        ({"x": [[1, 2, 3], [4]] * 3}, ValueError, "^x is no array.*differ in length: pad or cut"),
        ({"x": None}, (ValueError, TypeError), "^x is missing: pass arrays"),
    ],
    ("pictures", VERBS): [
        ({"x": ones(6, 4)}, ValueError, r"^x has shape \(6, 4\).*takes rows of shape \(2, 2\)"),
    ],
    ("words", VERBS): [
        ({"x": WORDS + 1}, ValueError, "^x holds 5, but the Embedding's input_dim allows 0 to 4"),
        ({"x": WORDS - 1}, ValueError, "^x holds -1, but the Embedding's input_dim allows 0 to 4"),
        ({"x": WORDS + 0.5}, ValueError, "^x holds 0.5, but these are whole numbers"),
        ({"x": WORDS * np.nan}, ValueError, "^x holds nan, but these are whole numbers"),
    ],
    ("numbers", LABELLED): [
        ({"y": None}, ValueError, "^y is missing: pass arrays with a row for each sample"),
        ({"y": Y[:4]}, ValueError, r"^y has 4 rows \(shape \(4, 1\)\), but x has 6"),
        ({"y": X}, ValueError, r"^y has shape \(6, 3\), but.*predictions.*shape \(6, 1\)"),
        ({"y": ["a"] * 6}, TypeError, "^y holds <U1.*real numbers; convert it"),
        ({"y": [[1], [1, 2]] * 3}, ValueError, "^y is no array.*differ in length: pad or cut"),
        ({"sample_weight": ones(5)}, ValueError, r"^sample_weight has shape \(5,\).*\(6,\)"),
        ({"sample_weight": ones(6, 1)}, ValueError, r"^sample_weight.*\(6, 1\).*shape \(6,\)"),
        (
            {"sample_weight": 2.0},
            TypeError,
            "^sample_weight is a single float, not an array or list",
        ),
        ({"sample_weight": -ones(6)}, ValueError, "^sample_weight holds -1, .*finite number from"),
        ({"sample_weight": ones(6) * np.nan}, ValueError, "^sample_weight holds nan, .*finite"),
        ({"sample_weight": ones(6) * np.inf}, ValueError, "^sample_weight holds inf, .*finite"),
        ({"sample_weight": ["1"] * 6}, TypeError, "^sample_weight holds <U1.*real numbers"),
    ],
    ("classes", LABELLED): [
        ({"y": LABELS + 1}, ValueError, "^y holds 3, .*number of outputs allows 0 to 2"),
        ({"y": LABELS - 1}, ValueError, "^y holds -1, .*number of outputs allows 0 to 2"),
        ({"y": LABELS + 0.5}, ValueError, "^y holds 0.5, but these are whole numbers"),
        ({"y": COLUMNS}, ValueError, r"^y has shape \(6, 3\).*\(6,\).*='categorical_crossent"),
    ],
    ("columns", LABELLED): [
        ({"y": LABELS}, ValueError, r"^y has shape \(6,\).*\(6, 3\).*to_categorical\(y\)"),
        ({"y": 2 * COLUMNS}, ValueError, "^y holds 2, .*shares between 0 and 1"),
    ],
    ("answers", LABELLED): [
        ({"y": 2 * COLUMNS.astype(int)}, ValueError, "^y holds 2, .*shares between 0 and 1"),
        ({"y": -COLUMNS}, ValueError, "^y holds -1, .*shares between 0 and 1"),
    ],
    ("classes", WEIGHED): [
        ({"class_weight": {0: 1, 7: 1}}, ValueError, "^class_weight names the class 7.*0 to 2"),
        ({"class_weight": {"0": 1}}, ValueError, "^class_weight names the class '0'.*0 to 2"),
        ({"class_weight": {0: 1, 2: 1}}, ValueError, "^class_weight has no weight for class 1"),
        ({"class_weight": {0: -1}}, ValueError, r"^class_weight\[0\] is a number from 0, not -1"),
        ({"class_weight": {0: np.nan}}, ValueError, r"^class_weight\[0\] is a number from 0"),
        ({"class_weight": [1, 1, 1]}, TypeError, "^class_weight is a dict.*not \\[1, 1, 1\\]"),
    ],
    ("numbers", LOOPS): [
        ({"batch_size": 0}, ValueError, "^batch_size is a whole number of at least 1, not 0"),
        ({"batch_size": -1}, ValueError, "^batch_size is a whole number of at least 1, not -1"),
        ({"batch_size": 1.5}, TypeError, "^batch_size is a whole number, not 1.5"),
        ({"batch_size": True}, ValueError, "^batch_size is a whole number of at least 1, not True"),
        ({"batch_size": "32"}, TypeError, "^batch_size is a whole number, not '32'"),
        ({"verbose": 3}, ValueError, r"^verbose is 0 \(silent\), 1.*not 3"),
        ({"verbose": "loud"}, ValueError, "^verbose is .*not 'loud'"),
        ({"verbose": [1]}, ValueError, r"^verbose is .*not \[1\]"),
        ({"callbacks": History}, TypeError, r"^History is a class.*callbacks.*History\(...\)"),
        ({"callbacks": [History]}, TypeError, r"^History is a class.*callbacks.*History\(...\)"),
        ({"callbacks": "History"}, TypeError, "^callbacks holds objects with a callback's"),
        ({"callbacks": [5]}, TypeError, "^callbacks holds objects with a callback's"),
    ],
    ("numbers", STEPS): [
        ({"steps": 0}, ValueError, "^steps is a whole number of at least 1, not 0"),
        ({"steps": 4, "batch_size": 2}, ValueError, "^4 steps with batch_size=2.*6 rows.*are 6"),
        ({"x": stream((X, Y)), "y": None}, ValueError, "^x is a generator.*pass steps"),
    ],
    ("numbers", ("fit",)): [
        ({"epochs": 0}, ValueError, "^epochs is a whole number of at least 1, not 0"),
        ({"epochs": -1}, ValueError, "^epochs is a whole number of at least 1, not -1"),
        ({"epochs": 1.5}, TypeError, "^epochs is a whole number, not 1.5"),
        ({"initial_epoch": -1}, ValueError, "^initial_epoch is a whole number of at least 0"),
        ({"validation_split": 1.0}, ValueError, "^validation_split is a share .*below 1, not 1.0"),
        ({"validation_split": -0.1}, ValueError, "^validation_split is a share of at least 0"),
        ({"validation_split": "a"}, TypeError, "^validation_split is a share .*not 'a'"),
        ({"validation_split": np.nan}, ValueError, "^validation_split is a share .*not nan"),
        ({"validation_split": 0.99}, ValueError, "^validation_split=0.99 of 6 rows leaves 0 to"),
        ({"validation_freq": 0}, ValueError, "^validation_freq is a whole number of at least 1"),
        ({"validation_freq": [0]}, ValueError, "^validation_freq is a whole number of at least 1"),
        ({"steps_per_epoch": 0}, ValueError, "^steps_per_epoch is a whole number of at least 1"),
        ({"steps_per_epoch": 2}, ValueError, "^2 steps with batch_size=32.* 32 rows.*there are 6"),
        ({"validation_batch_size": 0}, ValueError, "^validation_batch_size is a whole number"),
        ({"validation_steps": 1.5}, TypeError, "^validation_steps is a whole number, not 1.5"),
        ({"validation_data": X}, ValueError, r"^validation_data is a tuple \(x, y\).*not ndarray"),
        ({"validation_data": (X,)}, ValueError, r"^validation_data is a tuple \(x, y\)"),
        ({"validation_data": (X, X)}, ValueError, r"^validation y has shape \(6, 3\).*\(6, 1\)"),
        ({"validation_data": (X[:0], Y[:0])}, ValueError, "^validation x.* at least one row"),
        ({"validation_data": (X, Y[:3])}, ValueError, "^validation y has 3 rows.*but x has 6"),
        ({"validation_data": (X[:, :2], Y)}, ValueError, r"^validation x.*\(6, 2\).*\(3,\)"),
        ({"validation_data": (X, Y, ones(5))}, ValueError, r"^validation sample_weight.*\(5,\)"),
        ({"validation_data": Batches()}, ValueError, "^validation_data is a Sequence of 0 batches"),
        ({"validation_data": stream((X, Y))}, ValueError, "generator.*pass validation_steps"),
        ({"x": Batches((X, Y))}, ValueError, "^x makes batches .*: leave out y"),
    ],
}
STREAMS = [  # given as x, in place of arrays
    (stream(), ValueError, "^the generator x ended "),
    (stream((X, Y, ones(6), 1)), ValueError, r"^batch 0 of x is of type tuple of 4.*\(x, y\)"),
    (stream((X,)), ValueError, r"^batch 0 of x is of type tuple of 1.*tuple \(x, y\)"),
    (stream([X, Y]), ValueError, r"^batch 0 of x is of type list.*tuple \(x, y\)"),
    (stream(None), ValueError, r"^batch 0 of x is of type NoneType.*tuple \(x, y\)"),
    (stream((X[:, :2], Y)), ValueError, r"^x in batch 0 of x has shape \(6, 2\).*\(3,\)"),
    (stream((X, Y[:3])), ValueError, "^y in batch 0 of x has 3 rows.*but x has 6"),
    (stream((X, Y, -ones(6))), ValueError, "^weights in batch 0 of x holds -1, .*finite"),
    (partial(broken), OSError, "^the disk is gone$"),
    (Batches(), ValueError, "^x is a Sequence of 0 batches; it needs at least one"),
    (Batches((X, Y)), ValueError, "^x has 1 batches, but steps(_per_epoch)?=2"),
    (Batches(None, None), ValueError, r"^batch 0 of x is of type NoneType.*tuple \(x, y\)"),
]
CASES = [
    (kind, verb, *bad) for (kind, verbs), rows in BAD.items() for bad in rows for verb in verbs
]
for x, error, sentence in STREAMS:
    CASES.append(("numbers", "fit", {"x": x, "y": None, "steps_per_epoch": 2}, error, sentence))
    CASES.append(("numbers", "evaluate", {"x": x, "y": None, "steps": 2}, error, sentence))


def compiled(kind):
    layers, loss, x, y = MODELS[kind]
    model = Sequential(layers())
    model.compile("adam", loss)
    return model, x, y


def state(model):
    return model.optimizer.iterations, [w.tobytes() for w in model.get_weights()]


@pytest.mark.parametrize("is_trained", [False, True], ids=["new", "trained"])
@pytest.mark.parametrize(
    ("kind", "verb", "changes", "error", "sentence"),
    CASES,
    ids=[f"{verb}-{'-'.join(bad)}-{rule}" for _, verb, bad, _, rule in CASES],
)
def test_what_does_not_fit_is_refused_in_a_sentence_and_changes_nothing(
    kind, verb, changes, error, sentence, is_trained
):
    model, x, y = compiled(kind)
    if is_trained:
        model.fit(x, y, verbose=0)
    twin = copy.deepcopy(model)
    arguments = {"x": x, "y": y, "verbose": 0} | changes
    arguments |= {name: make() for name, make in arguments.items() if isinstance(make, partial)}
    for name, verbs in (("y", LABELLED), ("verbose", LOOPS)):
        if verb not in verbs:
            del arguments[name]
    with pytest.raises(error, match=sentence) as caught:
        getattr(model, verb)(**arguments)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 300
    assert state(model) == state(twin)
    for each in (model, twin):
        each.fit(x, y, verbose=0, shuffle=False)
    assert state(model) == state(twin)


@pytest.mark.parametrize("verb", LABELLED)
def test_a_first_call_that_was_refused_does_not_settle_the_shape_of_x(verb):
    model = Sequential([Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"^y has 6 rows.*but x has 3"):
        getattr(model, verb)(X.T, Y)
    assert not model.built
    model.fit(X, Y, verbose=0)


@pytest.mark.parametrize("good", [1, 2, 3])
@pytest.mark.parametrize(
    ("bad", "error", "sentence"),
    [
        (
            [],
            ValueError,
            r"^the generator x ended after \d of the 8 batches of an epoch: let it go",
        ),
        ([None], ValueError, r"^batch \d of x is of type NoneType"),
        ([(X[:, :2], Y)], ValueError, r"^x in batch \d of x has shape \(6, 2\)"),
    ],
)
def test_a_stream_that_goes_bad_leaves_what_the_good_batches_taught(good, bad, error, sentence):
    model, x, y = compiled("numbers")
    taught = copy.deepcopy(model)
    for _ in range(good):
        taught.train_on_batch(x, y)
    with pytest.raises(error, match=sentence):
        model.fit(iter([(x, y)] * good + bad), steps_per_epoch=8, verbose=0)
    assert state(model) == state(taught)
    for each in (model, taught):
        each.fit(x, y, verbose=0)
    assert state(model) == state(taught)


@pytest.mark.parametrize("verb", LABELLED)
def test_a_model_that_is_not_compiled_says_so(verb):
    model = Sequential([Dense(1, input_dim=3)])
    with pytest.raises(RuntimeError, match=rf"^{verb} needs a compiled model: call compile\("):
        getattr(model, verb)(X, Y)


@pytest.mark.parametrize("ask", ["get_weights", "count_params", "summary", "build"])
@pytest.mark.parametrize(
    ("layers", "sentence"),
    [([], "^this model has no layers yet: add one"), ([Dense(1)], "does not know its input shape")],
    ids=["no layers", "no shape"],
)
def test_a_model_that_cannot_have_weights_yet_says_what_is_missing(ask, layers, sentence):
    with pytest.raises(ValueError, match=sentence):
        getattr(Sequential([type(layer)(1) for layer in layers]), ask)()


@pytest.mark.parametrize("which", ["x", "y"])
@pytest.mark.parametrize("kind", ["numbers", "columns", "answers"])
def test_nan_in_data_is_allowed_and_makes_the_loss_nan(kind, which):
    model, x, y = compiled(kind)
    data = {"x": x, "y": y} | {which: np.full((6, 3 if which == "x" else len(y[0])), np.nan)}
    assert np.isnan(model.fit(**data, verbose=0).history["loss"]).all()


def wrong_weights(w):
    return {
        "none": [],
        "too few": w[:1],
        "too many": w + w,
        "another order": w[::-1],
        "another shape": [w[0].T, *w[1:]],
        "text": [w[0], np.array(["a"] * 4), *w[2:]],
        "complex": [w[0] + 1j, *w[1:]],
    }


@pytest.mark.parametrize("which", wrong_weights([ones(1)] * 4))
def test_weights_that_do_not_fit_are_refused_whole(which):
    model, _, _ = compiled("numbers")
    before = state(model)
    with pytest.raises((ValueError, TypeError), match=r"weights.* (model takes|not real numbers)"):
        model.set_weights(wrong_weights(model.get_weights())[which])
    assert state(model) == before


# -- compile, and functions of your own ------------------------------------------------------------

COMPILE = [
    ({"optimizer": "adm"}, ValueError, "^there is no optimizer named 'adm'; did you mean 'adam'"),
    ({"optimizer": 5}, TypeError, "^the optimizer is a name, such as '.*', or an object, not 5"),
    ({"optimizer": SGD}, TypeError, r"^SGD is a class, but the optimizer is .*: write SGD\(...\)"),
    ({"loss": "msee"}, ValueError, "^there is no loss named 'msee'; did you mean 'mse'"),
    ({"loss": None}, ValueError, "^compile needs a loss .*loss='mse'"),
    ({"loss": ["mse"]}, TypeError, r"^the loss is a name, such as .*, not \['mse'\]"),
    ({"loss": MeanSquaredError}, TypeError, "^MeanSquaredError is a class, but the loss is an obj"),
    ({"loss": {"class_name": "Mse"}}, ValueError, "^there is no loss named 'Mse'"),
    ({"metrics": "accuracy"}, TypeError, r"^metrics is a list, such as \['accuracy'\]"),
    ({"metrics": AUC}, TypeError, "^metrics is a list, such as"),
    ({"metrics": ["mean_squared"]}, ValueError, "did you mean 'mean_squared_error'"),
    ({"metrics": [5]}, TypeError, "^the metric is a name, such as .*, not 5"),
    ({"metrics": [AUC]}, TypeError, "^AUC is a class, but the metric is an object"),
    ({"metrics": ["mae", "mae"]}, ValueError, "^metrics holds two with the name 'mae'"),
    ({"metrics": ["sparse_categorical_accuracy"]}, ValueError, "takes y as class numbers"),
    ({"loss": "sparse_categorical_crossentropy", "metrics": ["mae"]}, ValueError, "class numbers"),
    ({"optimizer": lambda: 1}, TypeError, "optimizer"),  # optimizers/__init__.py
    ({"metrics": AUC()}, TypeError, "^metrics is a list, such as"),  # training.py
    ({"metrics": 5}, TypeError, "^metrics is a list, such as"),  # training.py
    (  # metrics/__init__.py: the value of a loss is watched without a look at its labels
        {"loss": "categorical_crossentropy", "metrics": ["sparse_categorical_crossentropy"]},
        ValueError,
        "class numbers",
    ),
    (
        {"loss": "sparse_categorical_crossentropy", "metrics": ["categorical_crossentropy"]},
        ValueError,
        "class numbers",
    ),
]


@pytest.mark.parametrize(
    ("bad", "error", "sentence"),
    COMPILE,
)
def test_a_bad_compile_is_refused_and_the_earlier_one_still_holds(bad, error, sentence):
    model, x, y = compiled("numbers")
    optimizer, objective = model.optimizer, model.objective
    with pytest.raises(error, match=sentence):
        model.compile(**({"optimizer": "sgd", "loss": "mae"} | bad))
    assert (model.optimizer, model.objective) == (optimizer, objective)
    model.fit(x, y, verbose=0)


def squares(y, p):
    return (y - p) ** 2


OWN = {  # functions of one's own, and what their mistakes are answered with
    "loss without pullback": ({"loss": squares}, TypeError, r"^a loss returns \(value, pullback\)"),
    "loss without value": ({"loss": lambda y, p: None}, TypeError, "^a loss returns"),
    "pullback is an array": ({"loss": lambda y, p: (y, p)}, TypeError, "^a loss returns"),
    "pullback of another shape": (
        {"loss": lambda y, p: (squares(y, p), lambda dv: dv[0])},
        ValueError,
        r"^the loss's pullback returned shape \(1,\) for predictions of shape \(6, 1\)",
    ),
    "loss that raises": ({"loss": lambda y, p: 1 / 0}, ZeroDivisionError, "by zero"),
    "metric that raises": ({"metrics": [lambda y, p: 1 / 0]}, ZeroDivisionError, "by zero"),
    "metric of one argument": ({"metrics": [lambda y: 1]}, TypeError, "1 positional argument"),
    "loss is a float": ({"loss": lambda y, p: (1.0, lambda dv: p)}, TypeError, "loss returns"),
    "pullback of nothing": (
        {"loss": lambda y, p: (squares(y, p), lambda dv: None)},
        (TypeError, ValueError),
        "the loss's pullback returned",
    ),
    "metric of nothing": ({"metrics": [lambda y, p: None]}, TypeError, "metric '<lambda>'"),
    "loss as a metric": ({"metrics": [huber]}, TypeError, "metric 'huber'"),
}


@pytest.mark.parametrize("verb", ["fit", "train_on_batch"])
@pytest.mark.parametrize("own", OWN)
def test_a_mistake_in_a_function_of_your_own_shows_before_the_first_update(own, verb):
    changes, error, sentence = OWN[own]
    model, x, y = compiled("numbers")
    model.compile(**({"optimizer": "adam", "loss": "mse"} | changes))
    before = state(model)
    with pytest.raises(error, match=sentence):
        getattr(model, verb)(x, y)
    assert state(model) == before
    model.compile("adam", "mse")
    model.fit(x, y, verbose=0)


@pytest.mark.parametrize("weights", [{"sample_weight": ones(6)}, {"class_weight": {0: 1, 1: 1}}])
def test_weights_ask_a_loss_for_one_value_for_each_row(weights):
    def mean_of_squares(y, p):
        return squares(y, p).mean(), lambda dv: dv * (p - y) / 3

    model, x, y = compiled("numbers")
    model.compile("adam", mean_of_squares)
    before = state(model)
    with pytest.raises(ValueError, match="a loss returns one value for each row, not one for the"):
        model.fit(x, y, verbose=0, **weights)
    assert state(model) == before
    model.fit(x, y, verbose=0)


# -- layers ----------------------------------------------------------------------------------------

LAYERS = {
    "Dense(0)": (lambda: Dense(0), "^units is a whole number of at least 1, not 0"),
    "Dense('a')": (lambda: Dense("a"), "^units is a whole number.*, not 'a'"),
    "Dense(1.5)": (lambda: Dense(1.5), "^units is a whole number.*, not 1.5"),
    "activation": (lambda: Dense(1, "rellu"), "no activation named 'rellu'; did you mean 'relu'"),
    "Activation": (lambda: Activation(5), "^the activation is a name, such as .*, not 5"),
    "initializer": (
        lambda: Dense(1, kernel_initializer="glorot_normall"),
        "^there is no initializer named 'glorot_normall'; did you mean 'glorot_normal'",
    ),
    "its shape": (
        lambda: Dense(1, kernel_initializer=lambda shape, rng: ones(2), input_dim=3),
        r"^the initializer of 'kernel' returned .* shape \(2,\); .* shape \(3, 1\)",
    ),
    "regularizer": (lambda: Dense(1, kernel_regularizer="l3"), "^there is no regularizer named"),
    "unknown": (lambda: Dense(1, unit=2), "unexpected keyword argument 'unit'"),
    "Dropout(1.0)": (lambda: Dropout(1.0), "^rate is a share .*below 1, not 1.0"),
    "Dropout(-0.1)": (lambda: Dropout(-0.1), "^rate is a share .*below 1, not -0.1"),
    "Dropout('a')": (lambda: Dropout("a"), "^rate is a share .*, not 'a'"),
    "Embedding": (lambda: Embedding(0, 2), "^input_dim is a whole number of at least 1, not 0"),
    "input_dim": (lambda: Dense(1, input_dim=-1), r"^input_shape is .* not \(-1,\)"),
    "Input(())": (lambda: Input(()), r"^input_shape is the shape of one row.* not \(\)"),
    "a name": (lambda: Dense(1, name="a/b"), "^the name of a layer is a word without '/', not 'a"),
    "one name": (
        lambda: [Dense(1, name="a"), Dense(1, name="a")],
        "^there is already a layer named 'a'",
    ),
    "twice": (lambda: [Dense(1)] * 2, "^the layer 'dense' is already part of a model.*from_config"),
    "used": (lambda: Sequential(three(None)).layers, "^the layer 'dense' is already part of a mod"),
    "a class": (lambda: [Dense], r"^add takes a layer, such as Dense\(10\), not <class"),
    "late Input": (lambda: [Dense(1), Input((1,))], "^an Input stands before all layers"),
    "two Inputs": (lambda: [Input((1,)), Input((1,))], "^an Input stands before all layers, once"),
    "another shape": (
        lambda: [Dense(2, input_dim=3), Dense(1, input_dim=4)],
        r"^the layer 'dense_1' takes rows of shape \(4,\), but \(2,\) arrives",
    ),
    "late Embedding": (
        lambda: [Dense(2, input_dim=3), Embedding(3, 3)],
        "^the layer 'embedding' looks up numbers: it stands first",
    ),
}


def built_from(layers):
    Sequential(layers if isinstance(layers, list) else [layers]).build()


@pytest.mark.parametrize("case", LAYERS)
def test_a_layer_that_makes_no_sense_says_so_at_the_latest_when_built(case):
    make, sentence = LAYERS[case]
    with pytest.raises((ValueError, TypeError), match=sentence):
        built_from(make())
