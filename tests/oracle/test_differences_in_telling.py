"""Does RemoteMonitor still do otherwise than real Keras 3's where it tells a server?

A test for each such row of the table of differences; it shows both sides.
"""

import json
import math
import threading
import warnings
from urllib.parse import parse_qs

import pytest

from tests.callbacks.servers import answers, hangs, nobody, serving


def tell(monitor, *epochs):
    """Tell a monitor of these logs; return how many warnings that was worth."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        monitor.on_train_begin()
        for epoch, logs in enumerate(epochs):
            monitor.on_epoch_end(epoch, logs)
        monitor.on_train_end()
    return len(heard)


def test_they_wait_for_a_server_that_says_nothing(side):
    is_ours, callbacks = side
    with serving(hangs) as server:
        monitor = callbacks.RemoteMonitor(server.url)
        telling = threading.Thread(target=monitor.on_epoch_end, args=(0, {}), daemon=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            telling.start()
            telling.join(2.0)  # twice as long as ours waits
            is_waiting = telling.is_alive()
            server.closing.set()
            telling.join()
            if is_ours:
                monitor.on_train_end()
    assert is_waiting == (not is_ours)


def test_they_try_a_server_that_is_gone_in_every_epoch(side):
    is_ours, callbacks = side
    with nobody() as url:
        heard = tell(callbacks.RemoteMonitor(url), *[{}] * 5)
    assert heard == (1 if is_ours else 5)


def test_an_answer_of_404_is_as_good_as_any_to_them(side):
    is_ours, callbacks = side
    with serving(answers(404)) as server:
        heard = tell(callbacks.RemoteMonitor(server.url), *[{}] * 5)
    assert (heard, len(server.requests)) == ((1, 3) if is_ours else (0, 5))


def test_a_redirect_costs_them_the_logs(side):
    is_ours, callbacks = side
    with serving(answers()) as other:
        to = f"{other.url}/other"
        with serving(answers(302, f"Location: {to}")) as server:
            heard = tell(callbacks.RemoteMonitor(server.url), {"loss": 0.5})
    assert heard == (1 if is_ours else 0)
    assert len(server.requests) == 1
    followed = [(request.line, request.body) for request in other.requests]
    assert followed == ([] if is_ours else [("GET /other HTTP/1.1", b"")])


def test_a_nan_of_theirs_is_not_json(side):
    is_ours, callbacks = side
    logs = {"loss": math.nan, "accuracy": -math.inf}
    with serving(answers()) as server:
        assert tell(callbacks.RemoteMonitor(server.url), logs) == 0
        heard = tell(callbacks.RemoteMonitor(server.url, send_as_json=True), logs)
    (text,) = parse_qs(server.requests[0].body.decode())["data"]
    nothing = '{"epoch": 0, "loss": null, "accuracy": null}'
    assert text == (nothing if is_ours else '{"epoch": 0, "loss": NaN, "accuracy": -Infinity}')
    assert heard == (0 if is_ours else 1)
    assert [request.body.decode() for request in server.requests[1:]] == [nothing] * is_ours


def test_a_value_that_json_cannot_hold_ends_their_training(side):
    is_ours, callbacks = side
    logs = {"loss": 0.5, "model": object()}
    with serving(answers()) as server:
        monitor = callbacks.RemoteMonitor(server.url, send_as_json=True)
        if is_ours:
            assert tell(monitor, logs) == 1
            assert json.loads(server.requests[0].body) == {"epoch": 0, "loss": 0.5}
        else:
            with pytest.raises(TypeError, match="JSON"):
                tell(monitor, logs)


def test_a_password_of_the_machine_replaces_their_header(side, tmp_path, monkeypatch):
    is_ours, callbacks = side
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(answers()) as server:
        tell(callbacks.RemoteMonitor(server.url, headers={"Authorization": "Bearer mine"}), {})
        sent = server.requests[0].header("Authorization")
        assert sent == ("Bearer mine" if is_ours else "Basic bWU6c2VjcmV0")
        broken = {"Token": "a\r\nb"}
        if is_ours:
            with pytest.raises(ValueError, match="line breaks"):
                callbacks.RemoteMonitor(server.url, headers=broken)
        else:
            assert tell(callbacks.RemoteMonitor(server.url, headers=broken), {}, {}) == 2


def test_they_ask_a_proxy_for_this_machine(side, monkeypatch):
    is_ours, callbacks = side
    with serving(answers()) as proxy, serving(answers()) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        tell(callbacks.RemoteMonitor(server.url), {"loss": 0.5})
    assert (len(server.requests), len(proxy.requests)) == ((1, 0) if is_ours else (0, 1))
