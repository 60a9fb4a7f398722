"""What do the callbacks see of a scikit-learn estimator?"""

from __future__ import annotations

import copy
import os
import pickle
from typing import Any

from minikeras.whole_file import write_whole

NOT_WEIGHTS = ("_optimizer", "_random_state")  # as in Keras, weights leave these alone


class SklearnModel:
    """An estimator that learns by `partial_fit`, as callbacks need it: give it to `loop`.

    Weights are all that `partial_fit` learned, such as `coef_`. `optimizer.learning_rate` is the
    `eta0` of SGDClassifier and their like, the `learning_rate_init` of MLPClassifier and
    MLPRegressor. TypeError for an estimator without `partial_fit`.

    This stops and restores the weights of the best epoch::

        from sklearn.linear_model import SGDClassifier
        from minikeras.callbacks import EarlyStopping
        from minikeras.datasets import digits
        from minikeras.loops import SklearnModel, loop

        (x, y), held_out = digits.load_data()
        x, held_out = x.reshape(-1, 64), (held_out[0].reshape(-1, 64), held_out[1])
        estimator = SGDClassifier(learning_rate="constant", eta0=0.01, random_state=0)
        stopping = EarlyStopping(monitor="val_accuracy", patience=2, restore_best_weights=True)

        for epoch in loop([stopping], SklearnModel(estimator), epochs=10):
            estimator.partial_fit(x, y, classes=range(10))
            epoch.log(val_accuracy=estimator.score(*held_out))
    """

    def __init__(self, estimator: Any) -> None:
        if not hasattr(estimator, "partial_fit"):
            name = type(estimator).__name__
            raise TypeError(f"a loop needs an estimator with partial_fit, which this {name} lacks")
        self.estimator, self.optimizer = estimator, SklearnRate(estimator)
        self.stop_training = False

    def get_weights(self) -> dict[str, Any]:
        """Return copies of all attributes that were learned, by name."""
        return copy.deepcopy({name: vars(self.estimator)[name] for name in self._learned()})

    def set_weights(self, weights: dict[str, Any]) -> None:
        """Put copies of such attributes in place of those that the estimator has now."""
        for name in self._learned():
            delattr(self.estimator, name)
        vars(self.estimator).update(copy.deepcopy(weights))

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write the estimator with the standard library's `pickle`.

        `pickle.load(file)` reads it. That runs whatever code the file asks for: open only files
        that you made, with the same version of scikit-learn. The file appears whole or not at all;
        FileExistsError if it is there and not `overwrite`.
        """
        write_whole(filepath, lambda file: pickle.dump(self.estimator, file), overwrite)

    def _learned(self) -> list[str]:
        given = {*self.estimator.get_params(deep=False), *NOT_WEIGHTS}
        return [name for name in vars(self.estimator) if name not in given]


class SklearnRate:
    """The learning rate of an estimator; TypeError where it has none, or changes it by itself."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    @property
    def learning_rate(self) -> float:
        return float(self.estimator.get_params()[self._name()])

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        name = self._name()
        self.estimator.set_params(**{name: value})
        if name == "learning_rate_init" and hasattr(self.estimator, "_optimizer"):
            steps = self.estimator._optimizer  # made by the first partial_fit, which read the rate
            steps.learning_rate_init = steps.learning_rate = value  # Adam reads one, SGD the other

    def _name(self) -> str:
        settings, kind = self.estimator.get_params(), type(self.estimator).__name__
        names = [name for name in ("learning_rate_init", "eta0") if name in settings]
        if not names:
            raise TypeError(f"{kind} has no learning rate that a callback could read or set")
        rule = settings.get("learning_rate", "constant")
        if rule != "constant" and settings.get("solver") != "adam":  # adam ignores the rule
            raise TypeError(
                f"{kind}(learning_rate={rule!r}) sets its rate by itself, so a callback cannot; "
                f"make it with learning_rate='constant' and {names[0]}=0.01"
            )
        return names[0]
