"""Does a server learn where one run begins and how it ends, in any loop?"""

import random
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import minikeras
from minikeras.callbacks import Callback, RemoteMonitor
from tests.callbacks.monitored import event, monitor_of, tell
from tests.callbacks.servers import OURS, answers, serving


@pytest.fixture
def server():
    with serving(answers(204, OURS)) as server:
        yield server


# -- one run and another ---------------------------------------------------------------------------


def runs(server):
    return [request.header("Minikeras-Run") for request in server.requests]


def test_each_run_has_a_number_of_its_own(server):
    monitor = monitor_of(server)
    for _ in range(2):
        tell(monitor, {}, {})
    first, second = runs(server)[:3], runs(server)[3:]
    assert len(set(first)) == len(set(second)) == 1
    assert first[0] != second[0]
    assert all(len(run) == 8 and int(run, 16) >= 0 for run in runs(server))


@pytest.mark.parametrize("name", ["Minikeras-Run", "minikeras-run"])
def test_a_number_of_yours_stands(server, name):
    tell(monitor_of(server, headers={name: "mine"}), {})
    assert runs(server) == ["mine", "mine"]


def test_a_run_is_numbered_without_drawing_your_random_numbers(server):
    random.seed(0)
    np.random.seed(0)
    before = random.getstate(), np.random.get_state()[2]
    tell(monitor_of(server), {})
    assert (random.getstate(), np.random.get_state()[2]) == before


# -- how a run ends --------------------------------------------------------------------------------


def test_only_our_own_server_is_told_of_the_end():
    with serving(answers()) as server:
        tell(monitor_of(server), {}, {})
    assert [request.target for request in server.requests] == 2 * ["/publish/epoch/end/"]


@pytest.mark.parametrize(
    ("root", "path"),
    [
        ("", "/publish/epoch/end/?run=a b#part"),
        ("/", "publish/epoch/end?run=a b"),
        ("/publish", "/epoch/end/?run=a b"),
        ("/publish/epoch/end/?run=a b", ""),
    ],
)
def test_the_end_is_told_beside_the_epochs_with_the_same_query(server, root, path):
    monitor = RemoteMonitor(server.url + root, path, headers={"Token": "mine"})
    tell(monitor, {}, {})
    last = server.requests[-1]
    assert last.line == "POST /publish/train/end/?run=a%20b HTTP/1.1"
    assert last.header("Token") == "mine"
    assert event(last) == {"epoch": 1, "reason": "finished"}


def end_of(server):
    (last,) = [request for request in server.requests if "/train/end/" in request.target]
    return event(last)


def fit(*callbacks, epochs=3, **options):
    model = minikeras.Sequential([minikeras.layers.Dense(1, input_dim=1)])
    model.compile("sgd", "mse")
    x, y = [[0.0], [1.0]], [1.0, 2.0]
    return model.fit(x, y, verbose=0, epochs=epochs, callbacks=callbacks, **options)


class Does(Callback):
    """Do something when epoch 1 ends."""

    def __init__(self, action):
        self.action = action

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            self.action(self.model)


def stop(model):
    model.stop_training = True


def test_a_fit_that_has_all_its_epochs_is_finished(server):
    history = fit(monitor_of(server), initial_epoch=1)
    assert end_of(server) == {"epoch": 2, "reason": "finished"}
    told = [event(request) for request in server.requests[:-1]]
    assert [news["epoch"] for news in told] == [1, 2]
    assert [news["loss"] for news in told] == history.history["loss"]


@pytest.mark.parametrize("epochs", [2, 3])
def test_a_fit_that_is_stopped_is_not_finished_even_in_its_last_epoch(server, epochs):
    fit(monitor_of(server), Does(stop), epochs=epochs)
    assert end_of(server) == {"epoch": 1, "reason": "stopped"}


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_exception_ends_a_run(server, error):
    def fail(model):
        raise error

    with pytest.raises(error):
        fit(monitor_of(server), Does(fail))
    assert end_of(server) == {"epoch": 1, "reason": "exception"}


def test_a_run_without_an_epoch_has_nothing_to_tell(server):
    tell(monitor_of(server))
    assert server.requests == []


def test_fewer_epochs_than_planned_are_a_stop(server):
    tell(monitor_of(server), {}, {}, params={"epochs": 5})
    assert end_of(server) == {"epoch": 1, "reason": "stopped"}


# -- loops of your own -----------------------------------------------------------------------------


@pytest.mark.parametrize("model", [None, SimpleNamespace(), SimpleNamespace(stop_training=False)])
def test_a_loop_of_your_own_needs_no_model(server, model):
    monitor = monitor_of(server)
    monitor.set_model(model)
    tell(monitor, {"loss": 0.5}, None)
    assert [event(request) for request in server.requests] == [
        {"epoch": 0, "loss": 0.5},
        {"epoch": 1},
        {"epoch": 1, "reason": "finished"},
    ]


def test_a_loop_of_your_own_may_tell_of_epochs_alone(server):
    monitor = monitor_of(server)
    monitor.on_epoch_end(0)
    monitor.on_epoch_end(epoch=1, logs={"loss": 0.5})
    assert [event(request)["epoch"] for request in server.requests] == [0, 1]
    assert len(set(runs(server))) == 1
    monitor.on_train_end()
    monitor.on_train_end()
    assert len(server.requests) == 3
    monitor.on_epoch_end(0)
    monitor.on_train_end()
    assert len(set(runs(server))) == 2


def test_a_run_that_was_left_without_a_word_tells_no_end(server):
    monitor = monitor_of(server)
    monitor.on_epoch_end(0)
    left = monitor.postman
    tell(monitor, {})
    assert left.is_over
    assert [request.target.split("/")[2] for request in server.requests] == [
        "epoch",
        "epoch",
        "train",
    ]


def test_making_a_monitor_sends_nothing_and_starts_nothing(server):
    monitor = monitor_of(server)
    assert monitor.postman is None
    assert server.requests == []


def test_a_warning_points_at_the_loop_that_told_the_monitor():
    with serving(answers(404)) as server, warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        monitor = monitor_of(server)
        monitor.on_epoch_end(0, {"x": object()})
        monitor.on_train_end()
    assert [warning.filename for warning in heard] == [__file__, __file__]
