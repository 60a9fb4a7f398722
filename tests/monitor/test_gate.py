"""Who may come in, by which name, from which page, with which token?"""

from itertools import product

import pytest
import requests
from talking import TOKEN

from minikeras import monitor as room
from minikeras.monitor import server
from minikeras.monitor.gate import HEADERS

EPOCH = b'{"epoch": 1, "loss": 0.5}'
JSON = "Content-Type: application/json"
PATHS = ["GET / HTTP/1.1", "GET /static/main.js HTTP/1.1", "GET /events HTTP/1.1",
         "POST /publish/epoch/end/ HTTP/1.1", "GET /nowhere HTTP/1.1"]  # fmt: skip
every_door = pytest.mark.parametrize("line", PATHS)

FOREIGN = {  # names under which this monitor is not served
    "another site": "example.org",
    "another site, our port": "example.org:{port}",
    "no port": "localhost",
    "another port": "localhost:1",
    "our name before": "localhost.example.org:{port}",
    "our name behind": "example.org.localhost:{port}",
    "a number of this machine": "127.0.0.2:{port}",
    "a name for the root": "localhost.:{port}",
    "all addresses": "0.0.0.0:{port}",
    "in another notation": "2130706433:{port}",
}
MALFORMED = ["", " ", "localhost:{port}, localhost:{port}", "user@localhost:{port}", "local host"]
MALFORMED += ["localhost:{port}/", "http://localhost:{port}", "localhost:", "[::1", "é", "?", "#"]


@every_door
@pytest.mark.parametrize("name", FOREIGN)
def test_under_another_name_nobody_comes_in(monitor, line, name):
    host = FOREIGN[name].format(port=monitor.port)
    answer = monitor.raw(monitor.request(line, JSON, body=EPOCH, host=host))
    assert answer.status == 403
    assert b"--token" in answer.body
    assert monitor.events() == []


@pytest.mark.parametrize("host", MALFORMED)
def test_what_is_no_name_is_refused_with_and_without_a_token(monitor, guarded, host):
    for talk in (monitor, guarded):
        request = talk.request("GET / HTTP/1.1", f"Authorization: Bearer {TOKEN}", host="HERE")
        name = host.format(port=talk.port).encode("latin-1")
        assert talk.raw(request.replace(b"HERE", name)).status == 400


@pytest.mark.parametrize("hosts", [[], ["localhost:{port}"] * 2, ["localhost:{port}", "evil"]])
def test_a_request_has_one_host(monitor, hosts):
    lines = [f"Host: {host.format(port=monitor.port)}" for host in hosts]
    for version in ("HTTP/1.1", "HTTP/1.0"):
        request = "\r\n".join([f"GET / {version}", *lines, "", ""]).encode()
        assert monitor.raw(request).status == 400


@pytest.mark.parametrize("name", ["localhost", "LocalHost", "127.0.0.1", "[::1]"])
def test_this_machine_goes_by_three_names(monitor, name):
    host = f"{name}:{monitor.port}"
    for origin in ([], [f"Origin: http://{host}", "Sec-Fetch-Site: same-origin"]):
        lines = {"GET / HTTP/1.1": 200, "POST /publish/epoch/end/ HTTP/1.1": 204}
        for line, status in lines.items():
            body = EPOCH if line.startswith("POST") else b""
            request = monitor.request(line, JSON, *origin, body=body, host=host)
            assert monitor.raw(request).status == status


SITES = {
    "of another site": ["Origin: http://example.org"],
    "of another port": ["Origin: http://localhost:1"],
    "of our host without the port": ["Origin: http://localhost"],
    "of nobody": ["Origin: null"],
    "empty": ["Origin:"],
    "of two": ["Origin: http://localhost:{port}", "Origin: http://example.org"],
    "of a path": ["Origin: http://localhost:{port}/"],
    "of another scheme": ["Origin: ftp://localhost:{port}"],
    "cross-site": ["Sec-Fetch-Site: cross-site"],
    "same-site": ["Sec-Fetch-Site: same-site"],
    "unheard of": ["Sec-Fetch-Site: friendly"],
    "ours, from elsewhere": ["Origin: http://localhost:{port}", "Sec-Fetch-Site: cross-site"],
}


VISITS = {("GET / HTTP/1.1", site) for site in SITES if "Sec-Fetch-Site" in SITES[site][-1]}


@pytest.mark.parametrize(("line", "site"), sorted(set(product(PATHS, SITES)) - VISITS))
def test_no_page_of_another_site_sends_requests(monitor, line, site):
    headers = [header.format(port=monitor.port) for header in SITES[site]]
    body = EPOCH if line.startswith("POST") else b""
    answer = monitor.raw(monitor.request(line, JSON, *headers, body=body))
    assert answer.status == (400 if site == "of two" else 403)
    assert monitor.events() == []


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain",
                                  "multipart/form-data; boundary=x"])  # fmt: skip
def test_a_form_of_another_site_is_not_taken(monitor, kind):
    """The three kinds of body that a browser sends to any site without asking it first."""
    body = b"data=%7B%22epoch%22%3A1%7D"
    headers = [f"Content-Type: {kind}", "Origin: http://example.org", "Sec-Fetch-Mode: navigate"]
    request = monitor.request("POST /publish/epoch/end/ HTTP/1.1", *headers, body=body)
    assert monitor.raw(request).status == 403
    assert monitor.events() == []


def test_a_link_of_another_site_may_lead_to_the_page(monitor):
    headers = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"]
    assert monitor.raw(monitor.request("GET / HTTP/1.1", *headers)).status == 200


