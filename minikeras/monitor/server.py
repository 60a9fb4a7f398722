"""What keeps the monitor running?"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import uvicorn

from minikeras.monitor.address import LOOPBACK, authority, check, listen
from minikeras.monitor.app import App
from minikeras.monitor.connection import Connection
from minikeras.monitor.gate import HEADERS, Gate

DEFAULT_ROOT = "http://localhost:9000"  # RemoteMonitor's


class Server(uvicorn.Server):
    """A server that, when it stops, closes those connections too that have only just come in."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        with suppress(NotImplementedError):  # on Windows
            for listening in sockets or []:
                asyncio.get_running_loop().remove_reader(listening)
        for _ in range(5):  # turns of the loop, from accepting a connection to knowing it
            await asyncio.sleep(0)
        await super().shutdown(sockets)


class Monitor:
    """A server that has its port, and answers while it runs."""

    def __init__(self, host: str, port: int, token: str | None) -> None:
        check(host, port, token)
        self.token, self.sockets = token, listen(host, port)
        self.port: int = self.sockets[0].getsockname()[1]
        name = socket.gethostname() if host in ("0.0.0.0", "::") else host
        self.url = f"http://{authority(name, self.port)}"
        names = dict.fromkeys(["localhost", *LOOPBACK, name])
        gate = Gate([authority(name, self.port) for name in names], token)
        config = uvicorn.Config(
            App(gate),
            http=Connection,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            headers=list(HEADERS.items()),
            timeout_graceful_shutdown=1,
        )
        config.load()
        self.server = Server(config)
        # uvicorn sets these too, but a moment after it begins to answer
        self.server.server_state.default_headers = config.encoded_headers

    def run(self) -> None:
        """Answer until `stop`, or Ctrl-C where this is the main thread."""
        try:
            self.server.run(self.sockets)
        finally:  # uvicorn does so too, but not if it is stopped before it has begun
            for listening in self.sockets:
                listening.close()

    def stop(self) -> None:
        self.server.should_exit = True

    def greeting(self) -> str:
        """Return what to open, and what to write to be seen there."""
        page, arguments = f"{self.url}/", []
        if self.url != DEFAULT_ROOT:
            arguments.append(f'root="{self.url}"')
        if self.token is not None:
            page += f"?token={self.token}"
            arguments.append(f'headers={{"Authorization": "Bearer {self.token}"}}')
        return f"Open {page} ; in your program: RemoteMonitor({', '.join(arguments)})"
