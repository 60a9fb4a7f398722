"""Which sentences make models whose files travel? All that both libraries have is said in them.

A sentence is a function of `k`, which is minikeras or Keras.
"""

import numpy as np

import minikeras

ROWS, COLUMNS, CLASSES = 8, 4, 6
RNG = np.random.default_rng(0)
X = RNG.integers(0, 5, (ROWS, COLUMNS))  # numbers of words, where there is an Embedding
NUMBERS = RNG.integers(0, CLASSES, ROWS)
Y = np.eye(CLASSES)[NUMBERS]

TABLES = {  # all that has a name here, by what says it
    "layers": [
        *(minikeras.layers.CLASSES, minikeras.activations.KNOWN),
        *(minikeras.initializers.KNOWN, minikeras.regularizers.KNOWN),
    ],
    "optimizer": [minikeras.optimizers.KNOWN, minikeras.optimizers.schedules.CLASSES],
    "loss": [minikeras.losses.FUNCTIONS, minikeras.losses.CLASSES],
    "metrics": [minikeras.metrics.FUNCTIONS, minikeras.metrics.CLASSES, minikeras.losses.FUNCTIONS],
}
NOT_IN_KERAS = {  # names of ours that Keras 3 does not know; what they stand for, it has
    "initializers": ("constant", "Uniform", "Normal"),
    "regularizers": ("l1_l2",),
    "metrics": ("huber", "kld"),
}


def both_know(room, table):
    return [name for name in table if name not in NOT_IN_KERAS[room]]


LAYERS = {
    "activations": lambda k: [
        k.layers.Dense(4, activation=name) for name in minikeras.activations.KNOWN
    ],
    "initializers": lambda k: [
        k.layers.Dense(4, kernel_initializer=name, bias_initializer=name)
        for name in both_know("initializers", minikeras.initializers.KNOWN)
        if name != "Constant"  # in Keras it wants its value
    ],
    "initializers, set": lambda k: [
        k.layers.Dense(4, kernel_initializer=k.initializers.Constant(0.3), bias_initializer="ones"),
        k.layers.Dense(4, kernel_initializer=k.initializers.RandomUniform(-0.3, 0.2, seed=3)),
        k.layers.Dense(4, kernel_initializer=k.initializers.RandomNormal(0.1, 0.2, seed=4)),
        k.layers.Dense(4, kernel_initializer=k.initializers.TruncatedNormal(0.1, 0.2, seed=3)),
        k.layers.Dense(
            4,
            kernel_initializer=k.initializers.VarianceScaling(
                2.0, "fan_out", "untruncated_normal", seed=5
            ),
        ),
    ],
    "regularizers": lambda k: [
        *(
            k.layers.Dense(4, kernel_regularizer=name, bias_regularizer=name)
            for name in both_know("regularizers", minikeras.regularizers.KNOWN)
        ),
        k.layers.Dense(4, kernel_regularizer=k.regularizers.L1L2(0.01, 0.02)),
        k.layers.Dense(4, kernel_regularizer=k.regularizers.l1(0.03)),
        k.layers.Dense(4, kernel_regularizer=k.regularizers.l2(0.03)),
    ],
    "more than ten of a kind": lambda k: [k.layers.Dense(2) for _ in range(12)],
    "a frozen layer": lambda k: [k.layers.Dense(4, trainable=False), k.layers.Dense(4)],
    "no bias": lambda k: [k.layers.Dense(4, use_bias=False)],
    "names": lambda k: [k.layers.Dense(4, name="z"), k.layers.Dense(4, name="dense_7")],
    "a name of an input": lambda k: [k.layers.Dense(4, name="input_layer")],
    "a layer that activates": lambda k: [k.layers.Dense(4), k.layers.Activation("tanh")],
    "dropout of nothing": lambda k: [k.layers.Dropout(0.0, seed=1), k.layers.Dense(4)],
    "words": lambda k: [
        k.layers.Embedding(5, 2, embeddings_initializer="normal", embeddings_regularizer="l2"),
        k.layers.Dense(2),
        k.layers.Flatten(),
    ],
}

