"""What can a test say to a monitor, in requests or in raw bytes, and what does it see there?"""

import itertools
import json
import socket
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple

import requests

TOKEN = "a-secret-of-22-letters"
MARKS = itertools.count()


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]  # names in small letters
    body: bytes


class Talk:
    """Talk to the monitor at a port of this machine."""

    def __init__(self, port, token=None):
        self.port, self.url = port, f"http://localhost:{port}"
        self.bearer = {"Authorization": f"Bearer {token}"} if token else {}
        self.since = None

    def publish(self, epoch, *, run=None, name=None, end=None, **logs):
        """Tell of an epoch or, with `end`, of the reason why a run ended."""
        headers = self.bearer | ({"Minikeras-Run": run} if run else {})
        told = {"epoch": epoch, **logs} | ({"reason": end} if end else {})
        path = "/publish/train/end/" if end else "/publish/epoch/end/"
        query = {"run": name} if name else None
        answer = requests.post(
            self.url + path, json=told, params=query, headers=headers, timeout=10
        )
        assert answer.status_code == 204, answer.text
        assert answer.headers["Minikeras-Monitor"] == "1"

    @contextmanager
    def listening(self, last_event_id=None):
        """Yield the events of a stream, as pairs of id and event, as they come."""
        headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        address = self.url + "/events"
        with requests.get(
            address, headers=self.bearer | headers, stream=True, timeout=20
        ) as answer:
            assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
            yield events_in(answer.iter_lines())

    def told(self, last_event_id=None):
        """Return the events that a page is sent, as pairs of id and event.

        The last thing told is a mark of our own, which is left out: all before it has come.
        """
        mark, pairs = next(MARKS), []
        self.publish(0, run="mark", name="mark", mark=mark)
        with self.listening(last_event_id) as events:
            for number, event in events:
                value = event.get("logs", {}).get("mark")
                if value == mark:
                    self.since = number
                    return pairs
                if value is None and event.get("name") != "mark":
                    pairs.append((number, event))
        raise AssertionError("the stream has ended")

    def events(self):
        """Return what was told since this was asked for the last time."""
        return [event for _, event in self.told(self.since) if event["kind"] != "start"]

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def raw(self, message):
        """Send bytes; return the answer, or None if the connection is closed without one."""
        with self.connect() as connection:
            with suppress(ConnectionError):  # who is refused early need not send everything
                connection.sendall(message)
            return read_answer(connection)

    def request(self, line="GET / HTTP/1.1", *headers, body=b"", host=None):
        """Return the bytes of a request, with a Host and a Content-Length that are right."""
        head = [line, f"Host: {host or f'localhost:{self.port}'}", *headers]
        if body:
            head.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def events_in(lines):
    number = None
    for line in lines:
        if line.startswith(b"id: "):
            number = line.removeprefix(b"id: ").decode("ascii")
        elif line.startswith(b"data: "):
            yield number, json.loads(line.removeprefix(b"data: "))
        else:
            assert line in (b"", b"retry: 500", b": here"), line


def read_answer(connection, method="GET"):
    response = HTTPResponse(connection, method=method)
    try:
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())
    except (ConnectionError, HTTPException):
        return None
    finally:
        response.close()
