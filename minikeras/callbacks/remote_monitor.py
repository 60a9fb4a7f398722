"""RemoteMonitor: how is it going, seen from elsewhere?"""

from __future__ import annotations

import json
import re
import threading
import warnings
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from minikeras.callbacks.callback import Callback, Logs
from minikeras.callbacks.postman import Failure, Letter, Postman

EPOCH_END, TRAIN_END = "/epoch/end", "/train/end/"  # the latter for `minikeras monitor` alone
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # of a header: RFC 9110, 5.1 and 5.5
VALUE = re.compile(r"([!-~\xa1-\xff]([\t -~\x80-\xff]*[!-~\x80-\xff])?)?")


class RemoteMonitor(Callback):
    """Send each epoch's logs to a server, such as `minikeras monitor`, as an HTTP POST.

    - `root`, `path`: together the URL; a query names the run: `"/publish/epoch/end/?run=mine"`.
    - `field`: the field of a form that holds the object `{"epoch": 0, "loss": 0.5, ...}` as JSON.
    - `headers`: sent as they are, such as `{"Authorization": "Bearer ..."}`.
    - `send_as_json`: send the object itself, without a form around it.
    - `timeout`: seconds that training waits for an answer.

    NaN and infinities become null. Whatever the server does, training goes on: it waits for less
    than four timeouts in all. Each kind of failure is one RuntimeWarning in a fit, and after three
    failures in a row nothing more is sent in it. Redirects are not followed, and no proxy is asked
    for this machine. The header `Minikeras-Run` has a new random number for each fit, unless
    `headers` has one, and `minikeras monitor` is told how the run ends.

    ValueError or TypeError for an address, a header or a timeout that cannot be used; ImportError
    in `on_train_begin` without the package requests. Source: Keras 2.3's `RemoteMonitor`.

    >>> monitor = RemoteMonitor("http://localhost:9000", headers={"Authorization": "Bearer me"})
    >>> RemoteMonitor("localhost:9000")
    Traceback (most recent call last):
    ...
    ValueError: root and path make the URL of a server, such as 'http://localhost:9000/publish/', \
not 'localhost:9000/publish/epoch/end/'
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str | bytes] | None = None,
        send_as_json: bool = False,
        *,
        timeout: float = 1.0,
    ) -> None:
        check_url(f"{root}{path}")
        check_headers(headers or {})
        is_number = isinstance(timeout, int | float) and timeout is not True
        if not (is_number and 0 < timeout <= threading.TIMEOUT_MAX):
            raise ValueError(f"timeout is a number of seconds above 0, not {timeout!r}")
        self.root, self.path, self.field = root, path, field
        self.headers = dict(headers or {})
        self.send_as_json, self.timeout = send_as_json, timeout
        self.postman: Postman | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.postman is not None:  # of a run that was left without a word
            self.postman.finish()
        self._begin()

    def _begin(self) -> Postman:
        self.epoch, self.has_warned = 0, False
        self.postman = Postman(self.timeout)
        return self.postman

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        postman = self.postman or self._begin()  # a loop of your own may begin here
        self.epoch = epoch
        event, unsendable = event_of(epoch, logs or {})
        if unsendable and not self.has_warned:
            self.has_warned = True
            warnings.warn(
                f"RemoteMonitor leaves out {', '.join(unsendable)}: JSON cannot hold the value, "
                "log a number",
                RuntimeWarning,
                stacklevel=2,
            )
        form = {self.field: json.dumps(event)}
        body: dict[str, Any] = {"json": event} if self.send_as_json else {"data": form}
        letter = Letter(self.root + self.path, self._headers(postman), **body)
        self._warn_of(postman.hand_over(letter))

    def on_train_end(self, logs: Logs | None = None) -> None:
        planned = self.params.get("epochs") or 0  # unknown in a loop of your own, which may
        is_stopped = getattr(self.model, "stop_training", False)  # have no model either
        has_more = self.epoch + 1 < planned
        self._warn_of(self._finish("stopped" if is_stopped or has_more else "finished"))

    def on_exception(self, exception: BaseException) -> None:
        self._warn_of(self._finish("exception"))

    def _headers(self, postman: Postman) -> dict[str, str | bytes]:
        return {"Minikeras-Run": postman.run, **self.headers}  # the later of two spellings counts

    def _finish(self, reason: str) -> list[Failure]:
        postman, self.postman = self.postman, None
        if postman is None:
            return []
        parts = urlsplit(self.root + self.path)
        path = parts.path.rstrip("/").removesuffix(EPOCH_END) + TRAIN_END
        url = parts._replace(path=path, fragment="").geturl()
        headers = {**self._headers(postman), "Content-Type": "application/json"}
        event, _ = event_of(self.epoch, {"reason": reason})
        return postman.finish(Letter(url, headers, json=event, is_for_ours=True))

    def _warn_of(self, failures: list[Failure]) -> None:
        url = without_password(self.root + self.path)
        for failure in failures:
            warnings.warn(
                f"RemoteMonitor: {url} {failure.sentence}. Training goes on; after three failures "
                "in a row nothing more is sent in this fit.",
                RuntimeWarning,
                stacklevel=3,
            )


def event_of(epoch: int, logs: Logs) -> tuple[dict[str, Any], list[str]]:
    """Return what JSON can hold of an epoch, and the keys of what it cannot.

    Scalars of NumPy and the like become numbers, NaN and infinities null.

    >>> event_of(0, {"loss": float("inf"), "accuracy": 0.5, "model": object()})
    ({'epoch': 0, 'loss': None, 'accuracy': 0.5}, ['model'])
    """
    event, unsendable = {}, []
    for key, value in {"epoch": epoch, **logs}.items():
        try:
            text = json.dumps({key: value}, default=lambda scalar: scalar.item())
        except Exception:  # whatever an object of yours does when it is asked
            unsendable.append(str(key))
        else:
            event.update(json.loads(text, parse_constant=lambda name: None))
    return event, unsendable


def check_url(url: str) -> None:
    """Raise a ValueError unless this is the URL of a server.

    >>> check_url("http://localhost:9000/publish/epoch/end/")
    """
    try:
        parts = urlsplit(url)
        is_server = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_server = False
    if not is_server:
        raise ValueError(
            "root and path make the URL of a server, such as 'http://localhost:9000/publish/', "
            f"not {without_password(url)!r}"
        )


def without_password(url: str) -> str:
    """Return a URL as it may be shown.

    >>> without_password("http://me:p@ss@host:9000/")
    'http://host:9000/'
    """
    return re.sub("//[^/?#]*@", "//", url)


def check_headers(headers: Mapping[str, str | bytes]) -> None:
    """Raise a TypeError or ValueError for the first header that HTTP cannot send.

    >>> check_headers({"Token": "a\\r\\nb"})
    Traceback (most recent call last):
    ...
    ValueError: the value of the header 'Token' cannot be sent: it is latin-1, without line ...
    """
    if not isinstance(headers, Mapping):
        raise TypeError(f"headers is a dict of names and values, not {headers!r}")
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str | bytes):
            kind = type(value).__name__  # the value itself may be a secret
            raise TypeError(f"headers holds text by name, not {kind} by {name!r}")
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header: use letters, digits and -")
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if not VALUE.fullmatch(text):
            raise ValueError(
                f"the value of the header {name!r} cannot be sent: it is latin-1, without line "
                "breaks, other control characters, or spaces around it"
            )
