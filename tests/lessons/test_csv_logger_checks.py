"""Does the check of a table see what is lost, what is ragged, and what is left from before?"""

import csv
from pathlib import Path

import pytest

from minikeras.callbacks import CSVLogger
from minikeras.lessons import check_table


class Table:
    """Opens the file once, and flushes each row."""

    def __init__(self, path):
        self.path = Path(path)

    def on_train_begin(self, logs=None):
        self.file = self.path.open("w")
        self.columns = None

    def on_epoch_end(self, epoch, logs=None):
        if self.columns is None:
            self.columns = sorted(logs)
            self.write(["epoch", *self.columns])
        self.write([epoch, *(logs.get(name, "NA") for name in self.columns)])

    def write(self, cells):
        print(*cells, sep=",", file=self.file, flush=True)

    def on_train_end(self, logs=None):
        self.file.close()


class OpensEachTime(Table):
    """Needs no flush, since closing does it."""

    def on_train_begin(self, logs=None):
        self.columns = None

    def write(self, cells):
        is_first = cells[0] == "epoch"
        with self.path.open("w" if is_first else "a", newline="") as file:
            csv.writer(file).writerow(cells)

    def on_train_end(self, logs=None):
        pass


@pytest.mark.parametrize("right", [Table, OpensEachTime, CSVLogger])
def test_a_table_that_is_whole_after_any_kill_is_right(right):
    assert check_table(right).holds


class Unflushed(Table):
    def write(self, cells):
        print(*cells, sep=",", file=self.file)


class Ragged(Table):
    def on_epoch_end(self, epoch, logs=None):
        if self.columns is None:
            self.columns = sorted(logs)
            self.write(["epoch", *self.columns])
        self.write([epoch, *(logs[name] for name in sorted(logs))])


class AsTheyCome(Table):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.write(["epoch", *logs])
        self.write([epoch, *logs.values()])


class FromOne(Table):
    def write(self, cells):
        super().write(cells if cells[0] == "epoch" else [cells[0] + 1, *cells[1:]])


class ManyHeaders(Table):
    def on_epoch_end(self, epoch, logs=None):
        self.columns = None
        super().on_epoch_end(epoch, logs)


class KeepsColumns(Table):
    columns = None

    def on_train_begin(self, logs=None):
        self.file = self.path.open("w")


class GoesOn(Table):
    def on_train_begin(self, logs=None):
        self.file = self.path.open("a")
        self.columns = None


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (Unflushed, "killed([{'loss': 0.5}])"),
        (Ragged, "ended([{'loss': 0.5, 'val_loss': 0.75}, {'loss': 0.25}])"),
        (AsTheyCome, "ended([{'loss': 0.5, 'accuracy': 0.75}])"),
        (FromOne, "ended([{'loss': 0.5}])"),
        (ManyHeaders, "ended([{'loss': 0.5}, {'loss': 0.25}])"),
        (KeepsColumns, "fit_twice([{'loss': 0.5}])"),
        (GoesOn, "fit_twice([{'loss': 0.5}])"),
    ],
)
def test_the_shortest_run_that_spoils_it_is_shown(wrong, case):
    assert check_table(wrong).case == case


def test_what_a_table_raises_is_told():
    class Raises(Table):
        def write(self, cells):
            raise OSError("the disk is full")

    assert check_table(Raises).did == "OSError: the disk is full"


@pytest.mark.parametrize(("lang", "hint"), [("en", "killed"), ("ko", "강제로"), ("zh", "强行")])
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_table(Unflushed).text(lang)
