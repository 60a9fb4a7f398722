"""Does training go on, hardly later and none the worse, whatever the server does?"""

import socket
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle

import pytest

import minikeras
from minikeras.callbacks import LambdaCallback, RemoteMonitor
from tests.callbacks.monitored import PROMPT
from tests.callbacks.servers import (
    OURS,
    answers,
    drips,
    drips_a_body,
    hangs,
    nobody,
    pours,
    redirects,
    resets,
    sends,
    serving,
    waits,
)

EPOCHS = 60  # a server that costs each of them a timeout is noticed
BUSY = 3.0  # seconds that a busy machine may take
SHORT = 0.2  # one that is waited for
MISSING = "is not running: start it with  minikeras monitor"
NO_HTTP = "breaks off, or speaks no HTTP: the port may be another program's"
SLOW = "is slow or silent: training waits"
ELSEWHERE = "sends elsewhere (status 302): check root and path"


@pytest.fixture(autouse=True)
def _no_thread_stays():
    yield
    for thread in threading.enumerate():
        if thread.name == "RemoteMonitor":
            thread.join(PROMPT)
            assert not thread.is_alive()


def fit(*callbacks):
    """Return what a small fit has come to, and how long it took."""
    minikeras.utils.set_random_seed(0)
    model = minikeras.Sequential([minikeras.layers.Dense(1, input_dim=1)])
    model.compile("sgd", "mse")
    began = time.monotonic()
    history = model.fit([[0.0], [1.0]], [1.0, 2.0], epochs=EPOCHS, verbose=0, callbacks=callbacks)
    seconds = time.monotonic() - began
    return ([w.tolist() for w in model.get_weights()], history.epoch, history.history), seconds


def heard_in_fit(*callbacks):
    """Return the warnings of a fit, and how long it took; it has come to what it would alone."""
    alone, _ = fit()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        result, seconds = fit(*callbacks)
    assert result == alone
    assert all(warning.category is RuntimeWarning for warning in heard)
    return [str(warning.message) for warning in heard], seconds


def check(sentences, url, *causes):
    """Each of these causes is told once, and what comes of it."""
    assert len(sentences) == len(causes)
    for sentence, cause in zip(sentences, causes, strict=True):
        assert sentence.startswith(f"RemoteMonitor: {url}/publish/epoch/end/ {cause}")
        assert sentence.endswith("after three failures in a row nothing more is sent in this fit.")


@dataclass
class Case:
    """What a server does, what is told of it, and how many requests it gets."""

    behave: Callable
    arrive: int = 3  # after three failures nothing more is sent
    cause: str | None = None
    timeout: float = PROMPT


CASES = {
    "answers": Case(answers(), EPOCHS),
    "answers 200": Case(answers(200, body=b"thank you"), EPOCHS),
    "is ours": Case(answers(204, OURS), EPOCHS + 1),
    "drips a body": Case(drips_a_body, EPOCHS),
    "pours": Case(pours, EPOCHS),
    "answers 404": Case(answers(404, OURS), cause="answers with status 404: check root, path"),
    "answers 500": Case(answers(500, body=b"oh"), cause="answers with status 500: check root"),
    "answers 199": Case(answers(199), cause="answers with status 199"),
    "answers 304": Case(answers(304), cause="sends elsewhere (status 304)"),
    "redirects": Case(redirects("/elsewhere"), cause=ELSEWHERE),
    "redirects to nonsense": Case(redirects("http://[:"), cause=ELSEWHERE),
    "hangs up": Case(sends(b""), cause=NO_HTTP),
    "resets": Case(resets, cause=NO_HTTP),
    "speaks no HTTP": Case(sends(b"\x00\xff" * 100 + b"\r\n"), cause=NO_HTTP),
    "sends half a line": Case(sends(b"HTTP/1.1 2"), cause=NO_HTTP),
    "sends a long line": Case(sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10**5), cause=NO_HTTP),
    "sends 1000 headers": Case(sends(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 1000), cause=NO_HTTP),
    "hangs": Case(hangs, cause=SLOW, timeout=SHORT),
    "drips": Case(drips, 1, SLOW, SHORT),
    "is just in time": Case(waits(0.9 * SHORT), EPOCHS, SLOW, SHORT),
    "is just too late": Case(waits(1.1 * SHORT), cause=SLOW, timeout=SHORT),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fit_ends_in_time_with_one_warning_at_most(name):
    case = CASES[name]
    with serving(case.behave) as server:
        heard, seconds = heard_in_fit(RemoteMonitor(server.url, timeout=case.timeout))
        check(heard, server.url, *([case.cause] if case.cause else []))
    assert seconds < BUSY + (4 * case.timeout if case.timeout == SHORT else 0)
    told = [request.target for request in server.requests]
    assert "/elsewhere" not in told
    assert len(told) <= case.arrive
    assert len(told) == case.arrive or case.timeout == SHORT


