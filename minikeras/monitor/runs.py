"""To which run does a post belong?"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from minikeras.monitor.event_log import EventLog

MOST = 256  # runs that are known at a time

Logs = Mapping[str, float | None]
Key = tuple[str | None, str | None]


@dataclass
class Run:
    key: Key
    number: int
    announcement: dict[str, Any]  # its first event
    first: int  # the number of that event
    last: int  # the number of its last event
    epoch: int = -1  # the last one told of


class Runs:
    """Sort what programs tell into runs, and write it into the log of events.

    A run is known by its name and its id. Without an id, a post belongs to the last run of that
    name, and begins a new one if its epoch does not come after the last one there. A run whose
    events the log has all forgotten is dropped; so is the one that was silent the longest, when
    there are more than `most`.

    >>> runs = Runs(EventLog(), clock=lambda: 0.0)
    >>> for epoch in (0, 1, 0):
    ...     runs.tell_epoch((None, None), epoch, {"loss": 0.5})
    >>> list(runs.known), runs.log.count  # two beginnings and three epochs
    ([1, 2], 5)
    """

    def __init__(
        self, log: EventLog, most: int = MOST, clock: Callable[[], float] = time.time
    ) -> None:
        self.log, self.most, self.clock = log, most, clock
        self.known: OrderedDict[int, Run] = OrderedDict()  # the one silent the longest first
        self.latest: dict[Key, Run] = {}
        self.begun = 0

    def tell_epoch(self, key: Key, epoch: int, logs: Logs) -> None:
        """Add the logs of an epoch, and the beginning of its run if that is new."""
        run = self.latest.get(key)
        if run is None or (key[1] is None and epoch <= run.epoch):
            run = self._begin(key)
        run.epoch = epoch
        self._tell(run, {"kind": "epoch", "run": run.number, "epoch": epoch, "logs": logs})

    def tell_end(self, key: Key, epoch: int, reason: str) -> None:
        """Add the end of a run; of one that is not known there is nothing to tell."""
        run = self.latest.get(key)
        if run is not None:
            self._tell(run, {"kind": "end", "run": run.number, "epoch": epoch, "reason": reason})

    def beginning(self) -> bytes:
        """Return what a page is sent first: forget everything, and the runs that began long ago.

        They have the number 0: a page that is cut off among them begins again if there are events
        that it cannot have.
        """
        runs = [self.known[number] for number in sorted(self.known)]
        long_ago = [run.announcement for run in runs if run.first <= self.log.floor]
        return b"".join(self.log.line(0, event) for event in [{"kind": "start"}, *long_ago])

    def _begin(self, key: Key) -> Run:
        self.begun += 1
        announcement = {"kind": "run", "run": self.begun, "name": key[0], "at": self.clock()}
        number = self.log.append(announcement)
        run = Run(key, self.begun, announcement, number, number)
        self.known[run.number] = self.latest[key] = run
        return run

    def _tell(self, run: Run, event: dict[str, Any]) -> None:
        run.last = self.log.append(event)
        self.known.move_to_end(run.number)
        for silent in list(self.known.values()):
            if len(self.known) <= self.most and silent.last > self.log.floor:
                return
            self._drop(silent)

    def _drop(self, run: Run) -> None:
        del self.known[run.number]
        if self.latest[run.key] is run:
            del self.latest[run.key]
        self.log.append({"kind": "dropped", "run": run.number})
