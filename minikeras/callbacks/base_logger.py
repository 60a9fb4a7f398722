"""BaseLogger: what was the loss of the whole epoch?"""

from __future__ import annotations

from collections.abc import Iterable

from minikeras.averages import Averages, values_of
from minikeras.callbacks.callback import Logs
from minikeras.callbacks.stateful import StatefulCallback


class BaseLogger(StatefulCallback):
    """Average the batches of an epoch, by their size, into the epoch's logs.

    `fit` puts one before all other callbacks. Metrics named in `stateful_metrics` are running
    figures already: of those the last value stands. Source: Keras 2.3's `BaseLogger`.

    >>> logger = BaseLogger()
    >>> logger.on_epoch_begin(0)
    >>> for loss, size in [(1.0, 4), (1.0, 4), (4.0, 2)]:
    ...     logger.on_batch_end(0, {"size": size, "loss": loss})
    >>> logs = {}
    >>> logger.on_epoch_end(0, logs)
    >>> logs
    {'loss': 1.6}
    """

    memory = ("averages",)

    def __init__(self, stateful_metrics: Iterable[str] | None = None) -> None:
        self.stateful_metrics = frozenset(stateful_metrics or ())
        self.reset()

    def reset(self) -> None:
        self.averages = Averages(self.stateful_metrics)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.reset()

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if logs:
            self.averages.add(values_of(logs), logs.get("size", 1))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is None:
            return
        others = dict(logs)  # such as val_loss: they come after the training's own
        logs.clear()
        logs.update(self.averages.means() | others)
