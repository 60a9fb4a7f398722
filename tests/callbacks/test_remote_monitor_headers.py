"""Are headers sent as they are given, and those that HTTP cannot send refused at once?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import RemoteMonitor
from minikeras.callbacks.remote_monitor import check_headers
from tests.callbacks.monitored import PROMPT, monitor_of, tell
from tests.callbacks.servers import OURS, answers, serving


@pytest.fixture(scope="module")
def ours():
    with serving(answers(204, OURS)) as server:
        yield server


@pytest.fixture
def server(ours):
    """A server like our own, which has heard nothing yet."""
    ours.requests.clear()
    return ours


TOKEN = "!#$%&'*+-.^_`|~0123456789AZaz"
NAMES = st.text(TOKEN, min_size=1, max_size=9).map("X-{}".format)
PRINTED = [*map(chr, range(0x21, 0x7F)), *map(chr, range(0xA1, 0x100))]
VALUES = st.lists(st.text(PRINTED, min_size=1, max_size=9), max_size=3).map(" ".join)
HEADERS = st.dictionaries(NAMES, VALUES, max_size=4).filter(
    lambda headers: len({name.lower() for name in headers}) == len(headers)
)


@given(HEADERS, st.booleans())
def test_headers_arrive_as_they_are_given(ours, headers, as_bytes):
    ours.requests.clear()
    given = {n: v.encode("latin-1") if as_bytes else v for n, v in headers.items()}
    tell(monitor_of(ours, headers=given), {"loss": 0.5})
    for request in ours.requests:
        assert headers.items() <= set(request.headers)
    assert len(ours.requests) == 2


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_no_password_from_elsewhere_takes_the_place_of_a_header(
    server, name, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for root in (server.url, server.url.replace("//", "//me:secret@")):
        tell(RemoteMonitor(root, headers={name: "Bearer mine"}, timeout=PROMPT), {})
        tell(RemoteMonitor(root, timeout=PROMPT), {})
    sent = [request.header("Authorization") for request in server.requests]
    assert sent == 2 * (2 * ["Bearer mine"] + 2 * ["Basic bWU6c2VjcmV0"])


def test_a_password_in_the_address_is_in_no_warning():
    with serving(answers(404)) as server:
        monitor = RemoteMonitor(server.url.replace("//", "//me:secret@"), timeout=PROMPT)
        with pytest.warns(RuntimeWarning) as heard:
            tell(monitor, {})
    assert f" {server.url}/publish/epoch/end/ answers" in str(heard[0].message)


def test_a_content_type_of_yours_stands_but_for_the_end_which_is_always_json(server):
    tell(monitor_of(server, headers={"content-type": "text/plain"}), {})
    sent = [request.header("Content-Type") for request in server.requests]
    assert sent == ["text/plain", "application/json"]


REFUSED = {
    "a line break": ({"Token": "a\nb"}, ValueError, "the value of the header 'Token' cannot"),
    "a header more": ({"Token": "a\r\nX: b"}, ValueError, "without line breaks"),
    "a break at the end": ({"Token": "a\n"}, ValueError, "without line breaks"),
    "a folded line": ({"Token": "a\r\n b"}, ValueError, "without line breaks"),
    "bytes with a break": ({"Token": b"a\rb"}, ValueError, "without line breaks"),
    "a zero": ({"Token": "a\0b"}, ValueError, "other control characters"),
    "a space before": ({"Token": " a"}, ValueError, "or spaces around it"),
    "a space behind": ({"Token": "a "}, ValueError, "or spaces around it"),
    "Korean": ({"Token": "손실"}, ValueError, "it is latin-1"),
    "a break in a name": ({"To\nken": "a"}, ValueError, r"'To\\nken' is no name of a header"),
    "a colon in a name": ({"To:ken": "a"}, ValueError, "letters, digits and -"),
    "no name": ({"": "a"}, ValueError, "'' is no name of a header"),
    "a Korean name": ({"손실": "a"}, ValueError, "is no name of a header"),
    "a number": ({"Token": 3}, TypeError, "headers holds text by name, not int by 'Token'"),
    "nothing": ({"Token": None}, TypeError, "not NoneType by 'Token'"),
    "a number for a name": ({3: "a"}, TypeError, "not str by 3"),
    "a list": ([("Token", "a")], TypeError, r"a dict of names and values, not \[\("),
}


@pytest.mark.parametrize("what", REFUSED)
def test_headers_that_cannot_be_sent_are_refused_when_the_monitor_is_made(what):
    headers, error, sentence = REFUSED[what]
    with pytest.raises(error, match=sentence):
        RemoteMonitor(headers=headers)


@given(st.text(max_size=3), st.text(max_size=3))
def test_whatever_passes_the_check_the_package_requests_accepts(name, value):
    from requests.utils import check_header_validity

    try:
        check_headers({name: value})
    except ValueError:
        return
    check_header_validity((name, value))
    assert len(f"{name}: {value}".encode("latin-1").splitlines()) == 1