@pytest.mark.slow
@pytest.mark.parametrize("behave", [hangs, drips, waits(0.9)], ids=["hangs", "drips", "is slow"])
def test_by_default_a_fit_ends_at_most_four_seconds_later(behave):
    with serving(behave) as server:
        heard, seconds = heard_in_fit(RemoteMonitor(server.url))
        check(heard, server.url, SLOW)
    assert seconds < 4.4  # 3.8 and what a busy machine adds; a fifth timeout would be seen


def test_where_nobody_listens_a_fit_ends_at_once_and_says_what_to_start():
    with nobody() as url:
        heard, seconds = heard_in_fit(RemoteMonitor(url, timeout=PROMPT))
    check(heard, url, MISSING)
    assert seconds < BUSY


def test_a_host_without_an_address_is_told_of(monkeypatch):
    def getaddrinfo(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    url = "http://no.such.host"
    heard, _ = heard_in_fit(RemoteMonitor(url, timeout=PROMPT))
    check(heard, url, "has a host that is not known: check root")


def test_a_server_without_tls_is_not_trusted():
    with serving(answers()) as server:
        url = server.url.replace("http", "https")
        heard, _ = heard_in_fit(RemoteMonitor(url, timeout=PROMPT))
    check(heard, url, "cannot be trusted with https: [SSL")


def test_an_error_that_nobody_has_thought_of_costs_a_warning(monkeypatch):
    import requests

    def post(*args, **kwargs):
        raise ZeroDivisionError("so that is how")

    monkeypatch.setattr(requests.Session, "post", post)
    heard, _ = heard_in_fit(RemoteMonitor("http://a.b", timeout=PROMPT))
    check(heard, "http://a.b", "cannot be told: ZeroDivisionError('so that is how')")


# -- one failure after the other -------------------------------------------------------------------


def in_turn(*behaviours):
    turns = cycle(behaviours)
    return lambda handler: next(turns)(handler)


def test_an_answer_between_failures_keeps_the_news_coming():
    with serving(in_turn(answers(404), answers(404), answers())) as server:
        heard, _ = heard_in_fit(RemoteMonitor(server.url, timeout=PROMPT))
        check(heard, server.url, "answers with status 404")
    assert len(server.requests) == EPOCHS


def test_each_kind_of_failure_is_told_of_once():
    kinds = in_turn(answers(500), redirects("/"), answers(), answers(404), sends(b""), answers())
    with serving(kinds) as server:
        heard, _ = heard_in_fit(RemoteMonitor(server.url, timeout=PROMPT))
        check(heard, server.url, "answers with status 500", ELSEWHERE, NO_HTTP)
    assert len(server.requests) == EPOCHS


def test_three_failures_of_any_kind_are_three():
    with serving(in_turn(answers(500), redirects("/"), sends(b""))) as server:
        heard, _ = heard_in_fit(RemoteMonitor(server.url, timeout=PROMPT))
        check(heard, server.url, "answers with status 500", ELSEWHERE, NO_HTTP)
    assert len(server.requests) == 3


@pytest.mark.parametrize("missed", [2, 3])
def test_a_server_that_dies_is_told_again_if_it_is_back_in_time(missed):
    with ExitStack() as first, ExitStack() as second:
        server, again = first.enter_context(serving(answers())), []

        def at(epoch, logs):
            if epoch == 10:
                first.close()
            if epoch == 10 + missed:
                again.append(second.enter_context(serving(answers(), server.port)))

        monitor = RemoteMonitor(server.url, timeout=PROMPT)
        heard, _ = heard_in_fit(LambdaCallback(on_epoch_begin=at), monitor)
        check(heard, server.url, MISSING)
    assert len(server.requests) == 10
    assert len(again[0].requests) == (EPOCHS - 12 if missed == 2 else 0)


def test_a_second_fit_begins_anew():
    monitor = RemoteMonitor("http://127.0.0.1:1", timeout=PROMPT)
    with nobody() as monitor.root:
        for _ in range(2):
            heard, _ = heard_in_fit(monitor)
            check(heard, monitor.root, MISSING)
    with serving(answers()) as server:
        monitor.root = server.url
        heard, _ = heard_in_fit(monitor)
    assert heard == []
    assert len(server.requests) == EPOCHS


# -- the one who waits -----------------------------------------------------------------------------


def test_a_warning_comes_in_the_thread_that_trains():
    with nobody() as url, pytest.raises(RuntimeWarning, match="minikeras monitor"):
        fit(RemoteMonitor(url, timeout=PROMPT))  # warnings are errors here


def test_an_answer_that_never_comes_keeps_no_program_from_ending():
    with serving(drips) as server:
        heard_in_fit(RemoteMonitor(server.url, timeout=SHORT))
        stuck = [thread for thread in threading.enumerate() if thread.name == "RemoteMonitor"]
        assert [thread.daemon for thread in stuck] == [True]


def test_an_epoch_waits_for_one_timeout_and_says_so_at_once():
    with serving(drips) as server:
        monitor = RemoteMonitor(server.url, timeout=SHORT)
        with pytest.warns(RuntimeWarning, match=SLOW):
            monitor.on_epoch_end(0)
        assert monitor.postman.patience > 0  # two more were left
        monitor.on_train_end()


def test_what_is_not_sent_when_a_fit_ends_is_not_sent_later():
    has_come, may_go = threading.Event(), threading.Event()

    def behave(handler):
        has_come.set()
        may_go.wait(PROMPT)
        answers()(handler)

    with serving(behave) as server:
        monitor = RemoteMonitor(server.url, timeout=PROMPT)
        monitor.on_train_begin()
        monitor.postman.patience = 0
        for epoch in range(3):
            monitor.on_epoch_end(epoch)
        assert has_come.wait(PROMPT)
        monitor.postman.timeout = 0
        with pytest.warns(RuntimeWarning, match=SLOW):
            monitor.on_train_end()
        may_go.set()
    assert len(server.requests) == 1


def test_ctrl_c_while_the_last_answer_is_awaited_ends_the_thread_as_well(monkeypatch):
    def interrupt(seconds):
        raise KeyboardInterrupt

    with serving(answers()) as server:
        monitor = RemoteMonitor(server.url, timeout=PROMPT)
        monitor.on_epoch_end(0)
        monkeypatch.setattr(monitor.postman, "_wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            monitor.on_train_end()


def test_what_waits_to_be_sent_has_a_limit_and_the_rest_is_told_of():
    with serving(drips) as server:
        monitor = RemoteMonitor(server.url, timeout=PROMPT)
        monitor.on_train_begin()
        monitor.postman.patience = 0
        for epoch in range(999):
            monitor.on_epoch_end(epoch)
            assert len(monitor.postman.letters) == epoch + 1
        with pytest.warns(RuntimeWarning, match=SLOW):
            monitor.on_epoch_end(999)
        monitor.on_epoch_end(1000)
        assert len(monitor.postman.letters) == 1000
        monitor.postman.timeout = 0
        monitor.on_train_end()


def test_a_server_that_is_merely_outrun_is_not_called_slow():
    with serving(answers()) as server:
        monitor = RemoteMonitor(server.url, timeout=PROMPT)

        def lose_patience(epoch, logs):
            monitor.postman.patience = 0

        heard, _ = heard_in_fit(monitor, LambdaCallback(on_epoch_begin=lose_patience))
    assert heard == []
    assert len(server.requests) == EPOCHS
