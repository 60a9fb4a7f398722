"""What is true of a model in a file? Those who write the files and those who read them ask alike.

Python 3.7, with Keras 2.3.1, reads this, too: nothing newer stands here.
"""

import json
import re

import numpy as np

RNG = np.random.RandomState(0)  # draws the same numbers in every version of NumPy
X = RNG.randint(0, 5, (8, 4))  # numbers of words, where there is an Embedding
NUMBERS = RNG.randint(0, 6, 8)
LABELS = {"columns": np.eye(6)[NUMBERS], "numbers": NUMBERS}
STEPS_LATER = 3


def train(model, labels, steps):
    for _ in range(steps):
        model.train_on_batch(X, LABELS[labels])


def of_predictions(model):
    """Return what is known of a model that is not compiled."""
    return {
        "layers": [type(layer).__name__ for layer in model.layers],
        "predictions": digits(model.predict(X, verbose=0)),
        "weights": digits(flat(model)),
    }


def of_training(model, labels, scores, number):
    """Return all that is known of a model, and its weights after some more steps.

    `scores(model, y)` returns them by name; `number` reads an optimizer's learning rate and steps.
    """
    known = of_predictions(model)
    known["labels"] = labels
    judged = scores(model, LABELS[labels])
    known["scores"] = {name: float(score) for name, score in judged.items()}
    known["optimizer"] = type(model.optimizer).__name__
    known["settings"] = model.optimizer.get_config()
    known["steps"] = int(number(model.optimizer.iterations))
    known["rate"] = float(number(model.optimizer.learning_rate))
    train(model, labels, STEPS_LATER)
    known["later"] = digits(flat(model))
    return known


def flat(model):
    return np.concatenate([np.ravel(weights) for weights in model.get_weights()])


def digits(array):
    """Return the numbers of an array of float32 with the nine digits that tell all of them."""
    return json.loads(
        json.dumps(np.asarray(array).tolist()),
        parse_float=lambda text: float(f"{float(text):.9g}"),
    )


def write(path, known):
    """Write what is known of a model, each list of numbers on one line."""
    text = json.dumps(known, indent=1, sort_keys=True)
    with open(str(path), "w") as file:
        file.write(re.sub(r"\[[^][{}]*\]", lambda found: " ".join(found.group().split()), text))
        file.write("\n")
