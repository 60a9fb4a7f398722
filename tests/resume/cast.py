"""Who takes part in a run: callbacks of every kind, some of one's own, and one who interrupts."""

import io

import numpy as np

from minikeras.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ProgbarLogger,
    ReduceLROnPlateau,
    TerminateOnNaN,
)

HOOKS = {  # and up to which call of each an interruption may wait
    "on_train_begin": 0,
    "on_epoch_begin": 3,
    "on_train_batch_begin": 9,
    "on_batch_begin": 9,
    "on_batch_end": 9,
    "on_train_batch_end": 9,
    "on_test_begin": 2,
    "on_test_batch_begin": 4,
    "on_test_batch_end": 4,
    "on_test_end": 2,
    "on_epoch_end": 3,
    "on_train_end": 0,
}


class Interrupt(Callback):
    """Raises a KeyboardInterrupt at the n-th call of one hook; hears no other."""

    hook = None

    def come_at(self, hook, number):
        """Wait for a call of this hook, counted from 0; None: never come."""
        if self.hook is not None:
            delattr(self, self.hook)
        self.hook, self.left = hook, number
        if hook is not None:
            setattr(self, hook, self._interrupt)

    def _interrupt(self, *told, logs=None):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


class Wobble(Callback):
    """One of your own with a state: it changes the weights by numbers that it goes through."""

    def __init__(self):
        self.memory = {"number": 0}

    def on_train_begin(self, logs=None):
        self.memory = {"number": 1}

    def on_batch_end(self, batch, logs=None):
        self.memory["number"] = self.memory["number"] * 7 % 1009

    def on_epoch_end(self, epoch, logs=None):
        logs["wobble"] = self.memory["number"] / 3
        weights = self.model.get_weights()
        self.model.set_weights([w + 1e-5 * self.memory["number"] for w in weights])

    def state_dict(self):
        return dict(self.memory)

    def load_state_dict(self, state):
        self.memory = dict(state)


class Warm(Callback):
    """One of your own without a state: training begins with a rate and a number of its own."""

    def on_train_begin(self, logs=None):
        self.model.optimizer.learning_rate = 0.03
        self.model.rng.integers(2)

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            self.model.optimizer.learning_rate *= 0.7


class Look(Callback):
    """Evaluates and predicts while training goes on."""

    def on_batch_end(self, batch, logs=None):
        self.model.evaluate([[0.0, 1.0, 2.0]], [[1]], verbose=0)

    def on_epoch_end(self, epoch, logs=None):
        with np.errstate(all="ignore"):  # of weights that have run away
            logs["look"] = float(self.model.predict([[0.0, 1.0, 2.0]], verbose=0)[0, 0])


class Stop(Callback):
    """Stops in the middle of an epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (1, 1):
            self.model.stop_training = True


class Terminal(io.StringIO):
    """A screen on which lines are drawn again."""

    def isatty(self):
        return True


# each gets the beginning of the paths that it may write to
CALLBACKS = {
    "stopping": lambda path: EarlyStopping("loss", 0.02, patience=2, restore_best_weights=True),
    "stopping on mae": lambda path: EarlyStopping("mae", mode="max", patience=1),
    "stopping below": lambda path: EarlyStopping("mae", mode="max", patience=3, baseline=0.1),
    "plateau": lambda path: ReduceLROnPlateau("loss", 0.5, patience=1, min_delta=0.1),
    "cooling plateau": lambda path: ReduceLROnPlateau(
        "mae", 0.5, patience=1, mode="max", cooldown=3
    ),
    "patient plateau": lambda path: ReduceLROnPlateau("mae", 0.5, patience=2, mode="max"),
    "scheduler": lambda path: LearningRateScheduler(lambda epoch, rate: 0.8 * rate + 0.001),
    "best": lambda path: ModelCheckpoint(
        path + "{epoch}.weights.h5", "loss", save_best_only=True, save_weights_only=True
    ),
    "worst": lambda path: ModelCheckpoint(path + "{epoch}", "mae", mode="max", save_best_only=True),
    "best by batch": lambda path: ModelCheckpoint(
        path + "best.keras", "loss", save_best_only=True, save_freq=2
    ),
    "every third batch": lambda path: ModelCheckpoint(path + "{epoch}-{batch}.keras", save_freq=3),
    "every second epoch": lambda path: ModelCheckpoint(path + "{epoch}.h5", period=2),
    "csv": lambda path: CSVLogger(path + "log.csv"),
    "csv goes on": lambda path: CSVLogger(path + "log.csv", append=True),
    "terminate": lambda path: TerminateOnNaN(),
    "bar": lambda path: ProgbarLogger(stream=Terminal()),
    "lambda": lambda path: LambdaCallback(on_epoch_end=lambda n, logs: logs.update(twice=2.0 * n)),
    "late": lambda path: LambdaCallback(
        on_epoch_end=lambda n, logs: logs.update({"late": 1.0} if n > 1 else {})
    ),
    "wobble": lambda path: Wobble(),
    "warm": lambda path: Warm(),
    "look": lambda path: Look(),
    "stop": lambda path: Stop(),
}
RATES = {name for name in CALLBACKS if "plateau" in name} | {"scheduler", "warm"}  # they set it
