"""ProgbarLogger: how far is it, and is it worth waiting?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TextIO

from minikeras.averages import Averages, values_of
from minikeras.callbacks.callback import Logs
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.progress import Line, measures, progress_line


class ProgbarLogger(StatefulCallback):
    """Show a progress bar for each epoch; `fit` puts one after BaseLogger unless `verbose=0`.

    `count_mode` says what the left side counts: `"samples"` (default) or `"steps"`; another word
    is a ValueError. `stateful_metrics` names metrics that are running figures already. On a
    terminal the line is redrawn as batches pass; elsewhere, and with `verbose=2`, each epoch
    leaves one line. Source: Keras 2.3's `ProgbarLogger`.

    >>> logger = ProgbarLogger("steps", clock=lambda: 0.0)
    >>> logger.set_params({"epochs": 1, "steps": 2, "verbose": 2})
    >>> logger.on_train_begin()
    >>> logger.on_epoch_begin(0)
    >>> for batch in (0, 1):
    ...     logger.on_batch_end(batch, {"size": 4, "loss": 0.5})
    >>> logger.on_epoch_end(0, {"loss": 0.5})
    Epoch 1/1 - 0s - loss: 0.5000
    """

    memory = ("seen", "averages")

    def __init__(
        self,
        count_mode: str = "samples",
        stateful_metrics: Iterable[str] | None = None,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if count_mode not in ("samples", "steps"):
            raise ValueError(f"count_mode is 'samples' or 'steps', not {count_mode!r}")
        self.count_mode, self.stream, self.clock = count_mode, stream, clock
        self.stateful_metrics = frozenset(stateful_metrics or ())
        self.is_training = self.is_validating = False
        self.title: str | None = None
        self.reset()

    def reset(self) -> None:
        self._begin(self.title)

    # -- training ---------------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs | None = None) -> None:
        super().on_train_begin(logs)
        self.is_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        self.is_training = False

    def on_exception(self, exception: BaseException) -> None:
        self.is_training = self.is_validating = False
        self.line.abandon()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        epochs = self.params.get("epochs")
        title = f"Epoch {epoch + 1}/{epochs}" if epochs else f"Epoch {epoch + 1}"
        self._begin(title)
        if self.verbose == 1 and self.line.is_live:
            self.line.finish(title)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self.newest = batch

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._count(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._end(logs)

    # -- evaluate and predict; the validation inside fit stays silent -----------------------------

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self.is_validating = self.is_training
        if not self.is_training:
            self._begin(None)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self.newest = batch

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self.is_training:
            self._count(batch, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        self.is_validating = False
        if not self.is_training:
            self._end(logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._begin(None)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._count(batch, {"size": (logs or {}).get("size", 1)})  # real Keras adds outputs

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._end(logs)

    # -- the line ---------------------------------------------------------------------------------

    def is_due(self) -> bool:
        """Whether the line would be redrawn now."""
        return self.verbose == 1 and not self.is_validating and self.line.is_due()

    def _begin(self, title: str | None) -> None:
        self.title = title
        verbose = self.params.get("verbose", 1)
        self.verbose = 1 if verbose == "auto" else verbose  # real Keras says "auto"
        self.target: int | None = self.params.get(self.count_mode)
        self.averages = Averages(self.stateful_metrics)
        self.line = Line(self.stream, self.clock)
        self.seen = self.steps = 0
        self.newest = 0  # the batch under way: `fit` may tell the ends of earlier ones late

    def _count(self, batch: int, logs: Logs | None) -> None:
        logs = logs or {}
        size = logs.get("size", 1)
        self.seen += size if self.count_mode == "samples" else 1
        self.steps += 1
        self.averages.add(values_of(logs), size)
        if batch >= self.newest and self.seen != self.target and self.is_due():
            self.line.draw(self._text(self.averages.means()))

    def _end(self, logs: Logs | None) -> None:
        if self.verbose == 1:
            text = self._text(logs or {}, is_over=True)
            is_titled = self.line.is_live or self.title is None
            self.line.finish(text if is_titled else f"{self.title} - {text}")
        elif self.verbose == 2:
            title = self.title or f"{self.seen}/{self.target or 'Unknown'}"
            self.line.finish(f"{title} - {self.line.seconds():.0f}s{measures(logs or {})}")

    def _text(self, values: Logs, is_over: bool = False) -> str:
        seconds = self.line.seconds()
        return progress_line(self.seen, self.target, seconds, self.steps, values, is_over)
