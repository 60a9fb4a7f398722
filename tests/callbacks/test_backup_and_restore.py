"""What BackupAndRestore says and leaves behind; that it is exact is the law of `tests/resume`."""

import copy
import json
import os

import h5py
import numpy as np
import pytest

from minikeras import metrics
from minikeras.callbacks import BackupAndRestore, EarlyStopping
from minikeras.layers import Dense, Dropout
from tests.resume.small_runs import STEPS, Epochs, Remembers, compiled, fit, interrupted, state_of
from tests.resume.stories import exact


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backup"


# -- what is left ----------------------------------------------------------------------------------


@pytest.mark.parametrize("save_freq", ["epoch", 1, 2, 100])
def test_after_it_a_plain_fit_begins_with_epoch_0(folder, save_freq):
    model = interrupted(folder, save_freq=save_freq)
    backup = BackupAndRestore(folder, save_freq)
    assert fit(model, backup).epoch == [0, 1, 2, 3]
    epochs = Epochs()
    assert fit(model, epochs).epoch == fit(model, backup).epoch == epochs.begun == [0, 1, 2, 3]


def test_a_backup_is_there_before_the_first_batch_and_kept_by_an_interruption(folder):
    model = interrupted(folder, at=(0, 0))
    assert os.listdir(folder) == ["backup.weights.h5"]
    model.set_weights([w * 0 for w in model.get_weights()])  # the program goes on to be used
    fit(model, BackupAndRestore(folder))
    twin = compiled()
    fit(twin)
    assert state_of(model) == state_of(twin)


def test_the_backup_goes_when_training_ends_well(folder):
    fit(compiled(), BackupAndRestore(folder))
    assert not folder.exists()


def test_a_folder_stays_that_holds_something_else(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    fit(compiled(), BackupAndRestore(folder))
    assert os.listdir(folder) == ["notes.txt"]


def test_a_backup_stays_that_is_to_be_kept(folder):
    fit(compiled(), BackupAndRestore(folder, delete_checkpoint=False))
    assert os.listdir(folder) == ["backup.weights.h5"]


def test_with_a_finished_backup_nothing_is_trained_and_the_history_is_the_same(folder):
    stopping = EarlyStopping("loss", patience=1, min_delta=9.0, restore_best_weights=True)
    model, again, epochs = compiled(), compiled(), Epochs()
    history = fit(model, BackupAndRestore(folder, delete_checkpoint=False), stopping, epochs=50)
    repeated = fit(again, BackupAndRestore(folder), stopping, epochs, epochs=50)
    assert epochs.begun == []
    assert repeated.epoch == history.epoch == [0, 1]
    assert repeated.history == history.history
    assert state_of(again) == state_of(model)


@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_a_kept_backup_goes_on_to_more_epochs(folder, save_freq):
    fit(compiled(), BackupAndRestore(folder, save_freq, delete_checkpoint=False), epochs=2)
    model, whole, epochs = compiled(), compiled(), Epochs()
    history = fit(model, BackupAndRestore(folder, save_freq), epochs, epochs=5)
    expected = fit(whole, epochs=5)
    assert epochs.begun == ([2, 3, 4] if save_freq == "epoch" else [1, 2, 3, 4])
    assert exact([history.epoch, history.history]) == exact([expected.epoch, expected.history])
    assert state_of(model) == state_of(whole)


def test_a_run_that_begins_late_goes_on_from_where_it_was(folder):
    interrupted(folder, at=(1, 0), initial_epoch=1)
    assert fit(compiled(), BackupAndRestore(folder), initial_epoch=1).epoch == [1, 2, 3]


def test_the_file_is_one_of_weights(folder):
    model, other = interrupted(folder), compiled("sgd")
    with pytest.warns(UserWarning, match="is not this model's SGD"):
        other.load_weights(folder / "backup.weights.h5")
    assert exact(other.get_weights()) == exact(model.get_weights())


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # their own
def test_real_keras_reads_the_file(folder, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    ours = interrupted(folder)
    layers = keras.layers
    theirs = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4), layers.Dropout(0.5), layers.Dense(1)]
    )
    theirs.compile("adam", "mse")
    theirs.optimizer.build(theirs.trainable_variables)
    theirs.load_weights(folder / "backup.weights.h5")
    assert exact(theirs.get_weights()) == exact(ours.get_weights())
    assert int(theirs.optimizer.iterations) == ours.optimizer.iterations == 2 * STEPS


# -- what does not fit -----------------------------------------------------------------------------


class Forgetful(Remembers):
    def load_state_dict(self, state):
        raise ValueError("this is no state of mine")


