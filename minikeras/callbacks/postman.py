"""How is a server told something that may be down, slow or silent, while training goes on?"""

from __future__ import annotations

import ipaddress
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

AT_MOST = 3  # failures in a row, and timeouts that training waits in all
LAST = 0.8  # of a timeout, at the end: with the other waits, and what they cost, less than four
WAITING = 1000  # letters; what comes after them is left out


@dataclass(frozen=True)
class Letter:
    """A POST of the form `data` or of the value `json`; `is_for_ours`: to our own server alone."""

    url: str
    headers: Mapping[str, str | bytes]
    data: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None
    is_for_ours: bool = False


@dataclass(frozen=True)
class Failure:
    """What goes wrong: its kind, which is told once, and a sentence that begins with the URL."""

    kind: str
    sentence: str


class Postman:
    """Carry letters in a daemon thread, one after the other, and let nobody wait for long.

    The timeout of a socket is no promise: it begins anew with every byte. So `hand_over` waits for
    the thread, at most `timeout` seconds, and in all no more than three times that; `finish` does,
    for a little less, once more. After three failures in a row nothing more is carried. Both return
    the failures of a kind that was not told of before. ImportError without the package requests.
    """

    def __init__(self, timeout: float) -> None:
        try:
            import requests  # noqa: F401  now, so that no letter waits for it
        except ModuleNotFoundError as error:
            raise ImportError(
                f"RemoteMonitor needs the package {error.name}: pip install requests",
                name=error.name,
            ) from None
        self.timeout, self.patience = timeout, AT_MOST * timeout
        self.run = os.urandom(4).hex()  # nobody's random numbers are drawn for it
        self.letters: deque[Letter] = deque()  # the first one is under way
        self.failures: list[Failure] = []  # the first of each kind
        self.told = 0
        self.is_over = self.is_ours = False
        self.change = threading.Condition()  # guards what both threads change
        threading.Thread(target=self._carry, name="RemoteMonitor", daemon=True).start()

    def hand_over(self, letter: Letter) -> list[Failure]:
        """Have a letter carried after those before it, and wait for the answer for a while."""
        with self.change:
            if len(self.letters) < WAITING:
                self.letters.append(letter)
                self.change.notify_all()
            began = time.monotonic()
            is_answered = self._wait(min(self.timeout, self.patience))
            if not is_answered and (self.patience >= self.timeout or len(self.letters) == WAITING):
                self._note(slow(self.timeout))
            self.patience -= time.monotonic() - began
            return self._news()

    def finish(self, *last: Letter) -> list[Failure]:
        """Wait a while for what is under way and these last letters; then carry nothing more."""
        with self.change:
            self.letters.extend(last)
            self.change.notify_all()
            try:
                if not self._wait(LAST * self.timeout):
                    self._note(slow(self.timeout))
            finally:  # Ctrl-C ends a wait
                self.is_over = True
                self.change.notify_all()
            return self._news()

    def _wait(self, seconds: float) -> bool:
        """Whether, within this time, every letter is answered or nothing more is carried."""
        return self.change.wait_for(lambda: self.is_over or not self.letters, seconds)

    def _note(self, failure: Failure) -> None:
        if all(failure.kind != earlier.kind for earlier in self.failures):
            self.failures.append(failure)

    def _news(self) -> list[Failure]:
        news, self.told = self.failures[self.told :], len(self.failures)
        return news

    def _carry(self) -> None:
        in_a_row = 0
        while in_a_row < AT_MOST:
            with self.change:
                self.change.wait_for(lambda: self.is_over or self.letters)
                if self.is_over:
                    return
                letter = self.letters[0]
            failure = self._send(letter) if self.is_ours or not letter.is_for_ours else None
            in_a_row = in_a_row + 1 if failure else 0
            with self.change:
                if failure:
                    self._note(failure)
                self.letters.popleft()
                self.is_over = self.is_over or in_a_row == AT_MOST
                self.change.notify_all()

    def _send(self, letter: Letter) -> Failure | None:
        import requests

        host = urlsplit(letter.url).hostname or ""
        has_own = any(name.lower() == "authorization" for name in letter.headers)
        try:
            with requests.Session() as session:
                # nothing is followed; allow_redirects=False would still read a redirect's body
                session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
                with session.post(
                    letter.url,
                    data=letter.data,
                    json=letter.json,
                    headers=letter.headers,
                    # else ~/.netrc, or a password in the URL, takes the place of the header
                    auth=(lambda request: request) if has_own else None,
                    proxies={"no_proxy": host} if is_loopback(host) else None,
                    timeout=self.timeout,
                    stream=True,  # the body is never read
                ) as answer:
                    status = answer.status_code
                    if 200 <= status < 300:
                        self.is_ours |= answer.headers.get("Minikeras-Monitor") == "1"
                        return None
        except Exception as error:
            return failure_of(error, self.timeout)
        if 300 <= status < 400:
            return Failure("redirect", f"sends elsewhere (status {status}): check root and path")
        return Failure("status", f"answers with status {status}: check root, path and headers")


def failure_of(error: Exception, timeout: float) -> Failure:
    """Find out what lies behind an error of the package requests, which wraps others."""
    import http.client

    import requests

    first: BaseException = error
    while first.__context__:
        first = first.__context__
    if isinstance(error, requests.exceptions.ProxyError):
        return Failure(
            "proxy",
            "lies behind a proxy that fails: correct HTTP_PROXY or HTTPS_PROXY in the environment, "
            "or name the host in NO_PROXY",
        )
    if isinstance(error, requests.exceptions.SSLError):
        return Failure("certificate", f"cannot be trusted with https: {first}")
    if isinstance(error, requests.exceptions.Timeout):
        return slow(timeout)
    if isinstance(first, ConnectionRefusedError):
        return Failure("refused", "is not running: start it with  minikeras monitor")
    if isinstance(first, socket.gaierror):
        return Failure("name", "has a host that is not known: check root")
    if isinstance(first, ConnectionError | http.client.HTTPException):
        return Failure("broken", "breaks off, or speaks no HTTP: the port may be another program's")
    return Failure("other", f"cannot be told: {first!r}")


def slow(timeout: float) -> Failure:
    """Return the failure of an answer that has not come in time."""
    return Failure(
        "slow",
        f"is slow or silent: training waits {timeout:g} s for an answer and "
        f"{AT_MOST * timeout:g} s in all, so epochs may be left out",
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, to which no proxy leads.

    >>> is_loopback("localhost"), is_loopback("127.0.0.2"), is_loopback("::1"), is_loopback("a.b")
    (True, True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # another name
        return False
