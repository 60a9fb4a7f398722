"""Does a history hold every epoch of this fit, and of no other?"""

from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import History
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
        values = [logs[name] for logs in epochs if name in logs]
        assert history.history.get(name, []) == values


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