NOT_THIS_RUN = {  # what the next run is like: its model, its callbacks, its options, the sentence
    "layers": (compiled, {"layers": [Dense(2)]}, {}, "dense_1.*its shape is"),
    "more layers": (compiled, {"layers": [Dense(2), Dense(2)]}, {}, "dense_1"),
    "a generator": (compiled, {"layers": [Dropout(0.5, seed=1)]}, {}, "other layers or metrics"),
    "metrics": (compiled, {"watched": [metrics.AUC()]}, {}, "other layers or metrics"),
    "optimizer": (compiled, {"optimizer": "sgd"}, {}, "of another optimizer than SGD"),
    "batch size": (compiled, {}, {"batch_size": 5}, "batch_size=4, and this one has batch_size=5"),
    "rows": (compiled, {}, {"rows": 9}, "samples=10, and this one has samples=9"),
    "steps": (compiled, {}, {"steps_per_epoch": 2}, "steps=3, and this one has steps=2"),
}


def check_refused(folder, model, sentence, *callbacks, **options):
    """Let a fit go on from a backup that does not fit: it says so, and changes nothing."""
    path = folder / "backup.weights.h5"
    model.build()
    model.prepare_optimizer()
    before, content = state_of(model), path.read_bytes()
    epochs = Epochs()
    with pytest.raises(ValueError, match=sentence) as caught:
        fit(model, BackupAndRestore(folder), *callbacks, epochs, **options)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    (note,) = caught.value.__notes__
    assert note.startswith(f"fit goes on from the backup in {str(folder)!r}: give it the same")
    assert state_of(model) == before
    assert path.read_bytes() == content
    assert epochs.begun == []


@pytest.mark.parametrize("what", NOT_THIS_RUN)
def test_a_backup_of_another_run_is_refused_and_the_model_is_as_it_was(folder, what):
    interrupted(folder)
    make, settings, options, sentence = copy.deepcopy(NOT_THIS_RUN[what])
    check_refused(folder, make(**settings), sentence, **options)


def test_a_callback_that_refuses_its_state_leaves_the_model_as_it_was(folder):
    interrupted(folder, Forgetful())
    check_refused(folder, compiled(), "this is no state of mine", Forgetful())


def test_weights_that_are_no_backup_are_refused(folder):
    folder.mkdir()
    model = compiled()
    fit(model)
    model.save_weights(folder / "backup.weights.h5")
    check_refused(folder, compiled(), "there is no group 'backup'")


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "words"])
def test_a_damaged_backup_is_refused(folder, damage):
    interrupted(folder)
    path = folder / "backup.weights.h5"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = {"cut": content[:-100], "flipped": content, "empty": b"", "words": b"not a backup"}
    path.write_bytes(damaged[damage])
    check_refused(folder, compiled(), "HDF5|digest|damaged")


FORGED = {  # where in the JSON, what a stranger writes there, and what is said
    "order": (["order"], -1, "backup: .*negative"),
    "generator": (["generators", 0, "bit_generator"], "MT19937", "backup: .*PCG64"),
    "no state of a generator": (["generators", 0, "state"], {}, "backup: there is no"),
    "number of generators": (["generators"], [], "backup: it is of a model with other layers"),
    "counts": (["counts", 0], {"minikeras list": 0}, "backup: 0: there is no array"),
    "epoch": (["told", "epoch"], "2", "epoch is '2' there"),
    "batch": (["told", "batch"], None, "batch is None there"),
    "callbacks": (["told", "callbacks"], [], r"callbacks is \[\] there"),
    "history": (["told", "callbacks", "History"], {"a": 1}, "this is no state of History"),
    "params": (["told", "params"], {}, "there is no 'batch_size'"),
    "all": (["told"], {}, "there is no 'epoch'"),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_backup_is_refused(folder, what):
    place, value, sentence = FORGED[what]
    interrupted(folder, at=(1, 2), save_freq=1, model=compiled(watched=[metrics.AUC()]))
    with h5py.File(folder / "backup.weights.h5", "r+") as file:
        del file.attrs["minikeras_sha256"]
        content = inner = json.loads(file["backup/told"][()].tobytes())
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        del file["backup/told"]
        file["backup/told"] = np.frombuffer(json.dumps(content).encode(), np.uint8)
        if what == "counts":
            del file["backup/0"]
    check_refused(folder, compiled(watched=[metrics.AUC()]), sentence)


def test_a_metric_with_other_settings_is_another_run(folder):
    interrupted(folder, at=(1, 2), save_freq=1, model=compiled(watched=[metrics.AUC()]))
    model = compiled(watched=[metrics.AUC(num_thresholds=9)])
    check_refused(folder, model, "it is of another 'auc', with other settings")
