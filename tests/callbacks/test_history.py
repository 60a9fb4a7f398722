"""Does a history hold every epoch of this fit, and of no other, and show them?"""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import Callback, EarlyStopping, History
from minikeras.callbacks.stateful import from_json, to_json
from minikeras.layers import Dense
from minikeras.models import Sequential

logs_of_epochs = st.lists(
    st.dictionaries(st.sampled_from(["loss", "val_loss", "lr"]), st.floats(allow_nan=False))
)


def told(history, epochs):
    history.on_train_begin()
    for epoch, logs in enumerate(epochs):
        history.on_epoch_end(epoch, logs)
    return history


@given(logs_of_epochs, logs_of_epochs)
def test_each_fit_begins_a_history_and_each_key_keeps_its_own_list(before, epochs):
    history = told(told(History(), before), epochs)
    assert history.epoch == list(range(len(epochs)))
    for name in ("loss", "val_loss", "lr"):
        having = [epoch for epoch, logs in enumerate(epochs) if name in logs]
        assert history.history.get(name, []) == [epochs[epoch][name] for epoch in having]
        assert history.epochs_of.get(name, []) == having


def test_an_older_history_is_not_changed_by_a_later_fit():
    history = told(History(), [{"loss": 0.5}])
    epoch, values = history.epoch, history.history
    told(history, [{"loss": 0.25}, {"loss": 0.125}])
    assert (epoch, values) == ([0], {"loss": [0.5]})


def test_fit_returns_the_history_of_its_own_epochs():
    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse", metrics=["mae"])
    x, y, mine = [[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0], History()
    first = model.fit(x, y, epochs=2, verbose=0, callbacks=[mine])
    second = model.fit(
        x,
        y,
        epochs=5,
        initial_epoch=2,
        verbose=0,
        callbacks=[mine],
        validation_data=(x, y),
        validation_freq=2,
    )
    assert first is not second is model.history
    assert (first.epoch, second.epoch, mine.epoch) == ([0, 1], [2, 3, 4], [2, 3, 4])
    assert list(second.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert [len(values) for values in second.history.values()] == [3, 3, 1, 1]
    assert mine.history == second.history


# -- as a picture and a table ---------------------------------------------------------------------


def points(axes, label):
    """Return the points of the lines with this label."""
    found = [line for line in axes.lines if line.get_label().startswith(label)]
    return [p for line in found for p in zip(*map(list, line.get_data()), strict=True)]


def fit(*callbacks, **options):
    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    x, y = [[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0]
    return model.fit(x, y, verbose=0, callbacks=callbacks, validation_data=(x, y), **options)


def test_a_picture_shows_each_value_at_its_epoch():
    history = fit(epochs=7, initial_epoch=2, validation_freq=2)
    (axes,) = history.plot().axes
    assert points(axes, "training") == [*enumerate(history.history["loss"], start=3)]
    first, second = history.history["val_loss"]
    assert points(axes, "validation") == [(4, first), (6, second)]


@given(logs_of_epochs, logs_of_epochs)
def test_a_history_that_was_put_back_shows_the_same(epochs, later):
    history, other = told(History(), epochs), History()
    state = json.loads(json.dumps(to_json(history.state_dict()), allow_nan=False))
    other.load_state_dict(from_json(state))
    other.on_train_begin()
    assert other._repr_html_() == history._repr_html_()
    for epoch, logs in enumerate(later, start=len(epochs)):
        other.on_epoch_end(epoch, logs)
    assert other._repr_html_() == told(History(), epochs + later)._repr_html_()


class Looks(Callback):
    """Notes at each moment whether the picture says that the run has stopped early."""

    def on_train_begin(self, logs=None):
        self.seen = []

    def look(self, history):
        axes = history.plot().axes[0]
        self.seen.append(bool(points(axes, "stopped early")))
        return self.seen

    def on_epoch_end(self, epoch, logs=None):
        if epoch > 0:
            self.look(self.model.history)


def test_a_run_counts_as_stopped_early_once_it_has_ended():
    looks = Looks()
    rising = EarlyStopping("loss", patience=2, mode="max")
    history = fit(looks, rising, epochs=9)
    assert looks.look(history) == [False] * (len(history.epoch) - 1) + [True]
    assert f"{len(history.epoch)} of 9 epochs: stopped early" in history._repr_html_()
    assert looks.look(fit(epochs=2))[-1] is False


def test_a_run_that_was_interrupted_has_stopped_early():
    class Interrupts(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    mine = History()
    with pytest.raises(KeyboardInterrupt):
        fit(mine, Interrupts(), epochs=9)
    assert "2 of 9 epochs: stopped early" in mine._repr_html_()


def test_a_history_that_serves_again_has_not_ended():
    history = History()
    history.set_params({"epochs": 9})
    told(history, [{"loss": 0.5}]).on_train_end()
    assert "stopped early" in history._repr_html_()
    assert "stopped early" not in told(history, [{"loss": 0.5}])._repr_html_()


def test_what_is_no_number_is_not_drawn():
    logs = {"loss": np.float32(0.5), "norm": [1.0, 2.0], "word": "x", "n": np.int64(3), "0d": None}
    history = told(History(), [logs, {"word": 4}])
    panels = {axes.get_title(): points(axes, "training") for axes in history.plot().axes}
    assert panels == {"loss": [(1, 0.5)], "word": [(2, 4.0)], "n": [(1, 3.0)]}


def test_lists_that_were_filled_in_by_hand_are_drawn_where_that_is_clear():
    history = History()
    history.epoch, history.history = [0, 1], {"loss": [2.0, 1.0]}
    assert points(history.plot().axes[0], "training") == [(1, 2.0), (2, 1.0)]
    history.history["val_loss"] = [3.0]
    with pytest.raises(
        ValueError, match=r"history\['val_loss'\] has 1 values for 2 epochs: say in"
    ):
        history.plot()
    history.epochs_of["val_loss"] = [1]
    assert points(history.plot().axes[0], "validation") == [(2, 3.0)]


def test_a_history_without_epochs_says_so():
    assert "0 epochs" in History()._repr_html_()
    with pytest.raises(ValueError, match="there is nothing to draw: this run has no epoch yet"):
        History().plot()


def test_options_of_a_picture_reach_it():
    history = told(History(), [{"f1x": 0.5}, {"f1x": 0.25}])
    picture = history.plot("f1x", mode="max", dark=True)
    assert points(picture.axes[0], "best f1x") == [(1, 0), (1, 1)]
    assert sum(picture.get_facecolor()[:3]) < 1
    assert sum(history.plot("f1x", mode="max").get_facecolor()[:3]) > 2


def test_a_number_in_an_array_is_drawn_as_well():
    history = told(History(), [{"loss": np.array(0.5), "note": "text"}])
    assert [axes.get_title() for axes in history.plot().axes] == ["loss"]
