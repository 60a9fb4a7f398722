"""TensorBoard: what would I see if I looked inside while it trains?"""

from __future__ import annotations

import math
import os
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from minikeras.averages import number_of
from minikeras.callbacks.callback import Logs
from minikeras.callbacks.needs import Drawable, model_of
from minikeras.callbacks.projection import Projection
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.extras import needs_extra
from minikeras.whole_file import check_folder

if TYPE_CHECKING:
    from minikeras.event_files import EventFile

LATEST = 1.0  # seconds in which curves of batches are brought up to date
INSIDE = ("weights_by_name", "gradients_by_name", "outputs_by_layer", "embeddings")


class TensorBoard(StatefulCallback):
    """Write what TensorBoard shows: `tensorboard --logdir logs`.

    Below `log_dir` lie two runs, `train` and `validation`: `val_loss` is `epoch_loss` of the
    second, so that both are curves of one chart. Needs the extra `tensorboard`, not TensorFlow.

    - `histogram_freq`: every so many epochs, how weights and the outputs of layers for the
      validation data are spread; 0 for never. `batch_size`: rows at a time for this.
    - `write_graph`: the layers and how they connect, where the model can tell.
    - `write_grads`: at the same epochs also the gradients of the validation loss.
    - `write_images`: weights as grey pictures, at the same epochs, or each where there are none.
    - `embeddings_freq`: every so many epochs, what the layers `embeddings_layer_names` (all
      `Embedding`s, where None) make of `embeddings_data`, an array or a list with one; 0 for never.
      `embeddings_metadata`: a file with a label for each row, or a dict of such files by layer.
    - `update_freq`: `"epoch"`; `"batch"` for curves of every batch as well (`batch_loss`, at the
      number of batches so far); or a number of samples between two points of such curves.

    The first epoch is always one of "every so many". ValueError for settings that cannot be, and in
    `on_train_begin` for what they need and is not there, OSError where nothing can be written,
    ImportError without the package. Source: Keras 2.3's `TensorBoard`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     board = TensorBoard(folder)
    ...     board.on_train_begin()
    ...     board.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.7})
    ...     board.on_train_end()
    ...     sorted(os.listdir(folder))
    ['train', 'validation']
    """

    memory = ("batches", "samples")

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "./logs",
        histogram_freq: int = 0,
        batch_size: int = 32,
        write_graph: bool = True,
        write_grads: bool = False,
        write_images: bool = False,
        embeddings_freq: int = 0,
        embeddings_layer_names: Sequence[str] | None = None,
        embeddings_metadata: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        embeddings_data: Any = None,
        update_freq: int | str = "epoch",
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        _check_counts(histogram_freq=histogram_freq, embeddings_freq=embeddings_freq)
        if type(batch_size) is not int or batch_size < 1:
            raise ValueError(f"batch_size is a number of rows, at least 1, not {batch_size!r}")
        is_count = type(update_freq) is int and update_freq >= 1
        if update_freq not in ("batch", "epoch") and not is_count:
            raise ValueError(
                f"update_freq is 'epoch', 'batch' or a number of samples, not {update_freq!r}"
            )
        if write_grads and not histogram_freq:
            raise ValueError("write_grads needs epochs to write at: pass histogram_freq=1, too")
        self.log_dir, self.update_freq, self.clock = os.fspath(log_dir), update_freq, clock
        self.histogram_freq, self.batch_size = histogram_freq, batch_size
        self.write_graph, self.write_grads = write_graph, write_grads
        self.write_images, self.embeddings_freq = write_images, embeddings_freq
        self.projection = Projection(
            embeddings_layer_names, embeddings_metadata, embeddings_data, batch_size
        )
        self.labels: dict[str, bytes] = {}
        self.runs: dict[str, EventFile] = {}
        self.reset()

    def reset(self) -> None:
        self.batches = self.samples = 0
        self.told, self.has_warned = -math.inf, False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        super().on_train_begin(logs)
        self._check()
        if self.embeddings_freq:  # first of all: TensorBoard asks once, when it sees the run
            self._write_points()
        if self.write_graph and isinstance(self.model, Drawable):
            self._run("train").graph(self.model.graph_nodes())

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.params.get("steps"):
            self.batches = max(self.batches, epoch * self.params["steps"])

    def is_due(self) -> bool:
        """Whether curves of batches are to be brought up to date now."""
        return self.update_freq != "epoch" and self.clock() - self.told >= LATEST

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.update_freq == "epoch":
            return
        self.told, logs = self.clock(), logs or {}
        self.batches += 1
        self.samples += logs.get("size", 1)  # real Keras 3 tells no size, and counts batches
        if self.update_freq == "batch" or self.samples >= int(self.update_freq):
            self.samples = 0
            self._write_scalars("batch", logs, self.batches)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._write_scalars("epoch", logs or {}, epoch)
        if _is_due(self.histogram_freq, epoch):
            self._write_histograms(epoch)
        if self.write_images and _is_due(self.histogram_freq or 1, epoch):
            weights = model_of(self).weights_by_name()
            images = {f"{name}/image": array for name, array in weights.items()}  # its own tag
            self._run("train").images(images, epoch)
        if _is_due(self.embeddings_freq, epoch):
            self._write_points()

    def on_train_end(self, logs: Logs | None = None) -> None:
        for run in self.runs.values():
            run.close()
        self.runs = {}

    def on_exception(self, exception: BaseException) -> None:
        self.on_train_end()

    # -- what is written --------------------------------------------------------------------------

    def _write_scalars(self, kind: str, logs: Logs, step: int) -> None:
        values: dict[str, dict[str, float]] = {"train": {}, "validation": {}}
        for name, value in logs.items():
            if name in ("batch", "size"):
                continue
            number = number_of(value)
            if number is None:
                self._warn(name, value)
                continue
            run = "validation" if name.startswith("val_") else "train"
            values[run][f"{kind}_{name.removeprefix('val_')}"] = number
        for run, scalars in values.items():
            if scalars:
                self._run(run).scalars(scalars, step)

    def _write_histograms(self, epoch: int) -> None:
        model, data = model_of(self), self.validation_data
        arrays = dict(model.weights_by_name())
        if self.write_grads:
            gradients = model.gradients_by_name(data, self.batch_size)
            arrays |= {f"{name}_grad": array for name, array in gradients.items()}
        outputs = model.outputs_by_layer(data[0], self.batch_size)
        arrays |= {f"{name}/out": array for name, array in outputs.items()}
        self._run("train").histograms(arrays, epoch)

    def _write_points(self) -> None:
        self.projection.write(model_of(self), self.log_dir, self.labels)

    def _run(self, name: str) -> EventFile:
        """Return the file of a run, which is opened when there is something to write."""
        if name not in self.runs:
            from minikeras.event_files import EventFile

            self.runs[name] = EventFile(os.path.join(self.log_dir, name))
        return self.runs[name]

    def _warn(self, name: str, value: Any) -> None:
        if not self.has_warned:
            self.has_warned = True
            warnings.warn(
                f"TensorBoard draws numbers, and {name!r} in the logs is of type "
                f"{type(value).__name__}; it is left out",
                RuntimeWarning,
                stacklevel=4,
            )

    # -- what the settings need -------------------------------------------------------------------

    def _check(self) -> None:
        with needs_extra("tensorboard", "TensorBoard"):
            import minikeras.event_files  # noqa: F401
        check_folder(self.log_dir)
        if self.write_images or self.histogram_freq or self.embeddings_freq:
            model_of(self, *INSIDE)
        if self.histogram_freq and self.validation_data is None:
            raise ValueError(
                "histogram_freq needs validation data as arrays: pass validation_data or "
                "validation_split to fit, or histogram_freq=0"
            )
        if self.embeddings_freq:
            self.labels = self.projection.read_labels(self.model, self.log_dir)


def _is_due(frequency: int, epoch: int) -> bool:
    return frequency > 0 and epoch % frequency == 0


def _check_counts(**counts: Any) -> None:
    for name, value in counts.items():
        if type(value) is not int or value < 0:
            raise ValueError(f"{name} is a number of epochs, or 0 for never, not {value!r}")
