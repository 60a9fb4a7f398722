"""What if a run ends early: by an exception, by Ctrl-C, or because a callback asks for it?"""

import numpy as np
import pytest

from minikeras.callbacks import Callback
from minikeras.layers import Dense
from minikeras.models import Sequential

X = np.random.default_rng(0).normal(size=(8, 3))
Y = X[:, :1]
BATCH = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
VALIDATION = ("on_test_begin", "on_test_batch_begin", "on_test_batch_end", "on_test_end")
HOOKS = ("on_train_begin", "on_epoch_begin", *BATCH, *VALIDATION, "on_epoch_end", "on_train_end")
PREDICTION = (
    "on_predict_begin",
    "on_predict_batch_begin",
    "on_predict_batch_end",
    "on_predict_end",
)
ERRORS = (RuntimeError("mine"), KeyboardInterrupt(), StopIteration("mine"), SystemExit(3))


class Act(Callback):
    """Keeps a list of the moments; at one of them, once, does something."""

    def __init__(self, hook="", act=None, epoch=0):
        self.hook, self.act, self.epoch = hook, act, epoch
        self.moments, self.exceptions, self.now = [], [], 0

    def on_exception(self, exception):
        self.exceptions.append(exception)
        self.moments.append("on_exception")


def _noted(hook):
    inherited = getattr(Callback, hook)

    def method(self, *arguments, logs=None):
        self.moments.append(hook)
        if hook == "on_epoch_begin":
            self.now = arguments[0]
        if hook == self.hook and self.act and self.now >= self.epoch:
            act, self.act = self.act, None
            act(self.model)
        inherited(self, *arguments)

    return method


for hook in (*HOOKS, *PREDICTION):
    setattr(Act, hook, _noted(hook))


def compiled():
    model = Sequential([Dense(1, input_dim=3)])
    model.compile("adam", "mse", ["mae"])
    return model


def fit(model, *callbacks, **options):
    options = {"epochs": 3, "batch_size": 2, "validation_split": 0.5, "verbose": 0} | options
    return model.fit(X, Y, callbacks=list(callbacks), **options)


def raise_(error):
    def act(model):
        raise error

    return act


def stop(model):
    model.stop_training = True


# -- exceptions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("verbose", [0, 1, 2])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("epoch", [0, 2])
def test_an_exception_in_any_hook_comes_out_unchanged_and_every_callback_hears_of_it(
    hook, error, epoch, verbose, capsys
):
    if hook == "on_train_begin":
        epoch = 0
    model, before, after = compiled(), Act(), Act()
    with pytest.raises(type(error)) as caught:
        fit(model, before, Act(hook, raise_(error), epoch), after, verbose=verbose)
    assert caught.value is error
    assert not getattr(error, "__notes__", [])
    for callback in (before, after):
        assert callback.exceptions == [error]
        assert callback.moments[-1] == "on_exception"
    assert "on_train_end" not in after.moments
    assert hook == "on_train_end" or "on_train_end" not in before.moments


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("hook", HOOKS)
def test_after_an_exception_the_next_fit_works_and_its_history_is_fresh(hook, error):
    model, twice = compiled(), Act(hook, raise_(error))
    with pytest.raises(type(error)):
        fit(model, twice)
    model.evaluate(X, Y, verbose=0)
    broken = model.history
    history = fit(model, twice)
    assert history is model.history is not broken
    assert history.epoch == [0, 1, 2]
    assert {len(values) for values in history.history.values()} == {3}
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert twice.moments[-1] == "on_train_end"


def test_the_history_of_a_broken_run_holds_the_epochs_that_ended():
    model = compiled()
    with pytest.raises(RuntimeError):
        fit(model, Act("on_train_batch_end", raise_(ERRORS[0]), epoch=2))
    assert model.history.epoch == [0, 1]
    assert len(model.history.history["val_loss"]) == 2


def test_an_interrupted_batch_leaves_the_weights_of_the_batches_before_it():
    model, twin = compiled(), compiled()
    twin.set_weights(model.get_weights())
    with pytest.raises(KeyboardInterrupt):
        fit(model, Act("on_train_batch_begin", raise_(KeyboardInterrupt()), 1), shuffle=False)
    fit(twin, epochs=1, shuffle=False)
    assert model.optimizer.iterations == twin.optimizer.iterations == 2
    for w, v in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(w, v)


def test_a_callback_that_fails_on_exception_adds_a_note_and_the_others_still_hear():
    class Clumsy(Callback):
        def on_exception(self, exception):
            raise ValueError("and I fell")

    error, last = RuntimeError("mine"), Act()
    with pytest.raises(RuntimeError) as caught:
        fit(compiled(), Clumsy(), Act("on_epoch_end", raise_(error)), last)
    assert caught.value is error
    assert last.exceptions == [error]
    assert error.__notes__ == ["Clumsy.on_exception raised ValueError('and I fell')"]


def test_a_run_that_ends_well_tells_nobody_of_an_exception():
    callback = Act()
    fit(compiled(), callback)
    assert "on_exception" not in callback.moments
    assert callback.moments[-1] == "on_train_end"


