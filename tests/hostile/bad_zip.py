"""What can be wrong in a zip, and with a file as a whole?"""

from __future__ import annotations

import os
import socket
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.hostile.files import CONFIG, INNER, KERAS, parts, unsealed, valid, zipped

METADATA = "metadata.json"
HEAD, LISTED = 30, 46  # bytes before a member, and of its line in the list, without their names
SIZES, NAME_LENGTH = 18, 26  # where in such a head
END = 22


def made(members: list[tuple[str, bytes]]) -> bytes:
    """Return a zip of members that may have the same name."""
    import io

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo("x" * len(name))
            archive.writestr(info, content)
            info.filename = name
    return stream.getvalue()


def twins(name: str) -> bytes:
    """Two members of one name: which is meant?"""
    other = name[:-1] + "?"
    return zipped({**parts(), other: parts()[name]}).replace(other.encode(), name.encode())


def named(name: str) -> bytes:
    return zipped({**parts(), name: b"x"})


def without(name: str) -> bytes:
    return zipped({key: content for key, content in parts().items() if key != name})


def patched(place: str, name: str, offset: int, value: bytes) -> bytes:
    """Write bytes into what stands before a member ("head"), its line in the list, or both."""
    content = bytearray(
        zipped(parts()) if place != "both" else patched("head", name, offset - 2, value)
    )
    found = content.find(name.encode()) if place == "head" else content.rfind(name.encode())
    start = found - (HEAD if place == "head" else LISTED) + offset
    content[start : start + len(value)] = value
    return bytes(content)


def number(value: int) -> bytes:
    return struct.pack("<L", value)


def short(value: int) -> bytes:
    return struct.pack("<H", value)


def shifted(content: bytes, more: bytes) -> bytes:
    """Put bytes before a zip, so that readers that search for the end find all members."""
    return more + content


def in_between(more: bytes) -> bytes:
    """Put bytes between the last member and the list of members, and let the end say so."""
    content = zipped(parts())
    start = struct.unpack("<L", content[-6:-2])[0]
    return content[:start] + more + content[start:-6] + number(start + len(more)) + content[-2:]


def commented() -> bytes:
    content = zipped(parts())
    return content[:-2] + short(5) + b"hello"


def two_ends() -> bytes:
    """The second end record is the comment of the first."""
    content = zipped(parts())
    return content[:-2] + short(END) + content[-END:]


def many_members() -> bytes:
    """300,000 empty members, which cost much more as objects than as bytes."""
    start = b"".join(
        b"PK\x01\x02" + bytes(24) + short(1) + bytes(16) + b"a" for _ in range(300_000)
    )
    content = zipped(parts())[: struct.unpack("<L", zipped(parts())[-6:-2])[0]]
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(start), len(content), 0)
    return content + start + end


def zip64() -> bytes:
    """The sizes that are believed stand in a record for large files, hidden in a comment."""
    content = zipped(parts())
    listed, end = content[:-END], content[-END:]
    length, start = struct.unpack("<2L", end[12:20])
    comment_length = listed.rfind(INNER.encode()) - LISTED + 32
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 3, 3, length, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(listed), 1)
    more = record + locator
    listed = listed[:comment_length] + short(len(more)) + listed[comment_length + 2 :]
    return listed + more + end[:12] + number(length + len(more)) + end[16:]


def elsewhere() -> bytes:
    """Config and metadata are one and the same place."""
    content = zipped({**parts(), METADATA: parts()[CONFIG]})
    at = content.rfind(CONFIG.encode()) - LISTED + 42
    return content[:at] + number(0) + content[at + 4 :]


def overlapping() -> bytes:
    """The weights hold a whole second zip, to which the list of members points."""
    inner = zipped(parts())
    outer = zipped({**parts(), INNER: inner})
    start = outer.find(inner)
    length, at = struct.unpack("<2L", inner[-10:-2])
    listed = bytearray(inner[at : at + length])
    place = 0
    while place < length:
        name = struct.unpack("<H", listed[place + 28 : place + 30])[0]
        offset = struct.unpack("<L", listed[place + 42 : place + 46])[0]
        listed[place + 42 : place + 46] = number(offset + start)
        place += LISTED + name
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, length, start + len(inner), 0)
    return outer[: start + len(inner)] + bytes(listed) + end


def inside() -> bytes:
    """Config is the content of metadata, and as many bytes lie elsewhere, so that sums agree."""
    found = parts()
    record = zipped({CONFIG: found[CONFIG]})
    record = record[: struct.unpack("<L", record[-6:-2])[0]]
    content = zipped({METADATA: record, INNER: found[INNER]})
    length, start = struct.unpack("<2L", content[-10:-2])
    listed = zipped({CONFIG: found[CONFIG]})[len(record) : -END]
    listed = listed[:42] + number(HEAD + len(METADATA)) + listed[46:]
    listed = content[start : start + length] + listed
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(listed), start + len(record), 0)
    return content[:start] + bytes(len(record)) + listed + end


def bomb(name: str, size: int) -> bytes:
    """A member of zeros that deflates to a thousandth."""
    members = {**parts(), name: bytes(size)}
    return zipped(members, zipfile.ZIP_DEFLATED)


def bomb_that_lies() -> bytes:
    """The same, but the list says that it is small."""
    content, size = bytearray(bomb(INNER, 2**28)), number(100)
    at = content.find(INNER.encode()) - HEAD + SIZES + 4
    content[at : at + 4] = size
    at = content.rfind(INNER.encode()) - LISTED + SIZES + 2 + 4
    content[at : at + 4] = size
    return bytes(content)


