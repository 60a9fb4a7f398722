"""What do callbacks hear when a run ends by an exception?"""

import pytest

from minikeras.callbacks import Callback, CallbackList
from minikeras.layers import Dense
from minikeras.models import Sequential

HOOKS = [name for name in vars(Callback) if name.startswith("on_")]
OF_FIT = [hook for hook in HOOKS if "predict" not in hook and hook != "on_exception"]


def fit(callbacks):
    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    x, y = [[0.0, 1.0]], [1.0]
    model.fit(x, y, epochs=2, verbose=0, validation_data=(x, y), callbacks=callbacks)


class Fails(Callback):
    """Raise at one moment, and write down the end."""

    def __init__(self, hook, error):
        self.ends = []
        setattr(self, hook, self.fail)
        self.error = error

    def fail(self, *told):
        raise self.error

    def on_train_end(self, logs=None):
        self.ends.append("train_end")

    def on_exception(self, exception):
        self.ends.append(exception)


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("hook", OF_FIT)
def test_an_exception_is_told_in_place_of_the_end_and_goes_on(hook, error):
    fails, other = Fails(hook, error), Fails("on_predict_end", error)
    with pytest.raises(type(error)) as raised:
        fit([other, fails])
    assert raised.value is error
    assert fails.ends == [error]
    assert other.ends == (["train_end"] if hook == "on_train_end" else []) + [error]


def test_an_exception_while_telling_of_one_is_a_note_and_the_others_are_told():
    error, other = ValueError("first"), Fails("on_test_end", None)
    fails = Fails("on_exception", OSError("disk full"))
    CallbackList([fails, other]).on_exception(error)
    assert other.ends == [error]
    assert error.__notes__ == ["Fails.on_exception raised OSError('disk full')"]
