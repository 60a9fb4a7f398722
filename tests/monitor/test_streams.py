"""Do pages see all that was told, and nothing else, while servers and connections come and go?"""

import asyncio
import json
import re
import time

import pytest
import requests
from talking import Talk

from minikeras import monitor as room
from minikeras.monitor import app
from minikeras.monitor.event_log import EventLog
from minikeras.monitor.runs import Runs

NAMES = {  # 12 names that would run or break something, somewhere
    "a script": "<script>window.__hacked = 1</script>",
    "an image": "<img src=x onerror='window.__hacked = 1'>",
    "the end of a text": "</title></textarea></script><svg onload=window.__hacked=1>",
    "an attribute": "\" autofocus onfocus=window.__hacked=1 x=\"",
    "an address": "javascript:window.__hacked=1",
    "a template": "${window.__hacked=1}{{constructor.constructor('window.__hacked=1')()}}",
    "a prototype": "__proto__",
    "a method": "constructor",
    "an event": "data: {\"kind\":\"start\"}",
    "a number of an event": "id: 0-999",
    "letters that become brackets": "\uff1cscript\uff1ewindow.__hacked=1\uff1c/script\uff1e",
    "another direction": "\u202egpj.exe",
}  # fmt: skip


def kinds(events):
    return [event["kind"] for event in events]


def test_a_stream_begins_with_all_that_was_told_and_goes_on_with_what_is_told_next(fresh):
    fresh.publish(0, run="a", loss=0.5)
    with fresh.listening() as events:
        first = [next(events)[1] for _ in range(3)]
        assert kinds(first) == ["start", "run", "epoch"]
        for epoch in range(1, 4):
            fresh.publish(epoch, run="a", loss=0.5 / epoch)
            _, event = next(events)
            assert event == {
                "kind": "epoch",
                "run": 1,
                "epoch": epoch,
                "logs": {"loss": 0.5 / epoch},
            }
        fresh.publish(3, run="a", end="finished")
        assert next(events)[1] == {"kind": "end", "run": 1, "epoch": 3, "reason": "finished"}


def test_a_page_that_goes_on_from_any_event_misses_none_and_sees_none_twice(fresh):
    for epoch in range(20):
        fresh.publish(epoch, run="ab"[epoch % 2], loss=0.5)
    everything = fresh.told()
    assert kinds(event for _, event in everything).count("epoch") == 20
    for place, (number, event) in enumerate(everything):
        assert fresh.told(number) == everything[place + 1 :], event


@pytest.mark.parametrize("said", ["0", "00000000-3", "{boot}-999999", "{boot}-x", "x" * 5000])
def test_a_page_with_an_id_that_is_none_of_ours_begins_at_the_beginning(fresh, said):
    fresh.publish(0, loss=0.5)
    everything = fresh.told()
    boot = everything[0][0].partition("-")[0]
    assert fresh.told(said.format(boot=boot)) == everything
    assert everything[0][1] == {"kind": "start"}


@pytest.mark.parametrize(("limit", "is_kept"), [(10_000, True), (1000, False)])
def test_a_page_begins_again_if_what_it_missed_is_forgotten(monkeypatch, limit, is_kept):
    monkeypatch.setattr(app, "EventLog", lambda: EventLog(limit, block=300))
    with room.running() as address:
        talk = Talk(address.port)
        talk.publish(0, run="a", name="old", loss=0.5)
        number, _ = talk.told()[-1]
        for epoch in range(40):
            talk.publish(epoch, run="b", loss=0.5)
        events = [event for _, event in talk.told(number)]
    assert (events[0] == {"kind": "start"}) != is_kept
    assert ({"kind": "dropped", "run": 1} in events) != is_kept
    epochs = [event["epoch"] for event in events if event["kind"] == "epoch"]
    assert epochs == list(range(40 - len(epochs), 40))
    assert (len(epochs) == 40) == is_kept
    runs = [event["run"] for event in events if event["kind"] == "run"]
    assert len(runs) == len(set(runs)) > 0


def test_a_page_that_reads_too_slowly_to_keep_up_begins_again(monkeypatch):
    monkeypatch.setattr(app, "EventLog", lambda: EventLog(limit=1000, block=300))
    made = app.App(None)

    async def read():
        made.runs.tell_epoch((None, "a"), 0, {"loss": 0.5})
        stream = made._stream(-1)
        before = [await anext(stream) for _ in range(3)]
        for epoch in range(1, 60):
            made.runs.tell_epoch((None, "a"), epoch, {"loss": 0.5})
        return before, [await anext(stream) for _ in range(2)]

    before, (begins, goes_on) = asyncio.run(read())
    assert b'"epoch":0,' in before[-1]
    assert [b'"start"' in piece for piece in (*before, begins)] == [False, True, False, True]
    assert b'"kind":"run"' in begins  # that event itself is forgotten
    assert b'"kind":"epoch"' in goes_on


