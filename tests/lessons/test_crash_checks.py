"""Does the check of lesson 12 see what a run has forgotten?"""

import random

import pytest

from minikeras.lessons import check_resume

NUMBERS = ("epoch", "w", "speed")


class Run:
    """The run of the lesson."""

    def __init__(self):
        self.epoch, self.w, self.speed, self.random = 0, 0.0, 0.0, random.Random(0)

    def train(self):
        loss, rows, rate = 0.0, [1.0, 2.0, 4.0, 7.0], 0.05 * 0.9**self.epoch
        for row in self.random.sample(rows, 4):
            loss += (self.w - row) ** 2 / 4
            self.speed = 0.8 * self.speed - rate * (self.w - row)
            self.w += self.speed
        self.epoch += 1
        return loss


def keeping(*names, order=True):
    """Return how to keep some of the numbers, and the order of the rows or not."""

    def keep(run):
        return {name: getattr(run, name) for name in names}, run.random.getstate()

    def go_on(run, kept):
        vars(run).update(kept[0])
        if order:
            run.random.setstate(kept[1])

    return keep, go_on


def seeded_anew(run, kept):
    vars(run).update(kept[0])
    run.random.seed(0)


FORGETFUL = {
    "weights are all": keeping("w", order=False),
    "momentum is gone": keeping("epoch", "w"),
    "the epoch is not counted on": keeping("w", "speed"),
    "the order of rows begins anew": keeping(*NUMBERS, order=False),
    "the seed is set again": (keeping(*NUMBERS)[0], seeded_anew),
    "nothing is kept": (lambda run: None, lambda run, kept: None),
}


def everything(run):
    return vars(run)


def whole(run, kept):
    run.__dict__ = kept


def test_whoever_keeps_all_that_training_reads_goes_on_alike():
    assert check_resume(Run, *keeping(*NUMBERS)).holds
    assert check_resume(Run, everything, whole).holds


@pytest.mark.parametrize("pair", FORGETFUL.values(), ids=FORGETFUL)
def test_what_is_forgotten_shows_in_the_first_epoch_after_the_first_kill(pair):
    verdict = check_resume(Run, *pair)
    assert not verdict.holds
    assert verdict.case.startswith("killed in epoch 2\n")
    assert verdict.should != verdict.did


def test_an_error_is_told():
    verdict = check_resume(Run, lambda run: {}, lambda run, kept: kept["w"])
    assert verdict.did == "KeyError: 'w'"


@pytest.mark.parametrize("lang", ["en", "ko", "zh"])
def test_the_hint_speaks_the_language(lang):
    assert "train()" in check_resume(Run, *keeping("w")).text(lang)
