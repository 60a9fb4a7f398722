"""What does a callback hear of fit, evaluate and predict, and what does it see then?"""

import numpy as np
import pytest

from minikeras.callbacks import Callback
from minikeras.layers import Dense
from minikeras.models import Sequential
from minikeras.optimizers import SGD

HOOKS = [name for name in vars(Callback) if name.startswith("on_")]
X, Y = np.eye(3, 4), [[0.0], [1.0], [2.0]]  # with batch_size=2: batches of two rows and of one
HELD_OUT = np.ones((2, 4)), np.ones((2, 1))  # one batch


class Diary(Callback):
    """Write down each call: its name without `on_`, its number if it has one, a copy of its logs.

    It listens to the newer names of batch hooks; their older names would be told a second time.
    """

    def __init__(self, stop_at=None):
        self.told, self.stop_at = [], stop_at

    def names(self):
        return [name for name, *_ in self.told]

    def logs(self, hook):
        return [entry[-1] for entry in self.told if entry[0] == hook]


def _write(hook):
    def method(self, *told):
        self.told.append((hook, *told[:-1], dict(told[-1])))
        if hook == self.stop_at:
            self.model.stop_training = True

    return method


for _hook in HOOKS:
    if _hook not in ("on_batch_begin", "on_batch_end"):
        setattr(Diary, _hook, _write(_hook.removeprefix("on_")))


def model_with(learning_rate=0.1, metrics=("mae",)):
    model = Sequential([Dense(1, input_dim=4)])
    model.compile(SGD(learning_rate), "mse", metrics=list(metrics))
    return model


def fitted(diary=None, model=None, **options):
    diary, model = diary or Diary(), model or model_with()
    options = {"batch_size": 2, "epochs": 2, "verbose": 0, "shuffle": False} | options
    model.fit(X, Y, callbacks=[diary], **options)
    return diary


BATCHES = ["train_batch_begin", "train_batch_end"] * 2
VALIDATION = ["test_begin", "test_batch_begin", "test_batch_end", "test_end"]
LADDERS = [  # how fit is called; one of its epochs; how many calls there are in two of them
    ({}, ["epoch_begin", *BATCHES, "epoch_end"], 14),
    ({"validation_data": HELD_OUT}, ["epoch_begin", *BATCHES, *VALIDATION, "epoch_end"], 22),
]


@pytest.mark.parametrize(("options", "epoch", "calls"), LADDERS, ids=["alone", "validated"])
def test_fit_climbs_its_ladder(options, epoch, calls):
    diary = fitted(**options)
    assert diary.names() == ["train_begin", *epoch, *epoch, "train_end"]
    assert len(diary.told) == calls
    assert [number for name, number, *_ in diary.told if name == "epoch_end"] == [0, 1]
    assert [number for name, number, *_ in diary.told if name == "train_batch_end"] == [0, 1] * 2


STOPS = [  # where the flag is set; what is still told after the first on_epoch_begin
    ("train_begin", None),
    ("epoch_begin", []),
    ("train_batch_begin", ["train_batch_begin"]),
    ("train_batch_end", ["train_batch_begin", "train_batch_end"]),
    ("test_begin", [*BATCHES, *VALIDATION]),
    ("test_batch_end", [*BATCHES, *VALIDATION]),
    ("epoch_end", [*BATCHES, *VALIDATION]),
]


@pytest.mark.parametrize(("hook", "rest"), STOPS, ids=lambda case: str(case)[:17])
def test_the_stop_flag_is_honoured_at_once_and_reset_by_the_next_fit(hook, rest):
    diary, model = Diary(stop_at=hook), model_with()
    epoch = [] if rest is None else ["epoch_begin", *rest, "epoch_end"]
    for _ in range(2):
        diary.told = []
        fitted(diary, model, validation_data=HELD_OUT)
        assert diary.names() == ["train_begin", *epoch, "train_end"]
        assert model.stop_training


