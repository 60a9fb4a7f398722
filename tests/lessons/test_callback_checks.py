"""Does the check of BatchLosses know whose losses are whose?"""

import pytest

from minikeras.callbacks import Callback
from minikeras.lessons import check_batch_losses


class InTrainBegin(Callback):
    def on_train_begin(self, logs=None):
        self.losses = []

    def on_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


class ByTheNewerName(Callback):
    kept = ()

    def on_train_begin(self, logs=None):
        self.kept = ()

    def on_train_batch_end(self, batch, logs=None):
        self.kept = (*self.kept, logs["loss"])

    @property
    def losses(self):
        return iter(self.kept)


@pytest.mark.parametrize("right", [InTrainBegin, ByTheNewerName])
def test_a_list_of_one_fit_is_right_however_it_is_kept(right):
    assert check_batch_losses(right).holds


class InInit(InTrainBegin):
    def __init__(self):
        self.losses = []

    def on_train_begin(self, logs=None):
        pass


class ForTheClass(InTrainBegin):
    losses = []

    def on_train_begin(self, logs=None):
        pass


class ForAnEpoch(InTrainBegin):
    def on_epoch_begin(self, epoch, logs=None):
        self.losses = []


class OfEpochs(InTrainBegin):
    def on_batch_end(self, batch, logs=None):
        pass

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["loss"])


class SumsSoFar(InTrainBegin):
    def on_batch_end(self, batch, logs=None):
        self.losses.append(sum(self.losses) + logs["loss"])


class Nothing(Callback):
    pass


@pytest.mark.parametrize(
    ("wrong", "case", "did"),
    [
        (InInit, "lengths(epochs=1, batches=1, fits=2)", "[1, 2]"),
        (ForTheClass, "lengths(epochs=1, batches=2, fits=1)", "[3]"),
        (ForAnEpoch, "lengths(epochs=2, batches=1, fits=1)", "[1]"),
        (OfEpochs, "lengths(epochs=1, batches=2, fits=1)", "[1]"),
        (SumsSoFar, "losses(epochs=1, batches=2, fits=1)", "[[0.5, 1.5]]"),
        (Nothing, "lengths(epochs=1, batches=1, fits=1)", "AttributeError: "),
    ],
)
def test_the_smallest_run_that_goes_wrong_is_shown(wrong, case, did):
    verdict = check_batch_losses(wrong)
    assert (verdict.case, verdict.did[: len(did)]) == (case, did)


@pytest.mark.parametrize(
    ("lang", "hint"), [("en", "begin anew"), ("ko", "새로 시작"), ("zh", "重新开始")]
)
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_batch_losses(InInit).text(lang)