# -- token ----------------------------------------------------------------------------------------


WRONG = {
    "nothing": {},
    "another": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "more": {"Authorization": f"Bearer {TOKEN}x"},
    "another case": {"Authorization": f"Bearer {TOKEN.upper()}"},
    "without Bearer": {"Authorization": TOKEN},
    "as a password": {"Authorization": "Basic YTphLXNlY3JldC1vZi0yMi1sZXR0ZXJz"},
    "empty": {"Authorization": "Bearer "},
    "no letters": {"Authorization": "Bearer \xe9\xff"},
    "the token as cookie": {"Cookie": f"minikeras-monitor-9000={TOKEN}"},
    "an empty cookie": {"Cookie": "minikeras-monitor-9000="},
}


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/?token=", f"/?token={TOKEN}&token=x",
                                  "/events", f"/events?token={TOKEN}", "/static/main.js",
                                  f"/static/main.js?token={TOKEN}", "/nowhere"])  # fmt: skip
@pytest.mark.parametrize("case", WRONG)
def test_without_the_token_nobody_sees_anything(guarded, path, case):
    headers = [f"{name}: {value}" for name, value in WRONG[case].items()]
    answer = guarded.raw(guarded.request(f"GET {path} HTTP/1.1", *headers))
    assert answer.status == 401
    assert b"/?token=..." in answer.body
    assert TOKEN.encode() not in answer.body
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("case", WRONG)
def test_without_the_token_nobody_publishes(guarded, case):
    headers = [JSON, *(f"{name}: {value}" for name, value in WRONG[case].items())]
    for query in ("", f"?token={TOKEN}"):
        line = f"POST /publish/epoch/end/{query} HTTP/1.1"
        assert guarded.raw(guarded.request(line, *headers, body=EPOCH)).status == 401
    assert guarded.events() == []


def test_the_address_with_the_token_opens_the_page_for_this_browser(guarded):
    browser = requests.Session()
    answer = browser.get(guarded.url, params={"token": TOKEN}, allow_redirects=False, timeout=10)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    for path in ("/", "/static/main.js"):
        assert browser.get(guarded.url + path, timeout=10).status_code == 200
    with browser.get(guarded.url + "/events", stream=True, timeout=10) as stream:
        assert stream.status_code == 200


def test_a_browser_that_sees_the_page_cannot_publish(guarded):
    browser = requests.Session()
    browser.get(guarded.url, params={"token": TOKEN}, timeout=10)
    answer = browser.post(guarded.url + "/publish/epoch/end/", json={"epoch": 1}, timeout=10)
    assert answer.status_code == 401


def test_a_page_stays_open_when_the_monitor_is_started_again_and_not_with_another_token():
    browser = requests.Session()
    with room.running(token=TOKEN) as first:
        browser.get(first.url, params={"token": TOKEN}, timeout=10)
    for token, status in {TOKEN: 200, TOKEN[::-1]: 401}.items():
        with room.running(port=first.port, token=token) as again:
            assert browser.get(again.url, timeout=10).status_code == status


def test_two_monitors_of_a_machine_do_not_log_each_other_out(guarded):
    browser = requests.Session()
    with room.running(token=TOKEN[::-1]) as other:
        browser.get(guarded.url, params={"token": TOKEN}, timeout=10)
        browser.get(other.url, params={"token": TOKEN[::-1]}, timeout=10)
        for url in (guarded.url, other.url):
            assert browser.get(url, timeout=10).status_code == 200


def test_with_the_token_any_name_is_served(guarded):
    bearer = f"Authorization: Bearer {TOKEN}"
    for host in ("example.org", "example.org:80", "192.0.2.1:9000", "[2001:db8::1]:9000"):
        line = "POST /publish/epoch/end/ HTTP/1.1"
        assert guarded.raw(guarded.request(line, JSON, bearer, body=EPOCH, host=host)).status == 204
    assert len([event for event in guarded.events() if event["kind"] == "epoch"]) == 4


def test_with_the_token_other_sites_stay_outside(guarded):
    headers = [JSON, f"Authorization: Bearer {TOKEN}", "Origin: http://example.org"]
    line = "POST /publish/epoch/end/ HTTP/1.1"
    assert guarded.raw(guarded.request(line, *headers, body=EPOCH)).status == 403


# -- headers --------------------------------------------------------------------------------------


MESSAGES = [f"{line} HTTP/1.1" for line in ("GET /", "HEAD /", "GET /static/main.js", "GET /no",
            "PUT /", "GET /events", "POST /publish/epoch/end/")]  # fmt: skip


@pytest.mark.parametrize("line", [*MESSAGES, "this is no HTTP"])
def test_every_answer_has_the_headers_that_guard_it(monitor, line):
    with monitor.connect() as connection:
        connection.sendall(monitor.request(line, JSON))
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
    lines = head.decode().lower().splitlines()
    assert {f"{name}: {value}".lower() for name, value in HEADERS.items()} <= set(lines)
    assert not any(line.startswith("server:") for line in lines)


def test_the_first_answer_has_them_too():
    made = server.Monitor("localhost", 0, None)
    for listening in made.sockets:
        listening.close()
    names = [name.decode() for name, _ in made.server.server_state.default_headers]
    assert names == [name.lower() for name in HEADERS]


def test_the_page_may_run_no_script_but_those_of_its_own_files(monitor):
    policy = requests.get(monitor.url, timeout=10).headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert "unsafe" not in policy
