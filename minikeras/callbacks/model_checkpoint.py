"""ModelCheckpoint: will I have it tomorrow?"""

from __future__ import annotations

import os
import string
from collections.abc import Iterable, Mapping
from typing import Any

from minikeras.averages import Averages, values_of
from minikeras.callbacks.callback import Logs
from minikeras.callbacks.needs import model_of
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.monitoring import Improvement, Watch
from minikeras.whole_file import check_file, check_folder, make_folder


class ModelCheckpoint(StatefulCallback):
    """Save the model, or only its weights, as training goes on.

    - `filepath`: where to; `{epoch:02d}` (from 1), `{batch}` and the keys of logs, such as
      `{val_loss:.2f}`, are filled in. Missing folders are made. The ending chooses the format:
      `.keras`, `.weights.h5`, anything else legacy HDF5.
    - `monitor`, `mode`: the score of `save_best_only`, and whether a good one is small or large.
    - `verbose`: 1 prints what is saved.
    - `save_best_only`: save only when the score is the best so far.
    - `save_weights_only`: call `model.save_weights` in place of `model.save`.
    - `period`: save every so many epochs; best-only compares at those epochs alone.
    - `initial_value_threshold`: a score to beat by the first save.
    - `save_freq`: `"epoch"`, or a number of batches; best-only then compares the mean so far.

    `best` is the best score at a save; it and the count of `period` outlive a fit. ValueError for a
    path with more than plain fields, KeyError for a field that logs lack, OSError for a folder that
    cannot be written: each before training where that can be known.
    Source: Keras 2.3's `ModelCheckpoint`.

    >>> from types import SimpleNamespace
    >>> saving = ModelCheckpoint("w.{epoch:02d}-{loss:.1f}.h5", verbose=1)
    >>> saving.set_model(SimpleNamespace(save=lambda filepath, overwrite: None))
    >>> saving.on_epoch_end(0, {"loss": 0.5})
    Epoch 00001: saving model to w.01-0.5.h5
    """

    memory = ("best", "epochs_since_save", "batches_since_save", "epoch", "averages")

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        period: int = 1,
        *,
        initial_value_threshold: float | None = None,
        save_freq: int | str = "epoch",
    ) -> None:
        if period < 1:
            raise ValueError(f"period is a number of epochs, at least 1, not {period}")
        is_count = type(save_freq) is int and save_freq >= 1
        if save_freq != "epoch" and not is_count:
            raise ValueError(f"save_freq is 'epoch' or a number of batches, not {save_freq!r}")
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode is 'auto', 'min' or 'max', not {mode!r}")
        self.filepath, self.monitor, self.verbose = os.fspath(filepath), monitor, verbose
        check_template(self.filepath)
        if self.filepath.endswith(".weights.h5") and not save_weights_only:
            raise ValueError(
                f"{self.filepath!r} is the name of a file of weights: pass save_weights_only=True, "
                "or end it in '.keras' or '.h5' for the whole model"
            )
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        self.mode, self.period, self.save_freq = mode, period, save_freq
        self.improvement = Improvement.watching(monitor, mode) if save_best_only else None
        self.watch = Watch(monitor, type(self).__name__)
        self.best, self.epoch, self.averages = initial_value_threshold, 0, Averages()
        self.epochs_since_save = self.batches_since_save = 0
        if is_count:  # else nobody waits for the figures of a batch
            self.on_batch_end = self._after_batch  # type: ignore[method-assign]

    def reset(self) -> None:
        """Forget only the warning: the best score and the counts outlive a fit."""
        self.watch.reset()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        model_of(self, "save_weights" if self.save_weights_only else "save")
        check_place(self.filepath)
        if self.keys_of_logs is not None:
            check_fields(self.filepath, self._fields_among(self.keys_of_logs))
        super().on_train_begin(logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch, self.averages = epoch, Averages(self.running_metrics)

    def _after_batch(self, batch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        if "size" in logs:  # a batch by itself; real Keras gives the mean so far
            self.averages.add(values_of(logs), logs["size"])
            logs = self.averages.means()
        self.batches_since_save += 1
        if self.batches_since_save >= int(self.save_freq):
            self.batches_since_save = 0
            self._save(self.epoch, logs, batch)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq != "epoch":
            return
        self.epochs_since_save += 1
        if self.epochs_since_save >= self.period:
            self.epochs_since_save = 0
            self._save(epoch, logs or {}, None)

    def _save(self, epoch: int, logs: Mapping[str, Any], batch: int | None) -> None:
        fields = {"epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1}), **logs}
        number = f"Epoch {epoch + 1:05d}"
        if self.improvement is None:
            path = fill_template(self.filepath, fields)
            self._say(f"{number}: saving model to {path}")
            self._write(path)
            return
        score = self.watch.read(logs, self.params if batch is None else {})
        if score is None:
            return
        nothing = float("inf" if self.improvement.direction == "min" else "-inf")
        before = nothing if self.best is None else self.best
        if not self.improvement.beats(score, self.best):
            self._say(f"{number}: {self.monitor} did not improve from {before:.5f}")
            return
        path = fill_template(self.filepath, fields)
        change = f"improved from {before:.5f} to {score:.5f}"
        self._say(f"{number}: {self.monitor} {change}, saving model to {path}")
        self._write(path)
        self.best = score

    def _fields_among(self, keys: Iterable[str]) -> list[str]:
        """Return what a path may name, if `keys` are those of the logs of an epoch."""
        if self.save_freq == "epoch":
            return ["epoch", *keys]
        at_epochs = ("val_", "learning_rate")  # known at the end of an epoch only
        return ["epoch", "batch", *(key for key in keys if not key.startswith(at_epochs))]

    def _say(self, message: str) -> None:
        if self.verbose:
            print(message)

    def _write(self, path: str) -> None:
        make_folder(os.path.dirname(path))
        model = model_of(self)
        save = model.save_weights if self.save_weights_only else model.save
        save(path, overwrite=True)


def check_template(template: str) -> list[tuple[str, str, str]]:
    """Return the pieces of a path, (text, field, format); ValueError for more than plain fields.

    >>> check_template("w.{epoch:02d}.h5")
    [('w.', 'epoch', '02d'), ('.h5', '', '')]
    """
    pieces = []
    for text, field, form, conversion in string.Formatter().parse(template):
        if field is not None and (
            not field or field.isdigit() or any(c in field for c in ".[]") or conversion
        ):
            shown = f"{{{field}{'!' + conversion if conversion else ''}}}"
            raise ValueError(
                f"{shown} in the path {template!r} is no plain field; use {{epoch:02d}}, {{batch}} "
                "or a key of the logs, such as {val_loss:.2f}"
            )
        if form and "{" in form:
            raise ValueError(f"the path {template!r} has a field inside the format of another")
        pieces.append((text, field or "", form or ""))
    return pieces


def check_place(template: str) -> None:
    """Raise an OSError if it is known before any field is filled in that nothing can be saved."""
    path = ""
    for text, field, _ in check_template(template):
        path += text
        if field:
            break
    else:  # the whole path is known
        if not os.path.isdir(path):  # a model of your own may save a folder
            check_file(path)
    check_folder(os.path.dirname(path))


def check_fields(template: str, names: Iterable[str]) -> None:
    """Raise a KeyError for the first field of a path that is not among `names`.

    >>> check_fields("w.{val_loss}.h5", ["epoch", "loss"])
    Traceback (most recent call last):
    ...
    KeyError: "the path 'w.{val_loss}.h5' asks for 'val_loss'; there are: epoch, loss"
    """
    names = list(names)
    for _, field, _ in check_template(template):
        if field and field not in names:
            raise KeyError(
                f"the path {template!r} asks for {field!r}; there are: {', '.join(names)}"
            )


def fill_template(template: str, fields: Mapping[str, Any]) -> str:
    """Return the path with its fields filled in.

    >>> fill_template("w.{epoch:02d}-{loss:.2f}.h5", {"epoch": 3, "loss": 0.257})
    'w.03-0.26.h5'
    """
    check_fields(template, fields)
    path = ""
    for text, field, form in check_template(template):
        path += text
        if not field:
            continue
        try:
            value = format(fields[field], form)
        except (ValueError, TypeError, OverflowError) as error:
            raise ValueError(
                f"{{{field}:{form}}} in {template!r} cannot be filled: {error}"
            ) from None
        if "/" in value or "\\" in value or not value.strip("."):
            raise ValueError(
                f"{field} would put {value!r} into the path {template!r}, which could then lead "
                "to another folder: no separators, and more than dots, in a value"
            )
        path += value
    return path
