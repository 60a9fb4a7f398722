"""Do many callbacks hear one thing, in one order, whoever they are?"""

import inspect
from types import SimpleNamespace

import numpy as np
import pytest

from minikeras import epochs
from minikeras.callbacks import BaseLogger, Callback, CallbackList, History, ProgbarLogger
from minikeras.layers import Dense
from minikeras.models import Sequential
from minikeras.seeding import set_random_seed

HOOKS = [name for name in vars(Callback) if name.startswith("on_")]
X, Y = np.arange(40.0).reshape(10, 4) / 40, np.arange(10.0)


def fit(*callbacks, **options):
    set_random_seed(7)
    model = Sequential([Dense(3, activation="tanh", input_dim=4), Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    options = {"batch_size": 3, "epochs": 3, "verbose": 0} | options
    model.fit(X, Y, validation_split=0.2, callbacks=list(callbacks), **options)
    return model


def call(callback, hook, logs):
    parameters = inspect.signature(getattr(Callback, hook)).parameters
    given = {"epoch": 5, "batch": 5, "logs": logs, "exception": OSError()}
    getattr(callback, hook)(*(given[name] for name in parameters if name != "self"))


class Adds(Callback):
    """Write down the dict of each moment, and add a key of one's own."""

    def __init__(self, name):
        self.name, self.seen = name, []


def _add(hook):
    def method(self, *told):
        self.seen.append((hook, told[-1], list(told[-1])))
        told[-1][self.name] = 1.0

    return method


for _hook in HOOKS:
    if _hook not in ("on_exception", "on_batch_begin", "on_batch_end"):
        setattr(Adds, _hook, _add(_hook))


def test_all_callbacks_of_a_moment_share_one_fresh_dict_in_order():
    first, second = Adds("first"), Adds("second")
    model = fit(first, second)
    events = CallbackList([first, second], model)
    model.predict(X, verbose=0, callbacks=[first, second])
    model.evaluate(X, Y, verbose=0, callbacks=[first, second])
    for hook in ("on_train_begin", "on_epoch_end"):
        call(events, hook, None)
    assert len(first.seen) == len(second.seen) == 48
    for (hook, logs, keys), (same_hook, same_logs, more_keys) in zip(
        first.seen, second.seen, strict=True
    ):
        assert hook == same_hook
        assert logs is same_logs
        assert more_keys == [*keys, "first"]
        assert "first" not in keys, f"the dict of {hook} is not fresh"
    assert len({id(logs) for _, logs, _ in first.seen}) == len(first.seen)
    assert list(model.history.history)[-2:] == ["first", "second"], "History is the last"


def test_a_dict_that_the_caller_gives_is_the_one_that_all_see():
    first, history = Adds("first"), History()
    for hook in ("on_train_begin", "on_epoch_end"):
        logs = {}
        call(CallbackList([first, history]), hook, logs)
        assert first.seen[-1][1] is logs
        assert logs == {"first": 1.0}
    assert history.history == {"first": [1.0]}


def test_every_hook_reaches_every_callback():
    class Hears(Callback):
        pass

    heard = []
    for hook in HOOKS:
        setattr(Hears, hook, lambda self, *told, hook=hook: heard.append(hook))
    for hook in HOOKS:
        heard.clear()
        call(CallbackList([Hears(), Hears()]), hook, {})
        assert heard == [hook.replace("on_batch", "on_train_batch")] * 2


def test_a_list_works_alone_and_passes_on_what_it_is_given():
    first, second = Callback(), Callback()
    events = CallbackList([first], "the model", {"epochs": 2})
    events.append(second)
    assert list(events) == events.callbacks == [first, second]
    assert (first.model, first.params, events.model) == ("the model", {"epochs": 2}, "the model")
    events.set_model("another")
    events.set_params({"epochs": 3})
    assert (second.model, second.params) == ("another", {"epochs": 3})
    CallbackList().on_epoch_end(0, {"loss": 0.5})
    assert first.validation_data is None


def test_fit_takes_a_list_a_tuple_a_callback_list_or_one_callback():
    for wrap in (list, tuple, CallbackList, lambda callbacks: callbacks[0]):
        history = History()
        model = Sequential([Dense(1, input_dim=4)])
        model.compile("sgd", "mse")
        model.fit(X, Y, verbose=0, callbacks=wrap([history]))
        assert history.epoch == [0]


class Duck:
    """Exactly what real Keras asks of a callback; it inherits nothing and lacks the old names."""

    def __init__(self):
        self.told = []

    def __getattr__(self, name):
        is_old = name in ("on_batch_begin", "on_batch_end", "on_exception")
        if is_old or not (name.startswith("on_") or name in ("set_model", "set_params")):
            raise AttributeError(name)
        return lambda *told: self.told.append(name)


def test_an_object_with_the_methods_will_do():
    duck, error = Duck(), ValueError()
    fit(duck, epochs=1)
    CallbackList([duck]).on_exception(error)
    assert not hasattr(error, "__notes__"), "it was asked for what it lacks"
    assert duck.told[:4] == ["set_model", "set_params", "on_train_begin", "on_epoch_begin"]
    assert duck.told.count("on_train_batch_end") == 3


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (History, r"History is a class, and callbacks holds objects: write History\(...\)"),
        ("history", "a callback's methods.* 'history' has no set_model"),
        (SimpleNamespace(set_model=print, set_params=print), "has no on_train_begin"),
        (None, "None has no set_model"),
    ],
)
def test_what_is_no_callback_is_refused_before_training(wrong, sentence):
    with pytest.raises(TypeError, match=sentence):
        CallbackList([Callback(), wrong])
    with pytest.raises(TypeError, match=sentence):
        CallbackList().append(wrong)


def test_listeners_are_those_that_do_something_at_a_moment():
    class Ends(Callback):
        def on_batch_end(self, batch, logs=None):
            pass

    late = Callback()
    late.on_batch_end = lambda batch, logs=None: None
    events = CallbackList([Callback(), History(), Ends(), late, Duck()])
    assert events.listeners("on_batch_end") == events.callbacks[2:]
    assert events.listeners("on_epoch_begin", "on_epoch_end") == events.callbacks[1::3]


def test_a_run_of_batches_told_late_gives_bitwise_the_same_history(monkeypatch, capsys):
    moments = []
    step, hook = epochs.train_step, BaseLogger.on_batch_end
    monkeypatch.setattr(epochs, "train_step", lambda *a: moments.append("step") or step(*a))
    monkeypatch.setattr(BaseLogger, "on_batch_end", lambda *a: moments.append("told") or hook(*a))
    quiet = fit()
    assert moments[:6] == ["step"] * 3 + ["told"] * 3, "nobody listened: one burst at the end"
    for callbacks, options in [([Adds("listens")], {}), ([ProgbarLogger()], {"verbose": 1})]:
        moments.clear()
        loud = fit(*callbacks, **options)
        assert (moments[:2] == ["step", "told"]) == (not options)
        for name, values in quiet.history.history.items():
            assert loud.history.history[name] == values
        for one, other in zip(quiet.get_weights(), loud.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
    assert "Epoch 3/3" in capsys.readouterr().out
