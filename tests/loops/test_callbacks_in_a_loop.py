"""Do the callbacks that change the course of training do so in a loop of your own?"""

import csv
import math

import pytest

from minikeras.callbacks import (
    CSVLogger,
    EarlyStopping,
    LearningRateScheduler,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from minikeras.loops import loop

LOSSES = [3.0, 2.0, 2.5, 2.25, 1.0, 0.5]


class Student:
    """A model without arrays: one number is its weights."""

    def __init__(self, rate=0.8):
        self.stop_training, self.w, self.learning_rate = False, 0.0, rate
        self.optimizer = self

    def get_weights(self):
        return self.w

    def set_weights(self, weights):
        self.w = weights


def taught(callbacks, model, losses=LOSSES):
    epochs = loop(callbacks, model, epochs=len(losses))
    for epoch in epochs:
        model.w = float(epoch.number)
        epoch.log(val_loss=losses[epoch.number])
    return epochs


@pytest.mark.parametrize("run", ["first", "second"])
def test_early_stopping_restores_the_best_epoch_in_every_run(run):
    model = Student()
    stopping = EarlyStopping(patience=2, restore_best_weights=True)
    for _ in range(1 if run == "first" else 2):
        epochs = taught([stopping], model)
    assert epochs.history.epoch == [0, 1, 2, 3]
    assert (model.w, stopping.best, stopping.best_epoch) == (1.0, 2.0, 1)


def test_two_loops_may_share_callbacks():
    stopping, models = EarlyStopping(patience=2, restore_best_weights=True), [Student(), Student()]
    for model in models:
        taught([stopping], model)
    assert [model.w for model in models] == [1.0, 1.0]
    assert stopping.model is models[1]


def test_break_inside_with_restores_the_best_weights_and_a_bare_break_does_not():
    for with_block, restored in ((True, 1.0), (False, 2.0)):
        model, stopping = Student(), EarlyStopping(patience=9, restore_best_weights=True)
        epochs = loop([stopping], model, epochs=9)

        def run(epochs=epochs, model=model):
            for epoch in epochs:
                model.w = float(epoch.number)
                if epoch.number == 2:
                    break
                epoch.log(val_loss=LOSSES[epoch.number])

        if with_block:
            with epochs:
                run()
        else:
            run()
        assert model.w == restored


def test_the_rate_falls_on_a_plateau_and_is_in_the_logs():
    model = Student()
    epochs = taught([ReduceLROnPlateau(patience=1, factor=0.5)], model, [3.0, 3.0, 2.0, 2.0])
    assert model.learning_rate == 0.2
    assert epochs.history.history["learning_rate"] == [0.8, 0.8, 0.4, 0.4]


def test_a_schedule_sets_the_rate_before_the_body_of_each_epoch():
    model, seen = Student(), []
    for _ in loop([LearningRateScheduler(lambda epoch, rate: rate / 2)], model, epochs=3):
        seen.append(model.learning_rate)
    assert seen == [0.4, 0.2, 0.1]


def test_nan_stops_before_the_next_batch(capsys):
    seen, epochs = [], loop([TerminateOnNaN()], epochs=3)
    for epoch in epochs:
        for loss in epoch.batches([1.0, math.nan, 2.0]):
            seen.append(loss)
            epoch.log_batch(loss=loss)
    assert len(seen) == 2
    assert epochs.history.epoch == [0]
    assert capsys.readouterr().out == "Batch 1: Invalid loss, terminating training\n"


def test_csv_has_a_row_for_each_epoch_and_knows_of_validation_beforehand(tmp_path):
    path = tmp_path / "log.csv"
    for epoch in loop([CSVLogger(path)], epochs=2, metrics=["loss", "val_loss"]):
        for loss in epoch.batches([1.0, 2.0]):
            epoch.log_batch(loss=loss)
        if epoch.number == 1:
            epoch.log(val_loss=3.0)
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["epoch", "loss", "val_loss"], ["0", "1.5", "NA"], ["1", "1.5", "3.0"]]
