"""What does it look like when a network learns? Handwritten digits, in about a second."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from minikeras.backend import Host
from minikeras.callbacks import History
from minikeras.datasets import digits
from minikeras.layers import Dense, Dropout, Flatten
from minikeras.models import Sequential
from minikeras.optimizers import Adam
from minikeras.utils import set_random_seed

INK = " .:-=+*#%@"  # grey levels, from paper to ink


def run(folder: str = "runs/demo", epochs: int = 30, verbose: int | str = "auto") -> float:
    """Train on 1,437 digits, judge on 360 others, write the run to `folder`.

    Returns the share of the held-out digits that the network reads right.
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
    model.compile(Adam(0.002), "sparse_categorical_crossentropy", ["accuracy"])
    model.summary()
    history = model.fit(x_train, y_train, epochs=epochs, validation_split=0.1, verbose=verbose)
    read = model.predict(x_test, verbose=0).argmax(axis=-1)
    accuracy = float(np.mean(read == y_test))

    written = _write(Path(folder), model, history, _mistakes(x_test, y_test, read))
    print(f"test accuracy: {accuracy:.4f}")
    print(f"\nWritten to {folder}/:")
    for name, meaning in written.items():
        print(f"  {name:<13} {meaning}")
    print(
        "\nNext: look at mistakes.txt; then open minikeras/epochs.py, the loop that just ran, "
        "and\nminikeras/demo.py, the program you ran. Change a number in it and run it again."
    )
    return accuracy


def _write(folder: Path, model: Sequential, history: History, mistakes: str) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(model.to_json(indent=2), encoding="utf-8")
    (folder / "history.json").write_text(json.dumps(history.history, indent=2), encoding="utf-8")
    (folder / "mistakes.txt").write_text(mistakes, encoding="utf-8")
    np.savez(folder / "weights.npz", *model.get_weights())
    return {
        "model.json": "the layers: models.model_from_json makes them again",
        "weights.npz": "what they learned: numpy.load, then model.set_weights",
        "history.json": "loss and accuracy of each epoch",
        "mistakes.txt": "the digits it read wrong, drawn",
    }


def _mistakes(x: Host, y: Host, read: Host) -> str:
    wrong = np.flatnonzero(read != y)
    drawings = [f"{_draw(x[i])}\nwritten {y[i]}, read {read[i]}\n" for i in wrong]
    return f"{len(wrong)} of {len(y)} held-out digits were read wrong\n\n" + "\n".join(drawings)


def _draw(picture: Host) -> str:
    """Draw grey levels from 0 to 1 with characters, two for each pixel."""
    levels = np.rint(picture * (len(INK) - 1)).astype(int)
    return "\n".join("".join(2 * INK[level] for level in row).rstrip() for row in levels)
