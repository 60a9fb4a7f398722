"""What does ModelCheckpoint refuse before training, and from where does it go on?"""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.averages import Averages
from minikeras.callbacks import (
    Callback,
    CallbackList,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from minikeras.layers import Dense
from minikeras.models import Sequential

KEYS = ["loss", "auc", "val_loss", "val_auc", "learning_rate"]


def begin(template, keys=None, **options):
    """Return a checkpoint whose training has begun, and what it saves."""
    saves = []
    saving = ModelCheckpoint(template, **options)
    saving.set_model(SimpleNamespace(save=lambda path, overwrite: saves.append(path)))
    CallbackList([saving]).set_facts(keys_of_logs=keys, running_metrics=frozenset(["auc"]))
    saving.on_train_begin()
    return saving, saves


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


# -- places ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    [
        "file/w.h5",
        "file/{epoch}.h5",
        "file/new/w.h5",
        "file/new/{epoch}/w.h5",
        "folder/../file/{{x}}/{epoch}/w.h5",
    ],
)
def test_a_folder_that_cannot_be_made_is_refused_before_training(template, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotADirectoryError, match=r"^'.*/file' is no folder: choose another$"):
        begin(template)


@pytest.mark.parametrize(
    "template",
    ["w.h5", "new/w.h5", "{epoch}", "{epoch}/w.h5", "file{epoch}/w.h5", "folder", "folder/", "."],
)
def test_what_can_be_saved_is_not_refused_and_nothing_is_made(template, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()  # a model of one's own may save a folder
    begin(template)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_what_is_no_file_is_refused_before_training():
    with pytest.raises(OSError, match="'/dev/null' is a device or a pipe, not a file"):
        begin("/dev/null")


# -- fields ----------------------------------------------------------------------------------------

ASKED = {  # a template, save_freq, the field that there will never be
    "of an epoch": ("{epoch}-{loss}-{val_loss}-{learning_rate}", "epoch", None),
    "of a batch": ("{epoch}-{batch}-{loss}-{auc}", 3, None),
    "a batch in an epoch": ("{epoch}-{batch}", "epoch", "batch"),
    "a mistake": ("{val_acc:.2f}", "epoch", "val_acc"),
    "a mistake in a folder": ("{acc}/{epoch}", 2, "acc"),
    "validation in a batch": ("{val_loss:.2f}", 1, "val_loss"),
    "a rate in a batch": ("{learning_rate}", 1, "learning_rate"),
    "the second one": ("{loss}{mae}{val_mae}", "epoch", "mae"),
}


@pytest.mark.parametrize("case", ASKED)
def test_a_field_that_there_will_never_be_is_refused_before_training(case):
    template, save_freq, missing = ASKED[case]
    begin(template, None, save_freq=save_freq)  # who knows what callbacks of one's own add
    if missing is None:
        begin(template, KEYS, save_freq=save_freq)
        return
    there = "epoch, batch, loss, auc" if save_freq != "epoch" else ", ".join(["epoch", *KEYS])
    with pytest.raises(KeyError) as raised:
        begin(template, KEYS, save_freq=save_freq)
    sentence = f"the path {template!r} asks for {missing!r}; there are: {there}"
    assert raised.value.args == (sentence,)


def test_without_any_keys_known_nothing_is_refused():
    saving = ModelCheckpoint("{any}")
    saving.set_model(SimpleNamespace(save=None))
    saving.on_train_begin()


# -- means -----------------------------------------------------------------------------------------


def test_of_a_running_metric_the_last_value_counts():
    saving, saves = begin("{loss:.1f} {auc:.1f}", KEYS, save_freq=1)
    saving.on_epoch_begin(0)
    for batch, (loss, auc) in enumerate([(1.0, 0.5), (2.0, 0.7)]):
        saving.on_batch_end(batch, {"batch": batch, "size": 3, "loss": loss, "auc": auc})
    assert saves == ["1.0 0.5", "1.5 0.7"]


batches = st.lists(st.tuples(st.floats(), st.floats(), st.integers(1, 3)), max_size=5)


@given(batches, batches)
def test_means_go_on_in_the_middle_of_an_epoch_as_if_never_interrupted(first, second):
    options = {"save_freq": 2, "monitor": "loss", "save_best_only": True}
    whole, saves = begin("{epoch}-{batch}-{loss}-{auc}", KEYS, **options)
    halves, saves_of_halves = begin("{epoch}-{batch}-{loss}-{auc}", KEYS, **options)
    whole.on_epoch_begin(3)
    halves.on_epoch_begin(3)

    def tell(saving, rows, start=0):
        for batch, (loss, auc, size) in enumerate(rows, start):
            logs = {"batch": batch, "size": size, "loss": loss, "auc": auc}
            saving.on_batch_end(batch, logs)

    tell(whole, first + second)
    tell(halves, first)
    state = json.loads(json.dumps(halves.state_dict(), allow_nan=False))
    again, more = begin("{epoch}-{batch}-{loss}-{auc}", KEYS, **options)
    again.on_epoch_begin(3)
    again.load_state_dict(state)
    again.is_resuming = False
    tell(again, second, start=len(first))
    assert saves == saves_of_halves + more
    assert repr(again.state_dict()) == repr(whole.state_dict())


def test_a_state_before_the_first_batch_of_an_epoch_holds_no_means():
    saving, _ = begin("w", KEYS, save_freq=5)
    saving.on_epoch_begin(2)
    state = saving.state_dict()
    assert (state["epoch"], state["averages"]) == (2, {"totals": {}, "seen": {}})


@given(batches, batches)
def test_averages_go_on_from_their_state(first, second):
    one, other = Averages(["auc"]), Averages(["auc"])
    for loss, auc, size in first:
        one.add({"loss": loss, "auc": auc}, size)
    other.state = one.state
    for loss, auc, size in second:
        before = repr(one.state)
        other.add({"loss": loss, "auc": auc}, size)
        assert repr(one.state) == before  # what was taken out stays as it was
        one.add({"loss": loss, "auc": auc}, size)
    assert repr(other.means()) == repr(one.means())


# -- in fit, which knows what the logs will hold ---------------------------------------------------

FEW = {"loss", "val_loss"}
MORE = FEW | {"learning_rate"}
TELLERS = {  # callbacks, the keys that the logs then have, and whether that is known before
    "none": ((), FEW, True),
    "one that adds nothing": ((TerminateOnNaN(),), FEW, True),
    "a scheduler": ((LearningRateScheduler(lambda e: 0.1),), MORE, True),
    "a reducer": ((ReduceLROnPlateau(),), MORE, True),
    "both": ((ReduceLROnPlateau(), LearningRateScheduler(lambda e: 0.1)), MORE, True),
    "a lambda": ((LambdaCallback(),), FEW, False),
    "one of one's own": ((type("Mine", (Callback,), {})(), TerminateOnNaN()), FEW, False),
    "one's own reducer": ((type("Mine", (ReduceLROnPlateau,), {})(),), MORE, False),
}


@pytest.mark.parametrize(("others", "keys", "is_known"), TELLERS.values(), ids=TELLERS)
@pytest.mark.parametrize("key", ["loss", "val_loss", "learning_rate", "accuracy", "batch"])
def test_fit_refuses_a_path_before_training_where_it_knows_all_keys(others, keys, is_known, key):
    model = Sequential([Dense(1, input_dim=1)])
    model.compile("sgd", "mse")
    weights = model.get_weights()
    listeners = [*others, ModelCheckpoint(f"{{{key}}}.h5")]
    data = {"x": [[1.0]], "y": [1.0], "validation_data": ([[1.0]], [1.0]), "verbose": 0}
    if key in keys:
        model.fit(**data, callbacks=listeners)
        return
    with pytest.raises(KeyError, match=f"asks for '{key}'; there are: epoch, .*loss"):
        model.fit(**data, callbacks=listeners)
    same = [(a == b).all() for a, b in zip(model.get_weights(), weights, strict=True)]
    assert all(same) == is_known
