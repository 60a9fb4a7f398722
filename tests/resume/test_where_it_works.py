"""With which settings, in which loops and on which devices does BackupAndRestore work?"""

import copy
import os
import pickle
from types import SimpleNamespace

import pytest

from minikeras.callbacks import BackupAndRestore, EarlyStopping
from minikeras.loops import loop
from tests.resume.cast import Interrupt
from tests.resume.small_runs import EPOCHS, STEPS, X, Y, compiled, fit, interrupted
from tests.resume.stories import exact


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backup"


@pytest.mark.parametrize("save_freq", [0, -1, True, False, "batch", 2.5, None, "", "5"])
def test_a_save_freq_that_is_none_is_refused(save_freq):
    with pytest.raises(ValueError, match=r"^save_freq is 'epoch' or a number of batches, not"):
        BackupAndRestore("backup", save_freq)


def test_a_folder_without_a_name_is_refused():
    with pytest.raises(ValueError, match=r"^backup_dir is the name of a folder, not ''"):
        BackupAndRestore("")


def test_a_folder_that_cannot_be_written_is_an_error_before_training_begins(tmp_path):
    (tmp_path / "file").write_text("")
    model = compiled()
    with pytest.raises(NotADirectoryError, match="is no folder: choose another"):
        fit(model, BackupAndRestore(tmp_path / "file" / "backup"))
    assert model.optimizer.iterations == 0


def test_missing_folders_are_made(tmp_path):
    fit(compiled(), BackupAndRestore(tmp_path / "a" / "b", delete_checkpoint=False))
    assert os.listdir(tmp_path / "a" / "b") == ["backup.weights.h5"]


@pytest.mark.parametrize("save_freq", ["epoch", 2])
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda backup: pickle.loads(pickle.dumps(backup))]
)
def test_a_copy_works_by_itself(folder, save_freq, copied):
    backup = BackupAndRestore(folder, save_freq)
    interrupted(folder, model=compiled())
    twin = copied(backup)
    assert fit(compiled(), twin).epoch == [0, 1, 2, 3]
    assert not folder.exists()
    assert not hasattr(backup, "epoch")


def test_in_another_loop_it_says_where_it_works(folder):
    backup = BackupAndRestore(folder)
    interrupted(folder)
    with pytest.raises(
        RuntimeError, match=r"^BackupAndRestore works in the fit of minikeras, not in another loop"
    ):
        list(loop([backup], compiled(), epochs=2))
    assert os.listdir(folder) == ["backup.weights.h5"]


@pytest.mark.parametrize("lacking", ["save_backup", "load_backup"])
def test_a_model_that_can_do_no_backup_is_named(folder, lacking):
    if lacking == "load_backup":
        interrupted(folder)

    def begin(backup):
        backup.set_model(SimpleNamespace(stop_training=False))
        backup.restore([])
        backup.on_train_begin()

    with pytest.raises(RuntimeError, match=f"a model with {lacking}, which this SimpleNamespace"):
        begin(BackupAndRestore(folder))


def test_between_epochs_nothing_is_told_of_batches(customs, folder):
    seen = {}
    for save_freq in ("epoch", 1000):
        customs.left.clear()
        model = compiled()
        fit(model, BackupAndRestore(folder, save_freq))
        seen[save_freq] = [shape for shape in customs.left if shape == (2 * STEPS,)]
    assert seen == {"epoch": [(2 * STEPS,)] * EPOCHS, 1000: []}


@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_it_goes_on_where_arrays_live_elsewhere(customs, folder, save_freq):
    stopping = EarlyStopping("loss", patience=9, restore_best_weights=True)
    interrupted(folder, stopping, at=(2, 2), save_freq=save_freq)
    model, whole = compiled(), compiled()
    history = fit(model, BackupAndRestore(folder, save_freq), stopping)
    expected = fit(whole, stopping)
    assert exact(model.get_weights()) == exact(whole.get_weights())
    assert exact(history.history) == exact(expected.history)


@pytest.fixture
def keras(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


@pytest.mark.oracle
def test_in_the_fit_of_real_keras_it_says_where_it_works(keras, folder):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(RuntimeError, match="works in the fit of minikeras, not in another loop"):
        model.fit(X, Y, verbose=0, callbacks=[BackupAndRestore(folder)])
    assert not folder.exists()


@pytest.mark.oracle
def test_that_of_real_keras_saves_in_our_fit_but_cannot_go_on_there(keras, folder):
    theirs, interrupt = keras.callbacks.BackupAndRestore, Interrupt()
    interrupt.come_at("on_epoch_begin", 2)
    with pytest.raises(KeyboardInterrupt):
        fit(compiled(), theirs(str(folder)), interrupt)
    with pytest.raises(AttributeError, match="'Adam' object has no attribute 'built'"):
        fit(compiled(), theirs(str(folder)))
