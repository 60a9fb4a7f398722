"""What tests of RemoteMonitor say to it, and how they read what has arrived."""

import json
from urllib.parse import parse_qsl

import pytest

from minikeras.callbacks import CallbackList, RemoteMonitor

PROMPT = 10.0  # a timeout that no answer comes near to on a busy machine


def monitor_of(server, **options):
    return RemoteMonitor(server.url, **{"timeout": PROMPT} | options)


def tell(monitor, *epochs, params=None):
    """Tell a monitor of these logs, one dict for each epoch."""
    events = CallbackList([monitor], params=params or {})
    events.on_train_begin()
    for epoch, logs in enumerate(epochs):
        events.on_epoch_end(epoch, logs)
    events.on_train_end()


def event(request, field="data"):
    """Read an event out of a request."""
    if request.header("Content-Type") == "application/json":
        return strictly(request.body.decode())
    assert request.header("Content-Type") == "application/x-www-form-urlencoded"
    ((name, text),) = parse_qsl(request.body.decode(), strict_parsing=True)
    assert name == field
    return strictly(text)


def strictly(text):
    """Read JSON, which has no NaN."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
