"""Do the callbacks leave each other alone, in every order of the list, whatever happens to a run?

Hypothesis thinks up the story of a training: epochs, pauses of validation, stops, second fits,
Ctrl-C, and going on from a saved state with new objects. After each step every callback must have
decided as if it were alone.
"""

import csv
import json
import shutil
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from minikeras.callbacks import (
    CallbackList,
    CSVLogger,
    EarlyStopping,
    History,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.testing.specification import early_stopping, model_checkpoint, reduce_lr_on_plateau
from minikeras.testing.stand_in import KEY, StandIn, logs_of
from minikeras.testing.strategies import gaps, scores

PARAMS = {"do_validation": True, "metrics": ["loss", "val_loss"]}
STOPPING = {"mode": "min", "restore_best_weights": True}
REDUCING = {"mode": "min", "factor": 0.5, "patience": 2, "cooldown": 2, "min_delta": 0.25}
SAVING = {"mode": "min", "save_best_only": True, "period": 2}


def halve_every_third(epoch, rate):
    return rate / 2 if epoch % 3 == 2 else rate


class Training(RuleBasedStateMachine):
    """A training that is told to six callbacks, and what they should have made of it."""

    @initialize(order=st.permutations(range(6)), patience=st.sampled_from([1, 4, 99]))
    def begin(self, order, patience):
        self.folder, self.order, self.model = tempfile.mkdtemp(), order, StandIn()
        self.stopping = STOPPING | {"patience": patience}
        self.all_scores, self.all_epochs = [], []  # of every fit: ModelCheckpoint counts on
        self.is_running = False
        self.make()
        self.fit()

    def teardown(self):
        if hasattr(self, "folder"):
            if self.is_running:
                self.events.on_exception(KeyboardInterrupt())
            shutil.rmtree(self.folder)

    def make(self):
        """Make new callbacks, in the same order."""
        self.callbacks = {
            "stopping": EarlyStopping(KEY, **self.stopping),
            "reducing": ReduceLROnPlateau(KEY, **REDUCING),
            "saving": ModelCheckpoint("best.h5", KEY, **SAVING),
            "logger": CSVLogger(Path(self.folder, "log.csv")),
            "schedule": LearningRateScheduler(halve_every_third),
            "history": History(),
        }
        listed = [list(self.callbacks.values())[place] for place in self.order]
        self.events = CallbackList(listed, self.model, PARAMS)

    def tell_of_begin(self):
        self.model.stop_training, self.is_running = False, True
        self.events.on_train_begin()

    # -- what can happen --------------------------------------------------------------------------

    @precondition(lambda self: not self.is_running)
    @rule()
    def fit(self):
        self.scores, self.rates = [], []
        self.start = self.model.optimizer.learning_rate = 1.0
        self.tell_of_begin()

    @precondition(lambda self: self.is_running and not self.model.stop_training)
    @rule(score=scores | gaps)
    def epoch(self, score):
        epoch = len(self.scores)
        self.events.on_epoch_begin(epoch)
        self.rates.append(self.model.optimizer.learning_rate)
        self.model.train(0, epoch)
        self.logs = logs_of(score)
        self.events.on_epoch_end(epoch, self.logs)
        self.scores.append(score)
        self.all_scores.append(score)
        self.all_epochs.append(epoch)

    @precondition(lambda self: self.is_running)
    @rule()
    def another_callback_stops(self):
        self.model.stop_training = True

    @precondition(lambda self: self.is_running)
    @rule()
    def end(self):
        self.events.on_train_end()
        self.is_running = False
        best = self.told().best_epoch
        if self.scores:
            assert self.model.epoch == (len(self.scores) - 1 if best is None else best)

    @precondition(lambda self: self.is_running)
    @rule()
    def interrupt(self):
        before = self.model.epoch
        self.events.on_exception(KeyboardInterrupt())
        self.is_running = False
        assert self.model.epoch == before

    @precondition(lambda self: self.is_running)
    @rule()
    def go_on_with_new_objects(self):
        states = {
            name: json.dumps(callback.state_dict(), allow_nan=False)
            for name, callback in self.callbacks.items()
            if isinstance(callback, StatefulCallback)
        }
        self.events.on_exception(KeyboardInterrupt())
        self.make()
        for name, state in states.items():
            self.callbacks[name].load_state_dict(json.loads(state))
        self.tell_of_begin()

    # -- what must be true ------------------------------------------------------------------------

    def told(self):
        return early_stopping(self.scores, **self.stopping)

    @invariant()
    def early_stopping_has_decided_as_if_alone(self):
        mine, told = self.callbacks["stopping"], self.told()
        assert (mine.best, mine.wait) == (told.best, told.waits[-1] if told.waits else 0)
        assert mine.has_stopped == (told.stopped is not None)
        if told.stopped is not None and self.is_running:
            assert self.model.stop_training

    @invariant()
    def model_checkpoint_has_decided_as_if_alone(self):
        told = model_checkpoint(self.all_scores, **SAVING)
        assert self.callbacks["saving"].best == told.best
        assert self.model.saved == [self.all_epochs[place] for place in told.saves]

    @invariant()
    def the_rate_is_what_schedule_and_reductions_make_it(self):
        told = reduce_lr_on_plateau(self.scores, self.start, **REDUCING)
        rate = self.start
        for epoch, used in enumerate(self.rates):
            rate = halve_every_third(epoch, rate)
            assert used == rate
            rate = rate / 2 if epoch in told.reductions else rate
        assert self.model.optimizer.learning_rate == rate

    @invariant()
    def the_logs_tell_the_rate_of_the_epoch(self):
        if self.scores:
            assert self.logs["learning_rate"] == self.rates[-1]

    @invariant()
    def the_history_holds_each_epoch(self):
        history = self.callbacks["history"]
        assert history.epoch == self.epochs
        assert len(history.history.get("loss", [])) == len(history.epoch)
        known = [score for score in self.scores if score is not None]
        assert repr(history.history.get(KEY, [])) == repr(known)

    @invariant()
    def the_table_is_rectangular_and_holds_each_epoch(self):
        with open(self.callbacks["logger"].filename, newline="") as file:
            rows = list(csv.reader(file))
        header, rows = (rows[0], rows[1:]) if rows else ([], [])
        assert all(len(row) == len(header) for row in rows)
        assert [row[0] for row in rows] == [str(epoch) for epoch in self.epochs]
        if rows:
            column = [row[header.index(KEY)] for row in rows]
            assert column == ["NA" if score is None else str(score) for score in self.scores]

    @property
    def epochs(self):
        return list(range(len(self.scores)))


TestTraining = Training.TestCase