def test_neither_evaluate_nor_predict_clears_the_stop_flag():
    class Asks(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True
            self.model.evaluate(X, Y, verbose=0)
            self.model.predict(X, verbose=0)

    history = model_with().fit(X, Y, epochs=3, verbose=0, callbacks=[Asks()])
    assert history.epoch == [0]


def test_logs_of_batches_hold_their_number_their_size_and_their_own_figures():
    diary, model = Diary(), model_with(learning_rate=0.0)  # so that weights stay
    fitted(diary, model, epochs=1)
    numbered = [{"batch": 0, "size": 2}, {"batch": 1, "size": 1}]
    assert diary.logs("train_batch_begin") == numbered
    for seen, begun, rows in zip(
        diary.logs("train_batch_end"), numbered, (slice(2), slice(2, 3)), strict=True
    ):
        assert seen == begun | model.test_on_batch(X[rows], Y[rows], return_dict=True)
        assert [type(value) for value in seen.values()] == [int, int, float, float]


def test_logs_of_epochs_hold_means_by_size_and_then_their_val_twins():
    diary = fitted(validation_data=HELD_OUT)
    ends = diary.logs("train_batch_end")
    for epoch, logs in enumerate(diary.logs("epoch_end")):
        assert list(logs) == ["loss", "mae", "val_loss", "val_mae"]
        assert {type(value) for value in logs.values()} == {float}
        first, second = ends[2 * epoch : 2 * epoch + 2]
        for name in ("loss", "mae"):
            assert logs[name] == pytest.approx((first[name] * 2 + second[name]) / 3)
            assert logs[f"val_{name}"] == diary.logs("test_end")[epoch][name]
    for hook in ("train_begin", "train_end", "epoch_begin", "test_begin"):
        assert not any(diary.logs(hook))


def test_a_running_metric_keeps_its_last_value():
    diary = fitted(model=model_with(metrics=["AUC"]), epochs=1)
    assert diary.logs("epoch_end")[0]["AUC"] == diary.logs("train_batch_end")[-1]["AUC"]


def test_val_keys_are_there_only_in_epochs_that_validate():
    diary = fitted(validation_data=HELD_OUT, validation_freq=2)
    assert ["val_loss" in logs for logs in diary.logs("epoch_end")] == [False, True]


@pytest.mark.parametrize("options", [{}, {"validation_split": 0.25}], ids=["alone", "validated"])
def test_params_say_how_fit_was_called(options):
    names = ["loss", "mae", *(["val_loss", "val_mae"] if options else [])]
    assert fitted(batch_size=1, **options).params == {
        "batch_size": 1,
        "epochs": 2,
        "steps": 2 if options else 3,
        "samples": 2 if options else 3,
        "verbose": 0,
        "do_validation": bool(options),
        "metrics": names,
    }


def test_validation_data_is_a_triple_or_none():
    assert fitted().validation_data is None
    weights = np.array([1.0, 3.0])
    for given in (HELD_OUT, (*HELD_OUT, weights)):
        x, y, sample_weights = fitted(validation_data=given).validation_data
        np.testing.assert_array_equal(x, HELD_OUT[0])
        np.testing.assert_array_equal(y, HELD_OUT[1])
        assert (sample_weights is None) == (given is HELD_OUT)
    assert len(fitted(validation_split=0.25).validation_data[0]) == 1


def test_evaluate_tells_its_batches_and_its_result():
    diary, model = Diary(), model_with()
    scores = model.evaluate(X, Y, batch_size=2, verbose=0, callbacks=[diary], return_dict=True)
    batch = ["test_batch_begin", "test_batch_end"]
    assert diary.names() == ["test_begin", *batch, *batch, "test_end"]
    assert diary.logs("test_batch_begin") == [{"batch": 0, "size": 2}, {"batch": 1, "size": 1}]
    assert list(diary.logs("test_batch_end")[0]) == ["batch", "size", "loss", "mae"]
    assert diary.logs("test_end") == [scores]
    assert diary.params == {"steps": 2, "samples": 3, "verbose": 0}


def test_predict_tells_its_batches():
    diary = Diary()
    model_with().predict(X, batch_size=2, verbose=0, callbacks=[diary])
    batch = ["predict_batch_begin", "predict_batch_end"]
    assert diary.names() == ["predict_begin", *batch, *batch, "predict_end"]
    for hook in batch:
        assert diary.logs(hook) == [{"batch": 0, "size": 2}, {"batch": 1, "size": 1}]


def test_the_newer_names_of_batch_hooks_call_the_older_ones():
    class Older(Callback):
        def __init__(self):
            self.told = []

        def on_batch_begin(self, batch, logs=None):
            self.told.append((batch, list(logs)))

        on_batch_end = on_batch_begin

    begin, end = ["batch", "size"], ["batch", "size", "loss", "mae"]
    assert fitted(Older(), epochs=1).told == [(0, begin), (0, end), (1, begin), (1, end)]
