"""Is all that RemoteMonitor may send taken, and nothing else?"""

import json
import math
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from minikeras.monitor.publish import read_end, read_epoch, read_key, read_object

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
INVISIBLE = [*range(32), *range(127, 160), 0x2028, 0x2029, *range(0xD800, 0xE000)]
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
NAMES = st.text(LETTERS, min_size=1, max_size=100).filter(str.strip)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
LOGS = st.dictionaries(NAMES.filter(lambda name: name != "epoch"), FINITE | st.none(), max_size=5)
EPOCHS = st.integers(0, 2**53 - 2)


def read(body, content_type=JSON):
    return read_epoch(read_object(body.encode(), content_type))


@given(EPOCHS, LOGS, st.booleans(), NAMES)
def test_what_is_told_comes_back_from_either_form(epoch, logs, is_ascii, field):
    told = json.dumps({"epoch": epoch, **logs}, ensure_ascii=is_ascii)
    assert read(told) == (epoch, logs)
    assert read(urlencode({field: told}), FORM) == (epoch, logs)


@given(st.none() | NAMES, st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_a_name_comes_back_from_the_address(name, run_id):
    query = urlencode({"run": name} if name else {})
    assert read_key(query.encode(), run_id) == (name, run_id)


TAKEN = {
    "no values": '{"epoch": 0}',
    "whole numbers": '{"epoch": 1, "size": 32}',
    "null": '{"epoch": 1, "loss": null}',
    "extremes": '{"epoch": 9007199254740990, "a": 1.7976931348623157e308, "b": 5e-324, "c": -0.0}',
    "a hundred values": json.dumps({"epoch": 0, **dict.fromkeys(map(str, range(100)), 0.5)}),
    "a name of a hundred": json.dumps({"epoch": 0, "x" * 100: 0.5}),
    "any language": '{"epoch": 0, "손실": 1, "损失 值": 2, "\\ud83d\\ude00": 3}',
    "space around": ' \n{"epoch": 0}\n ',
}
REFUSED = {  # status, a word of the sentence, body
    "nothing": (400, "JSON", ""),
    "no JSON": (400, "JSON", "loss=0.5"),
    "half": (400, "JSON", '{"epoch": 1'),
    "two": (400, "JSON", '{"epoch": 1}{"epoch": 2}'),
    "a byte order mark": (400, "JSON", '\ufeff{"epoch": 1}'),
    "a comment": (400, "JSON", '{"epoch": 1} // one'),
    "quotes of Python": (400, "JSON", "{'epoch': 1}"),
    "NaN": (400, "null", '{"epoch": 1, "loss": NaN}'),
    "Infinity": (400, "null", '{"epoch": 1, "loss": Infinity}'),
    "-Infinity": (400, "null", '{"epoch": 1, "loss": -Infinity}'),
    "a key twice": (400, "twice", '{"epoch": 1, "loss": 1, "loss": 2}'),
    "an epoch twice": (400, "twice", '{"epoch": 1, "epoch": 2}'),
    "deep lists": (400, "JSON", "[" * 60_000),
    "deep objects": (400, "JSON", '{"a":' * 10_000),
    "a number of 60,000 digits": (400, "JSON", '{"epoch": 1, "loss": %s}' % ("9" * 60_000)),
    "a list": (422, "object", "[1, 2]"),
    "a number": (422, "object", "3"),
    "a string": (422, "object", '"epoch"'),
    "no epoch": (422, "epoch", '{"loss": 0.5}'),
    "half an epoch": (422, "epoch", '{"epoch": 0.5}'),
    "an epoch with a point": (422, "epoch", '{"epoch": 1.0}'),
    "a negative epoch": (422, "epoch", '{"epoch": -1}'),
    "an epoch beyond counting": (422, "epoch", '{"epoch": 9007199254740992}'),
    "an epoch that is true": (422, "epoch", '{"epoch": true}'),
    "an epoch as text": (422, "epoch", '{"epoch": "1"}'),
    "no epoch but null": (422, "epoch", '{"epoch": null}'),
    "a number as text": (422, "number", '{"epoch": 1, "loss": "0.5"}'),
    "a truth": (422, "number", '{"epoch": 1, "loss": false}'),
    "a list as value": (422, "number", '{"epoch": 1, "loss": [0.5]}'),
    "an object as value": (422, "number", '{"epoch": 1, "loss": {}}'),
    "a float beyond floats": (422, "finite", '{"epoch": 1, "loss": 1e309}'),
    "a whole number beyond floats": (422, "finite", '{"epoch": 1, "loss": 1%s}' % ("0" * 309)),
    "101 values": (422, "100", json.dumps({"epoch": 0, **dict.fromkeys(map(str, range(101)))})),
    "a name of 101": (422, "100", json.dumps({"epoch": 0, "x" * 101: 0.5})),
    "no name": (422, "name", '{"epoch": 1, "": 0.5}'),
    "a name of spaces": (422, "name", '{"epoch": 1, " \\u3000": 0.5}'),
    "half a pair": (422, "name", '{"epoch": 1, "\\ud83d": 0.5}'),
    "a line feed": (422, "line", '{"epoch": 1, "a\\nb": 0.5}'),
}


@pytest.mark.parametrize("case", TAKEN)
def test_this_is_taken(case):
    read(TAKEN[case])


@pytest.mark.parametrize("form", [JSON, FORM])
@pytest.mark.parametrize("case", REFUSED)
def test_this_is_refused_with_a_sentence(case, form):
    status, word, body = REFUSED[case]
    with pytest.raises(HTTPException, match=word) as refusal:
        read(body if form == JSON else urlencode({"data": body}), form)
    assert refusal.value.status_code == status
    assert "\n" not in refusal.value.detail


@given(st.sampled_from(INVISIBLE).map(chr), st.text(LETTERS, max_size=3))
def test_no_name_has_a_character_that_cannot_be_seen(character, name):
    with pytest.raises(HTTPException):
        read(json.dumps({"epoch": 0, f"{name}{character}x": 0.5}))
    if not 0xD800 <= ord(character) < 0xE000:  # those have no place in an address
        with pytest.raises(HTTPException, match="control characters"):
            read_key(urlencode({"run": f"{name}{character}x"}).encode(), None)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_whatever_json_comes_is_taken_whole_or_refused(told):
    try:
        epoch, logs = read(json.dumps(told))
    except HTTPException as refusal:
        status = refusal.status_code
    else:
        status = 204
        assert {"epoch": epoch, **logs} == told
        assert all(value is None or math.isfinite(value) for value in logs.values())
    assert status in (204, 400, 422)


@given(st.binary(max_size=200), st.sampled_from([JSON, FORM]))
def test_whatever_bytes_come_nothing_breaks(body, form):
    with pytest.raises(HTTPException):
        read_epoch(read_object(body, form))


BODIES = {  # of no kind that is taken
    "plain text": (415, "text/plain", b'{"epoch": 1}'),
    "parts": (415, "multipart/form-data; boundary=x", b'--x\r\n\r\n{"epoch": 1}\r\n--x--\r\n'),
    "no kind": (415, None, b'{"epoch": 1}'),
    "another alphabet": (415, "application/json; charset=utf-16", '{"epoch": 1}'.encode("utf-16")),
    "no alphabet": (400, JSON, '{"epoch": 1}'.encode("utf-16")),
    "Latin letters": (400, JSON, '{"epoch": 1, "é": 2}'.encode("latin-1")),
    "two fields": (400, FORM, b"data=%7B%22epoch%22%3A1%7D&data=%7B%22epoch%22%3A2%7D"),
    "a million fields": (400, FORM, b"&".join([b"a=1"] * 16_000)),
    "no field": (400, FORM, b""),
    "an empty field": (400, FORM, b"data="),
    "only a name": (400, FORM, b"%7B%22epoch%22%3A1%7D"),
    "broken escapes": (400, FORM, b"data=%7B%22epoch%22%3A1%2C%22%ff%22%3A1%7D"),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_of_another_kind_is_refused(case):
    status, content_type, body = BODIES[case]
    with pytest.raises(HTTPException) as refusal:
        read_epoch(read_object(body, content_type))
    assert refusal.value.status_code == status


@pytest.mark.parametrize("form", [JSON, f"{JSON};charset=UTF-8", f'{JSON}; charset="utf-8"', FORM])
def test_the_two_kinds_may_say_that_they_are_utf_8(form):
    body = '{"epoch": 1}' if form != FORM else "data=%7B%22epoch%22%3A1%7D"
    assert read(body, form) == (1, {})


@pytest.mark.parametrize("told", [
    {}, {"epoch": 1}, {"reason": "finished"}, {"epoch": 1, "reason": "tired"},
    {"epoch": -1, "reason": "finished"}, {"epoch": 1, "reason": ["finished"]},
    {"epoch": 1, "reason": "finished", "loss": 0.5}])  # fmt: skip
def test_an_end_has_an_epoch_and_one_of_three_reasons(told):
    with pytest.raises(HTTPException, match="epoch"):
        read_end(told)
    for reason in ("finished", "stopped", "exception"):
        assert read_end({"epoch": 1, "reason": reason}) == (1, reason)


@pytest.mark.parametrize(("status", "query", "run_id"), [
    (422, "", ""), (422, "", "x" * 65), (422, "", "a b"), (422, "", "a\n"), (422, "", "é"),
    (422, "", "../x"), (422, "run=a&run=b", None), (422, f"run={'x' * 101}", None),
    (422, "run=+", None), (400, "run=%ff", None), (400, "&".join(["a=1"] * 11), None)])  # fmt: skip
def test_a_run_is_known_by_a_short_name_and_a_plain_id(status, query, run_id):
    with pytest.raises(HTTPException) as refusal:
        read_key(query.encode(), run_id)
    assert refusal.value.status_code == status


# -- the same through a real server ---------------------------------------------------------------


@pytest.mark.parametrize("path", ["/publish/epoch/end/", "/publish/epoch/end"])
@pytest.mark.parametrize("form", ["data", "json"])
def test_an_epoch_that_is_published_is_an_event(fresh, path, form):
    told = {"epoch": 3, "loss": 0.5, "val_loss": None}
    body = {"data": {"data": json.dumps(told)}} if form == "data" else {"json": told}
    answer = requests.post(fresh.url + path, params={"run": "큰 것"}, **body, timeout=10)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Minikeras-Monitor"] == "1"
    run, epoch = fresh.events()
    assert run.pop("at") > 1.7e9
    assert run == {"kind": "run", "run": 1, "name": "큰 것"}
    assert epoch == {"kind": "epoch", "run": 1, "epoch": 3, "logs": {"loss": 0.5, "val_loss": None}}


def test_the_end_of_a_run_is_an_event_of_that_run(fresh):
    for run in ("one", "other"):
        fresh.publish(0, run=run, name="n", loss=0.5)
    fresh.publish(7, run="one", name="n", end="stopped")
    fresh.publish(7, run="one", end="stopped")  # another name: another run, which nobody knows
    (end,) = [event for event in fresh.events() if event["kind"] == "end"]
    assert end == {"kind": "end", "run": 1, "epoch": 7, "reason": "stopped"}


@pytest.mark.parametrize("case", ["NaN", "101 values", "deep lists", "a line feed"])
def test_what_is_refused_is_no_event(monitor, case):
    status, word, body = REFUSED[case]
    headers = {"Content-Type": JSON}
    address = monitor.url + "/publish/epoch/end/"
    answer = requests.post(address, data=body, headers=headers, timeout=10)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert word in answer.text
    assert answer.text.count("\n") == 1
    assert "Minikeras-Monitor" not in answer.headers
    assert monitor.events() == []
