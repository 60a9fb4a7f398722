"""Does the check of BaseLogger know means by size, running figures, and what is kept?"""

import pytest

from minikeras.callbacks import BaseLogger, Callback
from minikeras.lessons import check_base_logger


class Mean(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.total = self.sizes = 0

    def on_batch_end(self, batch, logs=None):
        self.total += logs["loss"] * logs["size"]
        self.sizes += logs["size"]
        self.rows = logs["rows"]

    def on_epoch_end(self, epoch, logs=None):
        logs.update(loss=self.total / self.sizes, rows=self.rows)


class StepByStep(Mean):
    def on_epoch_begin(self, epoch, logs=None):
        self.mean, self.sizes = 0.0, 0

    def on_batch_end(self, batch, logs=None):
        self.sizes = self.rows = self.sizes + logs["size"]
        self.mean += (logs["loss"] - self.mean) * logs["size"] / self.sizes

    def on_epoch_end(self, epoch, logs=None):
        logs.update(loss=self.mean, rows=self.rows)


@pytest.mark.parametrize("right", [Mean, StepByStep, lambda: BaseLogger(["rows"])])
def test_a_mean_by_size_is_right_however_it_is_made(right):
    assert check_base_logger(right).holds


class OfBatches(Mean):
    def on_batch_end(self, batch, logs=None):
        super().on_batch_end(batch, logs | {"size": 1})


class RowsAveraged(Mean):
    def on_batch_end(self, batch, logs=None):
        self.seen = getattr(self, "seen", [])
        self.seen.append(logs["rows"])
        super().on_batch_end(batch, logs | {"rows": sum(self.seen) / len(self.seen)})


class NeverReset(Mean):
    total = sizes = 0

    def on_epoch_begin(self, epoch, logs=None):
        pass


class InAList(Mean):
    def on_epoch_begin(self, epoch, logs=None):
        super().on_epoch_begin(epoch, logs)
        self.batches = []

    def on_batch_end(self, batch, logs=None):
        super().on_batch_end(batch, logs)
        self.batches.append(logs["loss"])


class InADict(InAList):
    def on_batch_end(self, batch, logs=None):
        Mean.on_batch_end(self, batch, logs)
        self.batches = {**dict(self.batches), batch: logs["loss"]}


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (OfBatches, "epoch([(1.0, 4), (4.0, 2)])"),
        (RowsAveraged, "epoch([(1.0, 4)])"),
        (NeverReset, "epoch([(1.0, 4)])"),
        (InAList, "numbers_kept(300)"),
        (InADict, "numbers_kept(300)"),
        (Callback, "epoch([(1.0, 4)])"),
    ],
)
def test_the_smallest_epoch_that_goes_wrong_is_shown(wrong, case):
    assert check_base_logger(wrong).case == case


@pytest.mark.parametrize(
    ("lang", "mean", "memory"),
    [
        ("en", "as often as it has rows", "let the batch go"),
        ("ko", "행의 수만큼", "배치를 버리세요"),
        ("zh", "有多少行", "放掉这个批次"),
    ],
)
def test_the_hint_is_in_the_readers_language(lang, mean, memory):
    assert mean in check_base_logger(OfBatches).text(lang)
    assert memory in check_base_logger(InAList).text(lang)
