"""Does the monitor show what the RemoteMonitor of real Keras tells, and ours in a fit of Keras?"""

import os

import numpy as np
import pytest

import minikeras

os.environ["KERAS_BACKEND"] = "torch"  # Keras reads it once, when it is imported
OF_KERAS = "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
X, Y = np.arange(8.0).reshape(4, 2) / 8, np.arange(4.0)

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings(OF_KERAS)]


@pytest.fixture(scope="module")
def keras():
    needs = "needs the extra `oracle`: pip install -e '.[oracle]'"
    pytest.importorskip("torch", reason=needs).set_num_threads(1)
    return pytest.importorskip("keras", reason=needs)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("model_of", "callback_of"), [("keras", "keras"), ("keras", "ours"), ("ours", "ours")]
)
def test_a_fit_of_either_library_is_shown_as_its_history_has_it(
    fresh, keras, model_of, callback_of, as_json
):
    library = {"keras": keras, "ours": minikeras}
    k = library[model_of]
    model = k.Sequential([k.Input((2,)), k.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    remote = library[callback_of].callbacks.RemoteMonitor(
        root=fresh.url, send_as_json=as_json, headers={"X-Course": "1"}
    )
    fits = [
        model.fit(X, Y, epochs=3, validation_data=(X, Y), verbose=0, callbacks=[remote]).history
        for _ in range(2)
    ]
    events = fresh.events()
    for run, history in enumerate(fits, start=1):
        logs = [e["logs"] for e in events if e["kind"] == "epoch" and e["run"] == run]
        assert len(logs) == 3
        shown = {name: [epoch[name] for epoch in logs] for name in logs[0]}
        for name in ("loss", "mae", "val_loss", "val_mae"):
            assert shown[name] == pytest.approx(history[name], rel=1e-6)
    ends = [(e["run"], e["epoch"], e["reason"]) for e in events if e["kind"] == "end"]
    assert ends == ([(1, 2, "finished"), (2, 2, "finished")] if callback_of == "ours" else [])
