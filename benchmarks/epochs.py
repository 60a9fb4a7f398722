"""What do all measurements train? A network on MNIST, one epoch at a time."""

import time

import minikeras as keras
from minikeras.datasets import mnist
from minikeras.layers import Dense

SMALL = ((784, 300, 100, 10), 32, "sgd")  # widths, batch size, optimizer
LARGE = ((784, 512, 512, 10), 128, "adam")


def training_images():
    """Return x (60000, 784), from 0 to 1, and y (60000,)."""
    (x, y), _ = mnist.load_data()
    return x.reshape(len(x), -1).astype("float32") / 255, y


def trained(case, x, y):
    """Return a compiled model that has taken its first steps."""
    widths, batch, optimizer = case
    keras.utils.set_random_seed(0)
    model = keras.Sequential([Dense(width, "relu") for width in widths[1:-1]])
    model.add(Dense(widths[-1], "softmax"))
    model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(x[: 10 * batch], y[: 10 * batch], batch_size=batch, verbose=0)
    return model


def seconds_of_epoch(model, case, x, y, **options):
    """Return the seconds of `fit` for one epoch."""
    begin = time.perf_counter()
    model.fit(x, y, batch_size=case[1], **{"verbose": 0} | options)
    return time.perf_counter() - begin


def named(case):
    """Return a network as text, such as `784-300-100-10, batch 32, sgd`."""
    widths, batch, optimizer = case
    return f"{'-'.join(map(str, widths))}, batch {batch}, {optimizer}"
