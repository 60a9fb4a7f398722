"""What does the body of your loop tell the callbacks?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from minikeras.callbacks import CallbackList
from minikeras.callbacks.callback import Logs

Item = TypeVar("Item")


class Epoch:
    """One epoch: its `number`, from 0, and the `logs` that callbacks get when it ends."""

    def __init__(self, number: int, model: Any, events: CallbackList) -> None:
        self.number, self.model, self.logs = number, model, Logs()
        self._events, self._begun = events, 0
        self._batch: Logs | None = None  # the one under way

    def batches(
        self, data: Iterable[Item], size: Callable[[Item], int] | None = None
    ) -> Iterator[Item]:
        """Pass the items of `data` on, tell of each batch, and stop as soon as a callback says so.

        `size(item)` is the number of rows of a batch, such as `lambda batch: len(batch[0])`, for
        callbacks that ask as it begins; without it `log_batch` can tell. A batch left by `break`
        counts.
        """
        self.end_batch()
        if self.model.stop_training:
            return
        for item in data:
            number, self._begun = self._begun, self._begun + 1
            logs = {"batch": number} if size is None else {"batch": number, "size": size(item)}
            self._events.on_train_batch_begin(number, dict(logs))
            if self.model.stop_training:
                return
            self._batch = {"batch": number, "size": 1} | logs
            yield item
            self.end_batch()
            if self.model.stop_training:
                return

    def log_batch(self, *, size: int | None = None, **values: Any) -> None:
        """Note numbers of this batch: `loss` and what else there is; several calls add up.

        The epoch's logs get their means, by `size`, the batch's number of rows (1 unless known).
        RuntimeError outside of `batches`, TypeError for a value that is no number; of a PyTorch
        loss, give `loss.item()`.
        """
        if self._batch is None:
            raise RuntimeError("log_batch belongs inside `for batch in epoch.batches(data):`")
        if size is not None:
            self._batch["size"] = size
        self._batch.update(_floats(values))

    def log(self, **values: Any) -> None:
        """Note numbers of the whole epoch, such as `val_loss`; they replace means of that name."""
        self.logs.update(_floats(values))

    def end_batch(self) -> None:
        """Tell that the batch under way is over, if there is one; the loop does so by itself."""
        logs, self._batch = self._batch, None
        if logs is not None:
            self._events.on_train_batch_end(logs["batch"], logs)


def _floats(values: dict[str, Any]) -> dict[str, float]:
    floats = {}
    for name, value in values.items():
        try:
            floats[name] = float(value)
        except (TypeError, ValueError, RuntimeError) as error:  # the last is PyTorch's
            raise TypeError(f"logs hold numbers, and {name} is {value!r}") from error
    return floats
