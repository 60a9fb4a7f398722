"""On which address does the monitor listen, and is it open to others?"""

from __future__ import annotations

import errno
import ipaddress
import os
import re
import socket
from contextlib import ExitStack

LOOPBACK = ("127.0.0.1", "::1")  # both are called localhost
NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)  # such as ::1 without IPv6
UNTAKEN = 16 * 2**10  # bytes from one client that the system keeps for us: many send at once
UNSENT = 128 * 2**10  # bytes that it keeps for a client that does not read
WAITING = 512  # connections that nobody has answered yet


def check(host: str, port: int, token: str | None) -> None:
    """Raise a ValueError for what cannot be an address, and for one that is open to everybody."""
    if type(port) is not int or not 0 <= port <= 65535:
        raise ValueError(f"port is a whole number from 0 to 65535, not {port!r}")
    if token is not None and not re.fullmatch(r"[A-Za-z0-9._~-]{16,}", token):
        raise ValueError(
            "token is at least 16 letters and digits, with . _ ~ - among them as you like; "
            'python -c "import secrets; print(secrets.token_urlsafe())" makes a good one'
        )
    if token is None and not is_loopback(host):
        raise ValueError(
            f"the host {host!r} may be reached from other machines: pass a token as well, which "
            "pages and programs have to know, or stay with the host localhost"
        )


def is_loopback(host: str) -> bool:
    """Can only this machine reach the host?

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, which may come to mean another machine
        return False


def authority(host: str, port: int) -> str:
    """Return what a request for an address says as `Host`.

    >>> authority("::1", 9000), authority("localhost", 80)
    ('[::1]:9000', 'localhost')
    """
    name = f"[{host}]" if ":" in host else host
    return name if port == 80 else f"{name}:{port}"


def listen(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen, all on one port: two for localhost, where there is IPv6.

    OSError where the port is taken, or the host is none of this machine's.
    """
    chosen, sockets = port, []
    with ExitStack() as opened:
        for address in LOOPBACK if host == "localhost" else (host,):
            try:
                sockets.append(opened.enter_context(_socket(address, chosen)))
            except OSError as error:
                if host == "localhost" and error.errno in NO_SUCH_ADDRESS:
                    continue
                if error.errno != errno.EADDRINUSE:
                    reason = error.strerror or error
                    raise OSError(f"cannot listen at {authority(host, port)}: {reason}") from None
                if port != 0:
                    raise _taken(host, port) from None
                return listen(host, 0)  # free in one family, taken in the other
            chosen = sockets[0].getsockname()[1]
        opened.pop_all()
    if not sockets:
        raise OSError("this machine has no address called localhost: pass another host")
    return sockets


def _socket(address: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        if os.name == "posix":  # elsewhere it would share the port with whoever has it
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # both hold for every connection that comes in
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UNTAKEN)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)
        made.bind((address, port))
        made.listen(WAITING)
    except OSError:
        made.close()
        raise
    return made


def _taken(host: str, port: int) -> OSError:
    other = port + 1 if port < 65535 else port - 1
    return OSError(
        f"port {port} is taken, perhaps by another monitor: take another one with --port {other} "
        f'and, in your program, RemoteMonitor(root="http://{authority(host, other)}")',
    )
