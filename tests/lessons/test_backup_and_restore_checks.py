"""Does the check of a memory see what a resumed run has forgotten?"""

import pytest

from minikeras.callbacks import Callback, EarlyStopping
from minikeras.lessons import check_state


class Stop(Callback):
    """The callback of the page, which remembers what `keys` names."""

    keys = ("best", "wait", "weights")

    def __init__(self, patience):
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.weights = None, 0, None

    def on_epoch_end(self, epoch, logs=None):
        score, self.wait = logs["val_loss"], self.wait + 1
        if self.best is None or score < self.best:
            self.best, self.wait, self.weights = score, 0, self.model.get_weights()
        self.model.stop_training = self.wait >= self.patience

    def on_train_end(self, logs=None):
        if self.weights is not None:
            self.model.set_weights(self.weights)

    def state_dict(self):
        return {key: getattr(self, key) for key in self.keys}

    def load_state_dict(self, state):
        vars(self).update(state)


class AllButTheModel(Stop):
    """Takes whatever changes."""

    def state_dict(self):
        return {key: value for key, value in vars(self).items() if key not in ("model", "params")}


def ours(patience):
    return EarlyStopping(patience=patience, restore_best_weights=True)


@pytest.mark.parametrize("right", [Stop, AllButTheModel, ours])
def test_a_memory_that_is_whole_is_right(right):
    assert check_state(right).holds


class NoWait(Stop):
    keys = ("best", "weights")


class NoBest(Stop):
    keys = ("wait", "weights")


class NoWeights(Stop):
    keys = ("best", "wait")


class Nothing(Stop):
    keys = ()


class StartsAgain(Stop):
    def load_state_dict(self, state):
        self.on_train_begin()


class Stale(Stop):
    """Remembers itself as it was at first."""

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.told = super().state_dict()

    def state_dict(self):
        return self.told


class GoesOn(Stop):
    """Has the right weights, and does not stop any more."""

    is_resumed = False

    def load_state_dict(self, state):
        super().load_state_dict(state)
        self.is_resumed = True

    def on_epoch_end(self, epoch, logs=None):
        if self.wait < self.patience:
            super().on_epoch_end(epoch, logs)
            self.model.stop_training &= not self.is_resumed


class NoState(Stop):
    state_dict = None


RUN = "2, (3.0, 2.0, 4.0, 4.0, 1.0))"


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (NoWait, f"ends(3, {RUN}"),
        (NoBest, f"ends(2, {RUN}"),
        (NoWeights, f"ends(2, {RUN}"),
        (Nothing, f"ends(2, {RUN}"),
        (StartsAgain, f"ends(2, {RUN}"),
        (Stale, f"ends(2, {RUN}"),
        (GoesOn, f"ends(1, {RUN}"),
        (NoState, f"ends(1, {RUN}"),
    ],
)
def test_the_first_kill_after_which_it_ends_otherwise_is_shown(wrong, case):
    verdict = check_state(wrong)
    assert verdict.case == case
    assert verdict.should == "{'last_epoch': 4, 'weights_of': 2}"


def test_a_state_that_json_cannot_hold_is_told_of():
    class Odd(Stop):
        def state_dict(self):
            return {"best": {self.best}}

    assert check_state(Odd).did.startswith("TypeError: Object of type set is not JSON")


@pytest.mark.parametrize(
    ("lang", "hint"), [("en", "which attributes"), ("ko", "속성"), ("zh", "属性")]
)
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_state(NoWait).text(lang).lower()
