"""Do several processes train as one does?"""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minikeras as keras
from minikeras.callbacks import BackupAndRestore, Callback, LambdaCallback, LearningRateScheduler
from minikeras.distribution import DataParallel, distribution, set_distribution
from minikeras.layers import Dense, Dropout, Embedding, Flatten
from minikeras.optimizers import SGD, Adam
from minikeras.optimizers.schedules import ExponentialDecay
from minikeras.seeding import set_random_seed
from minikeras.team import shares

linux = pytest.mark.skipif(sys.platform != "linux", reason="a running process is copied on Linux")
ROWS = 53  # prime: the last batch is shorter
X = np.random.default_rng(1).normal(size=(ROWS, 5))
Y = np.random.default_rng(2).integers(3, size=ROWS)
LOSS = "sparse_categorical_crossentropy"
OPTIMIZERS = {
    "sgd": lambda: SGD(0.1, momentum=0.9),
    "clipnorm": lambda: SGD(0.1, clipnorm=0.05),
    "clipvalue": lambda: SGD(0.1, clipvalue=0.01),
    "adam": lambda: Adam(0.01),
    "schedule": lambda: Adam(ExponentialDecay(0.1, 3, 0.5)),
}


@pytest.fixture(autouse=True)
def _alone_again(float64):
    yield
    set_distribution(None)
    assert not multiprocessing.active_children()


def dense(penalty=None, frozen=False):
    return [
        Dense(7, "relu", input_dim=5, kernel_regularizer=penalty),
        Dense(6, "tanh", trainable=not frozen),
        Dense(3, "softmax"),
    ]


def trained(processes, optimizer="adam", layers=dense, callbacks=(), **fit):
    """Return the weights after training with so many processes, and what was told on the way."""
    set_distribution(DataParallel(processes) if processes else None)
    set_random_seed(3)
    model = keras.Sequential(layers())
    model.compile(OPTIMIZERS[optimizer](), LOSS, ["accuracy"])
    fit = {"x": X, "y": Y, "batch_size": 10, "epochs": 3, **fit}
    history = model.fit(**fit, callbacks=[*callbacks], verbose=0)
    return np.concatenate([w.ravel() for w in model.get_weights()]), history.history


def assert_alike(one, other):
    np.testing.assert_allclose(one[0], other[0], rtol=1e-9, atol=1e-11)
    assert one[1].keys() == other[1].keys()
    for name, values in one[1].items():
        np.testing.assert_allclose(values, other[1][name], rtol=1e-9, err_msg=name)


WAYS = {
    **{name: {"optimizer": name} for name in OPTIMIZERS},
    "in order": {"shuffle": False},
    "rows that weigh": {"sample_weight": np.linspace(0.0, 2.0, ROWS)},
    "classes that weigh": {"class_weight": {0: 0.5, 1: 1.0, 2: 3.0}},
    "weights that cost": {"layers": lambda: dense("l2")},
    "weights that stay": {"layers": lambda: dense(frozen=True)},
    "validation": {"validation_split": 0.2},
    "few steps": {"steps_per_epoch": 2},
    "one row": {"batch_size": 1, "layers": lambda: dense("l2")},
    "few weights": {"layers": lambda: [Dense(3, "softmax", input_dim=5)]},
    "all rows": {"batch_size": ROWS},
    "three": {"processes": 3},
    "more than rows": {"processes": 3, "batch_size": 2},
}


@linux
@pytest.mark.parametrize("way", WAYS)
def test_together_as_alone(way):
    settings = {"processes": 2, **WAYS[way]}
    processes = settings.pop("processes")
    assert_alike(trained(processes, **settings), trained(None, **settings))


@linux
def test_words_and_metrics_that_count():
    x, y = np.random.default_rng(1).integers(9, size=(ROWS, 4)), Y > 0

    def told(processes):
        set_distribution(DataParallel(processes))
        set_random_seed(1)
        layers = [Embedding(9, 3, input_length=4), Flatten(), Dense(1, "sigmoid")]
        model = keras.Sequential(layers)
        model.compile("adam", "binary_crossentropy", ["accuracy", keras.metrics.AUC(), "Recall"])
        return model.fit(x, y, batch_size=10, epochs=2, verbose=0).history

    one, two = told(1), told(2)
    assert list(one) == ["loss", "accuracy", "auc", "Recall"]
    for name, values in one.items():
        np.testing.assert_allclose(two[name], values, rtol=1e-9, err_msg=name)


