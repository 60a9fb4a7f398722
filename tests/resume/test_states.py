"""What can a callback remember in a backup?"""

import math
import os

import h5py
import numpy as np
import pytest

from minikeras.callbacks import BackupAndRestore, Callback, LambdaCallback
from minikeras.saving.untrusted import LARGEST_JSON
from tests.resume.small_runs import EPOCHS, Remembers, compiled, fit, interrupted
from tests.resume.stories import exact


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backup"


NAN_AND_ALL = {
    "numbers": [math.nan, -math.inf, 0.1, -0.0, 2**80, True, None],
    "array": {"array": np.arange(6.0).reshape(2, 3)[:, ::-1], "empty": np.zeros((0, 2), "int8")},
    "one": [{"array": 0}, {"list": 1}, {"float": "nan"}],
    "words": ["nan", "ünïcode", ""],
    "": {},
}


def test_what_a_callback_remembers_comes_back_to_the_bit(folder):
    interrupted(folder, Remembers(NAN_AND_ALL))
    remembers = Remembers()
    fit(compiled(), BackupAndRestore(folder), remembers)
    assert exact(remembers.memory) == exact(NAN_AND_ALL)


def test_numbers_of_numpy_come_back_as_numbers_and_tuples_as_lists(folder):
    interrupted(folder, Remembers([np.float32(0.1), np.int64(3), np.bool_(True), (1, 2)]))
    remembers = Remembers()
    fit(compiled(), BackupAndRestore(folder), remembers)
    assert remembers.memory == [np.float32(0.1), 3, True, [1, 2]]


def test_logs_may_hold_numbers_of_numpy(folder):
    adding = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(norm=np.float32(0.1)))
    interrupted(folder, adding)
    history = fit(compiled(), BackupAndRestore(folder), adding)
    assert history.history["norm"] == [np.float32(0.1)] * EPOCHS


nested = []
nested.append(nested)
IMPOSSIBLE = {
    "an object": object(),
    "a set": {1},
    "numbers as keys": {1: 2},
    "words in an array": np.array(["a"]),
    "objects in an array": np.array([object()]),
    "long floats in an array": np.array([0.1], np.longdouble),
    "truths in an array": np.array([True]),
    "complex numbers": 1j,
    "a huge number": 10**40,
    "itself": nested,
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_a_state_that_a_file_cannot_hold_is_refused_before_training_begins(folder, what):
    model = compiled()
    with pytest.raises(TypeError, match=r"told > callbacks > Remembers > memory.*cannot hold:"):
        fit(model, BackupAndRestore(folder), Remembers([IMPOSSIBLE[what]]))
    assert model.optimizer.iterations == 0
    assert os.listdir(folder) == []


@pytest.mark.parametrize("size", [99, 100, 1000])
def test_long_lists_come_back_to_the_bit_too(folder, size):
    lists = [
        [0.1, -0.0, *[math.nan] * size],
        [2**62, -3, *range(size)],
        [2**63, -3, *range(size)],
        [True, 1, *range(size)],
        [1, 0.5, *range(size)],
        [[1.0], *["nan"] * size],
        [None] * size,
    ]
    interrupted(folder, Remembers(lists))
    remembers = Remembers()
    fit(compiled(), BackupAndRestore(folder), remembers)
    assert exact(remembers.memory) == exact(lists)


def test_too_many_words_are_refused_before_training_begins(folder):
    with pytest.raises(ValueError, match=f"takes 4000... bytes, and a backup holds {LARGEST_JSON}"):
        fit(compiled(), BackupAndRestore(folder), Remembers(["w" * 4_000_000]))


def test_a_long_history_goes_on(folder):
    class Long(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 0:
                self.model.history.epoch[:] = range(100_000)
                self.model.history.history |= {"loss": list(np.sqrt(range(100_000)).tolist())}

    interrupted(folder, Long(), at=(1, None))
    with h5py.File(folder / "backup.weights.h5") as file:
        assert set(file["backup"]) == {"told", "0", "1"}  # the epochs, the loss; not mae
    history = fit(compiled(), BackupAndRestore(folder), epochs=1)
    assert len(history.epoch) == 100_001
    assert history.history["loss"][:-1] == np.sqrt(range(100_000)).tolist()
