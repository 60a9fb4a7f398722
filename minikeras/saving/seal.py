"""Is a file still what was saved?

Our HDF5 files carry the SHA-256 digest of all their bytes, written where 64 given letters stood
while it was computed. It tells damage, not malice: whoever changes a file can also seal it again.
"""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

NAME = "minikeras_sha256"  # of an attribute at the root of the file
OPEN = sha256(NAME.encode()).hexdigest().encode()  # what stands there before


def close(image: BytesIO) -> None:
    """Write the digest into a file that is complete but for it."""
    digest = _digest(image, OPEN)
    with image.getbuffer() as content:
        place = re.search(OPEN, content)
        assert place is not None
        content[slice(*place.span())] = digest


def problem(stream: BinaryIO, seal: str) -> str | None:
    """Say if the digest that a file carries is not that of its content."""
    if re.fullmatch("[0-9a-f]{64}", seal) and _digest(stream, seal.encode()) == seal.encode():
        return None
    return (
        f"its content is not what was saved: it does not match its digest, {NAME}; the file was "
        "damaged, or changed by a program that does not know the digest"
    )


def _digest(stream: BinaryIO, seal: bytes) -> bytes:
    digest, rest = sha256(), b""
    stream.seek(0)
    while part := stream.read(2**20):
        part = (rest + part).replace(seal, OPEN)
        digest.update(part[: 1 - len(OPEN)])
        rest = part[1 - len(OPEN) :]  # the seal may begin here
    digest.update(rest)
    return digest.hexdigest().encode()
