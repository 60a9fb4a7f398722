"""Would `test_resume.py` notice a backup that forgets one thing? The controls of that law."""

import copy
from dataclasses import replace

import pytest

from minikeras import callbacks, training
from minikeras.callbacks import (
    BackupAndRestore,
    BaseLogger,
    CSVLogger,
    EarlyStopping,
    History,
    ModelCheckpoint,
    ProgbarLogger,
    ReduceLROnPlateau,
)
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.saving import backup
from minikeras.saving.optimizer_h5 import Memory
from tests.resume.stories import Plan
from tests.resume.test_resume import check, ending_without

pytestmark = [
    pytest.mark.filterwarnings("ignore:.* watches .*not in the logs:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:late came after the first row:RuntimeWarning"),
]

EVERYTHING = Plan(
    layers=("dropout", "dropout with a seed", "dense"),
    cast=("best", "csv", "plateau", "every third batch", "scheduler", "backup", "best by batch",
          "every second epoch", "wobble", "bar", "interrupt", "stopping", "lambda"),
    epochs=5,
    verbose=1,
)  # fmt: skip
KINDS = {
    "in the last epoch": {"save_freq": 1, "epochs": 3,
                          "interruptions": (("on_batch_end", 7, True),)},
    "while it waits": {"cast": ("stopping below", "worst", "patient plateau", "cooling plateau",
                                "late", "csv", "backup", "interrupt"),
                       "interruptions": (("on_epoch_begin", 2, True),)},
    "when it has stopped": {"cast": ("stopping", "backup", "interrupt"), "epochs": 30,
                            "interruptions": (("on_train_end", 0, True),)},
    "after a stop": {"cast": ("stop", "backup", "interrupt", "csv goes on"), "save_freq": 1,
                     "interruptions": (("on_epoch_end", 1, True),)},
    "between epochs": {"interruptions": (("on_epoch_begin", 3, True),)},
    "at once": {"interruptions": (("on_batch_end", 1, False),)},
}  # fmt: skip
PLANS = {name: replace(EVERYTHING, **changes) for name, changes in KINDS.items()}


@pytest.fixture(scope="module")
def endings():
    """How each plan ends if nothing interrupts it."""
    return {name: ending_without(plan) for name, plan in PLANS.items()}


@pytest.mark.parametrize("name", PLANS)
def test_nothing_is_forgotten(name, endings):
    assert check(PLANS[name], endings[name]) == 1


def load_and(forget):
    """Return a forgetful one in place of `backup.load`."""
    load = backup.load

    def forgetful(model, filepath, check):
        told = load(model, filepath, check)
        forget(model, told)
        return told

    return backup, "load", forgetful


def forget_counts(model, told):
    for metric in model.objective.running.values():
        metric.reset_state()


def no_state_of(kind):
    return kind, "load_state_dict", lambda callback, state: callback.reset()


def no_first_load(callback, members, restore=BackupAndRestore.restore):
    place = restore(callback, members)
    for member in callback.others if place else ():
        if isinstance(member, StatefulCallback):
            member.reset()
            member.is_resuming = False
    return place


def no_take_back(callback):
    callback.model.stop_training = callback.told["stop"]
    callback.told = None


class BackupFirst(callbacks.CallbackList):
    """Calls the backup before those whose state it keeps."""

    def __init__(self, members, *rest):
        super().__init__(sorted(members, key=lambda c: not isinstance(c, BackupAndRestore)), *rest)


def saved_at(change):
    """Return one that notes another place in place of `BackupAndRestore._save`."""
    save = BackupAndRestore._save
    return BackupAndRestore, "_save", lambda callback, *place: save(callback, *change(*place))


def no_first_backup(callback, epoch, batch, save=BackupAndRestore._save):
    if epoch is not None:
        save(callback, epoch, batch)


def only_the_models_own(model):
    return [model.rng]


FORGOTTEN = {
    "the generators": (backup, "_generators", lambda model: []),
    "the generators of layers": (backup, "_generators", only_the_models_own),
    "the order of the rows": load_and(lambda model, told: setattr(model, "order_seed", 0)),
    "what running metrics counted": load_and(forget_counts),
    "the stop flag": load_and(lambda model, told: told.update(stop=False)),
    "what the optimizer remembers": (Memory, "restore", lambda memory, model, slots: None),
    "the averages of the epoch": no_state_of(BaseLogger),
    "what the bar shows": no_state_of(ProgbarLogger),
    "the history": no_state_of(History),
    "which rows of the CSV count": (CSVLogger, "memory", ("keys",)),
    "when to stop": no_state_of(EarlyStopping),
    "when to reduce the rate": no_state_of(ReduceLROnPlateau),
    "the best score": no_state_of(ModelCheckpoint),
    "that the others finish first": (training, "CallbackList", BackupFirst),
    "that the others begin anew": (BackupAndRestore, "_go_on", no_take_back),
    "that the others open files": (BackupAndRestore, "restore", no_first_load),
    "a batch": saved_at(lambda epoch, batch: (epoch, max(batch - 1, 0))),
    "an epoch": saved_at(lambda epoch, batch: (epoch and max(epoch - 1, 0), batch)),
    "the beginning": (BackupAndRestore, "_save", no_first_backup),
}
MEMORIES = [
    (kind, name)
    for kind in (EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, CSVLogger, History, BaseLogger)
    for name in kind.memory
    if (kind, name) != (ModelCheckpoint, "epoch")  # on_epoch_begin tells it anyway
]


def is_caught(endings):
    for name, plan in PLANS.items():
        try:
            check(plan, endings[name])
        except (AssertionError, ValueError):
            return True
    return False


@pytest.mark.parametrize("what", FORGOTTEN)
def test_a_backup_that_forgets_something_is_caught(what, endings, monkeypatch):
    monkeypatch.setattr(*FORGOTTEN[what])
    assert is_caught(endings)


@pytest.mark.parametrize(("kind", "name"), MEMORIES, ids=lambda item: str(item).split(".")[-1])
def test_a_callback_that_forgets_one_thing_is_caught(kind, name, endings, monkeypatch):
    load = kind.load_state_dict

    def forgetful(callback, state):
        fresh = copy.deepcopy(getattr(callback, name))
        load(callback, state)
        setattr(callback, name, fresh)

    monkeypatch.setattr(kind, "load_state_dict", forgetful)
    assert is_caught(endings)
