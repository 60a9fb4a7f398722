"""Who may come in?

The page of any other site can make a browser send requests to this machine: under a name of its own
that it lets point here (then `Host` is foreign), or as a form or a script of that site (then
`Origin` and `Sec-Fetch-Site` tell). Programs send neither of the last two.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

HEADERS = {  # of every answer
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)


class Gate:
    """Let in who calls one of these `hosts` or, where there is a token, who knows it."""

    def __init__(self, hosts: list[str], token: str | None) -> None:
        self.hosts, self.token = hosts, token
        # holds after a restart too; whoever finds it can read, and not publish
        seal = hashlib.sha256(f"a page of minikeras monitor {token}".encode()).hexdigest()
        port = hosts[0].rpartition(":")[2]  # cookies of a host go to all of its ports
        self.cookie = f"minikeras-monitor-{port}={seal}"

    def admit(self, request: Request) -> None:
        """Raise an HTTPException for those who may not come in."""
        host = only(request, "host") or ""
        if not HOST.fullmatch(host):
            raise HTTPException(400, "a request names its host, such as Host: localhost:9000")
        if self.token is None and host.lower() not in self.hosts:
            raise HTTPException(
                403,
                f"this monitor goes by {', '.join(self.hosts)}, and by other names only if it is "
                "started with --token",
            )
        origin = only(request, "origin")
        if origin not in (None, f"http://{host}", f"https://{host}"):
            raise HTTPException(403, "a page of another site may not send requests here")
        site = only(request, "sec-fetch-site")
        if site not in (None, "same-origin", "none") and not is_visit(request):
            raise HTTPException(403, "a page of another site may not send requests here")
        if self.token is not None and not self._knows(request, self.token):
            raise HTTPException(
                401,
                "this monitor has a token: open its page once as /?token=..., or publish with "
                'RemoteMonitor(headers={"Authorization": "Bearer ..."})',
            )

    def has_key(self, request: Request) -> bool:
        """Is this a visit to the page with the token in the address?"""
        query = request.scope["query_string"].decode("ascii")
        told = parse_qs(query).get("token", [])
        return self.token is not None and is_visit(request) and is_same(told, self.token)

    def _knows(self, request: Request, token: str) -> bool:
        bearers = request.headers.getlist("authorization")
        if request.method == "POST":
            return is_same(bearers, f"Bearer {token}")
        cookies = "; ".join(request.headers.getlist("cookie")).split("; ")
        has_cookie = any(is_same([cookie], self.cookie) for cookie in cookies)
        return has_cookie or is_same(bearers, f"Bearer {token}") or self.has_key(request)


def is_visit(request: Request) -> bool:
    """Is this what a link on any page may do: open ours?"""
    return request.method == "GET" and request.scope["path"] == "/"


def only(request: Request, name: str) -> str | None:
    """Return the value of a header that may come once."""
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise HTTPException(400, f"the header {name} comes {len(values)} times: send one")
    return values[0] if values else None


def is_same(told: list[str], secret: str) -> bool:
    """Is this one text the secret one? The time it takes does not tell how much of it is right."""
    return len(told) == 1 and hmac.compare_digest(told[0].encode(), secret.encode())
