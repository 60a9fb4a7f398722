"""Do others notice, and does memory grow, when many come at once and mean no good?"""

import json
import re
import statistics
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import requests

CLIENTS = 300
EPOCHS = 100_000
GROWTH = 32  # MiB
LATENCY = 0.2  # seconds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for memory"),
]


class Watched:
    """A monitor in a process of its own, warmed up, and how much its memory has grown since."""

    def __init__(self, process):
        self.pid, self.talk = process.pid, process.talk
        for _ in range(20):
            self.round_trip()
        self.before = self._memory("VmRSS")

    def growth(self):
        """Return by how many MiB the most memory that it ever had exceeds what it had at first."""
        return (self._memory("VmHWM") - self.before) / 2**10

    def round_trip(self):
        """Return the seconds for a page's file and an epoch, for somebody who just came."""
        begin = time.perf_counter()
        assert requests.get(f"{self.talk.url}/static/main.js", timeout=10).status_code == 200
        middle = time.perf_counter()
        self.talk.publish(0, run="somebody", loss=0.5)
        return [middle - begin, time.perf_counter() - middle]

    def latency(self):
        """Return the median and the maximum of fifty, in seconds."""
        seconds = []
        for _ in range(25):
            seconds += self.round_trip()
            time.sleep(0.01)
        return statistics.median(seconds), max(seconds)

    def _memory(self, what):
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{what}:\s+(\d+) kB", status)[1])


@pytest.fixture
def watched(start):
    return Watched(start("--port", "0"))


@pytest.fixture
def clients(watched):
    """Return a function that opens connections and sends a message on each."""
    opened = []

    def come(message, count=CLIENTS):
        for _ in range(count):
            opened.append(watched.talk.connect())
            opened[-1].settimeout(5)
            opened[-1].sendall(message)
        return opened

    yield come
    for connection in opened:
        connection.close()


def report(capsys, what, watched, latency):
    with capsys.disabled():
        median, most = (1000 * seconds for seconds in latency)
        print(f"\n{what}: others waited {median:.1f} ms, at most {most:.1f} ms; "
              f"memory grew by at most {watched.growth():.1f} MiB")  # fmt: skip


BODY = "POST /publish/epoch/end/ HTTP/1.1", "Content-Type: application/json"
HEAD = "GET / HTTP/1.1", "Accept: " + "x" * 15_000
SLOW = {
    "that say nothing": lambda talk: b"",
    "that begin a head": lambda talk: talk.request("GET / HTTP/1.1")[:-2],
    "that begin a long head": lambda talk: talk.request(*HEAD)[:-2],
    "that begin a body": lambda talk: talk.request(*BODY, body=b" " * 3000)[:-1],
    "that begin a long body": lambda talk: talk.request(*BODY, body=b" " * 65536)[:-1],
    "that send no HTTP": lambda talk: b"\0" * 100_000,
    "that never read": lambda talk: talk.request("GET /events HTTP/1.1"),
    "that ask and leave": lambda talk: talk.request() * 20,
}


@pytest.mark.parametrize("kind", SLOW)
def test_three_hundred_clients_do_not_keep_others_waiting(watched, clients, kind, capsys):
    for epoch in range(100):  # something to read
        watched.talk.publish(epoch, run="long", **{f"{'손실' * 45}{n}": 0.5 for n in range(100)})
    for connection in clients(b""):
        with suppress(ConnectionError):  # cut off while it sends
            connection.sendall(SLOW[kind](watched.talk))
    latency = watched.latency()
    if latency[0] >= LATENCY:  # perhaps somebody else kept this machine busy
        latency = watched.latency()
    report(capsys, f"{CLIENTS} clients {kind}", watched, latency)
    assert latency[0] < LATENCY
    assert watched.growth() < GROWTH
    watched.talk.events()  # and it still takes and tells


def messages(talk):
    """Yield the requests of a long run of five metrics, some hundred at a time."""
    for first in range(0, EPOCHS, 500):
        told = []
        for epoch in range(first, first + 500):
            logs = {"loss": 1 / (epoch + 3), "accuracy": 1 - 1 / (epoch + 7)}
            logs |= {f"val_{name}": value / 3 for name, value in logs.items()}
            body = json.dumps({"epoch": epoch, **logs, "learning_rate": 0.001}).encode()
            told.append(talk.request(*BODY, "Minikeras-Run: long", body=body))
        yield b"".join(told)


def publish_many(talk):
    """Tell of all the epochs on one connection, without waiting for each answer."""
    with talk.connect() as connection:
        connection.settimeout(60)
        send = threading.Thread(target=lambda: [*map(connection.sendall, messages(talk))])
        send.start()
        taken, rest = 0, b""
        while taken < EPOCHS:
            received = rest + connection.recv(1 << 16)
            taken += received.count(b"204 No Content\r\n")
            rest = received[received.rfind(b"\n") + 1 :]
        send.join()


def test_a_hundred_thousand_epochs_are_kept_shown_again_and_cost_little_memory(
    watched, clients, capsys
):
    talk = watched.talk
    clients(talk.request("GET /events HTTP/1.1"), count=50)  # nobody reads these
    many = threading.Thread(target=publish_many, args=[talk])
    many.start()
    latency = watched.latency()
    many.join()
    clients(talk.request("GET /events HTTP/1.1"))
    for message in (HEAD, BODY):
        clients(talk.request(*message, "Content-Length: 60000")[:-2] + b" ", count=50)
    latency = max(latency, watched.latency())
    report(capsys, f"{EPOCHS} epochs, {CLIENTS} clients that never read", watched, latency)
    assert latency[0] < LATENCY
    assert watched.growth() < GROWTH

    for _ in range(2):  # a reload shows the same
        begin = time.monotonic()
        told = talk.told()
        assert time.monotonic() - begin < 15.0
        ours = {event["run"] for _, event in told if event["kind"] == "run"} - {1}  # 1: somebody
        epochs = [
            event["epoch"] for _, event in told if event.get("run") in ours and "epoch" in event
        ]
        assert epochs == list(range(EPOCHS))
    half = len(told) // 2
    assert talk.told(told[half][0]) == told[half + 1 :]
