"""Derived from our own Callback: closures that are chosen once, and no counter of its own."""

import re
from pathlib import Path

from minikeras.callbacks import Callback
from minikeras.monitoring import Improvement

FIELD = re.compile(r"{(\w*)(?::([^{}]*))?}")


def filled(template, names):
    def value(match):
        name, form = match.groups(default="")
        if name not in names:
            raise KeyError(f"{template} asks for {name}, there are {sorted(names)}")
        return format(names[name], form)

    path = FIELD.sub(value, template)
    if "{" in path:
        raise ValueError(f"{template}: only fields such as {{epoch:02d}}")
    return path


class ModelCheckpoint(Callback):
    def __init__(self, filepath, monitor="val_loss", verbose=0, save_best_only=False,
                 save_weights_only=False, mode="auto", period=1, *,
                 initial_value_threshold=None, save_freq="epoch"):  # fmt: skip
        super().__init__()
        if not period > 0:
            raise ValueError("every how many epochs?")
        if mode not in {"auto", "min", "max"}:
            raise ValueError("mode is 'auto', 'min' or 'max'")
        best, epochs = initial_value_threshold, 0
        rule = Improvement.watching(monitor, mode) if save_best_only else None

        def is_wanted(logs):
            nonlocal best, epochs
            epochs += 1
            if epochs % period:
                return False
            if rule is None:
                return True
            score = logs.get(monitor, float("nan"))
            if rule.beats(score, best):
                best = score
                return True
            return False

        def save(epoch, logs):
            path = Path(filled(str(filepath), {**logs, "epoch": 1 + epoch}))
            if verbose:
                print("saving", path)
            method = "save_weights" if save_weights_only else "save"
            getattr(self.model, method)(path, overwrite=True)

        self.is_wanted, self.save = is_wanted, save

    def on_epoch_end(self, epoch, logs=None):
        if self.is_wanted(logs or {}):
            self.save(epoch, logs or {})