class Meddler(Callback):
    """Changes what a batch trains with, and ends in the middle of the second epoch."""

    def on_train_batch_end(self, batch, logs=None):
        self.model.optimizer.learning_rate = 0.1 / (batch + 1)
        if batch == 2:
            self.model.set_weights([w * 0.9 for w in self.model.get_weights()])
        self.model.stop_training = self.epoch == 1 and batch == 3

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch


@linux
def test_callbacks_change_what_all_train_with():
    assert_alike(trained(2, callbacks=[Meddler()]), trained(None, callbacks=[Meddler()]))
    halving = LearningRateScheduler(lambda epoch, rate: rate / 2)
    assert_alike(trained(2, callbacks=[halving]), trained(None, callbacks=[halving]))


@linux
def test_the_same_bits_in_every_run():
    def with_chance():
        return [*dense()[:2], Dropout(0.4), Dropout(0.2, seed=5), Dense(3, "softmax")]

    one, two = (trained(2, layers=with_chance) for _ in range(2))
    assert one[0].tobytes() == two[0].tobytes()
    assert one[1] == two[1]


@linux
def test_each_process_drops_out_other_numbers():
    """Weights of 0 predict 0, so the gradient says which numbers of which row were there."""
    width = 400
    layers = [Dropout(0.5, input_shape=(width,)), Dropout(0.5), Dense(1, use_bias=False)]
    set_distribution(DataParallel(2))
    model = keras.Sequential(layers)
    model.build()
    model.set_weights([np.zeros((width, 1))])
    model.compile("sgd", "mse")
    model.fit(np.ones((2, width)), [[-0.5], [-500.0]], batch_size=2, shuffle=False, verbose=0)
    slope = layers[2].kernel.grad[:, 0] * 0.25  # the layers multiply by 2 what they keep
    second = np.floor((slope + 0.1) / 500)
    shown = {(bool(a > 0.1), bool(b)) for a, b in zip(slope % 500, second, strict=True)}
    assert shown == {(False, False), (False, True), (True, False), (True, True)}
    assert 0.15 < second.mean() < 0.35, "two layers drop out different numbers"


@linux
def test_a_run_goes_on_in_the_middle_of_an_epoch(tmp_path):
    def layers():
        return [*dense()[:2], Dropout(0.4), Dense(3, "softmax")]

    class StopError(Exception):
        pass

    def stop(batch, logs):
        if batch == 3:
            raise StopError

    backup = BackupAndRestore(tmp_path / "backup", save_freq=1)
    with pytest.raises(StopError):
        trained(2, layers=layers, callbacks=[backup, LambdaCallback(on_train_batch_end=stop)])
    backup = BackupAndRestore(tmp_path / "backup", save_freq=1)
    again = trained(2, layers=layers, callbacks=[backup])
    whole = trained(2, layers=layers)
    assert again[0].tobytes() == whole[0].tobytes()


@linux
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # this child needs no threads
def test_memory_is_shared_only_while_training():
    set_distribution(DataParallel(2))
    model = keras.Sequential(dense())
    model.compile("adam", LOSS)
    model.fit(X, Y, epochs=1, verbose=0)
    before = model.get_weights()
    child = os.fork()
    if child == 0:
        model.vector.values[...] = 0.0
        model.optimizer.state["momentum"][...] = 9.0
        os._exit(0)
    os.waitpid(child, 0)
    for then, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(then, now)
    assert not (model.optimizer.state["momentum"] == 9.0).any()


@linux
def test_blas_has_its_threads_back():
    def threads():
        return [library["num_threads"] for library in chosen.blas.info()]

    chosen, during = DataParallel(2), []
    before = threads()
    trained(2, callbacks=[LambdaCallback(on_train_batch_end=lambda *_: during.append(threads()))])
    assert threads() == before
    assert {number for numbers in during for number in numbers} == {1}


class FailingError(Exception):
    pass


def only_helpers(action):
    """Return a layer's function that does something in the middle of training, in helpers only."""
    leader = os.getpid()

    class Strange(Dense):
        def forward(self, x, training=False):
            if training and os.getpid() != leader:
                action()
            return super().forward(x, training)

    return lambda: [Dense(16, "tanh", input_dim=5), Strange(3, "softmax")]


def fail():
    raise FailingError("too hot")


class WeightKeeper(Callback):
    def on_train_begin(self, logs=None):
        self.weights = self.model.get_weights()


