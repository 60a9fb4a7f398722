"""The memory of a callback can be taken out, written as JSON, and put back."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import (
    CSVLogger,
    EarlyStopping,
    History,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from minikeras.callbacks.stateful import from_json, to_json

STATEFUL = {
    "EarlyStopping": lambda: EarlyStopping("loss"),
    "ReduceLROnPlateau": lambda: ReduceLROnPlateau("loss"),
    "ModelCheckpoint": lambda: ModelCheckpoint("x"),
    "CSVLogger": lambda: CSVLogger("x"),
    "History": History,
}
numbers = st.floats() | st.integers() | st.none() | st.booleans()
states = st.recursive(numbers, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(states)
def test_every_number_survives_json(state):
    text = json.dumps(to_json(state), allow_nan=False)
    assert repr(from_json(json.loads(text))) == repr(state)


@pytest.mark.parametrize("name", STATEFUL)
def test_a_state_of_something_else_is_refused(name):
    callback = STATEFUL[name]()
    before = callback.state_dict()
    with pytest.raises(
        ValueError, match=rf"^this is no state of {name}: it holds \['wrong'\], not"
    ):
        callback.load_state_dict({"wrong": 1})
    assert callback.state_dict() == before
    assert not callback.is_resuming


@pytest.mark.parametrize("name", STATEFUL)
def test_a_state_is_a_copy_of_what_the_callback_remembers(name):
    callback, other = STATEFUL[name](), STATEFUL[name]()
    other.load_state_dict(json.loads(json.dumps(callback.state_dict(), allow_nan=False)))
    assert other.state_dict() == callback.state_dict()
    assert other.is_resuming


def test_only_the_first_beginning_after_a_load_keeps_the_memory():
    history = History()
    state = {"epoch": [0], "history": {"loss": ["nan"]}, "epochs_of": {"loss": [0]}}
    history.load_state_dict(state)
    history.on_train_begin()
    history.on_epoch_end(1, {"loss": 0.5})
    assert history.epoch == [0, 1]
    assert math.isnan(history.history["loss"][0])
    history.on_train_begin()
    assert (history.epoch, history.history) == ([], {})
