"""Write the files of Keras 2 that `test_files_of_keras.py` reads: `python write_keras2.py FOLDER`.

They were written by Keras 2.3.1 with TensorFlow 2.0.4 and h5py 2.10, on Python 3.7; see
`tests/keras2/check.py`, which installs them.
"""

import os
import sys

import facts

EPSILON = 1e-12  # Keras 2 adds it in another place; so it makes no difference


def dense(k, *layers):
    first = k.layers.Dense(4, activation="relu", input_shape=(4,))
    return [first, *layers, k.layers.Dense(6, activation="sigmoid")]


MODELS = {  # layers, optimizer, loss, metrics
    "sgd": (
        lambda k: dense(
            k, k.layers.Dense(3, kernel_regularizer="l2"), k.layers.Dense(3, trainable=False)
        ),
        lambda k: k.optimizers.SGD(0.1),
        lambda k: k.losses.CategoricalCrossentropy(label_smoothing=0.1),
        lambda k: ["acc", "mae", "top_k_categorical_accuracy"],
    ),
    "nesterov": (
        lambda k: [k.layers.Dense(4), k.layers.Dense(6)],  # the first data tell the shape
        lambda k: k.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipvalue=0.1),
        lambda k: "mae",
        lambda k: [k.metrics.Precision(0.4, name="p"), k.metrics.Recall(name="r")],
    ),
    "rmsprop": (
        lambda k: dense(k, k.layers.Dropout(0.0), k.layers.Activation("softsign")),
        lambda k: k.optimizers.RMSprop(0.01, epsilon=EPSILON),
        lambda k: "binary_crossentropy",
        lambda k: ["binary_accuracy", "hinge"],
    ),
    "adagrad": (
        lambda k: [
            k.layers.Embedding(5, 2, embeddings_regularizer="l2", input_length=4),
            k.layers.Flatten(),
            k.layers.Dense(6, kernel_initializer="he_normal", bias_initializer="ones"),
        ],
        lambda k: k.optimizers.Adagrad(0.1, epsilon=EPSILON),
        lambda k: k.losses.Huber(delta=0.125),
        lambda k: ["mape", "msle"],
    ),
    "adam": (
        lambda k: dense(k),
        lambda k: k.optimizers.Adam(0.01, beta_1=0.8),
        lambda k: "sparse_categorical_crossentropy",
        lambda k: ["accuracy"],
    ),
}


def main(folder):
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
    import tensorflow

    tensorflow.config.threading.set_inter_op_parallelism_threads(1)  # see keras2/in_keras2.py
    import keras

    for name in MODELS:
        layers, optimizer, loss, metrics = (say(keras) for say in MODELS[name])
        labels = "numbers" if name == "adam" else "columns"
        model = keras.Sequential(layers)
        model.compile(optimizer, loss, metrics=metrics)
        facts.train(model, labels, 2)
        model.save(os.path.join(folder, name + ".h5"))
        if name == "adam":
            model.save_weights(os.path.join(folder, "adam_weights.h5"))
        known = facts.of_training(model, labels, scores, keras.backend.get_value)
        facts.write(os.path.join(folder, name + ".json"), known)


def scores(model, y):
    values = facts.np.atleast_1d(model.evaluate(facts.X, y, verbose=0))
    return {name: values[i] for i, name in enumerate(model.metrics_names)}


if __name__ == "__main__":
    main(sys.argv[1])
