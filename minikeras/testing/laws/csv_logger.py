"""What is promised of CSVLogger?

A series holds the score of each epoch, None where the logs lack it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from minikeras.testing.corpus import GAP, NAN, Domain, Series, Settings, every
from minikeras.testing.law import Deed, Law, Row
from minikeras.testing.laws.arguments import REQUIRED, arguments, refuses_unknown
from minikeras.testing.laws.series import starts_with_a_number
from minikeras.testing.stand_in import ONCE, Manner, StandIn, logs_of, tell

OLD: list[list[Any]] = [["epoch", "loss", "val_loss"], [7, 0.25, 0.75]]  # in the file before
END = Row({"line": "end"}, Deed("nothing"))
OTHER = "epoch,accuracy\n7,0.25\n"


# -- what a file should hold -----------------------------------------------------------------------


def table(series: Series, manner: Manner = ONCE) -> list[list[Any]]:
    """Return the header and a row for each epoch.

    >>> table((1.0, None))
    [['epoch', 'loss', 'val_loss'], [0, 0.5, 1.0], [1, 0.5, 'NA']]
    """
    epochs = [
        {} if manner.is_by_name and score is None else logs_of(score, manner.key)
        for score in series
    ]
    names = sorted({*epochs[0], manner.key} if manner.is_validated else epochs[0])
    rows = [[epoch, *(logs.get(name, "NA") for name in names)] for epoch, logs in enumerate(epochs)]
    return [["epoch", *names], *rows]


def line(cells: Sequence[Any], separator: str = ",") -> str:
    """Write a line in one way of many that are right: `1.0`, `1` and `"1"` are the same number."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=separator, lineterminator="").writerow(map(_plain, cells))
    return written.getvalue()


def _plain(cell: Any) -> str:
    text = str(cell).strip('"')  # Keras writes sequences with quotes of their own
    try:
        return repr(float(text)).removesuffix(".0")
    except ValueError:
        return text


def read(path: Path, separator: str = ",") -> list[list[str]]:
    """Read the cells of a file line by line; there are none where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=separator))


# -- what it holds ---------------------------------------------------------------------------------


def writes(
    name: str,
    domain: Domain,
    manner: Manner = ONCE,
    *,
    file: str = "log.csv",
    before: Sequence[list[Any]] = (),
    height: int | None = None,
    width: int | None = None,
    is_live: bool = False,
) -> Law:
    """Return a law about the lines of a file once a fit has ended.

    - `file`: its path in a folder that is there.
    - `before`: what it holds already.
    - `height`, `width`: the part that is looked at, if not all.
    - `is_live`: look after each epoch.
    """

    def should(settings: Settings, series: Series) -> list[Row]:
        rows, separator = table(series, manner), settings.get("separator", ",")
        if before:
            rows = [*before, *rows[1:]]
        scores = [None] * (len(rows) - len(series)) + [*series]
        told = [
            Row({"line": number, "score": score}, Deed("writes", line(row[:width], separator)))
            for number, (row, score) in enumerate(zip(rows, scores, strict=True), 1)
        ]
        return told[:height] * manner.fits if height else [*told * manner.fits, END]

    def did(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
        separator = settings.get("separator", ",")
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            path, seen = Path(folder, file), 0
            paths = iter([path, Path(folder, "other.csv")])  # one for each object
            if before:
                path.write_text("".join(line(cells) + "\n" for cells in before), encoding="utf-8")

            def make() -> Any:
                return implementation(str(next(paths)), **settings)

            for moment in tell(make, StandIn(), series, manner):
                has_ended = moment.epoch is None
                if has_ended or is_live:
                    new = read(path, separator)[seen:]
                    seen = 0 if has_ended else seen + len(new)
                    yield from (Deed("writes", line(cells[:width], separator)) for cells in new)
                    if not new and not has_ended:
                        yield Deed("nothing")

    return Law(name, domain, should, did)


def refuses_columns(settings: Settings, series: Series) -> list[Row]:
    return [Row({"epoch": 1}, Deed("raises", "ValueError")), Row({"epoch": "end"}, Deed("nothing"))]


def refusing_columns(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
    """Tell whether rows go below columns that are not theirs, and what has become of the file."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "log.csv")
        path.write_text(OTHER, encoding="utf-8")
        try:
            for _ in tell(lambda: implementation(str(path), **settings), StandIn(), series):
                pass
        except ValueError:
            yield Deed("raises", "ValueError")
        else:
            yield Deed("accepts")
        after = path.read_text(encoding="utf-8")
        yield Deed("nothing") if after == OTHER else Deed("writes", after.removeprefix(OTHER))


# -- the laws --------------------------------------------------------------------------------------


def starts_with_a_gap(settings: Settings, series: Series) -> bool:
    return series[0] is GAP


# files take time, so only where the numbers matter others than these are tried
ONE_ROW = Domain(scores=(1.0, 0.25), longest=1, wide=())
ALWAYS = Domain(scores=(1.0, 0.25), longest=2, wide=())
GAPS = Domain(scores=(1.0, GAP), longest=2, where=starts_with_a_number, wide=())
GAP_FIRST = Domain(scores=(GAP, 1.0), shortest=2, longest=2, where=starts_with_a_gap, wide=())
APPENDS = Domain(every(append=[True]), (1.0,), longest=2, wide=())
SEPARATED = Domain(every(separator=[";", "\t"]), (1.0,), longest=2, wide=())
PRECISE = Domain(scores=(1 / 3, 1e-10, NAN), longest=1, wide=(0.1, 2 / 3, 1e300))
SEQUENCES = Domain(scores=([1.0, 2.0], [0.5]), longest=2, wide=())

LAWS = (
    arguments({"filename": REQUIRED, "separator": ",", "append": False}),
    writes("header", ONE_ROW, height=1),
    writes("epoch-column", ONE_ROW, width=1),
    writes("rows", Domain(longest=3)),
    writes("invented-columns", ONE_ROW, Manner(key="mae"), height=1),
    writes("sorted-columns", ALWAYS, Manner(key="accuracy")),
    writes("every-digit", PRECISE),
    writes("missing-value", GAPS),
    writes("later-key", GAP_FIRST, Manner(key="accuracy")),
    writes("flushed", ALWAYS, is_live=True),
    writes("separator", SEPARATED),
    writes("quoting", ALWAYS, Manner(key="top 1, top 5")),
    writes("sequences", SEQUENCES),
    writes("folder", ALWAYS, file="new/folder/log.csv"),
    writes("second-fit", ALWAYS, Manner(fits=2)),
    writes("append-keeps", APPENDS, before=OLD, height=2),
    writes("append", APPENDS, before=OLD),
    writes("append-anew", APPENDS),
    Law("other-columns", APPENDS, refuses_columns, refusing_columns),
    writes("validation-columns", GAP_FIRST, Manner(is_validated=True)),
    writes("two-objects", ALWAYS, Manner(is_beside=True)),
    writes("logs-by-name", GAPS, Manner(is_by_name=True)),
    refuses_unknown({"filename": "log.csv"}),
)