def test_a_page_meets_a_server_that_was_started_again_and_begins_at_the_beginning():
    with room.running() as address:
        talk = Talk(address.port)
        talk.publish(0, run="a", loss=0.5)
        number, _ = talk.told()[-1]
    with room.running(port=address.port) as again:
        assert again == address
        talk.publish(1, run="a", loss=0.25)
        told = talk.told(number)
        assert kinds(event for _, event in told) == ["start", "run", "epoch"]
        assert told[0][0].partition("-")[0] != number.partition("-")[0]


def test_runs_without_an_id_begin_anew_with_an_epoch_that_does_not_come_later(fresh):
    """As real Keras tells: three fits, of which the second continues a count."""
    for epoch in (0, 1, 0, 5, 5):
        fresh.publish(epoch, loss=0.5)
    fresh.publish(9, name="x", loss=0.5)
    runs = [event["run"] for event in fresh.events() if event["kind"] == "epoch"]
    assert runs == [1, 1, 2, 2, 3, 4]


def test_runs_with_an_id_stay_apart_though_they_are_told_of_in_turn(fresh):
    for epoch in range(3):
        for run in ("a", "b"):
            fresh.publish(epoch, run=run, name="same", loss=0.5)
    fresh.publish(0, run="a", name="same", loss=0.25)  # the same epoch again: the same run
    runs = [event["run"] for event in fresh.events() if event["kind"] == "epoch"]
    assert runs == [1, 2, 1, 2, 1, 2, 1]


def test_of_more_runs_than_are_remembered_the_last_ones_stay(monkeypatch):
    monkeypatch.setattr(app, "Runs", lambda log: Runs(log, most=3))
    with room.running() as address:
        talk = Talk(address.port)
        for number in range(10):
            talk.publish(0, run=str(number), loss=0.5)
        events = talk.events()
    dropped = [event["run"] for event in events if event["kind"] == "dropped"]
    assert dropped == list(range(1, 8))


# -- what is on the wire --------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_through_literally_and_as_ascii(fresh, name):
    name = NAMES[name]
    fresh.publish(0, run="a", name=name, **{name: 0.5})
    run, epoch = fresh.events()
    assert run["name"] == name
    assert epoch["logs"] == {name: 0.5}
    with requests.get(fresh.url + "/events", stream=True, timeout=10) as answer:
        lines = [line for _, line in zip(range(11), answer.iter_lines(), strict=False)]
    assert all(line.isascii() for line in lines)
    boot = lines[2][4:12].decode()
    assert [line for line in lines if line.startswith(b"id: ")] == [
        f"id: {boot}-{number}".encode() for number in range(3)
    ]


def test_each_event_is_an_id_and_one_line_of_data(fresh):
    fresh.publish(0, loss=0.5, val_loss=None)
    with requests.get(fresh.url + "/events", stream=True, timeout=10) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        lines = [line for _, line in zip(range(11), answer.iter_lines(), strict=False)]
    assert lines[:2] == [b"retry: 500", b""]
    for number, (first, second, third) in enumerate(zip(*[iter(lines[2:])] * 3, strict=True)):
        assert re.fullmatch(rb"id: [0-9a-f]{8}-%d" % number, first)
        assert "kind" in json.loads(second.removeprefix(b"data: "))
        assert third == b""


def test_a_silent_stream_says_that_it_is_there(fresh, monkeypatch):
    monkeypatch.setattr(app, "HERE", 0.05)
    with requests.get(fresh.url + "/events", stream=True, timeout=10) as answer:
        lines = answer.iter_lines()
        for _ in range(20):
            if next(lines) == b": here":
                return
    raise AssertionError("it said nothing")


def test_an_epoch_reaches_every_page_at_once(fresh):
    """A second is what is promised; a stream gathers news for a twentieth of it."""
    streams = [requests.get(fresh.url + "/events", stream=True, timeout=10) for _ in range(20)]
    lines = [stream.iter_lines() for stream in streams]
    for events in lines:
        while b'"start"' not in next(events):
            pass
    for epoch in range(3):
        begin = time.monotonic()
        fresh.publish(epoch, loss=0.5)
        for events in lines:
            while b'"epoch"' not in next(events):
                pass
        assert time.monotonic() - begin < 1.0
    for stream in streams:
        stream.close()


def test_a_server_ends_though_streams_are_open_and_nobody_reads_them():
    with room.running() as address:
        talk = Talk(address.port)
        for epoch in range(40):
            talk.publish(epoch, **{f"{'손' * 90}{number}": 0.5 for number in range(60)})
        open_streams = [talk.connect() for _ in range(10)]
        for stream in open_streams:
            stream.sendall(talk.request("GET /events HTTP/1.1"))
        half = [talk.connect() for _ in range(10)]
        for connection in half:
            connection.sendall(b"POST /publish/epoch/end/ HTTP/1.1\r\nContent-Le")
        assert talk.raw(talk.request()).status == 200
        begin = time.monotonic()
    assert time.monotonic() - begin < 2.0
    for connection in (*open_streams, *half):
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        talk.connect()
