"""What came of it? The epochs of a replayed curve, as a table and as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from minikeras.lab.picture import picture_of
from minikeras.lab.presets import Curve
from minikeras.lab.sentences import Remark
from minikeras.lab.svg import Markup, element
from minikeras.lab.words import figure, language, words
from minikeras.testing.table import LINE, WIDEST, aligned, width, wrapped

COLUMNS = ("epoch", "score", "lr", "wait", "best", "why")
NUMBERS = range(5)  # these columns end under each other
TIGHT = 24  # columns that the sentence gets at least


@dataclass(frozen=True)
class Row:
    """An epoch that was run: `epoch` counts from 1, `learning_rate` is the one it trained with.

    `wait` and `best` are those after it, of the first callback that has them; `saved` are names of
    files, and `said` tells what happened and why, in the language of this computer.
    """

    epoch: int
    score: float | None
    learning_rate: float
    wait: int | None
    best: float | None
    saved: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def said(self) -> list[str]:
        return self.told()

    def told(self, lang: str | None = None) -> list[str]:
        """Return the sentences in a language, each callback named where there are several."""
        return [sentence for line in self.lines(lang) for sentence in line]

    def lines(self, lang: str | None = None) -> list[list[str]]:
        """Return the sentences of each callback together."""
        lines: list[list[str]] = []
        for speaker, remarks in groupby(self.remarks, lambda remark: remark.speaker):
            sentences = [remark.text(lang) for remark in remarks]
            sentences[0] = f"{speaker}: {sentences[0]}" if speaker else sentences[0]
            lines.append(sentences)
        return lines


@dataclass(frozen=True)
class Run:
    """What callbacks did as they were told of a curve; see `replay`.

    `stopped` is the epoch, from 1, after which training stopped, or None; `restored` the epoch
    whose weights came back at the end; `saved` names the files, `learning_rate` is the last one.

    >>> from minikeras.callbacks import EarlyStopping
    >>> from minikeras.lab import replay
    >>> print(replay([0.5, 0.25, 0.5], EarlyStopping(patience=1)))
    epoch  val_loss   lr  wait  best  what happened, and why
    -----------------------------------------------------------------------------
        1      0.5   0.1     0  0.5   0.5 is the first score: best, wait 0.
        2      0.25  0.1     0  0.25  0.25 beats 0.5: new best, wait 0.
        3      0.5   0.1     1  0.25  0.5 does not beat 0.25 (epoch 2): wait 1 of
                                      1. Stop after epoch 3.
    """

    name: str
    scores: Curve
    rows: tuple[Row, ...]
    stopped: int | None
    restored: int | None
    learning_rate: float
    callbacks: tuple[Any, ...]

    @property
    def saved(self) -> list[str]:
        return [path for row in self.rows for path in row.saved]

    @property
    def best_epoch(self) -> int | None:
        """The epoch, from 1, of the last best score, if a callback keeps one."""
        found, best = None, None
        for row in self.rows:
            if row.best is not None and row.best != best:
                found, best = row.epoch, row.best
        return found

    def cells(self, lang: str | None = None) -> list[list[str]]:
        """Return the texts of the table, the line of its names first; unused columns are empty."""
        names = words(language(lang))["columns"] | {"score": self.name}
        counts = any(row.wait is not None for row in self.rows)
        head = [names[column] for column in COLUMNS]
        texts = []
        for row in self.rows:
            wait = "" if row.wait is None else str(row.wait)
            numbers = [figure(row.score), f"{row.learning_rate:.4g}", wait, figure(row.best)]
            texts.append([str(row.epoch), *numbers, _joined(row.told(lang), language(lang))])
        table = [head, *texts]
        return table if counts else [row[:3] + row[5:] for row in table]

    def __str__(self) -> str:
        head, *rows = self.cells()
        columns = range(len(head) - 1)
        for column in columns:
            _line_up(rows, column)
        taken = sum(2 + max(width(row[column]) for row in [head, *rows]) for column in columns)
        room = max(TIGHT, WIDEST - taken)
        lines: list[list[str] | None] = [head, LINE]
        for *numbers, why in rows:
            for line in wrapped(why, room):
                lines.append([*numbers, line])
                numbers = [""] * len(numbers)
        return "\n".join(aligned(lines, right=columns))

    def table(self, lang: str | None = None) -> str:
        """Return the table as HTML."""
        head, *texts = self.cells(lang)
        names = element("tr", *(element("th", name, scope="col") for name in head))
        body = []
        for row, (epoch, *numbers, _) in zip(self.rows, texts, strict=True):
            lines = [element("div", _joined(line, language(lang))) for line in row.lines(lang)]
            cells = [element("td", number) for number in numbers]
            body.append(
                element("tr", element("th", epoch, scope="row"), *cells, element("td", *lines))
            )
        return element("table", element("thead", names), element("tbody", *body), class_="mk-run")

    def picture(self, lang: str | None = None, **options: Any) -> str:
        """Return the picture as SVG, with words in a language; see `picture.picture_of`."""
        return picture_of(self, language(lang), **options)

    def _repr_html_(self) -> str:
        return element("div", Markup(self.picture()), Markup(self.table()), class_="mk-replay")


def _line_up(rows: list[list[str]], column: int) -> None:
    """Write spaces behind the numbers of a column, so that their points stand under each other."""
    places = [len(row[column].partition(".")[2]) + ("." in row[column]) for row in rows]
    for row, place in zip(rows, places, strict=True):
        if row[column]:
            row[column] += " " * (max(places) - place)


def _joined(sentences: list[str], lang: str) -> str:
    return ("" if lang == "zh" else " ").join(sentences)
