"""Does a path hold one whole file, whenever the program that saves to it is killed?"""

import os
import random
import time

from tests.durability.children import (
    KILLED,
    calls_of,
    count,
    forks,
    interrupted,
    killed_at,
)

pytestmark = forks


def lost_when_killed(saves, calls):
    """Return the system calls at which a kill lost what was saved."""
    lost = []
    for number, call in enumerate(calls, start=1):
        saves.save_here(number - 1)
        end = interrupted(lambda n=number: saves.save(n), call, "signal=SIGKILL")
        assert end == KILLED
        if saves.held() not in (number - 1, number):
            lost.append(call)
    return lost


def test_a_kill_at_any_system_call_loses_nothing(strace, saves, log_folder):
    calls = calls_of(lambda: saves.save(0), log_folder)
    assert lost_when_killed(saves, calls[:: count(9, 1, 1)]) == []
    saves.save_here(0)


def test_a_kill_at_any_system_call_of_a_first_save_leaves_all_or_nothing(strace, saves, log_folder):
    saves.path.unlink()
    calls = calls_of(lambda: saves.save(0, overwrite=False), log_folder)
    for call in calls[:: count(30, 2, 1)]:
        saves.path.unlink()
        assert interrupted(lambda: saves.save(1, overwrite=False), call, "signal=SIGKILL") == KILLED
        assert saves.held() == 1 or not saves.path.exists()
        saves.save_here(0)


def test_overwriting_in_place_is_caught_losing_files_at_system_calls(
    strace, saves, log_folder, in_place
):
    calls = calls_of(lambda: saves.save(0), log_folder)
    assert len(lost_when_killed(saves, calls[:: count(25, 3, 1)])) >= 2


# -- at random moments -----------------------------------------------------------------------------


def lost_when_killed_at_random(saves, kills, enough=None):
    """Return how many kills lost a file, or a save that had been reported as done.

    Stop when that is `enough`: how often a moment is the wrong one depends on the machine.
    """
    rng, lost = random.Random(0), 0
    started = time.perf_counter()
    saves.save(0)
    seconds = time.perf_counter() - started
    reported_to, reports = os.pipe()

    def save_all(first):
        for number in range(first, first + 1000):
            saves.save(number)
            os.write(reports, f"{number} ".encode())

    held = 0
    for _ in range(kills):
        os.write(reports, f"{held} ".encode())
        first = held + 1
        end = killed_at(lambda f=first: save_all(f), rng.uniform(0, 3 * seconds))
        assert end == KILLED
        done = int(os.read(reported_to, 1 << 16).split()[-1])
        found = saves.held()
        if found in (done, done + 1):
            held = found
        else:
            lost += 1
            if lost == enough:
                break
            held = done
            saves.save(held)
    os.close(reports)
    os.close(reported_to)
    return lost


def test_a_kill_at_any_moment_loses_nothing(saves):
    assert lost_when_killed_at_random(saves, kills=count(10, 100, 500)) == 0
    saves.save_here(0)


def test_overwriting_in_place_is_caught_losing_files_at_moments(saves, in_place):
    assert lost_when_killed_at_random(saves, kills=400, enough=2) == 2
