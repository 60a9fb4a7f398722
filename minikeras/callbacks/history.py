"""History: what happened in each epoch?"""

from __future__ import annotations

from minikeras.callbacks.callback import Logs
from minikeras.callbacks.stateful import StatefulCallback


class History(StatefulCallback):
    """Keep every epoch's logs; `fit` returns one.

    `epoch` lists the epochs, `history` one list of floats for each key. Both begin anew with each
    fit. A key that is absent in some epochs has a shorter list. Source: Keras 2.3's `History`.

    >>> history = History()
    >>> history.on_train_begin()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.on_epoch_end(1, {"loss": 0.25})
    >>> history.epoch, history.history
    ([0, 1], {'loss': [0.5, 0.25]})
    """

    memory = ("epoch", "history")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
