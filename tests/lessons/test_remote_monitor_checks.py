"""Does the check of a payload know strict JSON, and logs that others still need?"""

import json
import math

import pytest

from minikeras.callbacks.remote_monitor import event_of
from minikeras.lessons import check_payload


def by_ours(epoch, logs):
    return json.dumps(event_of(epoch, logs)[0])


def by_parsing(epoch, logs):
    text = json.dumps({"epoch": epoch} | logs)
    return json.dumps(json.loads(text, parse_constant=lambda name: None), indent=1)


@pytest.mark.parametrize("right", [by_ours, by_parsing])
def test_both_ways_to_write_it_are_right(right):
    assert check_payload(right).holds


def writes_nan(epoch, logs):
    return json.dumps({"epoch": epoch, **logs})


def nan_alone(epoch, logs):
    told = {key: None if math.isnan(value) else value for key, value in logs.items()}
    return json.dumps({"epoch": epoch, **told})


def counts_from_one(epoch, logs):
    return by_ours(epoch + 1, logs)


def leaves_out(epoch, logs):
    finite = {key: value for key, value in logs.items() if math.isfinite(value)}
    return json.dumps({"epoch": epoch, **finite})


def zero_is_nothing(epoch, logs):
    told = {key: value if value and math.isfinite(value) else None for key, value in logs.items()}
    return json.dumps({"epoch": epoch, **told})


def a_dict(epoch, logs):
    return {"epoch": epoch}


def adds_the_epoch(epoch, logs):
    logs["epoch"] = epoch
    return by_ours(epoch, logs)


def repairs_the_logs(epoch, logs):
    for key, value in logs.items():
        logs[key] = value if math.isfinite(value) else None
    return json.dumps({"epoch": epoch, **logs})


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (writes_nan, "writes_nan(0, {'loss': nan})"),
        (nan_alone, "nan_alone(0, {'loss': inf})"),
        (counts_from_one, "counts_from_one(0, {})"),
        (leaves_out, "leaves_out(0, {'loss': nan})"),
        (zero_is_nothing, "zero_is_nothing(7, {'loss': nan, 'val_loss': 0.0})"),
        (a_dict, "a_dict(0, {})"),
        (adds_the_epoch, "logs_after(0, {})"),
        (repairs_the_logs, "logs_after(0, {'loss': nan})"),
    ],
)
def test_the_simplest_logs_that_go_wrong_are_shown(wrong, case):
    assert check_payload(wrong).case == case


@pytest.mark.parametrize(("lang", "hint"), [("en", "same dict"), ("ko", "같은"), ("zh", "同一个")])
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_payload(adds_the_epoch).text(lang)
