"""Does a server get from our RemoteMonitor, byte for byte, what real Keras's sends?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minikeras
from minikeras.callbacks import RemoteMonitor
from tests.callbacks.monitored import PROMPT
from tests.callbacks.servers import answers, serving

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.array])
NUMBERS = FINITE | st.integers() | st.none() | st.booleans() | st.text()
NUMBERS |= st.builds(lambda kind, value: kind(value), SCALARS, st.integers(-9, 9))
NUMBERS |= FINITE.map(np.array) | FINITE.map(lambda value: np.array([[value]]))
LOGS = st.dictionaries(st.text(), NUMBERS | st.lists(FINITE, max_size=2), max_size=6)
OPTIONS = {
    "form": {},
    "json": {"send_as_json": True},
    "field and path": {"field": "a b&c=é손", "path": "/a b/?run=é손 %20&x"},
    "headers": {"headers": {"X-Mine": "a: b", "user-agent": "me", "Content-Type": "text/plain"}},
}


@pytest.fixture(scope="module")
def server():
    with serving(answers()) as server:
        yield server


def requests_of(callbacks, server, options, *epochs):
    """Return what is sent, our header aside."""
    server.requests.clear()
    patient = {"timeout": PROMPT} if callbacks is minikeras.callbacks else {}
    monitor = callbacks.RemoteMonitor(server.url, **options, **patient)
    monitor.on_train_begin()
    for epoch, logs in enumerate(epochs):
        monitor.on_epoch_end(epoch, logs)
    monitor.on_train_end()
    return [
        (request.line, [h for h in request.headers if h[0] != "Minikeras-Run"], request.body)
        for request in server.requests
    ]


@pytest.mark.parametrize("name", OPTIONS)
@given(epochs=st.lists(LOGS | st.none(), min_size=1, max_size=2))
def test_every_byte_is_the_same(keras, server, name, epochs):
    ours, theirs = (
        requests_of(library.callbacks, server, OPTIONS[name], *epochs)
        for library in (minikeras, keras)
    )
    assert ours == theirs
    assert len(ours) == len(epochs)


def test_ours_tells_of_a_real_keras_fit_what_theirs_tells(keras, server):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.array([[0.0], [1.0]], "float32")
    server.requests.clear()
    monitors = [
        RemoteMonitor(server.url, timeout=PROMPT),
        keras.callbacks.RemoteMonitor(server.url),
    ]
    model.fit(x, x, epochs=3, verbose=0, validation_data=(x, x), callbacks=monitors)
    bodies = [request.body for request in server.requests]
    assert bodies[::2] == bodies[1::2]
    assert len(bodies) == 6
    assert b"val_mae" in bodies[0]


def test_ours_learns_that_a_real_keras_fit_was_stopped(keras):
    with serving(answers(204, "Minikeras-Monitor: 1")) as server:
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        stopping = keras.callbacks.EarlyStopping("loss", min_delta=9.0, patience=2, mode="min")
        x = np.array([[0.0], [1.0]], "float32")
        ours = RemoteMonitor(server.url, timeout=PROMPT)
        model.fit(x, x, epochs=9, verbose=0, callbacks=[ours, stopping])
    assert server.requests[-1].target == "/publish/train/end/"
    assert server.requests[-1].body == b'{"epoch": 2, "reason": "stopped"}'
