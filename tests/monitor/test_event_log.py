"""Does a page see what was told, wherever it stopped reading, and is memory bounded?"""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.monitor.event_log import EventLog
from minikeras.monitor.runs import Runs

TEXTS = st.text(max_size=20) | st.sampled_from(["\n\n", "\r\nid: 7", "\u2028", "\0", "data: x"])
EVENTS = st.lists(
    st.dictionaries(TEXTS, TEXTS | st.none() | st.integers(), max_size=3), max_size=60
)
SIZES = {"limit": st.integers(0, 400), "block": st.integers(1, 300)}


def read(log, number):
    """Return what a stream that goes on after this number sends, as pairs of number and event."""
    pairs = []
    while number < log.count:
        text, number = log.after(number)
        assert text.endswith(b"\n\n")
        for chunk in text.removesuffix(b"\n\n").split(b"\n\n"):
            first, second = chunk.split(b"\n")
            boot, _, told = first.removeprefix(b"id: ").decode("ascii").partition("-")
            assert boot == log.boot
            pairs.append((int(told), json.loads(second.removeprefix(b"data: "))))
    return pairs


@given(EVENTS, st.builds(EventLog, **SIZES))
def test_whoever_goes_on_from_any_event_that_is_kept_sees_all_later_ones(events, log):
    for event in events:
        log.append(event)
    numbered = list(enumerate(events, start=1))
    for number in range(log.floor, log.count + 1):
        assert read(log, number) == numbered[number:]
        assert log.position(f"{log.boot}-{number}") == number


@given(EVENTS, st.builds(EventLog, **SIZES))
def test_what_is_forgotten_is_the_oldest_and_nobody_goes_on_from_there(events, log):
    for event in events:
        log.append(event)
        assert log.size <= log.limit
        assert log.filled < log.block
    assert log.size == sum(len(block.packed) for block in log.blocks)
    for number in range(log.floor):
        assert log.position(f"{log.boot}-{number}") == -1


@pytest.mark.parametrize(
    "said", [None, "", "3", "x-1", "{boot}-", "{boot}--1", "{boot}-3", "{boot}-1 ", "{boot}-\u0661"]
)
def test_an_id_of_no_event_of_this_server_begins_at_the_beginning(said):
    log = EventLog()
    log.append({})
    log.append({})
    assert log.position(said and said.format(boot=log.boot)) == -1


def test_two_servers_do_not_take_each_others_ids():
    one, other = EventLog(), EventLog()
    assert one.position(f"{one.boot}-0") == 0
    assert other.position(f"{one.boot}-0") == -1


def test_a_hundred_thousand_epochs_of_five_metrics_are_kept():
    log, draw = EventLog(), random.Random(0).random
    names = ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]
    for epoch in range(2000):  # a fiftieth of them, in a fiftieth of the room
        logs = {name: draw() for name in names}
        log.append({"kind": "epoch", "run": 1, "epoch": 98_000 + epoch, "logs": logs})
    assert 0 < log.size + log.filled < log.limit / 50


# -- runs -----------------------------------------------------------------------------------------

KEYS = st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, "1", "2"]))
TOLD = st.lists(st.tuples(KEYS, st.integers(0, 4), st.booleans()), max_size=40)


def shown(runs):
    """Return the runs that a page knows that begins now, each with the epochs that it was sent."""
    log, pages = runs.log, {}
    begun = [line[6:] for line in runs.beginning().split(b"\n") if line.startswith(b"data: ")]
    assert json.loads(begun[0]) == {"kind": "start"}
    for event in [*map(json.loads, begun[1:]), *(event for _, event in read(log, log.floor))]:
        if event["kind"] == "run":
            assert event["run"] not in pages
            pages[event["run"]] = []
        elif event["kind"] == "dropped":
            pages.pop(event["run"], None)
        elif event["kind"] == "epoch" and event["run"] in pages:
            pages[event["run"]].append(event["epoch"])
    return pages


def tell(runs, told):
    for key, epoch, is_end in told:
        if is_end:
            runs.tell_end(key, epoch, "finished")
        else:
            runs.tell_epoch(key, epoch, {"loss": 0.5})


def some_runs(limit=10**6, block=10**4, most=256):
    return Runs(EventLog(limit, block), most, clock=lambda: 0.0)


@given(TOLD)
def test_each_epoch_belongs_to_the_run_of_its_name_and_id(told):
    runs, expected, latest = some_runs(), {}, {}
    tell(runs, told)
    for key, epoch, is_end in told:
        if is_end:
            continue
        is_over = key[1] is None and key in latest and epoch <= expected[latest[key]][-1]
        if key not in latest or is_over:
            latest[key] = len(expected) + 1
        expected.setdefault(latest[key], []).append(epoch)
    assert shown(runs) == expected


@given(TOLD, st.integers(0, 600), st.integers(1, 200), st.integers(1, 4))
def test_a_page_knows_the_runs_that_the_server_knows(told, limit, block, most):
    runs = some_runs(limit, block, most)
    for one in told:
        tell(runs, [one])
        assert set(shown(runs)) == set(runs.known)
        assert len(runs.known) <= most
        assert {id(run) for run in runs.latest.values()} <= {id(run) for run in runs.known.values()}


def test_the_run_that_was_silent_the_longest_is_dropped():
    runs = some_runs(most=2)
    told = [("a", 0), ("b", 0), ("a", 1), ("c", 0), ("a", 2)]
    tell(runs, [((name, "id"), epoch, False) for name, epoch in told])
    assert shown(runs) == {1: [0, 1, 2], 3: [0]}


def test_a_run_that_outgrows_the_log_keeps_its_last_epochs():
    runs = some_runs(limit=2000, block=300)
    tell(runs, [(("a", "1"), epoch, False) for epoch in range(500)])
    assert list(runs.known) == [1]
    epochs = shown(runs)[1]
    assert epochs == list(range(500 - len(epochs), 500))
    assert len(epochs) < 500


def test_the_end_of_a_run_that_nobody_knows_is_no_event():
    runs = some_runs()
    runs.tell_end(("a", "1"), 3, "finished")
    assert runs.log.count == 0