OPTIMIZERS = {
    **{
        f"by the name of {name}": lambda k, name=name: name
        for name in minikeras.optimizers.KNOWN
        if name.islower()
    },
    "sgd": lambda k: k.optimizers.SGD(0.1),
    "momentum": lambda k: k.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda k: k.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda k: k.optimizers.RMSprop(0.01, rho=0.5, epsilon=1e-3),
    "adagrad": lambda k: k.optimizers.Adagrad(0.1),
    "adagrad, set": lambda k: k.optimizers.Adagrad(0.1, initial_accumulator_value=2.0),
    "adam": lambda k: k.optimizers.Adam(0.01),
    "adam, set": lambda k: k.optimizers.Adam(0.01, beta_1=0.7, beta_2=0.9, epsilon=1e-3),
    "adamw": lambda k: k.optimizers.AdamW(0.01, weight_decay=0.1),
    "clipnorm": lambda k: k.optimizers.SGD(0.1, clipnorm=0.1),
    "clipvalue": lambda k: k.optimizers.Adam(0.1, clipvalue=0.01),
    "named": lambda k: k.optimizers.Adam(0.01, name="mine"),
    "decay": lambda k: k.optimizers.SGD(
        k.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5, staircase=True), momentum=0.5
    ),
    "cosine": lambda k: k.optimizers.Adam(k.optimizers.schedules.CosineDecay(0.1, 9, alpha=0.1)),
}

LOSSES = {
    **{
        name: lambda k, name=name: name
        for name in minikeras.losses.FUNCTIONS
        if not name.startswith("sparse")
    },
    "a function": lambda k: k.losses.mean_squared_error,
    **{
        name: lambda k, name=name: getattr(k.losses, name)()
        for name in minikeras.losses.CLASSES
        if not name.startswith("Sparse")
    },
    "CategoricalCrossentropy, set": lambda k: k.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=0.2
    ),
    "BinaryCrossentropy, set": lambda k: k.losses.BinaryCrossentropy(
        from_logits=True, label_smoothing=0.2
    ),
}
SPARSE = {
    "sparse_categorical_crossentropy": lambda k: "sparse_categorical_crossentropy",
    "SparseCategoricalCrossentropy": lambda k: k.losses.SparseCategoricalCrossentropy(True),
}
NAMES = both_know("metrics", sorted({*minikeras.metrics.FUNCTIONS, *minikeras.losses.FUNCTIONS}))
LONG = [name for name in NAMES if "_" in name or name == "hinge"]  # Keras takes no metric twice
METRICS = [
    *(lambda k, name=name: name for name in LONG if not name.startswith("sparse")),
    lambda k: k.metrics.AUC(),
    lambda k: k.metrics.AUC(num_thresholds=9, curve="PR", name="area"),
    lambda k: k.metrics.Precision(),
    lambda k: k.metrics.Precision(thresholds=0.3, name="found"),
    lambda k: k.metrics.Recall(thresholds=0.2),
]
SHORT = [lambda k, name=name: name for name in ("acc", *NAMES) if name not in LONG]
SPARSE_METRICS = [
    lambda k: "accuracy",
    *(lambda k, name=name: name for name in LONG if name.startswith("sparse")),
]


def case(layers=None, optimizer=None, loss=None, metrics=(), y=Y):
    return {
        "layers": layers or (lambda k: [k.layers.Dense(4, activation="tanh")]),
        "optimizer": optimizer or OPTIMIZERS["momentum"],
        "loss": loss or LOSSES["mse"],
        "metrics": metrics,
        "y": y,
    }


CASES = {
    **{f"layers, {name}": case(layers=say) for name, say in LAYERS.items()},
    **{f"optimizer, {name}": case(optimizer=say) for name, say in OPTIMIZERS.items()},
    **{f"loss, {name}": case(loss=say) for name, say in LOSSES.items()},
    **{f"loss, {name}": case(loss=say, y=NUMBERS) for name, say in SPARSE.items()},
    "metrics": case(metrics=METRICS),
    "metrics by short names": case(metrics=SHORT),
    "a metric that is a function": case(metrics=[lambda k: k.metrics.categorical_accuracy]),
    "sparse metrics": case(
        loss=SPARSE["sparse_categorical_crossentropy"], metrics=SPARSE_METRICS, y=NUMBERS
    ),
}
