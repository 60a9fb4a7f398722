"""Write the files of Keras 3 that `test_files_of_keras.py` reads: `python write_keras3.py FOLDER`.

They were written by Keras 3.15.1, computing with PyTorch, and h5py 3.16.
"""

import os
import sys
from pathlib import Path

import facts
import h5py

KERAS, WEIGHTS, LEGACY = ".keras", ".weights.h5", ".h5"


def dense(k, *layers):
    return [k.Input((4,)), k.layers.Dense(4, "relu"), *layers, k.layers.Dense(6, "sigmoid")]


MODELS = {  # layers, optimizer, loss, metrics, and the kinds of files
    "sgd": (
        lambda k: dense(
            k,
            k.layers.Dense(4, "tanh", kernel_regularizer=k.regularizers.L1L2(0.01, 0.02)),
            k.layers.Dense(4, "elu", use_bias=False, bias_regularizer="l2", name="own"),
        ),
        lambda k: k.optimizers.SGD(
            k.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5, staircase=True)
        ),
        lambda k: k.losses.CategoricalCrossentropy(label_smoothing=0.1),
        lambda k: ["accuracy", "mse", "top_k_categorical_accuracy", k.metrics.AUC(9, "PR")],
        [KERAS, LEGACY],
    ),
    "momentum": (
        lambda k: dense(k, k.layers.Dense(4, trainable=False)),
        lambda k: k.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=0.1),
        lambda k: "mean_absolute_error",
        lambda k: ["mae", k.metrics.Precision(0.4, name="p"), k.metrics.Recall()],
        [KERAS, LEGACY],
    ),
    "rmsprop": (
        lambda k: dense(
            k,
            k.layers.Activation("gelu"),
            k.layers.Dropout(0.0, seed=7),
            k.layers.Activation("softmax"),
        ),
        lambda k: k.optimizers.RMSprop(k.optimizers.schedules.CosineDecay(0.1, 9, alpha=0.1)),
        lambda k: "binary_crossentropy",
        lambda k: ["binary_accuracy", "hinge"],
        [KERAS],
    ),
    "adagrad": (
        lambda k: [
            k.Input((4,)),
            k.layers.Embedding(5, 2, embeddings_regularizer="l2"),
            k.layers.Flatten(),
            k.layers.Dense(6, kernel_initializer="he_normal", bias_initializer="ones"),
        ],
        lambda k: k.optimizers.Adagrad(0.1, initial_accumulator_value=0.5),
        lambda k: k.losses.Huber(),
        lambda k: ["mape", "msle"],
        [KERAS, WEIGHTS],
    ),
    "adam": (
        dense,
        lambda k: k.optimizers.Adam(0.01, beta_1=0.8, epsilon=1e-3, name="mine"),
        lambda k: "kl_divergence",
        lambda k: ["categorical_accuracy", "acc"],
        [KERAS, WEIGHTS, LEGACY],
    ),
    "adamw": (  # without an InputLayer: the first data tell the shape
        lambda k: [k.layers.Dense(4), k.layers.Dense(6, kernel_initializer="lecun_uniform")],
        lambda k: k.optimizers.AdamW(0.01, weight_decay=0.1, clipvalue=0.5),
        lambda k: "hinge",
        lambda k: [],
        [KERAS, LEGACY],
    ),
    "sparse": (
        dense,
        lambda k: k.optimizers.SGD(0.1),
        lambda k: k.losses.SparseCategoricalCrossentropy(from_logits=True),
        lambda k: ["accuracy", "sparse_categorical_accuracy"],
        [KERAS],
    ),
}


def main(folder):
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    for name, (layers, optimizer, loss, metrics, kinds) in MODELS.items():
        labels = "numbers" if name == "sparse" else "columns"
        model = made(keras, layers)
        model.compile(optimizer(keras), loss(keras), metrics=metrics(keras))
        facts.train(model, labels, 2)
        for kind in kinds:  # an .h5 comes last: after it, Keras forgets the optimizer
            (model.save_weights if kind == WEIGHTS else model.save)(folder / (name + kind))
        known = facts.of_training(model, labels, scores, float)
        facts.write(folder / f"{name}.json", known)
    lay_as_once(folder / "adam.weights.h5", folder / "adam_once.weights.h5")
    pack(folder / "adam.weights.h5", folder / "adam_packed.weights.h5")
    forget(made(keras, dense), folder)
    plain = made(keras, lambda k: [k.Input((4,)), k.layers.Dropout(0.25), k.layers.Dense(6)])
    plain.save(folder / "plain.keras")
    facts.write(folder / "plain.json", facts.of_predictions(plain))


def made(keras, layers):
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    return keras.Sequential(layers(keras))


def scores(model, y):
    return model.evaluate(facts.X, y, verbose=0, return_dict=True)


def forget(model, folder):
    """Write a model that was compiled, but whose file names no optimizer: after an .h5, it does."""
    model.compile("adam", "mean_squared_error", metrics=["mse"])
    model.save(folder / "forgetful.h5")
    model.save(folder / "forgetful.keras")
    (folder / "forgetful.h5").unlink()
    facts.write(folder / "forgetful.json", facts.of_predictions(model))


def lay_as_once(path, other):
    """Rename a group as it was called by early Keras 3, which no longer runs here."""
    other.write_bytes(path.read_bytes())
    with h5py.File(other, "a") as file:
        file.move("layers", "_layer_checkpoint_dependencies")


def pack(path, other):
    """Compress weights, as Keras does not, but h5repack and others do."""
    with h5py.File(path) as file, h5py.File(other, "w") as packed:
        for name in ("layers/dense/vars", "layers/dense_1/vars"):
            for number in "01":
                packed.create_dataset(
                    f"{name}/{number}",
                    data=file[f"{name}/{number}"],
                    compression="gzip",
                    shuffle=number == "1",
                    chunks=True,
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
