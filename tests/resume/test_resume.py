"""Does a run that was interrupted, however often and wherever, end as one that never was?"""

import os
import tempfile
from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from minikeras.callbacks import BackupAndRestore
from tests.resume.cast import CALLBACKS, HOOKS, RATES
from tests.resume.stories import INPUTS, LAYERS, OBJECTIVES, OPTIMIZERS, Plan, ending_of

EXAMPLES = {"dev": 40, "ci": 300, "nightly": 5000}[os.environ.get("HYPOTHESIS_PROFILE", "dev")]


@st.composite
def plans(draw):
    def one_of(table):
        return draw(st.sampled_from(sorted(table)))

    optimizer = one_of(OPTIMIZERS)
    possible = sorted(CALLBACKS.keys() - (RATES if "schedule" in optimizer else set()))
    chosen = draw(st.lists(st.sampled_from(possible), max_size=6))
    interruption = st.sampled_from(sorted(HOOKS)).flatmap(
        lambda hook: st.tuples(st.just(hook), st.integers(0, HOOKS[hook]), st.booleans())
    )
    return Plan(
        layers=tuple(draw(st.lists(st.sampled_from(sorted(LAYERS)), max_size=3))),
        first=one_of(INPUTS),
        optimizer=optimizer,
        objective=one_of(OBJECTIVES),
        rows=draw(st.integers(6, 20)),
        batch_size=draw(st.integers(1, 8)),
        epochs=draw(st.integers(2, 5)),
        shuffle=draw(st.booleans()),
        data=draw(st.sampled_from(["arrays", "sequence"])),
        validation=draw(st.sampled_from(["", "split", "data"])),
        validation_freq=draw(st.sampled_from([1, 2, [1, 3]])),
        class_weight=draw(st.booleans()),
        has_nan=draw(st.integers(0, 9)) == 0,
        cast=tuple(draw(st.permutations(["backup", "interrupt", *chosen]))),
        verbose=draw(st.sampled_from([0, 1, 2])),
        save_freq=draw(st.just("epoch") | st.integers(1, 12)),
        went_before=draw(st.booleans()),
        interruptions=tuple(draw(st.lists(interruption, min_size=1, max_size=4))),
    )


def ending_without(plan):
    """Play a plan without interruptions or a backup, and return what is left."""
    with tempfile.TemporaryDirectory() as folder:
        return ending_of(replace(plan, interruptions=()), folder, BackupAndRestore)[1]


def check(plan, expected):
    """Play a plan: what is left is as expected. Return how many interruptions came."""
    with tempfile.TemporaryDirectory() as folder:
        came, found = ending_of(plan, folder)
    for what, value in expected.items():
        assert found[what] == value, what
    return came


@pytest.mark.filterwarnings("ignore:late came after the first row:RuntimeWarning")
@settings(max_examples=EXAMPLES)
@given(plans())
def test_a_run_that_was_interrupted_ends_as_if_it_had_not_been(plan):
    event(f"{check(plan, ending_without(plan))} interruptions")
