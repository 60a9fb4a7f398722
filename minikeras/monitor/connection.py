"""How long does the server wait for somebody slow?

uvicorn waits for ever: for the head of a first request, and for those who do not read what they
asked for. Each of them costs a connection and some memory, and whoever opens many costs others
theirs.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD = 5.0  # seconds for the head of a request to come
UNREAD = 30.0  # seconds in which a client takes nothing of what is ready for it
BUFFER = 4 * 2**10  # bytes that may be ready for it
MOST = 512  # connections at a time


class Connection(H11Protocol):
    """A connection that is not kept open by doing nothing.

    The timers know its transport only: that is all they keep in memory of one that has gone.
    """

    headless: asyncio.TimerHandle | None = None
    unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=BUFFER)
        if len(self.connections) > MOST:
            transport.abort()
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._expect_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.unread = self.loop.call_later(UNREAD, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        stop(self.unread)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, with the headers that every answer has."""
        headers = [*self.server_state.default_headers, (b"content-type", b"text/plain")]
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        sentence = b"this is no HTTP request that is taken\n"
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\n%sconnection: close\r\n\r\n%s" % (lines, sentence)
        )
        self.transport.close()

    def shutdown(self) -> None:
        """End now: neither an open stream nor somebody slow keeps the server from stopping."""
        if self.flow.write_paused:  # closing would wait for them to read
            self.transport.abort()
        else:
            self.transport.close()

    def _expect_head(self) -> None:
        """Give up unless a head is there in time, in however many pieces it comes."""
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering:
            stop(self.headless)
            self.headless = None
        elif self.headless is None:
            self.headless = self.loop.call_later(HEAD, self.transport.abort)


def stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