def swapped() -> bytes:
    found = parts()
    return zipped({**found, CONFIG: found[INNER], INNER: found[CONFIG]})


ZIPS: dict[str, Callable[[], bytes]] = {
    "a member of the same name, config": lambda: twins(CONFIG),
    "a member of the same name, weights": lambda: twins(INNER),
    **{
        f"a member called {name!r}": lambda name=name: named(name)
        for name in (
            "../evil.py", "/etc/cron.d/evil", "..\\evil", "C:evil", "assets/", "CONFIG.JSON",
            "config.json/", "./config.json", "config.json ", "model.weights.h5.py", "x" * 60_000,
        )
    },
    **{f"no {name}": lambda name=name: without(name) for name in (CONFIG, INNER)},
    "config and weights swapped": swapped,
    "something before the zip": lambda: shifted(zipped(parts()), b"#!/bin/sh\n"),
    "another zip before the zip": lambda: zipped({"a": b"b"}) + zipped(parts()),
    "something behind the zip": lambda: zipped(parts()) + b"\n",
    "zeros behind the zip": lambda: zipped(parts()) + bytes(END),
    "something between members and list": lambda: in_between(b"hidden"),
    "a comment": commented,
    "two end records": two_ends,
    "a list of 300,000 members": many_members,
    "a record for large files": zip64,
    "two members in one place": elsewhere,
    "members inside of a member": overlapping,
    "config inside of metadata": inside,
    "an encrypted member": lambda: patched("both", CONFIG, 8, short(1)),
    "a patched member": lambda: patched("both", CONFIG, 8, short(0x20)),
    "a member of another method": lambda: patched("both", CONFIG, 10, short(12)),
    "a head with another method": lambda: patched("head", CONFIG, 8, short(8)),
    "a head with another size": lambda: patched("head", INNER, SIZES, number(100)),
    "a head with another name": lambda: patched("head", CONFIG, HEAD, b"CONFIG"),
    "a head with another checksum": lambda: patched("head", CONFIG, 14, number(1)),
    "a head that begins later": lambda: patched("head", INNER, NAME_LENGTH, short(17)),
    "a list with another name": lambda: patched("list", CONFIG, LISTED, b"CONFIG"),
    "a list with another checksum": lambda: patched("list", INNER, 16, number(1)),
    "a wrong checksum": lambda: patched("both", INNER, 16, number(1)),
    "a list with a larger size": lambda: patched("list", INNER, 24, number(2**30)),
    "a size beyond the member": lambda: patched(
        "both", INNER, 24, number(len(parts()[INNER]) + 50)
    ),
    "a list with a smaller size": lambda: patched("list", INNER, 24, number(100)),
    "a list that points beyond the end": lambda: patched("list", INNER, 42, number(2**31)),
    "a list that says zip64": lambda: patched("list", INNER, 24, number(2**32 - 1)),
    "weights that inflate to 256 MiB": lambda: bomb(INNER, 2**28),
    "weights that inflate further than they say": bomb_that_lies,
    "a config that inflates to 64 MiB": lambda: bomb(CONFIG, 2**26),
    "metadata that inflate to 64 MiB": lambda: bomb(METADATA, 2**26),
    "weights that are a zip": lambda: zipped({**parts(), INNER: zipped(parts())}),
    "weights that are empty": lambda: zipped({**parts(), INNER: b""}),
}  # fmt: skip


# -- the file as a whole -------------------------------------------------------------------------


def pipe(path: Path) -> None:
    os.mkfifo(path)


def closed_socket(path: Path) -> None:
    where = os.getcwd()
    os.chdir(path.parent)  # its name may have 108 letters at most
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(where)


def too_large(path: Path) -> None:
    path.write_bytes(unsealed(path.name))
    os.truncate(path, 2**31 + 1)


THINGS: dict[str, Callable[[Path], object]] = {
    "a pipe": pipe,
    "a folder": lambda path: path.mkdir(),
    "a socket": closed_socket,
    "a device that never ends": lambda path: path.symlink_to("/dev/zero"),
    "a device that is empty": lambda path: path.symlink_to("/dev/null"),
    "a file of more than 2 GiB": too_large,
    "an empty file": lambda path: path.write_bytes(b""),
    "a file of zeros": lambda path: path.write_bytes(bytes(4096)),
    "a file of text": lambda path: path.write_text("import os\n" * 100),
    "a pickle": lambda path: path.write_bytes(b"cos\nsystem\n(S'touch /tmp/evil'\ntR."),
    "the end record of a zip alone": lambda path: path.write_bytes(b"PK\5\6" + bytes(18)),
    "the magic letters of HDF5 alone": lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n"),
}


def in_front(name: str) -> bytes:
    """Put a block for users before an HDF5 file: then it begins with anything."""
    block = b"\x08" * 512  # as if it counted its bytes in 64 bits
    if name == KERAS:
        return zipped({**parts(), INNER: block + parts()[INNER]})
    return block + unsealed(name)


def cut(name: str, step: int = 512, sealed: bool = True) -> list[bytes]:
    """Return the file, cut off at every `step` bytes and at its last; or one without a digest."""
    content = valid(name)
    if not sealed:
        content = unsealed(name)
    return [content[:size] for size in (*range(0, len(content), step), len(content) - 1)]
