"""Who shares a run with BackupAndRestore, and how do they go on?"""

import itertools
import shutil
from contextlib import nullcontext

import pytest

from minikeras.callbacks import (
    BackupAndRestore,
    BaseLogger,
    Callback,
    EarlyStopping,
    LambdaCallback,
    ProgbarLogger,
    ReduceLROnPlateau,
)
from tests.resume.cast import HOOKS, Interrupt, Terminal
from tests.resume.small_runs import (
    Remembers,
    compiled,
    fit,
    interrupted,
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backup"


# -- other callbacks -------------------------------------------------------------------------------


def test_a_callback_that_is_gone_or_new_is_told_in_one_sentence(folder):
    interrupted(folder, EarlyStopping("loss"), Remembers(1), Remembers(2), at=(1, None))
    stopping, remembers = EarlyStopping("mae", mode="max", patience=9), Remembers()
    sentence = (
        f"the backup in {str(folder)!r} was made with other callbacks: the state of Remembers 2 is "
        "left out, and there is none for ReduceLROnPlateau"
    )
    with pytest.warns(RuntimeWarning) as caught:
        fit(compiled(), BackupAndRestore(folder), stopping, remembers, ReduceLROnPlateau("loss"))
    assert [str(warning.message) for warning in caught] == [sentence]
    assert caught[0].filename.endswith("small_runs.py")  # where fit is called
    assert remembers.memory == 1


def test_the_bar_may_come_and_go(folder, capsys):
    interrupted(folder, ProgbarLogger(), at=(1, 2), save_freq=1)
    interrupted(folder, ProgbarLogger(), at=(2, 2), save_freq=1, verbose=1)
    fit(compiled(), BackupAndRestore(folder), verbose=0)
    assert "Epoch 2/4" in capsys.readouterr().out


@pytest.mark.parametrize("verbose", [1, 2])
def test_a_line_of_an_epoch_that_was_interrupted_has_its_title(folder, verbose, capsys):
    interrupted(folder, at=(1, 2), save_freq=1, verbose=verbose)
    capsys.readouterr()
    fit(compiled(), BackupAndRestore(folder), verbose=verbose)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == ["Epoch 2/4", "Epoch 3/4", "Epoch 4/4"]
    assert verbose == 2 or "3/3 [====" in lines[0]


def test_wherever_it_stands_it_comes_last(folder):
    seen = []
    backup = BackupAndRestore(folder)
    backup._save = lambda epoch, batch: seen.append(epoch)
    late = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append("late"))
    fit(compiled(), backup, late, epochs=1)
    assert seen == [None, "late", 1]


@pytest.mark.parametrize(
    ("save_freq", "places"),
    [
        ("epoch", [(1, 0), (2, 0)]),
        (1, [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3)]),
        (2, [(0, 2), (1, 1), (1, 3)]),
        (4, [(1, 1)]),
        (7, []),
    ],
)
def test_it_saves_as_often_as_it_is_told(folder, save_freq, places):
    seen, backup = [], BackupAndRestore(folder, save_freq)
    backup._save = lambda *place: seen.append(place)
    fit(compiled(), backup, epochs=2)
    assert seen == [(None, 0), *places]


class Foreign:
    """A callback of another library, with a state in a form of its own."""

    def __init__(self):
        self.calls = []

    def state_dict(self):
        raise AssertionError("nobody asks for this")

    def __getattr__(self, name):
        if not name.startswith(("on_", "set_")):
            raise AttributeError(name)
        return lambda *told, **named: self.calls.append(name)


def test_callbacks_that_are_not_ours_are_left_alone(folder):
    foreign = Foreign()
    interrupted(folder, foreign)
    foreign.calls.clear()
    fit(compiled(), BackupAndRestore(folder), foreign)
    assert foreign.calls[:5].count("on_train_begin") == 1
    assert {name.partition("_")[0] for name in foreign.calls} == {"on", "set"}
    assert not hasattr(foreign, "is_resuming")


def test_one_run_has_one_backup(folder, tmp_path):
    model = compiled()
    with pytest.raises(ValueError, match=r"^fit can go on from one backup; callbacks holds 2"):
        fit(model, BackupAndRestore(folder), BackupAndRestore(tmp_path / "other"))
    assert model.optimizer.iterations == 0


DATA = {"validation_split": 0.3, "batch_size": 3}


@pytest.mark.parametrize("hook", [*HOOKS, None])
def test_after_a_run_that_goes_on_its_callbacks_begin_a_plain_fit_anew(folder, hook):
    """Whether it was interrupted again or not: they go on only together with the backup."""

    def cast():
        return EarlyStopping("loss", patience=9), ReduceLROnPlateau("loss")

    interrupted(folder, *cast(), **DATA)
    ours, backup, interrupt = cast(), BackupAndRestore(folder), Interrupt()
    interrupt.come_at(hook, 0)
    with pytest.raises(KeyboardInterrupt) if hook else nullcontext():
        fit(compiled(), interrupt, *ours, backup, **DATA)
    interrupt.come_at(None, 0)
    fit(compiled(), *ours)
    others = cast()
    fit(compiled(), *others)
    assert [c.state_dict() for c in ours] == [c.state_dict() for c in others]
    with pytest.raises(RuntimeError, match="not in another loop"):
        backup.on_train_begin()


@pytest.mark.parametrize("how", ["nothing was left to train", "it was interrupted again"])
def test_a_backup_that_is_gone_leaves_nothing_behind(folder, how):
    interrupted(folder, at=(2, 2), save_freq=1)
    backup, interrupt = BackupAndRestore(folder, 1), Interrupt()
    if how == "nothing was left to train":
        fit(compiled(), backup, epochs=1)
    else:
        interrupt.come_at("on_train_begin", 0)
        with pytest.raises(KeyboardInterrupt):
            fit(compiled(), interrupt, backup)
        shutil.rmtree(folder)
    assert fit(compiled(), backup).epoch == [0, 1, 2, 3]


@pytest.mark.parametrize("make", [BaseLogger, ProgbarLogger])
def test_what_fit_adds_begins_anew_but_for_the_first_time(make):
    logger = make()
    logger.on_batch_end(0, {"size": 4, "loss": 0.5})
    state = logger.state_dict()
    logger.load_state_dict(state)
    logger.on_train_begin()
    assert logger.state_dict() == state
    logger.on_train_begin()
    assert logger.state_dict() == make().state_dict() != state


def test_the_bar_shows_the_mean_of_all_batches_of_the_epoch(folder):
    def seen_in_epoch_2(*others):
        bar, screen = ProgbarLogger("steps", clock=itertools.count().__next__), Terminal()
        bar.stream = screen
        fit(compiled(), bar, *others, verbose=1)
        line = screen.getvalue().split("Epoch 2/4\n")[1].split("\r")
        return next(text.partition("loss")[2] for text in line if "2/3" in text)

    expected = seen_in_epoch_2()
    interrupted(folder, ProgbarLogger("steps"), at=(1, 1), save_freq=1, verbose=1)
    assert seen_in_epoch_2(BackupAndRestore(folder)) == expected


def test_a_flag_set_before_it_goes_on_is_honoured(folder):
    class Stop(Callback):
        def on_train_begin(self, logs=None):
            self.model.stop_training = True

    interrupted(folder)
    model = compiled()
    history = fit(model, Stop(), BackupAndRestore(folder))
    assert history is model.history
    assert history.epoch == [0, 1]
    assert model.stop_training
