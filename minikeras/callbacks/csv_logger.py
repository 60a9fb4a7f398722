"""CSVLogger: what happened last night?"""

from __future__ import annotations

import csv
import io
import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from minikeras.callbacks.callback import Logs
from minikeras.callbacks.stateful import StatefulCallback

MISSING = "NA"
FORMULA = ("=", "+", "-", "@")  # a spreadsheet would compute a name that begins so


class CSVLogger(StatefulCallback):
    """Write a row for each epoch to a CSV file: `epoch`, from 0, then the logs' keys by name.

    - `filename`: the file; missing folders are made.
    - `separator`: what stands between values.
    - `append`: go on below the rows of a file that has the same columns; otherwise start it anew.

    The first row decides the columns; those of validation are there from the start if `fit` has
    some. A value that is missing is written as `NA`; a key that comes later is left out, with one
    warning. Each row is written out before training goes on. ValueError where the file to append to
    has other columns. Source: Keras 2.3's `CSVLogger`.

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

    memory = ("keys",)

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        if not isinstance(separator, str) or len(separator) != 1 or separator in '\r\n"':
            raise ValueError(f"separator is one character, such as ',', not {separator!r}")
        self.filename, self.separator, self.append = os.fspath(filename), separator, append
        self.file: IO[bytes] | None = None
        self.reset()

    def reset(self) -> None:
        self.keys: list[str] | None = None
        self.has_warned = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.on_train_end()  # of a run that was left without a word
        mode = "a+b" if self.append or self.is_resuming else "w+b"
        super().on_train_begin(logs)
        self.has_header = False
        path = Path(self.filename)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = path.open(mode)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.file is None:
            raise RuntimeError("CSVLogger opens its file in on_train_begin: call that first")
        logs = logs or {}
        if self.keys is None:
            self.keys = self._columns(logs)
        if not self.has_header:
            self._begin(self.file, ["epoch", *map(_title, self.keys)])
            self.has_header = True
        late = sorted(set(logs) - set(self.keys))
        if late and not self.has_warned:
            self.has_warned = True
            warnings.warn(
                f"{', '.join(late)} came after the first row of {self.filename}, whose columns are "
                f"{', '.join(self.keys)}: left out",
                RuntimeWarning,
                stacklevel=3,
            )
        self._write(self.file, [epoch, *(_cell(logs.get(key, MISSING)) for key in self.keys)])

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None

    def on_exception(self, exception: BaseException) -> None:
        self.on_train_end()

    def _columns(self, logs: Logs) -> list[str]:
        later = self.params.get("metrics") if self.params.get("do_validation") else ()
        return sorted({*logs, *(key for key in later or () if key.startswith("val_"))})

    def _begin(self, file: IO[bytes], names: list[str]) -> None:
        """Write the header, or check the one that is there and cut off half a row after it."""
        header = self._line(names)
        file.seek(0)
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]  # a killed run may leave half a row behind
        text = io.StringIO(whole.decode(errors="replace"), newline="")
        before = next(csv.reader(text, delimiter=self.separator), names)
        if before != names or (not whole and not header.startswith(content)):
            first_line = content.decode(errors="replace").splitlines()[0]
            raise ValueError(
                f"{self.filename} begins with {first_line!r}; the columns of this run are "
                f"{header.decode().strip()!r}: choose another file, or append=False"
            )
        file.truncate(len(whole))
        if not whole:
            file.write(header)

    def _write(self, file: IO[bytes], row: Iterable[Any]) -> None:
        file.write(self._line(row))
        file.flush()

    def _line(self, row: Iterable[Any]) -> bytes:
        line = io.StringIO(newline="")
        csv.writer(line, delimiter=self.separator).writerow(row)
        return line.getvalue().encode()


def _title(key: str) -> str:
    return f"'{key}" if key.startswith(FORMULA) else key


def _cell(value: Any) -> Any:
    """Write a sequence as Keras does: `"[1, 2]"`, with the quotes."""
    is_one_value = isinstance(value, str) or getattr(value, "ndim", None) == 0
    if isinstance(value, Iterable) and not is_one_value:
        return f'"[{", ".join(map(str, value))}]"'
    return value
