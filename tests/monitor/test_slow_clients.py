"""How long does a monitor wait for clients that are slow, or silent, or too many?"""

import gc
import socket
import time
import weakref

import pytest
from talking import read_answer

from minikeras.monitor import app, connection

POST = "POST /publish/epoch/end/ HTTP/1.1"
JSON = "Content-Type: application/json"
EPOCH = b'{"epoch": 1, "loss": 0.5}'


@pytest.fixture
def hasty(monkeypatch, request):
    """A monitor that waits for a fifth of a second where others wait for seconds."""
    monkeypatch.setattr(connection, "HEAD", 0.2)
    monkeypatch.setattr(connection, "UNREAD", 0.2)
    monkeypatch.setattr(app, "PATIENCE", 0.2)
    return request.getfixturevalue("fresh")


def drip(talk, message):
    """Send a byte now and then, until the other side has had enough; return what it said."""
    said = b""
    talk.settimeout(0.02)
    for byte in message:
        try:
            talk.send(bytes([byte]))
            received = talk.recv(1000)
        except TimeoutError:
            continue
        except ConnectionError:
            return said
        if not received:
            return said
        said += received
    raise AssertionError("it took the whole message")


def test_a_head_that_drips_is_given_up(hasty):
    message = hasty.request("GET / HTTP/1.1", *["Accept: text/html"] * 50)
    with hasty.connect() as talk:
        assert drip(talk, message) == b""
    with hasty.connect() as talk:  # also on a connection that has had an answer
        talk.sendall(hasty.request("GET /nowhere HTTP/1.1"))
        assert read_answer(talk).status == 404
        assert drip(talk, message) == b""


def test_who_says_nothing_is_given_up(hasty):
    with hasty.connect() as talk:
        assert talk.recv(100) == b""


def test_a_body_that_drips_is_given_up_and_what_drips_on_is_not_waited_for(hasty):
    message = hasty.request(POST, JSON, body=EPOCH + b" " * 1000)
    with hasty.connect() as talk:
        talk.sendall(message[:-1000])
        answer = drip(talk, message[-1000:])
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"the body did not come in 0.2 seconds\n" in answer
    assert hasty.events() == []


@pytest.mark.slow
def test_a_client_that_never_reads_is_cut_off_and_one_that_reads_slowly_is_not(hasty, monkeypatch):
    monkeypatch.setattr(connection, "UNREAD", 0.5)
    logs = {f"{'손실' * 49}{number}": 0.1 for number in range(100)}
    for epoch in range(60):
        hasty.publish(epoch, **logs)
    most = 60 * 60_000  # bytes that a stream sends, and more
    with hasty.connect() as never, hasty.connect() as slowly:
        for talk in (never, slowly):
            talk.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20_000)
            talk.sendall(hasty.request("GET /events HTTP/1.1"))
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            assert slowly.recv(8000)
            time.sleep(0.005)
        slowly.settimeout(1.0)
        with pytest.raises(TimeoutError):  # it has all, and the stream goes on
            bytes_until_the_end(slowly)
        assert bytes_until_the_end(never) < most / 2


def bytes_until_the_end(talk):
    total = 0
    while received := len(talk.recv(1 << 20)):
        total += received
    return total


def test_long_bodies_share_a_bounded_room_and_short_ones_need_none(hasty, monkeypatch):
    monkeypatch.setattr(app, "PATIENCE", 5.0)
    monkeypatch.setattr(app, "LARGE", 2 * 40_025)
    long = hasty.request(POST, JSON, body=EPOCH + b" " * 40_000)
    waiting = [hasty.connect() for _ in range(2)]
    for talk in waiting:
        talk.sendall(long[:-1])
    while hasty.raw(long).status != 503:
        pass
    assert hasty.raw(hasty.request(POST, JSON, body=EPOCH)).status == 204
    for talk in waiting:
        talk.sendall(long[-1:])
        assert read_answer(talk).status == 204
        talk.close()
    assert hasty.raw(long).status == 204


def test_a_client_that_has_gone_leaves_nothing_behind(fresh, monkeypatch):
    """No timer of a connection keeps it until its time is up, which here is never."""
    kept, begin = weakref.WeakSet(), connection.Connection.connection_made
    monkeypatch.setattr(connection, "HEAD", 1e6)
    monkeypatch.setattr(
        connection.Connection,
        "connection_made",
        lambda made, transport: (kept.add(made), begin(made, transport)),
    )
    for message in (b"", b"GET / HTTP/1.1\r\n", fresh.request()):
        with fresh.connect() as talk:
            talk.sendall(message)
    until = time.monotonic() + 30.0
    while kept:
        assert time.monotonic() < until
        time.sleep(0.02)
        gc.collect()


def test_more_connections_than_are_taken_are_closed(fresh, monkeypatch):
    monkeypatch.setattr(connection, "MOST", 3)
    several = [fresh.connect() for _ in range(3)]
    for talk in several:
        talk.sendall(fresh.request("GET /nowhere HTTP/1.1"))
        assert read_answer(talk).status == 404
    assert fresh.raw(fresh.request()) is None
    for talk in several:
        talk.close()
    while fresh.raw(fresh.request()) is None:  # until the server has seen them go
        pass
