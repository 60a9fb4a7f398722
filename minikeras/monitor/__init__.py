"""Where can you watch a run while it trains? On a page that this package serves.

`minikeras monitor` in a terminal, `RemoteMonitor()` among the callbacks of `fit`, and a browser.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from minikeras.extras import needs_extra

if TYPE_CHECKING:
    from minikeras.monitor.server import Monitor

__all__ = ["Address", "running", "serve"]


class Address(NamedTuple):
    """Where a monitor answers, such as `http://localhost:9000`, and its port."""

    url: str
    port: int


def serve(host: str = "localhost", port: int = 9000, token: str | None = None) -> None:
    """Serve the live page until Ctrl-C, and say first where it is.

    - `host`: the address to listen on; one that other machines can reach demands a token.
    - `port`: the number that `RemoteMonitor` calls by default; 0 takes a free one.
    - `token`: a secret of 16 letters and digits or more, for pages (`/?token=...`, once) and for
      programs (`headers={"Authorization": "Bearer ..."}`). With one, any `Host` is served.

    It keeps what it was told in memory: the last 256 runs, and of their epochs some hundred
    thousand; then the oldest are forgotten. A browser opens six pages of a server at a time.
    ImportError without the extra `monitor`, ValueError for a host without the token it demands,
    OSError for a port that is taken.
    """
    made = _made(host, port, token)
    print(made.greeting(), flush=True)
    with suppress(KeyboardInterrupt):
        made.run()


@contextmanager
def running(host: str = "localhost", port: int = 0, token: str | None = None) -> Iterator[Address]:
    """Serve the live page from a thread, as long as the block lasts. Arguments as for `serve`.

    >>> import requests
    >>> with running() as monitor:
    ...     requests.get(monitor.url).headers["Content-Type"]
    'text/html; charset=utf-8'
    """
    made = _made(host, port, token)
    thread = threading.Thread(target=made.run, name="minikeras monitor")
    thread.start()
    try:
        yield Address(made.url, made.port)
    finally:
        made.stop()
        thread.join()


def _made(host: str, port: int, token: str | None) -> Monitor:
    with needs_extra("monitor", "minikeras monitor"):
        from minikeras.monitor.server import Monitor
    return Monitor(host, port, token)
