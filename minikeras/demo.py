"""What does it look like when a network learns? Handwritten digits, in about a second."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from minikeras.backend import Host
from minikeras.callbacks import CSVLogger, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from minikeras.datasets import digits
from minikeras.layers import Dense, Dropout, Flatten
from minikeras.models import Sequential
from minikeras.optimizers import Adam
from minikeras.utils import set_random_seed

INK = " .:-=+*#%@"  # grey levels, from paper to ink
FILES = {
    "best.keras": "the model of the best epoch: models.load_model opens it, Keras too",
    "log.csv": "loss, accuracy and learning rate of each epoch",
    "mistakes.txt": "the held-out digits it read wrong, drawn",
}


def run(
    folder: str = "runs/demo",
    epochs: int = 60,
    verbose: int | str = "auto",
    watching: Iterable[Any] = (),
) -> float:
    """Train on 1,437 digits, judge on 360 others, write the run to `folder`.

    `watching` are further callbacks. Returns the share of the held-out digits read right.
    """
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    x_train, x_test = x_train / 16, x_test / 16  # grey levels from 0 to 1

    set_random_seed(0)
    model = Sequential(
        [
            Flatten(input_shape=(8, 8)),
            Dense(128, activation="relu"),
            Dropout(0.2),
            Dense(64, activation="relu"),
            Dense(10, activation="softmax"),
        ]
    )
    model.compile(Adam(0.003), "sparse_categorical_crossentropy", ["accuracy"])
    model.summary()

    place = Path(folder)
    reducing = ReduceLROnPlateau(factor=0.3, patience=4, verbose=1)
    stopping = EarlyStopping(patience=12, restore_best_weights=True, verbose=1)
    saving = ModelCheckpoint(place / "best.keras", save_best_only=True)
    history = model.fit(
        x_train,
        y_train,
        epochs=epochs,
        validation_split=0.1,
        verbose=verbose,
        callbacks=[reducing, CSVLogger(place / "log.csv"), saving, stopping, *watching],
    )

    read = model.predict(x_test, verbose=0).argmax(axis=-1)
    accuracy = float(np.mean(read == y_test))
    (place / "mistakes.txt").write_text(_mistakes(x_test, y_test, read), encoding="utf-8")
    print(f"test accuracy: {accuracy:.4f}")
    rates = [*history.history["learning_rate"], float(model.optimizer.learning_rate)]
    print(f"\n{_account(stopping, rates)}\n\nWritten to {folder}/:")
    for name, meaning in FILES.items():
        print(f"  {name:<13} {meaning}")
    pictures = {
        f"minikeras plot {place / 'log.csv'}": "draws its curves (extra plot)",
        "minikeras demo --monitor": "draws them while it trains (extra monitor)",
        "minikeras demo --tensorboard": "looks inside while it trains (extra tensorboard)",
    }
    print("\nPictures of it:")
    for command, meaning in pictures.items():
        print(f"  {command:<{max(map(len, pictures))}}  {meaning}")
    print(
        "\nNext: look at mistakes.txt; then open minikeras/epochs.py, the loop that just ran, "
        "and\nminikeras/demo.py, the program you ran. Change a number in it and run it again."
    )
    return accuracy


def _account(stopping: EarlyStopping, rates: list[float]) -> str:
    cuts = [
        f"to {after:g} after epoch {number}"
        for number, (before, after) in enumerate(itertools.pairwise(rates), start=1)
        if after < before
    ]
    best, epochs = stopping.best_epoch + 1, len(rates) - 1
    lines = {
        "best epoch": f"{best} of {epochs}, val_loss {stopping.best:.4f}",
        "learning rate": f"{rates[0]:g}, reduced {', '.join(cuts)}" if cuts else f"{rates[0]:g}",
        "ended by": "EarlyStopping" if stopping.has_stopped else "the last epoch",
    }
    return "\n".join(f"{name + ':':<15}{text}" for name, text in lines.items())


def _mistakes(x: Host, y: Host, read: Host) -> str:
    wrong = np.flatnonzero(read != y)
    drawings = [f"{_draw(x[i])}\nwritten {y[i]}, read {read[i]}\n" for i in wrong]
    return f"{len(wrong)} of {len(y)} held-out digits were read wrong\n\n" + "\n".join(drawings)


def _draw(picture: Host) -> str:
    """Draw grey levels from 0 to 1 with characters, two for each pixel."""
    levels = np.rint(picture * (len(INK) - 1)).astype(int)
    return "\n".join("".join(2 * INK[level] for level in row).rstrip() for row in levels)
