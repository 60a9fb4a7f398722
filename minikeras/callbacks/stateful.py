"""How does a callback go on where an interrupted run left off?"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from minikeras.averages import Averages
from minikeras.callbacks.callback import Callback, Logs

NOT_JSON = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class StatefulCallback(Callback, ABC):
    """A callback whose memory can be taken out and put back.

    `memory` names the attributes that change while training. `on_train_begin` forgets them, so one
    object serves two fits alike, but not the first time after `load_state_dict`.
    """

    memory: ClassVar[tuple[str, ...]]
    is_resuming: bool = False

    @abstractmethod
    def reset(self) -> None:
        """Set every attribute of `memory` as it is before the first epoch."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.is_resuming:
            self.is_resuming = False
        else:
            self.reset()

    def state_dict(self) -> dict[str, Any]:
        """Return the memory as JSON values; weights, which JSON cannot hold, as they are."""
        values = {name: getattr(self, name) for name in self.memory}
        return {
            name: to_json(value.state if isinstance(value, Averages) else value)
            for name, value in values.items()
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` returned; the next `on_train_begin` keeps it."""
        if set(state) != set(self.memory):
            raise ValueError(
                f"this is no state of {type(self).__name__}: it holds {sorted(state)}, "
                f"not {sorted(self.memory)}"
            )
        self.reset()  # also what is not in memory, such as that it has warned
        for name in self.memory:
            value, now = from_json(state[name]), getattr(self, name)
            if isinstance(now, Averages):
                now.state = value
            else:
                setattr(self, name, value)
        self.is_resuming = True


def to_json(value: Any) -> Any:
    """Write NaN and infinities, which JSON lacks, as words.

    >>> to_json([0.5, math.inf])
    [0.5, 'inf']
    """
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    return value


def from_json(value: Any) -> Any:
    """Read what `to_json` wrote."""
    if isinstance(value, str):
        return NOT_JSON.get(value, value)
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, dict):
        return {key: from_json(item) for key, item in value.items()}
    return value
