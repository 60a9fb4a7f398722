"""How is a `.keras` file read, if a stranger may have made it?

It is a zip. Python's `zipfile` finds the members; here is checked that nothing else is in it, and
that its two descriptions of each member agree: see the rules in `untrusted.py`.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from minikeras.saving.untrusted import LARGEST_FILE

MEMBERS = ("metadata.json", "config.json", "model.weights.h5")
LARGEST_DEFLATED = 2**24  # bytes of a deflated member: besides the weights, there is its copy
HEAD = struct.Struct("<4s5H3L2H")  # what stands before a member of a zip
END = struct.Struct("<4s8xL6x")  # the end record of a zip: bytes of the list of members
LARGEST_LIST = 2**12  # bytes of the list of members
FLAGS = 0x806  # of a member: its name is UTF-8, how hard was it deflated
UNTOLD = 2**32 - 1  # a size that stands elsewhere


class Window(io.RawIOBase):
    """A part of a file, as a file of its own."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self.stream, self.start, self.size, self.position = stream, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self.position = (0, self.position, self.size)[whence] + offset
        return self.position

    def readinto(self, buffer: Any) -> int:
        self.stream.seek(self.start + self.position)
        wanted = memoryview(buffer).cast("B")[: max(0, self.size - self.position)]
        count: int = self.stream.readinto(wanted)  # type: ignore[attr-defined]
        self.position += count
        return count


def member(stream: BinaryIO, name: str) -> Any:
    """Return a member of a `.keras` file, as a file to read."""
    _check_ends(stream)
    try:
        with ZipFile(stream) as archive:
            _check_members(archive, stream)
            return _content(archive, archive.getinfo(name), stream)
    except (BadZipFile, zlib.error) as error:
        raise ValueError(f"this zip is damaged ({error})") from error


def _check_members(archive: ZipFile, stream: BinaryIO) -> None:
    members, end = archive.infolist(), 0
    names = [info.filename for info in members]
    if len(set(names)) < len(names) or not set(MEMBERS[1:]) <= set(names) <= set(MEMBERS):
        raise ValueError(f"its members are {names}; a .keras file has {', '.join(MEMBERS)}")
    for info in sorted(members, key=lambda info: info.header_offset):
        _check_member(info)
        end = _check_place(info, stream, end)
    if end != archive.start_dir:
        raise ValueError("in this zip, something lies between its members")


def _check_ends(stream: BinaryIO) -> None:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    begins = stream.read(4)
    stream.seek(max(0, size - 20 - END.size))
    last = stream.read()
    if begins != b"PK\x03\x04" or len(last) < 20 + END.size:
        raise ValueError("this is not a .keras file, which is a zip")
    mark, length = END.unpack(last[20:])
    if mark != b"PK\x05\x06" or length > LARGEST_LIST:
        raise ValueError("this zip is cut short, or there is something in it besides its members")
    if last.startswith(b"PK\x06\x07"):
        raise ValueError("this zip is made for more than 4 GiB, and is smaller")


def _check_member(info: ZipInfo) -> None:
    is_stored = info.compress_type == ZIP_STORED
    most = LARGEST_FILE if is_stored else LARGEST_DEFLATED
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or info.flag_bits & ~FLAGS:
        raise ValueError(f"{info.filename} is encrypted or packed in a way that is not read here")
    if info.file_size > most:
        how = "" if is_stored else ", unless it is stored as it is"
        raise ValueError(
            f"{info.filename} has {info.file_size} bytes; at most {most} are read{how}"
        )
    if is_stored and info.file_size != info.compress_size:
        raise ValueError(f"{info.filename} is stored, but its two sizes differ")


def _check_place(info: ZipInfo, stream: BinaryIO, place: int) -> int:
    """Compare what stands before a member with the list of members; return where it ends."""
    stream.seek(info.header_offset)
    head = stream.read(HEAD.size)
    if info.header_offset != place or len(head) < HEAD.size:
        raise ValueError(f"{info.filename} does not begin where the member before it ends")
    _, _, *told, length, extra = HEAD.unpack(head)
    del told[2:4]  # time and date, which nobody reads
    listed = [info.flag_bits, info.compress_type, info.CRC, info.compress_size, info.file_size]
    is_same = stream.read(length) == info.filename.encode()
    if not is_same or any(a not in (b, UNTOLD) for a, b in zip(told, listed, strict=True)):
        raise ValueError(f"{info.filename} is described in two ways that differ")
    return int(place + HEAD.size + length + extra + info.compress_size)


def _content(archive: ZipFile, info: ZipInfo, stream: BinaryIO) -> Any:
    """Return the content, whose checksum is right, without a copy where that can be."""
    is_stored = info.compress_type == ZIP_STORED
    copy = io.BytesIO()
    with archive.open(info) as file:
        while part := file.read(2**20):  # the last one compares the checksum
            if not is_stored:
                copy.write(part)
    if not is_stored:
        copy.seek(0)
        return copy
    stream.seek(info.header_offset + 26)
    lengths = struct.unpack("<2H", stream.read(4))
    return Window(stream, info.header_offset + 30 + sum(lengths), info.file_size)
