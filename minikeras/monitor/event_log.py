"""What has happened since a page last looked?

Each event has a number, and is kept as the bytes that a page is sent. Events are gathered in
blocks, and a full block is compressed: a hundred thousand epochs of five metrics then take a few
megabytes. When there is more than may be kept, the oldest block is forgotten. A stream holds no
events of its own, only the number of the last one that it has sent.
"""

from __future__ import annotations

import json
import re
import secrets
import zlib
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, NamedTuple

LIMIT = 12 * 2**20  # bytes of compressed blocks that are kept
BLOCK = 8 * 2**10  # bytes of events that fill a block


class Block(NamedTuple):
    before: int  # the number of the last event before it
    last: int
    packed: bytes


class EventLog:
    """Remember the events of this server, and the last ones if there are too many.

    `count` is the number of the last event, `floor` that of the last one that was forgotten, `boot`
    tells the numbers of this server from those of one that ran before.

    >>> log = EventLog()
    >>> log.append({"kind": "run", "run": 1})
    1
    >>> text, number = log.after(0)
    >>> number, text.split(b"\\n")[1]
    (1, b'data: {"kind":"run","run":1}')
    >>> log.after(number)
    (b'', 1)
    """

    def __init__(self, limit: int = LIMIT, block: int = BLOCK) -> None:
        self.limit, self.block = limit, block
        self.boot = secrets.token_hex(4)
        self.blocks: list[Block] = []
        self.lines: list[bytes] = []  # the block that is being filled
        self.size = self.filled = 0  # bytes of the blocks, and of these lines
        self.count = self.floor = 0

    def append(self, event: Mapping[str, Any]) -> int:
        """Add an event and return its number."""
        self.count += 1
        self.lines.append(self.line(self.count, event))
        self.filled += len(self.lines[-1])
        if self.filled >= self.block:
            self._pack()
        return self.count

    def line(self, number: int, event: Mapping[str, Any]) -> bytes:
        """Return what a page is sent; in ASCII, so that nothing inside an event can end it."""
        data = json.dumps(event, separators=(",", ":"), allow_nan=False)
        return f"id: {self.boot}-{number}\ndata: {data}\n\n".encode("ascii")

    def after(self, number: int) -> tuple[bytes, int]:
        """Return the events after this one, a block of them at most, and the last one's number."""
        before = self.count - len(self.lines)
        if number >= before:
            return b"".join(self.lines[number - before :]), self.count
        block = self.blocks[bisect_right(self.blocks, number, key=lambda block: block.last)]
        skipped = number - block.before
        return zlib.decompress(block.packed).split(b"\n\n", skipped)[skipped], block.last

    def position(self, last_event_id: str | None) -> int:
        """Return the number that a page has got to, or -1 if it has to begin at the beginning."""
        told = re.fullmatch(self.boot + r"-([0-9]{1,15})", last_event_id or "")
        number = int(told[1]) if told else -1
        return number if self.floor <= number <= self.count else -1

    def _pack(self) -> None:
        before, packed = self.count - len(self.lines), zlib.compress(b"".join(self.lines))
        self.blocks.append(Block(before, self.count, packed))
        self.size += len(packed)
        self.lines, self.filled = [], 0
        while self.size > self.limit:
            oldest = self.blocks.pop(0)
            self.size -= len(oldest.packed)
            self.floor = oldest.last
