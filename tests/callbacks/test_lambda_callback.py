"""Are functions called at the moments they were given for, with what the documents say?"""

import json

import pytest

from minikeras.callbacks import Callback, LambdaCallback
from minikeras.layers import Dense
from minikeras.models import Sequential

DOCUMENTED = ["on_epoch_begin", "on_epoch_end", "on_batch_begin", "on_batch_end"]
DOCUMENTED += ["on_train_begin", "on_train_end"]
HOOKS = [name for name in vars(Callback) if name.startswith("on_")]
NUMBERED = {
    name: next(word for word in ("epoch", "batch") if word in name)
    for name in HOOKS
    if "epoch" in name or "batch" in name
}
OTHERS = [name for name in HOOKS if name not in NUMBERED and name != "on_exception"]


def heard(hook):
    """Return a callback with a function for one moment, and the list of what that is told."""
    told = []
    return LambdaCallback(**{hook: lambda *args: told.append(args)}), told


@pytest.mark.parametrize("hook", NUMBERED)
def test_a_function_is_told_a_number_and_logs_by_position(hook):
    callback, told = heard(hook)
    method, logs, name = getattr(callback, hook), {"loss": 0.5}, NUMBERED[hook]
    method(3, logs)
    method(3, logs=logs)
    method(**{name: 3, "logs": logs})
    assert told == [(3, logs)] * 3
    assert all(args[1] is logs for args in told)
    method(4)
    method(4, None)
    assert told[3:] == [(4, None)] * 2


@pytest.mark.parametrize("hook", OTHERS)
def test_a_function_of_a_beginning_or_an_end_is_told_logs_by_position(hook):
    callback, told = heard(hook)
    method, logs = getattr(callback, hook), {"loss": 0.5}
    method(logs)
    method(logs=logs)
    method()
    assert told == [(logs,), (logs,), (None,)]
    assert told[0][0] is logs


def test_a_function_of_an_exception_is_told_it():
    callback, told = heard("on_exception")
    error = ValueError()
    callback.on_exception(error)
    assert told == [(error,)]


def test_names_of_arguments_do_not_matter():
    callback = LambdaCallback(
        on_epoch_end=lambda e, x: None, on_batch_end=lambda b, _: None, on_train_end=lambda x: None
    )
    callback.on_epoch_end(0, logs={})
    callback.on_train_batch_end(0, logs={})
    callback.on_train_end(logs={})


@pytest.mark.parametrize("hook", HOOKS)
def test_moments_without_a_function_pass_in_silence(hook):
    callback = LambdaCallback(**{hook: None})
    assert vars(callback) == {}


@pytest.mark.parametrize("hook", ["on_epoch", "epoch_end", "set_model", "on_epoch_ends", "model"])
@pytest.mark.parametrize("function", [print, None])
def test_an_unknown_moment_is_a_type_error_that_lists_the_known(hook, function):
    with pytest.raises(TypeError, match=f"no hook '{hook}'; there are: .*on_predict_batch_end"):
        LambdaCallback(**{hook: function})


@pytest.mark.parametrize("wrong", [0.5, "print", [print]])
def test_what_cannot_be_called_is_refused(wrong):
    with pytest.raises(TypeError, match=r"on_batch_end is a function, not .*; write lambda"):
        LambdaCallback(on_batch_end=wrong)


def test_further_moments_are_given_by_name_only():
    with pytest.raises(TypeError, match="positional arguments"):
        LambdaCallback(*[print] * 7)
    functions = [lambda *args, n=n: n for n in range(6)]
    assert set(vars(LambdaCallback(*functions))) == set(DOCUMENTED)


def test_a_real_fit_calls_functions_in_order(tmp_path):
    told, lines = [], tmp_path / "log.jsonl"
    names = [hook for hook in HOOKS if "predict" not in hook and hook not in DOCUMENTED[2:4]]
    functions = {name: lambda *args, name=name: told.append(name) for name in names}

    def write(epoch, logs):
        with lines.open("a") as file:
            file.write(json.dumps({"epoch": epoch, "loss": logs["loss"]}) + "\n")

    model = Sequential([Dense(1, input_dim=1)])
    model.compile("sgd", "mse")
    x, y = [[0.0]] * 2, [1.0] * 2
    callbacks = [LambdaCallback(**functions), LambdaCallback(on_epoch_end=write)]
    history = model.fit(x, y, verbose=0, validation_data=(x, y), callbacks=callbacks)
    assert told == [
        *["on_train_begin", "on_epoch_begin", "on_train_batch_begin", "on_train_batch_end"],
        *["on_test_begin", "on_test_batch_begin", "on_test_batch_end", "on_test_end"],
        *["on_epoch_end", "on_train_end"],
    ]
    assert json.loads(lines.read_text()) == {"epoch": 0, "loss": history.history["loss"][0]}
