"""Does the check of lesson 13 see a time limit that is none?"""

import pytest

from minikeras.lessons import check_time_limit


class Limit:
    """A right one, without a base class."""

    def __init__(self, seconds, clock):
        self.seconds, self.clock = seconds, clock

    def set_model(self, model):
        self.model = model

    def on_train_begin(self, logs=None):
        self.end = self.clock() + self.seconds

    def on_epoch_end(self, epoch, logs=None):
        if self.clock() >= self.end:
            self.model.stop_training = True


class Adding(Limit):
    """Another right one: it adds up how long each epoch took."""

    def on_train_begin(self, logs=None):
        self.spent = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.begun = self.clock()

    def on_epoch_end(self, epoch, logs=None):
        self.spent += self.clock() - self.begun
        self.model.stop_training = self.spent >= self.seconds


class FromTheStart(Limit):
    def __init__(self, seconds, clock):
        super().__init__(seconds, clock)
        self.end = clock() + seconds

    def on_train_begin(self, logs=None):
        pass


class FirstFitOnly(Limit):
    def on_train_begin(self, logs=None):
        if not hasattr(self, "end"):
            super().on_train_begin()


class More(Limit):
    def on_epoch_end(self, epoch, logs=None):
        if self.clock() > self.end:
            self.model.stop_training = True


class EachEpoch(Limit):
    def on_epoch_begin(self, epoch, logs=None):
        self.end = self.clock() + self.seconds


class Counting(Limit):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch + 1 >= self.seconds


class NeedsLogs(Limit):
    def on_epoch_end(self, epoch, logs=None):
        logs["time"] = self.clock()
        super().on_epoch_end(epoch, logs)


WRONG = [FromTheStart, FirstFitOnly, More, EachEpoch, Counting, NeedsLogs]


@pytest.mark.parametrize("right", [Limit, Adding])
def test_a_right_one_holds(right):
    assert check_time_limit(right).holds


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_one_is_found_out(wrong):
    verdict = check_time_limit(wrong)
    assert not verdict.holds
    assert verdict.should != verdict.did


def test_who_looks_at_the_clock_too_early_fails_in_the_first_fit():
    last = check_time_limit(FromTheStart).case.splitlines()[-1]
    assert last.split() == ["1", "1", "1", "True"]


def test_a_second_fit_is_told_of_in_the_table():
    last = check_time_limit(FirstFitOnly).case.splitlines()[-1]
    assert last.split() == ["2", "1", "1", "True"]


def test_an_error_is_told():
    assert "TypeError" in check_time_limit(NeedsLogs).did


@pytest.mark.parametrize("lang", ["en", "ko", "zh"])
def test_the_hint_speaks_the_language(lang):
    assert "on_train_begin" in check_time_limit(FromTheStart).text(lang)
