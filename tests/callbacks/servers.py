"""Servers that behave, and that do not, each on a free port of this machine while it is needed.

A behaviour is a function of a `Handler`, called when the whole request has arrived.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

OURS = "Minikeras-Monitor: 1"


@dataclass(frozen=True)
class Request:
    """What has arrived, as it was sent."""

    line: str  # POST /path HTTP/1.1
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def target(self) -> str:
        return self.line.split()[1]

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1
        return found[0] if found else None


class Handler(socketserver.StreamRequestHandler):
    """One connection: read a request, then behave."""

    server: Server
    timeout = 30

    def handle(self) -> None:
        with suppress(OSError):  # the other side may be tired of us
            if self.connection.recv(1, socket.MSG_PEEK) == b"\x16":  # it begins to speak TLS
                answers(400)(self)
                return
            line = self.rfile.readline().decode().rstrip()
            headers = []
            while header := self.rfile.readline().decode("latin-1").rstrip("\r\n"):
                name, _, value = header.partition(": ")
                headers.append((name, value))
            size = int(dict(headers).get("Content-Length", 0))
            self.server.requests.append(Request(line, tuple(headers), self.rfile.read(size)))
            self.server.behave(self)

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def send_until_closed(self, piece: bytes, pause: float = 0.02) -> None:
        while not self.server.closing.wait(pause):
            self.wfile.write(piece)


Behaviour = Callable[[Handler], object]


class Server(socketserver.ThreadingTCPServer):
    """`requests` are those that have arrived; closing waits for every thread."""

    allow_reuse_address = True

    def __init__(self, behave: Behaviour, port: int) -> None:
        self.behave, self.requests = behave, list[Request]()
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", port), Handler)
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(behave: Behaviour, port: int = 0) -> Iterator[Server]:
    """Serve within the block, by default on a free port."""
    with Server(behave, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


@contextmanager
def nobody() -> Iterator[str]:
    """Give an address where nobody listens, and nobody can come to listen."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def answers(status: int = 204, *headers: str, body: bytes = b"") -> Behaviour:
    """Answer at once."""
    lines = [f"HTTP/1.1 {status} Word", *headers, f"Content-Length: {len(body)}", "", ""]
    return lambda handler: handler.wfile.write("\r\n".join(lines).encode() + body)


def hangs(handler: Handler) -> None:
    """Say nothing."""
    handler.server.closing.wait()


def drips(handler: Handler) -> None:
    """Send a byte again and again, so that no socket times out, and no answer is ever whole."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    handler.send_until_closed(b"x")


def drips_a_body(handler: Handler) -> None:
    """Answer well, with a body that has no end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    handler.send_until_closed(b"x")


def pours(handler: Handler) -> None:
    """Answer well, with more than a memory can hold."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
    handler.send_until_closed(bytes(2**20), pause=0)


def redirects(to: str) -> Behaviour:
    """Send elsewhere, with a body that has no end."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n\r\n".encode())
        handler.send_until_closed(b"x")

    return behave


def sends(answer: bytes) -> Behaviour:
    """Send these bytes, whatever they are, and hang up."""
    return lambda handler: handler.wfile.write(answer)


def resets(handler: Handler) -> None:
    """Hang up as a process does that is killed."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def waits(seconds: float) -> Behaviour:
    """Answer well, after a while."""

    def behave(handler: Handler) -> None:
        handler.server.closing.wait(seconds)
        answers()(handler)

    return behave