@pytest.mark.parametrize(("verb", "hooks"), [("evaluate", VALIDATION), ("predict", PREDICTION)])
def test_an_exception_in_evaluate_or_predict_comes_out_and_the_model_goes_on(verb, hooks):
    data = (X, Y) if verb == "evaluate" else (X,)
    model = compiled()
    expected = getattr(model, verb)(*data, verbose=0)
    for hook in hooks:
        error = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt) as caught:
            getattr(model, verb)(*data, callbacks=[Act(hook, raise_(error))], verbose=0)
        assert caught.value is error
        np.testing.assert_array_equal(getattr(model, verb)(*data, verbose=0), expected)


# -- the stop flag ---------------------------------------------------------------------------------

# where the flag is set in epoch 1 of 3: the moments that still follow in that epoch. An epoch is
# two batches and, where it was not stopped before, two batches of validation.
BATCHES = ["on_train_batch_begin", "on_batch_begin", "on_train_batch_end", "on_batch_end"]
HELD_OUT = ["on_test_begin", *["on_test_batch_begin", "on_test_batch_end"] * 2, "on_test_end"]
WHOLE = ["on_epoch_begin", *BATCHES * 2, *HELD_OUT, "on_epoch_end"]
STOPPED = {
    "on_epoch_begin": ["on_epoch_begin", "on_epoch_end"],
    "on_train_batch_begin": ["on_epoch_begin", *BATCHES[:2], "on_epoch_end"],
    "on_batch_begin": ["on_epoch_begin", *BATCHES[:2], "on_epoch_end"],
    "on_train_batch_end": ["on_epoch_begin", *BATCHES, "on_epoch_end"],
    "on_batch_end": ["on_epoch_begin", *BATCHES, "on_epoch_end"],
    "on_test_begin": WHOLE,  # a validation that has begun is finished
    "on_test_batch_begin": WHOLE,
    "on_test_batch_end": WHOLE,
    "on_test_end": WHOLE,
    "on_epoch_end": WHOLE,
}


@pytest.mark.parametrize("where", ["first", "last"])
@pytest.mark.parametrize("hook", STOPPED)
def test_the_stop_flag_is_honoured_at_once(hook, where):
    model, stopper, other = compiled(), Act(hook, stop, epoch=1), Act()
    history = fit(model, *([stopper, other] if where == "first" else [other, stopper]))
    run = ["on_train_begin", *WHOLE, *STOPPED[hook], "on_train_end"]
    assert stopper.moments == other.moments == run
    assert history.epoch == [0, 1]
    assert model.stop_training
    assert model.optimizer.iterations == 2 + run[len(WHOLE) + 1 :].count("on_batch_end")
    validated = 1 + ("on_test_end" in STOPPED[hook])
    assert len(history.history["val_loss"]) == validated


def test_a_flag_set_before_the_first_epoch_trains_nothing_and_ends_well():
    model, stopper = compiled(), Act("on_train_begin", stop)
    history = fit(model, stopper)
    assert stopper.moments == ["on_train_begin", "on_train_end"]
    assert (history.epoch, history.history, model.optimizer.iterations) == ([], {}, 0)


def test_a_flag_set_in_the_last_batch_of_an_epoch_still_skips_its_validation():
    class Last(Callback):
        def on_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    assert list(fit(compiled(), Last()).history) == ["loss", "mae"]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_flag_of_an_earlier_fit_is_forgotten_before_training_begins(hook):
    seen = []
    model = compiled()
    fit(model, Act(hook, stop))
    assert model.stop_training
    history = fit(model, Act("on_train_begin", lambda model: seen.append(model.stop_training)))
    assert seen == [False]
    assert history.epoch == [0, 1, 2]
    assert not model.stop_training


LOOKS = {
    "evaluate": lambda model: model.evaluate(X, Y, verbose=0),
    "predict": lambda model: model.predict(X, verbose=0),
    "test_on_batch": lambda model: model.test_on_batch(X, Y),
    "train_on_batch": lambda model: model.train_on_batch(X, Y),
    "predict_on_batch": lambda model: model.predict_on_batch(X),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("hook", [hook for hook in STOPPED if "test" not in hook])
def test_looking_does_not_clear_the_flag(hook, look):
    def stop_and_look(model):
        stop(model)
        LOOKS[look](model)

    assert fit(compiled(), Act(hook, stop_and_look, epoch=1)).epoch == [0, 1]


@pytest.mark.parametrize("look", LOOKS)
def test_a_flag_outside_fit_hinders_nobody(look):
    model = compiled()
    stop(model)
    LOOKS[look](model)
    assert model.stop_training
    assert fit(model).epoch == [0, 1, 2]


@pytest.mark.parametrize("verbose", [1, 2])
@pytest.mark.parametrize("hook", STOPPED)
def test_a_stopped_run_ends_its_progress_line(hook, verbose, capsys):
    fit(compiled(), Act(hook, stop, epoch=1), verbose=verbose)
    lines = capsys.readouterr().out.split("\n")
    assert lines[-1] == ""
    assert [line[:9] for line in lines[:-1]] == ["Epoch 1/3", "Epoch 2/3"]
