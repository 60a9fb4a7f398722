"""What does a program tell a monitor, and what is not taken?

Keras's `RemoteMonitor` sends a JSON object with an epoch and its logs, as the body or as the one
field of a form. Whoever can reach the port can send anything: what is not exactly that is refused.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from starlette.exceptions import HTTPException

BODY = 64 * 2**10  # bytes
KEYS = 100  # in the logs of an epoch
NAME = 100  # characters in the name of a key or a run
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
REASONS = ("finished", "stopped", "exception")
LARGEST_EPOCH = 2**53 - 2  # a page counts from 1, and no further than 2**53 - 1
INVISIBLE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of pairs, ends of lines


def read_object(body: bytes, content_type: str | None) -> dict[str, Any]:
    """Return the JSON object in a body of one of the two forms.

    >>> read_object(b"data=%7B%22epoch%22%3A+3%7D", "application/x-www-form-urlencoded")
    {'epoch': 3}
    """
    kind, _, charset = (content_type or "").lower().replace(" ", "").partition(";charset=")
    if kind not in (FORM, JSON) or charset.strip('"') not in ("", "utf-8"):
        raise HTTPException(415, f"the body is {JSON} or {FORM}, in UTF-8")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise HTTPException(400, "the body is not UTF-8") from None
    return _parse(_field(text) if kind == FORM else text)


def read_epoch(told: Mapping[str, Any]) -> tuple[int, dict[str, float | None]]:
    """Return the epoch and its logs.

    >>> read_epoch({"epoch": 3, "loss": 0.5, "val_loss": None})
    (3, {'loss': 0.5, 'val_loss': None})
    """
    if len(told) > KEYS + 1:
        raise HTTPException(422, f"an epoch has at most {KEYS} values, not {len(told) - 1}")
    logs = {_name(key): _number(value) for key, value in told.items() if key != "epoch"}
    return _epoch(told), logs


def read_end(told: Mapping[str, Any]) -> tuple[int, str]:
    """Return the last epoch and the reason why a run ended.

    >>> read_end({"epoch": 12, "reason": "stopped"})
    (12, 'stopped')
    """
    if told.keys() != {"epoch", "reason"} or told["reason"] not in REASONS:
        raise HTTPException(422, f"an end has an epoch and a reason: {', '.join(REASONS)}")
    return _epoch(told), told["reason"]


def read_key(query: bytes, run_id: str | None) -> tuple[str | None, str | None]:
    """Return the name and the id by which a run is known.

    >>> read_key(b"run=dropout%200.2", "1f9a03c7")
    ('dropout 0.2', '1f9a03c7')
    """
    if run_id is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", run_id):
        raise HTTPException(422, "the id of a run has 1 to 64 letters, digits, _ and -")
    try:
        names = parse_qs(query.decode("ascii"), errors="strict", max_num_fields=10).get("run", [])
    except ValueError:
        raise HTTPException(
            400, "the query has at most 10 fields, in percent-encoded UTF-8"
        ) from None
    if len(names) > 1:
        raise HTTPException(422, "a run has one name")
    return _name(names[0]) if names else None, run_id


def _field(form: str) -> str:
    try:
        [(_, text)] = parse_qsl(form, keep_blank_values=True, errors="strict", max_num_fields=1)
    except ValueError:
        raise HTTPException(400, "a form has one field, in percent-encoded UTF-8") from None
    return text


def _parse(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text, object_pairs_hook=_each_once, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"the body is no JSON that is taken: {error}") from None
    if not isinstance(told, dict):
        raise HTTPException(422, "the body is a JSON object, with an epoch and its logs")
    return told


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key comes twice")
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON; send null for what is not finite")


def _epoch(told: Mapping[str, Any]) -> int:
    epoch = told.get("epoch")
    if type(epoch) is not int or not 0 <= epoch <= LARGEST_EPOCH:
        raise HTTPException(422, "epoch is a whole number from 0")
    return epoch


def _name(name: str) -> str:
    if not name.strip() or len(name) > NAME:
        raise HTTPException(422, f"a name has 1 to {NAME} characters")
    if any(unicodedata.category(character) in INVISIBLE for character in name):
        raise HTTPException(422, "a name has no control characters, and stays on one line")
    return name


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if type(value) not in (int, float):
        raise HTTPException(422, "a value is a number, or null for one that is not finite")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise HTTPException(422, "a value is a finite number below 1.8e308, or null")
    return number
