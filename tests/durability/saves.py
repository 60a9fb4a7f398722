"""What is saved, and is what a path holds all of one save?"""

import os
from pathlib import Path

import numpy as np

from minikeras.layers import Dense
from minikeras.models import Sequential, load_model

NAMES = ["model.keras", "model.weights.h5", "model.h5"]  # one for each format


def some_model():
    model = Sequential([Dense(128, input_dim=128), Dense(128), Dense(1)])
    model.compile("adam", "mse")
    model.train_on_batch(np.zeros((1, 128)), np.zeros(1))  # so that the optimizer has a memory
    return model


class Saves:
    """One path, to which a model is saved again and again; its weights are the save's number."""

    def __init__(self, folder, name):
        self.path, self.model, self.other = Path(folder, name), some_model(), some_model()
        self.holds_weights = name.endswith(".weights.h5")

    def save(self, number, overwrite=True):
        self.model.set_weights([np.full_like(w, number) for w in self.model.get_weights()])
        save = self.model.save_weights if self.holds_weights else self.model.save
        save(self.path, overwrite=overwrite)

    def held(self):
        """Return the number of the save that the path holds, all of it; None if it holds none."""
        try:
            if self.holds_weights:
                self.other.load_weights(self.path)
                model = self.other
            else:
                model = load_model(self.path)
        except (OSError, ValueError):
            return None
        numbers = {float(number) for w in model.get_weights() for number in np.unique(w)}
        return int(numbers.pop()) if len(numbers) == 1 else None

    def others(self):
        """Return the names of what else is in the folder."""
        return sorted(set(os.listdir(self.path.parent)) - {self.path.name})

    def save_here(self, number):
        """Save, see that nothing is left of those who were killed, and that all is well."""
        self.save(number)
        assert self.held() == number
        assert self.others() == []
