"""Does a server get the logs of each epoch, as real Keras would send them?"""

import math
import sys
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import RemoteMonitor
from minikeras.callbacks.remote_monitor import event_of
from tests.callbacks.monitored import event, monitor_of, tell
from tests.callbacks.servers import OURS, answers, serving


@pytest.fixture(scope="module")
def ours():
    with serving(answers(204, OURS)) as server:
        yield server


@pytest.fixture
def server(ours):
    """A server like our own, which has heard nothing yet."""
    ours.requests.clear()
    return ours


# -- what is sent ----------------------------------------------------------------------------------


def test_an_epoch_is_a_form_with_one_field(server):
    tell(monitor_of(server), {"loss": 0.5, "val_loss": 0.25})
    first = server.requests[0]
    assert first.line == "POST /publish/epoch/end/ HTTP/1.1"
    assert (
        first.body == b"data=%7B%22epoch%22%3A+0%2C+%22loss%22%3A+0.5%2C+%22val_loss%22%3A+0.25%7D"
    )


def test_an_epoch_may_be_the_body_itself(server):
    tell(monitor_of(server, send_as_json=True), {"loss": 0.5})
    assert server.requests[0].header("Content-Type") == "application/json"
    assert server.requests[0].body == b'{"epoch": 0, "loss": 0.5}'


def test_root_path_and_field_say_where_to(server):
    path = "/other/?run=dropout 0.2 & 손실"
    tell(monitor_of(server, path=path, field="news é"), {"loss": 0.5})
    assert server.requests[0].target == "/other/?run=dropout%200.2%20&%20%EC%86%90%EC%8B%A4"
    assert event(server.requests[0], "news é") == {"epoch": 0, "loss": 0.5}


NUMBERS = st.floats() | st.integers() | st.none() | st.booleans()
LOGS = st.dictionaries(st.text(), NUMBERS | st.text() | st.lists(NUMBERS, max_size=2), max_size=5)


def as_json(value):
    """Return what is left of a value where there is neither NaN nor infinity."""
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@given(st.lists(LOGS, min_size=1, max_size=3), st.booleans())
def test_any_logs_arrive_as_they_are_but_for_what_is_not_finite(ours, epochs, send_as_json):
    ours.requests.clear()
    tell(monitor_of(ours, send_as_json=send_as_json), *epochs)
    *told, _ = map(event, ours.requests)
    wanted = [
        {key: as_json(value) for key, value in {"epoch": epoch, **logs}.items()}
        for epoch, logs in enumerate(epochs)
    ]
    assert told == wanted
    assert repr(told) == repr(wanted)  # -0.0 is not 0, nor is True 1


SCALARS = {
    "float64": (np.float64(0.1), 0.1),
    "float32": (np.float32(0.5), 0.5),
    "float16": (np.float16(np.nan), None),
    "int64": (np.int64(3), 3),
    "bool": (np.bool_(True), True),
    "0-d": (np.array(0.5), 0.5),
    "one element": (np.array([[np.inf]]), None),
}


@pytest.mark.parametrize("name", SCALARS)
def test_a_scalar_of_numpy_is_a_number(name):
    value, number = SCALARS[name]
    assert event_of(np.int64(3), {"loss": value}) == ({"epoch": 3, "loss": number}, [])


class Refuses:
    def item(self):
        raise ZeroDivisionError


UNSENDABLE = {"object": object(), "array": np.ones(2), "set": {1}, "bytes": b"1"}
UNSENDABLE |= {"complex": 1j, "decimal": Decimal(1), "refuses": Refuses()}


@pytest.mark.parametrize("send_as_json", [False, True])
def test_what_json_cannot_hold_is_left_out_and_told_of_once(server, send_as_json):
    logs = {"loss": 0.5, **UNSENDABLE, ("a", 1): 2.0, "accuracy": 1.0}
    monitor = monitor_of(server, send_as_json=send_as_json)
    for _ in range(2):
        server.requests.clear()
        with pytest.warns(RuntimeWarning) as heard:
            tell(monitor, logs, logs)
        names = [*UNSENDABLE, "('a', 1)"]
        assert [str(warning.message) for warning in heard] == [
            f"RemoteMonitor leaves out {', '.join(names)}: JSON cannot hold the value, log a number"
        ]
        assert event(server.requests[1]) == {"epoch": 1, "loss": 0.5, "accuracy": 1.0}


def test_logs_are_left_as_they_are(server):
    logs = {"loss": math.nan, "array": np.array([0.5])}
    before = dict(logs)
    tell(monitor_of(server), logs)
    assert logs == before
    assert logs["array"] is before["array"]


# -- other arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "root", ["localhost:9000", "ftp://a.b", "", "http://", "http://a:b", "http://[:", 9000, None]
)
def test_a_root_that_is_no_server_is_refused_when_the_monitor_is_made(root):
    with pytest.raises(ValueError, match="root and path make the URL of a server, such as 'http:"):
        RemoteMonitor(root)


@pytest.mark.parametrize("timeout", [0, -1.0, math.nan, math.inf, 1e300, True, "1", None])
def test_a_timeout_is_a_positive_number(timeout):
    with pytest.raises(ValueError, match="timeout is a number of seconds above 0, not"):
        RemoteMonitor(timeout=timeout)


def test_without_requests_training_does_not_begin(monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)
    monitor = RemoteMonitor()
    with pytest.raises(ImportError, match="needs the package requests: pip install") as caught:
        monitor.on_train_begin()
    assert caught.value.name == "requests"
    monitor.on_exception(caught.value)
