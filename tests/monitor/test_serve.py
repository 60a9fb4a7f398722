"""What does the command say, where does it listen, and how does it end?"""

import errno
import inspect
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from types import SimpleNamespace

import pytest
import requests
from talking import TOKEN, Talk

from minikeras import callbacks
from minikeras import monitor as room
from minikeras.monitor import address, server


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_the_command_says_what_to_open_and_what_to_write(start):
    process = start("--port", "0")
    url = f"http://localhost:{process.talk.port}"
    said = f'Open {url}/ ; in your program: RemoteMonitor(root="{url}")'
    assert process.greeting == said
    page = requests.get(url, timeout=10)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<title>" in page.text
    process.talk.publish(0, loss=0.5)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_command_ends_quietly_when_it_is_told_to(start, by):
    process = start("--port", "0")
    assert process.talk.raw(b"nonsense\r\n\r\n").status == 400
    with process.talk.connect() as leaves:
        leaves.sendall(process.talk.request("POST /publish/epoch/end HTTP/1.1", body=b"{}")[:-1])
    with process.talk.listening() as events:
        next(events)
        process.send_signal(by)
        said = process.communicate(timeout=10)
    assert said == ("", "")
    assert process.returncode == (0 if by == signal.SIGINT else -by)


def test_the_port_that_is_taken_is_named_with_a_way_out(monitor):
    command = [sys.executable, "-m", "minikeras", "monitor", "--port", str(monitor.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    other = monitor.port + 1
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"minikeras monitor: port {monitor.port} is taken, perhaps by another monitor: take "
        f"another one with --port {other} and, in your program, "
        f'RemoteMonitor(root="http://localhost:{other}")\n'
    )


def test_a_port_that_is_taken_in_one_family_is_taken():
    for taken in ("127.0.0.1", *(["::1"] if has_ipv6() else [])):
        family = socket.AF_INET6 if ":" in taken else socket.AF_INET
        with socket.socket(family) as other:
            other.bind((taken, 0))
            other.listen()
            with (
                pytest.raises(OSError, match="is taken"),
                room.running(port=other.getsockname()[1]),
            ):
                pass


def test_by_default_a_program_need_not_say_where_the_monitor_is(monkeypatch):
    free = SimpleNamespace(getsockname=lambda: ("127.0.0.1", 9000))  # whoever has the port here
    monkeypatch.setattr(server, "listen", lambda host, port: [free])
    defaults = [given.default for given in inspect.signature(room.serve).parameters.values()]
    made = server.Monitor(*defaults)
    assert made.greeting() == "Open http://localhost:9000/ ; in your program: RemoteMonitor()"
    root = inspect.signature(callbacks.RemoteMonitor).parameters["root"].default
    assert root == made.url


def test_with_a_token_the_greeting_holds_it_for_both():
    made = server.Monitor("localhost", 0, TOKEN)
    for opened in made.sockets:
        opened.close()
    assert made.greeting() == (
        f"Open {made.url}/?token={TOKEN} ; in your program: "
        f'RemoteMonitor(root="{made.url}", headers={{"Authorization": "Bearer {TOKEN}"}})'
    )


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machine_is_reached_by_each_of_its_names(monitor, name):
    if name == "[::1]" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    assert requests.get(f"http://{name}:{monitor.port}", timeout=10).status_code == 200


def test_localhost_without_ipv6_is_its_other_address(monkeypatch):
    made = address._socket

    def without_ipv6(where, port):
        if ":" in where:
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
        return made(where, port)

    monkeypatch.setattr(address, "_socket", without_ipv6)
    with room.running() as listening:
        assert requests.get(f"http://127.0.0.1:{listening.port}", timeout=10).status_code == 200


def test_a_machine_without_any_localhost_is_told_what_to_do(monkeypatch):
    def without_addresses(where, port):
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(address, "_socket", without_addresses)
    sentence = "no address called localhost: pass another host"
    with pytest.raises(OSError, match=sentence), room.running():
        pass


def test_a_free_port_that_is_free_in_one_family_only_is_not_taken(monkeypatch):
    made, asked = address._socket, []

    def sometimes_taken(where, port):
        asked.append(where)
        if asked == ["127.0.0.1", "::1"]:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        return made(where, port)

    monkeypatch.setattr(address, "_socket", sometimes_taken)
    with room.running() as listening:
        assert listening.port
    assert asked[:3] == ["127.0.0.1", "::1", "127.0.0.1"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "example.org", "127.1"])
def test_a_host_that_others_can_reach_demands_a_token(host):
    with pytest.raises(ValueError, match="pass a token as well") as error, room.running(host):
        pass
    assert "\n" not in str(error.value)


def test_a_host_that_others_can_reach_is_served_with_a_token():
    with room.running("0.0.0.0", token=TOKEN) as listening:
        talk = Talk(listening.port, TOKEN)
        talk.publish(0, loss=0.5)
        assert requests.get(talk.url, timeout=10).status_code == 401


def test_a_host_of_another_machine_is_an_error_that_names_it():
    for host in ("192.0.2.1", "no-such-host.invalid"):
        sentence = f"cannot listen at {re.escape(host)}:0: "
        with pytest.raises(OSError, match=sentence), room.running(host, token=TOKEN):
            pass


@pytest.mark.parametrize("port", [-1, 65536, 9000.0, "9000", None, True])
def test_a_port_that_is_none_is_a_value_error(port):
    sentence = "port is a whole number from 0 to 65535"
    with pytest.raises(ValueError, match=sentence), room.running(port=port):
        pass


@pytest.mark.parametrize("token", ["", "x" * 15, "a b" * 8, "é" * 16, "x" * 16 + "\n", "%41" * 8])
def test_a_token_that_is_short_or_needs_escapes_is_a_value_error(token):
    sentence = "token is at least 16 letters and digits"
    with pytest.raises(ValueError, match=sentence), room.running(token=token):
        pass


def test_without_the_extra_the_command_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "minikeras.monitor.server")
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ImportError, match="with the extra monitor"), room.running():
        pass


def test_opening_the_room_loads_neither_starlette_nor_uvicorn():
    code = (
        "import sys, minikeras.monitor; "
        "print(sorted({'starlette', 'uvicorn', 'h11', 'asyncio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_runs_beside_a_program_leaves_no_thread_and_no_open_port():
    before = set(threading.enumerate())
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), room.running() as listening:
            raise ZeroDivisionError
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", listening.port))
    assert set(threading.enumerate()) == before


def test_who_came_at_the_last_moment_is_not_left_waiting():
    for _ in range(10):
        with room.running() as listening:
            connection = Talk(listening.port).connect()
        with connection, suppress(ConnectionResetError):  # it was never accepted
            assert connection.recv(100) == b""


def test_a_port_can_be_used_again_at_once():
    with room.running() as listening:
        talk = Talk(listening.port)
        connection = talk.connect()
        connection.sendall(talk.request("GET /events HTTP/1.1"))
        assert connection.recv(100)
    while connection.recv(1000):
        pass
    connection.close()  # the server was first: its end of the connection lingers in the system
    for _ in range(2):
        with room.running(port=listening.port):
            talk.publish(0, loss=0.5)
