"""What does the monitor answer?"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from minikeras.monitor.event_log import EventLog
from minikeras.monitor.files import page_files
from minikeras.monitor.gate import Gate, only
from minikeras.monitor.publish import BODY, read_end, read_epoch, read_key, read_object
from minikeras.monitor.runs import Runs

EPOCH, END = "/publish/epoch/end", "/publish/train/end"
SMALL = 4 * 2**10  # bytes of a body that is taken however many there are
LARGE = 4 * 2**20  # bytes of the longer ones that are under way at a time
# of a body that is refused; a client that is cut off while it sends cannot read why
PASSED_OVER = 2**20
PATIENCE = 5.0  # seconds for a body to come
PACE = 0.05  # seconds in which a stream gathers what is new, so that many streams cost little
HERE = 15.0  # seconds of silence after which a stream says that it is still there


class App:
    """Take what programs tell, and show it to pages."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.files = page_files()
        self.log = EventLog()
        self.runs = Runs(self.log)
        self.news = asyncio.Event()
        self.large = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            self.gate.admit(request)
            answer = await self._answer(request)
        except HTTPException as refusal:
            answer = PlainTextResponse(f"{refusal.detail}\n", refusal.status_code, refusal.headers)
            if _announced(request) > PASSED_OVER:
                answer.headers["Connection"] = "close"
        except ClientDisconnect:
            return
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.scope["path"]
        if path.removesuffix("/") in (EPOCH, END):
            _allow(request, "POST")
            return await self._publish(request)
        if path == "/events":
            _allow(request, "GET")
            position = self.log.position(only(request, "last-event-id"))
            return StreamingResponse(self._stream(position), media_type="text/event-stream")
        if path not in self.files:
            raise HTTPException(404, "there is nothing at this address; the page is at /")
        _allow(request, "GET", "HEAD")
        if self.gate.has_key(request):
            cookie = f"{self.gate.cookie}; Path=/; HttpOnly; SameSite=Lax"
            return RedirectResponse("/", 303, {"Set-Cookie": cookie})
        content, media_type = self.files[path]
        return Response(content, media_type=media_type)

    async def _publish(self, request: Request) -> Response:
        key = read_key(request.scope["query_string"], only(request, "minikeras-run"))
        told = read_object(await self._body(request), only(request, "content-type"))
        if request.scope["path"].startswith(EPOCH):
            self.runs.tell_epoch(key, *read_epoch(told))
        else:
            self.runs.tell_end(key, *read_end(told))
        self.news.set()
        self.news = asyncio.Event()
        return Response(status_code=204, headers={"Minikeras-Monitor": "1"})

    async def _body(self, request: Request) -> bytes:
        """Return a body of the length that was announced, if that is not too long and it comes."""
        length = _announced(request)
        if not 0 < length < math.inf:
            raise HTTPException(411, "send a body in one piece, and its length as Content-Length")
        if length > BODY:
            raise HTTPException(413, f"a body has at most {BODY} bytes")
        large = length if length > SMALL else 0
        if self.large + large > LARGE:
            raise HTTPException(503, "too many long bodies are under way: send this one again")
        self.large += large
        try:
            async with asyncio.timeout(PATIENCE):
                return await request.body()
        except TimeoutError:
            raise HTTPException(408, f"the body did not come in {PATIENCE:g} seconds") from None
        finally:
            self.large -= large

    async def _stream(self, position: int) -> AsyncIterator[bytes]:
        yield b"retry: 500\n\n"
        while True:
            news = self.news
            if position < self.log.floor:  # it was never here, or what it missed is forgotten
                yield self.runs.beginning()
                position = self.log.floor
            text, position = self.log.after(position)
            if text:
                yield text
                await asyncio.sleep(PACE if position == self.log.count else 0)
            else:
                try:
                    async with asyncio.timeout(HERE):
                        await news.wait()
                except TimeoutError:
                    yield b": here\n\n"


def _allow(request: Request, *methods: str) -> None:
    if request.method not in methods:
        allowed = ", ".join(methods)
        raise HTTPException(405, f"the method here is {allowed}", {"Allow": allowed})
    if request.method != "POST" and _announced(request) > 0:
        raise HTTPException(413, f"{request.method} has no body here")


def _announced(request: Request) -> float:
    """Return the length of the body that comes with a request; of one in chunks, infinity."""
    if "transfer-encoding" in request.headers:
        return math.inf
    return int(request.headers.get("content-length", 0))
