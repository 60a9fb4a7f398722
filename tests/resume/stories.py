"""What is a run made of, and what is left of it at its end?

A `Plan` says, in words that can be printed, what is trained, with which callbacks, and where it is
interrupted. A `Story` plays it in a folder. Two stories of one plan, one of them interrupted, have
to end alike: see `test_resume.py`.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from minikeras import losses, metrics, optimizers, utils
from minikeras.callbacks import BackupAndRestore
from minikeras.layers import Activation, Dense, Dropout, Embedding, Flatten
from minikeras.models import Sequential
from tests.resume.cast import CALLBACKS, Interrupt

LAYERS = {
    "dense": lambda: Dense(4, "relu"),
    "penalized": lambda: Dense(3, kernel_regularizer="l2"),
    "frozen": lambda: Dense(4, trainable=False),
    "dropout": lambda: Dropout(0.4),
    "dropout with a seed": lambda: Dropout(0.3, seed=7),
    "tanh": lambda: Activation("tanh"),
}
INPUTS = {
    "numbers": lambda: [Dense(5, "relu", input_dim=3)],
    "numbers, of a size not told": lambda: [Dense(5)],
    "words": lambda: [Embedding(6, 2), Flatten()],
}
OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.1),
    "nesterov": lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop, clipnorm": lambda: optimizers.RMSprop(0.01, clipnorm=0.5),
    "adagrad": lambda: optimizers.Adagrad(0.1),
    "adam": lambda: optimizers.Adam(0.02),
    "adamw, clipvalue": lambda: optimizers.AdamW(0.02, clipvalue=0.1),
    "adam on a schedule": lambda: optimizers.Adam(
        optimizers.schedules.ExponentialDecay(0.05, 3, 0.8)
    ),
}
OBJECTIVES = {
    "mse": lambda: ("mse", ["mae"]),
    "crossentropy": lambda: (
        losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
        ["mae", "accuracy"],
    ),
    "running": lambda: ("mse", [metrics.AUC(num_thresholds=9), metrics.Precision(), "mae"]),
}


@dataclass(frozen=True)
class Plan:
    """One run. `interruptions`: at which call of which hook, and if the program begins anew."""

    layers: tuple = ("dense",)
    first: str = "numbers"
    optimizer: str = "adam"
    objective: str = "running"
    rows: int = 11
    batch_size: int = 3
    epochs: int = 3
    shuffle: bool = True
    data: str = "arrays"
    validation: str = "split"
    validation_freq: int = 1
    class_weight: bool = False
    has_nan: bool = False
    cast: tuple = ("backup", "interrupt")  # in the order of the list
    verbose: int = 0
    save_freq: object = "epoch"
    keeps_backup: bool = False
    went_before: bool = False  # a fit without a backup, into the same folder
    interruptions: tuple = ()


@dataclass
class Story:
    """The same run, played in a folder as often as it takes to come to its end."""

    plan: Plan
    folder: Path
    model: object = field(default=None, init=False)

    def __post_init__(self):
        self.begin_anew()

    def begin_anew(self):
        """Make everything as a new process would."""
        utils.set_random_seed(5)
        plan = self.plan
        layers = [*INPUTS[plan.first](), *(LAYERS[name]() for name in plan.layers), Dense(1)]
        self.model = Sequential(layers)
        loss, watched = OBJECTIVES[plan.objective]()
        self.model.compile(OPTIMIZERS[plan.optimizer](), loss, watched)
        self.cast = []
        for number, name in enumerate(plan.cast):
            if name == "backup":
                place = os.path.join(self.folder, "backup")
                self.cast.append(BackupAndRestore(place, plan.save_freq, not plan.keeps_backup))
            elif name == "interrupt":
                self.cast.append(Interrupt())
            else:
                self.cast.append(CALLBACKS[name](os.path.join(self.folder, f"{number}-")))

    def play(self, without=(), interruption=None, **options):
        """Train; say if it came to its end, or was interrupted at the n-th call of a hook."""
        for callback in self.cast:
            if isinstance(callback, Interrupt):
                callback.come_at(*(interruption or (None, 0)))
        callbacks = [c for c in self.cast if not isinstance(c, without)]
        try:
            self.model.fit(**(data_of(self.plan) | options), callbacks=callbacks)
        except KeyboardInterrupt:
            return False
        return True

    def ending(self):
        """Return all that is left: what is equal has the same bits."""
        model, objective = self.model, self.model.objective
        optimizer = model.optimizer
        keepers = [c for c in self.cast if hasattr(c, "state_dict")]
        return {
            "weights": exact(model.get_weights()),
            "memory": exact([np.asarray(slot) for slot in optimizer.state.values()]),
            "steps": (optimizer.iterations, float(optimizer.learning_rate)),
            "history": exact(model.history.state_dict()),
            "callbacks": [exact(callback.state_dict()) for callback in keepers],
            "generators": [
                exact(rng.bit_generator.state)
                for rng in [model.rng, *(layer.own_rng for layer in model.layers)]
                if rng is not None
            ],
            "order": model.order_seed,
            "counts": exact([metric.counts for metric in objective.running.values()]),
            "stopped": bool(model.stop_training),
            "files": {
                str(path.relative_to(self.folder)): path.read_bytes()
                for path in sorted(Path(self.folder).rglob("*"))
                if path.is_file() and not (self.plan.keeps_backup and path.parent.name == "backup")
            },
        }


def exact(value):
    """Return what is equal only for the same bits; NaN is equal to itself."""
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes())
    if isinstance(value, dict):
        return [(key, exact(item)) for key, item in value.items()]
    return [exact(item) for item in value] if isinstance(value, list | tuple) else repr(value)


class Batches(utils.Sequence):
    """Rows as a Sequence."""

    def __init__(self, x, y, size):
        self.x, self.y, self.size = x, y, size

    def __len__(self):
        return -(-len(self.x) // self.size)

    def __getitem__(self, index):
        part = slice(index * self.size, (index + 1) * self.size)
        return self.x[part], self.y[part]


def data_of(plan):
    """Return the arguments of `fit` but for its callbacks."""
    rng = np.random.default_rng(plan.rows)
    x, x_test = rng.normal(size=(plan.rows, 3)), rng.normal(size=(5, 3))
    y, y_test = (rng.integers(0, 2, (len(rows), 1)) for rows in (x, x_test))
    y[0], y_test[0] = 0, 1
    if plan.first == "words":
        x, x_test = (rng.integers(0, 6, rows.shape) for rows in (x, x_test))
    elif plan.has_nan:
        x[plan.rows // 3] = np.nan
    options = {"epochs": plan.epochs, "shuffle": plan.shuffle, "verbose": plan.verbose}
    if plan.validation == "data" or (plan.validation == "split" and plan.data == "sequence"):
        options["validation_data"] = x_test, y_test
    elif plan.validation == "split":
        options["validation_split"] = 0.3
    if plan.class_weight:
        options["class_weight"] = {0: 0.5, 1: 2.0}
    options["validation_freq"] = plan.validation_freq
    if plan.data == "sequence":
        return options | {"x": Batches(x, y, plan.batch_size)}
    return options | {"x": x, "y": y, "batch_size": plan.batch_size}


def ending_of(plan, folder, without=()):
    """Play a plan, interruptions and all, to its end; return how many came, and what is left."""
    story, came = Story(plan, Path(folder)), 0
    if plan.went_before:
        story.play(without=BackupAndRestore, epochs=1)
        story.begin_anew()
    for *interruption, is_new_process in plan.interruptions:
        if story.play(without, interruption):
            return came, story.ending()
        came += 1
        drawn = "warm" in plan.cast and not (story.folder / "backup").exists()
        if is_new_process or drawn:  # a number, before there was a backup that could undo it
            story.begin_anew()
    assert story.play(without)
    return came, story.ending()
