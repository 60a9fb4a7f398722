"""What becomes of requests that are malformed, too long, or ask for other files?"""

import json
import socket
import time

import pytest
from talking import read_answer

from minikeras.monitor import files

POST = "POST /publish/epoch/end/ HTTP/1.1"
JSON = "Content-Type: application/json"
EPOCH = b'{"epoch": 1, "loss": 0.5}'
LENGTH = f"Content-Length: {len(EPOCH)}"


def head(*lines):
    """Return a request of these lines, with a Host that is right."""
    return lambda talk: "\r\n".join(
        [lines[0], f"Host: localhost:{talk.port}", *lines[1:], "", ""]
    ).encode()


def post(*lines, body=EPOCH):
    return lambda talk: head(POST, JSON, *lines)(talk) + body


CHUNKED = "Transfer-Encoding: chunked"
KEYS = json.dumps(dict.fromkeys(map(str, range(4000)))).encode()
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(EPOCH), EPOCH)
HOSTILE = {  # the status of the answer; the request
    "no HTTP": (400, lambda talk: b"hello\r\n\r\n"),
    "TLS": (400, lambda talk: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300)),
    "HTTP of 1991": (400, lambda talk: b"GET /\r\n\r\n"),
    "HTTP/2": (400, lambda talk: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "a null in the address": (400, head("GET /\0 HTTP/1.1")),
    "a letter beyond ASCII": (400, head("GET /é HTTP/1.1")),
    "a space in the address": (400, head("GET /a b HTTP/1.1")),
    "a line without a colon": (400, head("GET / HTTP/1.1", "Accept")),
    "a space before the colon": (400, head(POST, JSON, f"{LENGTH}\r\nOrigin : null")),
    "a null in a header": (400, head("GET / HTTP/1.1", "Accept: \0")),
    "no length": (411, post()),
    "a length of nothing": (411, post("Content-Length: 0", body=b"")),
    "an empty length": (400, post("Content-Length:")),
    "a negative length": (400, post("Content-Length: -1")),
    "a length with a sign": (400, post(f"Content-Length: +{len(EPOCH)}")),
    "a length in words": (400, post("Content-Length: many")),
    "a length in base 16": (400, post(f"Content-Length: {len(EPOCH):#x}")),
    "a length with a bar": (400, post("Content-Length: 2_5")),
    "a length with a point": (400, post("Content-Length: 25.0")),
    "a length of 5000 digits": (400, post("Content-Length: " + "9" * 5000)),
    "a length beyond memory": (413, post("Content-Length: 99999999999999999")),
    "two lengths": (400, post(LENGTH, "Content-Length: 3")),
    "two lengths in one": (400, post(f"{LENGTH}, 3")),
    "a length that is too small": (400, post("Content-Length: 12")),
    "64 KiB and one": (413, post("Content-Length: 65537", body=EPOCH.ljust(65537))),
    "a megabyte": (413, post("Content-Length: 1000000", body=b"x" * 1_000_000)),
    "a million keys": (413, post("Content-Length: 13777780", body=KEYS)),
    "chunks": (411, post(CHUNKED, body=CHUNKS)),
    "chunks and a length": (411, post(CHUNKED, LENGTH, body=CHUNKS)),
    "a length and chunks": (411, post(LENGTH, CHUNKED, body=CHUNKS)),
    "chunks without end": (411, post(CHUNKED, body=b"1\r\n{\r\n" * 100)),
    "chunks of a wrong length": (400, post(CHUNKED, body=b"zz\r\n")),
    "another coding": (400, post("Transfer-Encoding: gzip", LENGTH)),
    "a coding of two": (400, post("Transfer-Encoding: gzip, chunked", body=CHUNKS)),
    "no coding": (400, post("Transfer-Encoding: identity", LENGTH)),
    "two kinds": (400, post(LENGTH, "Content-Type: text/plain")),
    "two ids": (400, post(LENGTH, "Minikeras-Run: a", "Minikeras-Run: b")),
    "a wrong id": (422, post(LENGTH, "Minikeras-Run: a b")),
    "a packed body": (400, post("Content-Length: 20", body=b"\x1f\x8b" + bytes(18))),
    "4,000 keys": (422, post(f"Content-Length: {len(KEYS)}", body=KEYS)),
    "a body where there is none": (413, lambda talk: head("GET / HTTP/1.1", LENGTH)(talk) + EPOCH),
    "chunks where there are none": (413, lambda talk: head("GET /events HTTP/1.1", CHUNKED)(talk)),
    "two ids of events": (400, head("GET /events HTTP/1.1", *["Last-Event-ID: a-1"] * 2)),
    "another server": (404, head("GET http://example.org/ HTTP/1.1")),
    "a tunnel": (404, head("CONNECT example.org:80 HTTP/1.1")),
    "everything": (404, head("OPTIONS * HTTP/1.1")),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_is_refused_and_is_no_event(monitor, name):
    status, message = HOSTILE[name]
    answer = monitor.raw(message(monitor))
    assert answer.status == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.body.count(b"\n") == 1
    assert "minikeras-monitor" not in answer.headers
    assert monitor.events() == []


@pytest.mark.parametrize("name", ["chunks without end", "a length beyond memory"])
def test_what_would_never_end_is_not_read_to_its_end(monitor, name):
    _, message = HOSTILE[name]
    assert monitor.raw(message(monitor)).headers["connection"] == "close"


@pytest.mark.parametrize("headers", [["Accept: " + "x" * 100_000], ["A: b"] * 10_000])
def test_a_head_that_is_too_long_is_not_read_to_its_end(monitor, headers):
    answer = monitor.raw(monitor.request("GET / HTTP/1.1", *headers))
    assert answer is None or answer.status == 400  # None: cut off while it was being sent


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get"]
ALLOWED = {
    "/": "GET, HEAD",
    "/static/main.js": "GET, HEAD",
    "/events": "GET",
    "/publish/epoch/end": "POST",
    "/publish/epoch/end/": "POST",
    "/publish/train/end/": "POST",
}


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize("method", METHODS)
def test_other_methods_are_told_which_there_are(monitor, method, path):
    if method in ALLOWED[path].split(", "):
        return
    with monitor.connect() as talk:
        talk.sendall(monitor.request(f"{method} {path} HTTP/1.1", JSON, body=EPOCH))
        answer = read_answer(talk, method)
    assert (answer.status, answer.headers["allow"]) == (405, ALLOWED[path])
    assert monitor.events() == []


def test_a_head_is_the_answer_without_its_body(monitor):
    with monitor.connect() as talk:
        for _ in range(2):  # on one connection: nothing of a body was left on it
            talk.sendall(monitor.request("HEAD / HTTP/1.1"))
            answer = read_answer(talk, "HEAD")
            assert (answer.status, answer.body) == (200, b"")
            assert int(answer.headers["content-length"]) > 100


PATHS = [
    "//", "/.", "/..", "/../", "/index.html", "/static", "/static/", "/static/.", "/%", "/%zz",
    "//static/main.js", "/static/../static/main.js", "/static/./main.js", "/static/main.js/",
    "/static/index.html", "/static/../__init__.py", "/static/../../cli.py", "/static/..%2fapp.py",
    "/static/%2e%2e/app.py", "/static/%252e%252e/app.py", "/static/..\\app.py", "/static/%ff",
    "/static/....//app.py", "/static/%c0%ae%c0%ae/app.py", "/static/main.js%00", "/static//main.js",
    "/static/..%5capp.py", "/static/%00main.js", "/static//etc/passwd", "//etc/passwd",
    "/static/main.js%0a", "/static/main.js;x", "/static/MAIN.JS",
    "/static/%2fetc%2fpasswd", "/static/file:///etc/passwd", "/static/C:\\windows\\win.ini",
    "/etc/passwd", "/~root/", "/static/~/.ssh/id_rsa", "/static/.git/config", "/static/main.js.map",
    "/static/%s%n", "/static/${HOME}", "/app.py", "/publish", "/publish/epoch/end//", "/events/",
    "/static/" + "a/" * 3000, "/static/" + "../" * 3000 + "etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_path_leads_to_the_page_or_to_nothing(monitor, path):
    for method in ("GET", "POST"):
        answer = monitor.raw(monitor.request(f"{method} {path} HTTP/1.1"))
        assert answer.status == 404
        assert answer.body == b"there is nothing at this address; the page is at /\n"


def test_what_else_lies_beside_the_page_cannot_be_fetched(monkeypatch, tmp_path):
    static = tmp_path / "static"
    static.mkdir()
    for name in ("index.html", "main.js", "main.js.bak", ".DS_Store", "app.py", "LICENSE"):
        (static / name).write_text(name)
    monkeypatch.setattr(files, "files", lambda package: tmp_path)
    assert files.page_files() == {
        "/": (b"index.html", "text/html"),
        "/static/main.js": (b"main.js", "text/javascript"),
    }


def test_a_body_of_64_kib_is_taken_in_pieces_too(monitor):
    body = EPOCH.ljust(65536)
    message = monitor.request(POST, JSON, body=body)
    assert monitor.raw(message).status == 204
    with monitor.connect() as talk:
        for start in range(0, len(message), 5000):
            talk.sendall(message[start : start + 5000])
            time.sleep(0.001)
        assert read_answer(talk).status == 204
    assert [event["kind"] for event in monitor.events()] == ["run", "epoch"] * 2


def test_a_client_that_waits_for_a_sign_gets_it(monitor):
    with monitor.connect() as talk:
        message = monitor.request(POST, JSON, "Expect: 100-continue", body=EPOCH)
        talk.sendall(message.removesuffix(EPOCH))
        assert talk.recv(100).startswith(b"HTTP/1.1 100")
        talk.sendall(EPOCH)
        assert read_answer(talk).status == 204


def test_a_client_that_leaves_in_the_middle_has_told_nothing(monitor):
    message = monitor.request(POST, JSON, body=EPOCH)
    for length in (1, len(message) // 2, len(message) - 1):
        with monitor.connect() as talk:
            talk.sendall(message[:length])
            talk.shutdown(socket.SHUT_WR)
            assert talk.recv(100) == b""
    assert monitor.events() == []


def test_what_comes_after_a_refusal_on_the_same_connection_is_a_request_of_its_own(monitor):
    wrong = monitor.request(POST, JSON, body=b'{"epoch": -1}')
    with monitor.connect() as talk:
        for message, status in ((wrong, 422), (monitor.request(POST, JSON, body=EPOCH), 204)):
            talk.sendall(message)
            assert read_answer(talk).status == status
    message = monitor.request(POST, "Content-Type: text/plain", body=monitor.request(POST, JSON))
    assert monitor.raw(message).status == 415
    kinds = [event["kind"] for event in monitor.events()]
    assert kinds == ["run", "epoch"]