@linux
@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        (fail, "a helper of DataParallel failed:\n.*FailingError: too hot"),
        (lambda: os._exit(7), "code 7.*load what you saved"),
    ],
)
def test_the_leader_says_why_a_helper_is_gone(action, sentence):
    keeper = WeightKeeper()
    with pytest.raises(RuntimeError, match=f"(?s){sentence}"):
        trained(2, layers=only_helpers(action), callbacks=[keeper])
    assert not multiprocessing.active_children()
    for now, before in zip(keeper.model.get_weights(), keeper.weights, strict=True):
        np.testing.assert_array_equal(now, before)  # nobody had moved yet


@linux
@pytest.mark.parametrize("exception", [FailingError, KeyboardInterrupt])
def test_helpers_end_with_what_ends_the_leader(exception):
    def stop(batch, logs):
        raise exception

    with pytest.raises(exception):
        trained(2, callbacks=[LambdaCallback(on_train_batch_end=stop)])
    assert not multiprocessing.active_children()


@linux
def test_helpers_leave_it_to_the_leader_to_be_interrupted():
    def interrupt(batch, logs):
        for helper in multiprocessing.active_children():
            os.kill(helper.pid, signal.SIGINT)

    stirred = trained(2, callbacks=[LambdaCallback(on_train_batch_end=interrupt)])
    assert_alike(stirred, trained(None))


ORPHANS = """
import os, sys, minikeras as keras, numpy as np
from minikeras.distribution import DataParallel, set_distribution
from minikeras.callbacks import LambdaCallback
import multiprocessing, signal
def die(batch, logs):
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
set_distribution(DataParallel(3))
model = keras.Sequential([keras.layers.Dense(2, input_dim=3)])
model.compile("sgd", "mse")
killer = LambdaCallback(on_train_batch_end=die)
model.fit(np.ones((9, 3)), np.ones((9, 2)), batch_size=3, callbacks=[killer])
"""


@linux
def test_helpers_do_not_outlive_a_leader_that_was_killed():
    run = [sys.executable, "-c", ORPHANS]
    ended = subprocess.run(run, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    helpers = [Path(f"/proc/{pid}/stat") for pid in ended.stdout.split()[-2:]]
    for _ in range(200):
        if not any(_runs(helper) for helper in helpers):
            return
        time.sleep(0.1)
    raise AssertionError("helpers still run")


def _runs(stat):
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


@given(
    st.lists(st.integers(0, 70), min_size=2, max_size=8, unique=True).map(sorted),
    st.integers(1, 5),
)
def test_shares_are_everything_once(ends, size):
    spans = [(a, b) for a, b in zip(ends[::2], ends[1::2], strict=False)]
    covered = [i for rank in range(size) for a, b in shares(spans, rank, size) for i in range(a, b)]
    assert covered == [i for a, b in spans for i in range(a, b)]


# -- bad input ----------------------------------------------------------------------------------


@linux
def test_what_cannot_be_shared_is_said_before_training():
    model = keras.Sequential(dense())
    model.compile("adam", LOSS)
    model.build()
    before = model.get_weights()
    set_distribution(DataParallel(2))
    with pytest.raises(ValueError, match="these data come batch by batch: give x and y as arrays"):
        model.fit(iter([(X, Y)]), steps_per_epoch=1, verbose=0)
    for then, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(then, now)


@linux
def test_a_loss_of_the_whole_batch_cannot_be_shared():
    def whole(y_true, y_pred):
        off = y_pred - y_true
        return np.mean(off * off), lambda dv: 2.0 * dv * off / off.size

    set_distribution(DataParallel(2))
    model = keras.Sequential([Dense(1, input_dim=5)])
    model.compile("sgd", whole)
    with pytest.raises(ValueError, match="DataParallel a loss returns one value for each row"):
        model.fit(X, Y[:, None].astype(float), verbose=0)


@linux
def test_a_device_has_no_memory_to_share(customs):
    model = keras.Sequential(dense())
    model.compile("adam", LOSS)
    set_distribution(DataParallel(2))
    with pytest.raises(ValueError, match="DataParallel shares the memory of NumPy's arrays"):
        model.fit(X, Y, verbose=0)


def test_what_may_be_chosen(monkeypatch):
    with pytest.raises(TypeError, match="takes a DataParallel or None, not 2"):
        set_distribution(2)
    with pytest.raises(ValueError, match="processes is a whole number of at least 1, not 0"):
        DataParallel(0)
    assert distribution() is None
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(RuntimeError, match="which Linux can and darwin cannot"):
        DataParallel()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    with pytest.raises(ImportError, match=r"threadpoolctl: .*'\.\[parallel\]'"):
        DataParallel()
