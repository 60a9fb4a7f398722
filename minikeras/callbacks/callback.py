"""What is a callback? An object whose methods are called as training passes by.

The loop calls; you answer. Every moment has a name, and a method of that name that does nothing
until you override it.
"""

from __future__ import annotations

from typing import Any

Logs = dict[str, Any]  # floats by name; on batches also the ints `batch` and `size`


class Callback:
    """Override the moments you care about; the others do nothing.

    During `fit`, `model` is what is trained; `params` says how: `batch_size`, `epochs`, `steps`,
    `samples`, `verbose`, `do_validation`, `metrics` (None where unknown); `validation_data` is
    `(x, y, sample_weights)` or None; `running_metrics` names those that count over batches;
    `keys_of_logs` those that the logs of an epoch will have, or None where callbacks of your own
    may add some. Epochs and batches count from 0.

    `logs` is one fresh dict for each moment. All callbacks get the same one, in the order of their
    list, and may add keys. Its values are floats: at the end of a batch those of this batch
    alone, at the end of an epoch its means. Source: https://keras.io/api/callbacks

    >>> class PrintLoss(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(epoch, logs["loss"])
    >>> PrintLoss().on_epoch_end(0, {"loss": 0.5})
    0 0.5
    """

    model: Any = None
    params: dict[str, Any] = {}
    validation_data: Any = None
    running_metrics: frozenset[str] = frozenset()
    keys_of_logs: list[str] | None = None

    def set_model(self, model: Any) -> None:
        """Take the model; called before training."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the parameters; called before training."""
        self.params = params

    # -- training ---------------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called once, before the first epoch: the place to forget an earlier run."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called once, after the last epoch, unless an exception ended the run."""

    def on_exception(self, exception: BaseException) -> None:
        """Called in place of `on_train_end` when an exception, Ctrl-C included, ends the run."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before the first batch of an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after validation, with the epoch's loss and metrics and their `val_` twins."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each training batch, with `batch` and `size`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each training batch, with its loss and metrics too."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """The newer name of `on_batch_begin`, which it calls."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """The newer name of `on_batch_end`, which it calls."""
        self.on_batch_end(batch, logs)

    # -- evaluation, also the validation inside fit -----------------------------------------------

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Called before evaluation or validation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Called after evaluation or validation, with its loss and metrics."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each batch of evaluation or validation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each batch of evaluation or validation."""

    # -- prediction -------------------------------------------------------------------------------

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Called before `predict`."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Called after `predict`."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each batch of `predict`."""
