"""RemoteMonitor: is this text what a strict reader of JSON takes?"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from minikeras.lessons.verdict import Verdict, answers

Logs = dict[str, float]
NAN, INF = math.nan, math.inf
CASES: list[tuple[int, Logs]] = [
    (0, {}),
    (0, {"loss": 0.5}),
    (3, {"loss": 0.5, "val_loss": 0.75}),
    (0, {"loss": NAN}),
    (0, {"loss": INF}),
    (0, {"loss": -INF}),
    (7, {"loss": NAN, "val_loss": 0.0}),
]


def check_payload(payload: Callable[[int, Logs], Any]) -> Verdict:
    """Check `payload(epoch, logs)`: one object as strict JSON, and `logs` as they were.

    NaN and infinities, which JSON lacks, become null.

    >>> check_payload(lambda epoch, logs: json.dumps({"epoch": epoch, **logs})).case
    "<lambda>(0, {'loss': nan})"
    """

    def logs_after(epoch: int, logs: Logs) -> Logs:
        payload(epoch, logs)
        return logs

    verdict = answers("remote_monitor", "strict", payload, _text, CASES, _alike)
    if not verdict.holds:
        return verdict
    kept = answers("remote_monitor", "untouched", logs_after, _same, CASES, _written_alike)
    return replace(kept, tried=verdict.tried + kept.tried)


def _text(epoch: int, logs: Logs) -> str:
    told = {key: value if math.isfinite(value) else None for key, value in logs.items()}
    return json.dumps({"epoch": epoch, **told})


def _same(epoch: int, logs: Logs) -> Logs:
    return logs


def _alike(should: str, did: Any) -> bool:
    try:
        return bool(json.loads(did) == json.loads(should))  # NaN, which Python reads, is not null
    except (TypeError, ValueError):
        return False


def _written_alike(should: Any, did: Any) -> bool:
    return repr(should) == repr(did)  # where nan is nan
