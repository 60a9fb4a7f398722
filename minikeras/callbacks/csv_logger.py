"""CSVLogger: what happened last night?"""

from __future__ import annotations

import csv
import io
import os
import warnings
from collections.abc import Iterable
from contextlib import suppress
from io import FileIO
from typing import Any

from minikeras.callbacks.callback import Logs
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.whole_file import check_file, make_folder, sync_folder

MISSING = "NA"
FORMULA = ("=", "+", "-", "@")  # a spreadsheet would compute a name that begins so


class CSVLogger(StatefulCallback):
    """Write a row for each epoch to a CSV file: `epoch`, from 0, then the logs' keys by name.

    - `filename`: the file; missing folders are made.
    - `separator`: what stands between values.
    - `append`: True goes on below the rows of a file with the same columns, False starts it anew.

    The first row decides the columns; those of validation are there from the start if `fit` has
    some. A value that is missing is written as `NA`; a key that comes later is left out, with one
    warning. ValueError where the file to go on below has other columns.

    A row is on the disk before training goes on; where it cannot be written, that is an OSError,
    and no half of it stays. A run that goes on from a saved state cuts off the rows that came after
    that state, for it writes them again; if the file is gone or shorter, it goes on below the rows
    that there are. Source: Keras 2.3's `CSVLogger`.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/log.csv"
    >>> logger = CSVLogger(path)
    >>> logger.on_train_begin()
    >>> logger.on_epoch_end(0, {"loss": 0.5, "accuracy": 0.75})
    >>> logger.on_train_end()
    >>> with open(path) as file:
    ...     print(file.read())
    epoch,accuracy,loss
    0,0.75,0.5
    """

    memory = ("keys", "size")

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        if not isinstance(separator, str) or len(separator) != 1 or separator in '\r\n"':
            raise ValueError(f"separator is one character, such as ',', not {separator!r}")
        self.filename, self.separator, self.append = os.fspath(filename), separator, append
        self.file: FileIO | None = None
        self.reset()

    def reset(self) -> None:
        self.keys: list[str] | None = None
        self.size = 0  # bytes of the file, up to the end of its last whole row
        self.has_warned = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.on_train_end()  # of a run that was left without a word
        is_resuming = self.is_resuming
        super().on_train_begin(logs)
        self.has_header = False
        self.file = _open(self.filename)
        before = _content(self.file)
        if is_resuming:
            before = before[: self.size]
        elif not self.append:
            before = b""
        if self.keys is not None:
            self._header_after(before, self.keys)
        self.size = len(_whole_rows(before))
        if is_resuming or not self.append:
            self.file.truncate(self.size)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.file is None:
            raise RuntimeError("CSVLogger opens its file in on_train_begin: call that first")
        logs, header = logs or {}, b""
        if self.keys is None:
            self.keys = self._columns(logs)
        if not self.has_header:
            before = _content(self.file)
            header = self._header_after(before, self.keys)
            self.file.truncate(len(_whole_rows(before)))
        late = sorted(set(logs) - set(self.keys))
        if late and not self.has_warned:
            self.has_warned = True
            warnings.warn(
                f"{', '.join(late)} came after the first row of {self.filename}, whose columns are "
                f"{', '.join(self.keys)}: left out",
                RuntimeWarning,
                stacklevel=3,
            )
        row = [epoch, *(_cell(logs.get(key, MISSING)) for key in self.keys)]
        self._write(self.file, header + self._line(row))
        self.has_header = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None

    def on_exception(self, exception: BaseException) -> None:
        self.on_train_end()

    def _columns(self, logs: Logs) -> list[str]:
        later = self.params.get("metrics") if self.params.get("do_validation") else ()
        return sorted({*logs, *(key for key in later or () if key.startswith("val_"))})

    def _header_after(self, content: bytes, keys: list[str]) -> bytes:
        """Return the header, or nothing if `content` has it; ValueError if it has another one."""
        names = ["epoch", *map(_title, keys)]
        header, whole = self._line(names), _whole_rows(content)
        text = io.StringIO(whole.decode(errors="replace"), newline="")
        before = next(csv.reader(text, delimiter=self.separator), names)
        if before != names or (not whole and not header.startswith(content)):
            first_line = content.decode(errors="replace").splitlines()[0]
            raise ValueError(
                f"{self.filename} begins with {first_line!r}; the columns of this run are "
                f"{header.decode().strip()!r}: choose another file, or append=False"
            )
        return b"" if whole else header

    def _write(self, file: FileIO, line: bytes) -> None:
        """Carry a line to the disk; what goes wrong leaves nothing of it."""
        before = os.fstat(file.fileno()).st_size
        try:
            while line:  # once, unless the disk takes only a part
                line = line[file.write(line) :]
            os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):  # the first error is the one to tell of
                file.truncate(before)
            raise
        self.size = os.fstat(file.fileno()).st_size

    def _line(self, row: Iterable[Any]) -> bytes:
        line = io.StringIO(newline="")
        csv.writer(line, delimiter=self.separator).writerow(row)
        return line.getvalue().encode()


def _open(filename: str) -> FileIO:
    """Open a file for rows at its end; a new one is there to stay."""
    check_file(filename)
    folder, is_new = os.path.dirname(os.path.realpath(filename)), not os.path.exists(filename)
    make_folder(folder)
    file = open(filename, "a+b", buffering=0)  # noqa: SIM115
    if is_new:
        sync_folder(folder)
    return file


def _content(file: FileIO) -> bytes:
    file.seek(0)
    return file.read()


def _whole_rows(content: bytes) -> bytes:
    """Return content without the half row that a killed run may leave at its end."""
    return content[: content.rfind(b"\n") + 1]


def _title(key: str) -> str:
    return f"'{key}" if key.startswith(FORMULA) else key


def _cell(value: Any) -> Any:
    """Write a sequence as Keras does: `"[1, 2]"`, with the quotes."""
    is_one_value = isinstance(value, str) or getattr(value, "ndim", None) == 0
    if isinstance(value, Iterable) and not is_one_value:
        return f'"[{", ".join(map(str, value))}]"'
    return value
