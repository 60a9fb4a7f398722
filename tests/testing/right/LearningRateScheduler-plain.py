"""In the style of Keras's documents; the signature is read when the object is made."""

import inspect
import math


class LearningRateScheduler:
    def __init__(self, schedule, verbose=0):
        self.schedule = schedule
        self.verbose = verbose
        self.takes_rate = len(inspect.signature(schedule).parameters) > 1

    def set_model(self, model):
        self.model = model

    def on_epoch_begin(self, epoch, logs=None):
        if self.takes_rate:
            rate = self.schedule(epoch, self.model.optimizer.learning_rate)
        else:
            rate = self.schedule(epoch)
        if not isinstance(rate, (int, float)):
            raise TypeError(f"a schedule returns a number, not {rate!r}")
        if not math.isfinite(rate) or rate < 0:
            raise ValueError(f"a rate is finite and at least 0, not {rate}")
        self.model.optimizer.learning_rate = rate
        if self.verbose:
            print(f"epoch {epoch + 1}: the learning rate is {rate}")

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate
