"""What does fit do, epoch by epoch?

This is the loop that callbacks listen to. Losses and metrics stay on the device until somebody
listens: a callback of yours that overrides a batch hook, the progress bar or TensorBoard when it is
due to show more, or the end of the epoch.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minikeras import distribution
from minikeras.averages import Averages, values_of
from minikeras.backend import Array, Backend, Host, array_module
from minikeras.callbacks import BaseLogger, CallbackList, ProgbarLogger, TensorBoard
from minikeras.callbacks.callback import Logs
from minikeras.callbacks.callback_list import BATCH_HOOKS
from minikeras.data import Source
from minikeras.steps import Objective, test_step, train_step
from minikeras.trainee import Trainee

LONGEST_SILENCE = 1000  # batches whose figures may wait on the device: they take memory
EpochPlan = Callable[[int], bool]  # whether an epoch, counted from 0, ends with validation


def run_training(
    model: Trainee,
    objective: Objective,
    source: Source,
    events: CallbackList,
    epochs: range,
    shuffle: bool,
    validation: Source | None,
    validates: EpochPlan,
    first: int = 0,
) -> None:
    """Run the epochs and tell `events` of every moment; stop where `model.stop_training` says.

    `first` is the batch with which the first of these epochs goes on, if it was interrupted.
    """
    model.stop_training = False
    events.on_train_begin()
    for epoch in epochs:
        if model.stop_training:
            break
        events.on_epoch_begin(epoch)
        _train_epoch(model, objective, source, events, shuffle, first)
        first = 0
        logs: Logs = {}
        if validation is not None and validates(epoch) and not model.stop_training:
            held_out = run_evaluation(model, objective, validation, events)
            logs = {f"val_{name}": value for name, value in held_out.items()}
        events.on_epoch_end(epoch, logs)
    events.on_train_end()


def _train_epoch(
    model: Trainee,
    objective: Objective,
    source: Source,
    events: CallbackList,
    shuffle: bool,
    first: int,
) -> None:
    if model.stop_training:
        return
    shuffle = shuffle and source.has_order
    if not first:
        objective.reset()
        model.order_seed = int(model.rng.integers(2**63)) if shuffle else 0
    rng = np.random.default_rng(model.order_seed) if shuffle else None
    tell = Unheard(model.backend, objective.names, events.on_train_batch_end)
    urgent = _urgency(events, *BATCH_HOOKS)
    epoch = distribution.epoch(model, objective, source, rng, first, alone=train_step)
    with epoch as (batches, step):
        for number, batch in enumerate(batches, first):
            events.on_train_batch_begin(number, {"batch": number, "size": batch.size})
            if model.stop_training:
                break
            tell.later(number, batch.size, step(model, objective, batch))
            if urgent():
                tell.now()
            if model.stop_training:
                break
    tell.now()


def run_evaluation(
    model: Trainee, objective: Objective, source: Source, events: CallbackList
) -> dict[str, float]:
    """Return the loss and metrics over all batches of `source`."""
    means = Averages(objective.running)

    def on_batch_end(number: int, logs: Logs) -> None:
        means.add(values_of(logs), logs["size"])
        events.on_test_batch_end(number, logs)

    events.on_test_begin()
    tell = Unheard(model.backend, objective.names, on_batch_end)
    urgent = _urgency(events, "on_test_batch_begin", "on_test_batch_end")
    with objective.fresh():
        for number, batch in enumerate(source.epoch()):
            events.on_test_batch_begin(number, {"batch": number, "size": batch.size})
            tell.later(number, batch.size, test_step(model, objective, batch))
            if urgent():
                tell.now()
        tell.now()
    events.on_test_end(means.means())
    return means.means()


def run_prediction(model: Trainee, source: Source, events: CallbackList) -> Host:
    """Return the predictions for all rows of `source`."""
    predictions: list[Array] = []
    events.on_predict_begin()
    for number, batch in enumerate(source.epoch()):
        events.on_predict_batch_begin(number, {"batch": number, "size": batch.size})
        predictions.append(model.forward(batch.x)[0])
        events.on_predict_batch_end(number, {"batch": number, "size": batch.size})
    events.on_predict_end()
    return model.backend.to_host(array_module(*predictions).concat(predictions, axis=0))


class Unheard:
    """Figures of batches that are still on the device, until someone wants to hear them."""

    def __init__(
        self, backend: Backend, names: list[str], hook: Callable[[int, Logs], None]
    ) -> None:
        self.backend, self.names, self.hook = backend, names, hook
        self.batches: list[tuple[int, int]] = []
        self.values: list[Array] = []

    def later(self, number: int, size: int, values: list[Array]) -> None:
        """Remember a batch and its values, one 0-d array for each name."""
        self.batches.append((number, size))
        self.values += values
        if len(self.batches) == LONGEST_SILENCE:
            self.now()

    def now(self) -> None:
        """Bring all values to the host in one crossing, and call the hook for each batch."""
        if not self.batches:
            return
        xp = array_module(*self.values[:1])
        flat = self.backend.to_host(xp.stack(self.values)).tolist()
        width = len(self.names)
        batches, self.batches, self.values = self.batches, [], []
        for i, (number, size) in enumerate(batches):
            logs: Logs = {"batch": number, "size": size}
            logs.update(zip(self.names, flat[i * width : (i + 1) * width], strict=True))
            self.hook(number, logs)


def _urgency(events: CallbackList, *hooks: str) -> Callable[[], bool]:
    """Return a function that says whether a batch must be told of at once."""
    listeners = events.listeners(*hooks)
    patient = (BaseLogger, ProgbarLogger, TensorBoard)  # a late call is the same to them
    if any(type(callback) not in patient for callback in listeners):
        return lambda: True
    shown = [callback for callback in listeners if type(callback) is not BaseLogger]
    return lambda: any(callback.is_due() for callback in shown)
