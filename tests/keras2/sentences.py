"""What do minikeras and Keras 2.3.1 both have? Each case says it in words of both.

`k` is minikeras or Keras, so Python 3.7 reads this file, too: nothing newer stands here.
"""

import json

import numpy as np

ROWS, COLUMNS, CLASSES = 8, 4, 6
RNG = np.random.RandomState(0)  # draws the same numbers in every version of NumPy
X = RNG.randint(0, 5, (ROWS, COLUMNS))  # numbers of words, where there is an Embedding
OWN = ("name", "batch_input_shape", "input_length", "initial_accumulator_value")  # one side's words
NUMBERS = RNG.randint(0, CLASSES, ROWS)
Y = np.eye(CLASSES)[NUMBERS]

# names that mean the same in both; `compare.py` asks whether one is missing
ACTIVATIONS = [
    *("linear", "relu", "elu", "selu", "softplus", "softsign"),
    *("tanh", "sigmoid", "softmax"),
]
INITIALIZERS = [
    *("zeros", "ones", "constant", "uniform", "random_uniform", "normal", "random_normal"),
    *("truncated_normal", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal"),
    *("lecun_uniform", "lecun_normal", "Zeros", "Ones", "Constant", "RandomUniform"),
    *("RandomNormal", "TruncatedNormal", "VarianceScaling"),
]
REGULARIZERS = ["l1", "l2", "l1_l2", "L1L2"]
LOSSES = [
    *("mean_squared_error", "mse", "mean_absolute_error", "mae", "hinge", "kld"),
    *("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"),
]
LOSS_CLASSES = [
    *("MeanSquaredError", "MeanAbsoluteError", "Huber", "Hinge", "KLDivergence"),
    *("BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"),
]
METRICS = [
    *("binary_accuracy", "categorical_accuracy", "top_k_categorical_accuracy"),
    *("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error"),
    *("mean_squared_logarithmic_error", "mse", "mae", "mape", "msle"),
]
SPARSE_METRICS = ["sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"]
METRIC_CLASSES = ["AUC", "Precision", "Recall"]

LAYERS = {
    "Dense": lambda k, **first: [k.layers.Dense(4, **first), k.layers.Dense(3, use_bias=False)],
    "Activation": lambda k, **first: [
        k.layers.Dense(4, activation="relu", **first),
        *(k.layers.Activation(name) for name in ACTIVATIONS),
    ],
    "Dropout": lambda k, **first: [
        k.layers.Dropout(0.25, seed=7, **first),
        k.layers.Dropout(0.5),
    ],
    "Embedding": lambda k, **first: [
        k.layers.Embedding(5, 2, embeddings_regularizer="l2", **first),
        k.layers.Dense(2),
        k.layers.Flatten(),
    ],
    "Flatten": lambda k, **first: [
        k.layers.Embedding(5, 3, embeddings_initializer="normal", input_length=COLUMNS),
        k.layers.Flatten(),
    ],
    "shape of the data": lambda k, **first: [k.layers.Dense(4)],
    "frozen": lambda k, **first: [
        k.layers.Dense(4, trainable=False, **first),
        k.layers.Dense(3),
    ],
    "named": lambda k, **first: [
        k.layers.Dense(4, name="z", **first),
        k.layers.Dense(4, name="a"),
        *(k.layers.Dense(2) for _ in range(10)),
    ],
    "initializers": lambda k, **first: [
        k.layers.Dense(4, **first),
        *(k.layers.Dense(3, kernel_initializer=name) for name in INITIALIZERS),
        k.layers.Dense(3, bias_initializer=k.initializers.Constant(0.5)),
        k.layers.Dense(3, kernel_initializer=k.initializers.RandomUniform(-0.5, 0.25)),
        k.layers.Dense(3, kernel_initializer=k.initializers.RandomNormal(0.5, 0.25)),
        k.layers.Dense(3, kernel_initializer=k.initializers.TruncatedNormal(0.5, 0.25)),
        k.layers.Dense(
            3, kernel_initializer=k.initializers.VarianceScaling(2.0, "fan_out", "uniform")
        ),
    ],
    "regularizers": lambda k, **first: [
        k.layers.Dense(4, kernel_regularizer=k.regularizers.L1L2(0.25, 0.5), **first),
        *(k.layers.Dense(3, kernel_regularizer=k.regularizers.get(n)) for n in REGULARIZERS),
        k.layers.Dense(3, bias_regularizer=k.regularizers.l1(0.5)),
    ],
}
OPTIMIZERS = {
    "SGD": lambda k: k.optimizers.SGD(0.125),
    "SGD, momentum": lambda k: k.optimizers.SGD(0.0625, momentum=0.875),
    "SGD, nesterov": lambda k: k.optimizers.SGD(0.0625, momentum=0.875, nesterov=True),
    "SGD, clipvalue": lambda k: k.optimizers.SGD(0.125, clipvalue=0.03125),
    "SGD, clipnorm": lambda k: k.optimizers.SGD(0.125, clipnorm=0.03125),
    "Adam": lambda k: k.optimizers.Adam(0.01),
    "Adam, set": lambda k: k.optimizers.Adam(0.01, beta_1=0.75, beta_2=0.875, epsilon=1e-3),
    "RMSprop": lambda k: k.optimizers.RMSprop(0.01, epsilon=1e-3),
    "RMSprop, set": lambda k: k.optimizers.RMSprop(0.01, rho=0.5, epsilon=1e-12),
    "Adagrad": lambda k: k.optimizers.Adagrad(0.1, epsilon=1e-3),
    "Adagrad, set": lambda k: k.optimizers.Adagrad(0.1, epsilon=1e-12),
}
SET_LOSSES = {
    "Huber": lambda k: k.losses.Huber(delta=0.125),
    "BinaryCrossentropy": lambda k: k.losses.BinaryCrossentropy(True, 0.25),
    "CategoricalCrossentropy": lambda k: k.losses.CategoricalCrossentropy(True, 0.25),
    "MSE": lambda k: k.losses.mean_squared_error,
    "KLD": lambda k: getattr(k.losses, "kullback_leibler_divergence", "kl_divergence"),
    "huber": lambda k: getattr(k.losses, "huber_loss", "huber"),
}
METRIC_GROUPS = {
    "names": lambda k: list(METRICS),
    "accuracy": lambda k: ["accuracy"],
    "acc": lambda k: ["acc"],
    "losses": lambda k: ["hinge", "binary_crossentropy", "categorical_crossentropy"],
    "a function": lambda k: [k.metrics.categorical_accuracy],
    "running": lambda k: [getattr(k.metrics, name)() for name in METRIC_CLASSES],
    "set": lambda k: [
        k.metrics.Precision(thresholds=0.375, name="p"),
        k.metrics.Recall(thresholds=0.25, name="r"),
        k.metrics.AUC(num_thresholds=9, curve="PR", name="a"),
    ],
}


def case(layers=LAYERS["Dense"], optimizer=OPTIMIZERS["SGD, momentum"], loss=None, metrics=None):
    return {
        "layers": layers,
        "optimizer": optimizer,
        "loss": loss or (lambda k: "mse"),
        "metrics": metrics or (lambda k: []),
    }


def named(name):
    return lambda k: name


def made(name):
    return lambda k: getattr(k.losses, name)()


CASES = {}
CASES.update(("layers: " + name, case(layers=say)) for name, say in LAYERS.items())
CASES.update(("optimizer: " + name, case(optimizer=say)) for name, say in OPTIMIZERS.items())
CASES.update(("loss: " + name, case(loss=named(name))) for name in LOSSES)
CASES.update(("loss: a " + name, case(loss=made(name))) for name in LOSS_CLASSES)
CASES.update(("loss: set " + name, case(loss=say)) for name, say in SET_LOSSES.items())
CASES.update(("metrics: " + name, case(metrics=say)) for name, say in METRIC_GROUPS.items())
CASES["metrics: sparse"] = case(
    loss=named("sparse_categorical_crossentropy"), metrics=lambda k: [*SPARSE_METRICS, "acc"]
)


def labels(name):
    """Return the labels for a case: numbers of classes, or a column for each class."""
    return NUMBERS if "parse" in name else Y


def model_of(k, chosen):
    """Return a model of either library, compiled, that has taken no step."""
    model = k.Sequential(chosen["layers"](k, input_shape=(COLUMNS,)))
    model.add(k.layers.Dense(CLASSES, activation="sigmoid"))
    loss, metrics = chosen["loss"](k), chosen["metrics"](k)
    model.compile(chosen["optimizer"](k), loss, metrics=metrics)
    return model


def train(model, y, steps):
    for _ in range(steps):
        model.train_on_batch(X, y)


def facts(model, y, slots):
    """Return what is true of a model now, and its weights after three more steps; JSON holds it.

    `slots(model)` is what its optimizer remembers: number of steps, then slot after slot.
    """
    known = {
        "weights": flat(model.get_weights()),
        "slots": flat(slots(model)),
        "predictions": model.predict(X, verbose=0).tolist(),
        "scores": np.atleast_1d(model.evaluate(X, y, verbose=0)).tolist(),
        "names": model.metrics_names,
        "layers": described(model),
        "optimizer": settings(model.optimizer),
    }
    train(model, y, 3)
    known["later"] = flat(model.get_weights())
    return known


def flat(arrays):
    """Return all numbers in one list."""
    return [float(number) for array in arrays for number in np.ravel(array)]


def described(model):
    """Return what kind of layers a model has, without their names and shapes."""
    rows = [row for row in model.get_config()["layers"] if row["class_name"] != "InputLayer"]
    return [[row["class_name"], rounded(row["config"])] for row in rows]


def settings(optimizer):
    """Return the kind and the settings of an optimizer."""
    return [type(optimizer).__name__, rounded(optimizer.get_config())]


def rounded(config):
    """Return a config with six digits of each number, for Keras 2 keeps some in float32."""
    told = json.loads(json.dumps(config), parse_float=lambda digits: float(f"{float(digits):.6g}"))
    return {key: told[key] for key in told if key not in OWN}
