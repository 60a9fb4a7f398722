"""Does a run that is killed for good, by a signal that nobody hears, end with the same bits?"""

import pickle
import random
from dataclasses import replace

import pytest

from minikeras.callbacks import BackupAndRestore
from tests.durability.children import (
    KILLED,
    SAVED,
    calls_of,
    count,
    forks,
    in_child,
    interrupted,
    killed_at,
    why_not_traced,
)
from tests.resume.stories import Plan, Story, ending_of

pytestmark = forks
PLAN = Plan(
    layers=("dropout", "dropout with a seed", "dense"),
    cast=("best", "csv goes on", "plateau", "every third batch", "scheduler", "backup", "wobble",
          "best by batch", "every second epoch", "csv", "lambda"),
    rows=14,
    epochs=4,
    keeps_backup=True,  # killed in its last moments, it would else begin a second run
)  # fmt: skip
SAVE_FREQS = ["epoch", 1, 3]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return ending_of(PLAN, tmp_path_factory.mktemp("never killed"), without=BackupAndRestore)[1]


def played_in(folder, save_freq):
    """Return a function that plays the run to its end, and leaves there what is left."""

    def play():
        story = Story(replace(PLAN, save_freq=save_freq), folder / "run")
        assert story.play()
        (folder / "ending").write_bytes(pickle.dumps(story.ending()))

    (folder / "run").mkdir(parents=True)
    return play


def check(play, folder, expected):
    """Let it run to its end, which is the same as if it had never been killed."""
    assert in_child(play) == SAVED
    found = pickle.loads((folder / "ending").read_bytes())
    for what, value in expected.items():
        assert found[what] == value, what


def test_a_run_killed_at_random_moments_ends_with_the_same_bits(expected, tmp_path):
    rng, kills = random.Random(0), 0
    for number in range(count(4, 20, 100)):
        folder = tmp_path / str(number)
        play = played_in(folder, rng.choice(SAVE_FREQS))
        for _ in range(rng.randint(1, 4)):
            kills += killed_at(play, rng.uniform(0, 0.15)) == KILLED
        check(play, folder, expected)
    assert kills >= number


def test_a_run_killed_at_any_system_call_ends_with_the_same_bits(expected, tmp_path):
    if why_not := why_not_traced():
        pytest.skip(why_not)
    calls = calls_of(played_in(tmp_path / "counted", 1), tmp_path)
    calls = calls[:: max(1, len(calls) // count(8, 60, 400))]
    for number, call in enumerate(calls):
        folder = tmp_path / str(number)
        play = played_in(folder, 1)
        assert interrupted(play, call, "signal=SIGKILL") == KILLED
        check(play, folder, expected)
