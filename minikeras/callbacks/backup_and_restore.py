"""BackupAndRestore: what if the power fails tonight?"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from minikeras.callbacks.callback import Callback, Logs
from minikeras.callbacks.needs import model_of
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.whole_file import check_writable, make_folder

FILE = "backup.weights.h5"
SAME = ("batch_size", "steps", "samples")  # params that a run has to share with its backup
KINDS: dict[str, Any] = {"epoch": int | None, "batch": int, "stop": bool, "callbacks": dict}
FOR_EYES = "ProgbarLogger"  # comes and goes with `verbose`
Position = tuple[int, int]  # the epoch under way, and how many of its batches are done


class BackupAndRestore(Callback):
    """Let a run that was killed go on, and end as if nothing had happened, to the last bit.

    - `backup_dir`: a folder for the backup; made if it is missing.
    - `save_freq`: `"epoch"`, or a number of batches after which the backup is renewed.
    - `delete_checkpoint`: delete the backup when training ends well.

    Run the same program again: `fit` finds the backup and goes on from there, in the middle of an
    epoch if need be. It holds weights, optimizer, random generators, the order of the rows, and
    what each callback with `state_dict` and `load_state_dict` remembers, History too. It does not
    hold the place in a generator that makes batches, what a `Sequence` changes about itself, nor
    what other callbacks of your own keep. The first backup is made before the first batch, when all
    others have heard `on_train_begin`; if that is interrupted, what they did to the model stays.

    Wherever it stands in the list, `fit` calls it last, when the others have finished. Going on,
    they hear `on_train_begin`, and `on_epoch_begin` of an epoch under way, once more; whatever
    they do there is undone, for the state is loaded before and again after. A warning says if
    those with a state are not those of the backup. Give each `fit` of a program its own folder.

    ValueError, and the model is as it was, where the backup is of another model, optimizer or
    batch size, or damaged. With other settings, such as a new learning rate, begin in a new folder.
    It works in `model.fit`, not in a loop of your own.
    Source: Keras 3's `BackupAndRestore`.

    >>> import tempfile
    >>> from minikeras import layers, models
    >>> model = models.Sequential([layers.Dense(1, input_dim=1)])
    >>> model.compile("sgd", "mse")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     backup = BackupAndRestore(folder + "/backup")
    ...     model.fit([[1.0]], [1.0], epochs=2, callbacks=[backup], verbose=0).epoch
    [0, 1]
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: int | str = "epoch",
        delete_checkpoint: bool = True,
    ) -> None:
        is_count = type(save_freq) is int and save_freq >= 1
        if save_freq != "epoch" and not is_count:
            raise ValueError(f"save_freq is 'epoch' or a number of batches, not {save_freq!r}")
        self.backup_dir, self.save_freq = os.fspath(backup_dir), save_freq
        if not self.backup_dir:
            raise ValueError("backup_dir is the name of a folder, not ''")
        self.delete_checkpoint = delete_checkpoint
        self.path = os.path.join(self.backup_dir, FILE)
        if is_count:  # else nobody waits for the figures of a batch
            self.on_batch_end = self._after_batch  # type: ignore[method-assign]
        self.others: list[Any] | None = None  # while `fit` runs
        self.told: dict[str, Any] | None = None  # until all go on from it

    # -- going on ---------------------------------------------------------------------------------

    def restore(self, callbacks: Iterable[Any]) -> Position | None:
        """Bring model and callbacks back to the backup; say where it is, None for the beginning."""
        self.others = [callback for callback in callbacks if callback is not self]
        self.batches = 0  # since the last backup
        if not os.path.exists(self.path):
            return None
        model_of(self, "load_backup")
        self._take_back()
        assert self.told is not None
        self._warn_of_changes(self.told["callbacks"])
        return None if self.told["epoch"] is None else (self.told["epoch"], self.told["batch"])

    def _take_back(self) -> None:
        """Load the backup. ValueError, with what to do about it, if it is not of this run."""
        try:
            self.told = self.model.load_backup(self.path, self._give_back)
        except Exception as error:
            error.add_note(
                f"fit goes on from the backup in {self.backup_dir!r}: give it the same model, data "
                "and callbacks, or delete that folder to begin anew"
            )
            raise

    def _give_back(self, told: dict[str, Any]) -> None:
        """Let the callbacks remember what was told, if it is of a run like this."""
        for name, kinds in KINDS.items():
            if not isinstance(told[name], kinds):
                raise ValueError(f"{name} is {told[name]!r} there")
        for name in SAME:
            was, now = told["params"][name], self.params.get(name)
            if was != now:
                raise ValueError(f"it is of a run with {name}={was}, and this one has {name}={now}")
        for name, callback in _keepers(self.others or ()):
            if name in told["callbacks"]:
                callback.load_state_dict(told["callbacks"][name])

    def _warn_of_changes(self, told: Iterable[str]) -> None:
        here = [name for name, _ in _keepers(self.others or ())]
        then, now = ({n for n in names if not n.startswith(FOR_EYES)} for names in (told, here))
        changes = {"the state of {} is left out": then - now, "there is none for {}": now - then}
        said = [text.format(", ".join(sorted(names))) for text, names in changes.items() if names]
        if said:
            warnings.warn(
                f"the backup in {self.backup_dir!r} was made with other callbacks: "
                + ", and ".join(said),
                RuntimeWarning,
                stacklevel=5,  # whoever called fit
            )

    def _go_on(self) -> None:
        """Undo that the others have begun anew."""
        self._take_back()
        assert self.told is not None
        self.model.stop_training = self.model.stop_training or self.told["stop"]
        self.told = None

    # -- the run ----------------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.others is None:
            raise RuntimeError(
                "BackupAndRestore works in the fit of minikeras, not in another loop"
            )
        model_of(self, "save_backup")
        check_writable(self.path)
        make_folder(self.backup_dir)
        if self.told is None:
            self._save(None, 0)
        elif self.told["batch"] == 0:
            self._go_on()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch
        if self.told:
            self._go_on()

    def _after_batch(self, batch: int, logs: Logs | None = None) -> None:
        self.batches += 1
        if self.batches >= int(self.save_freq):
            self.batches = 0
            self._save(self.epoch, batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch + 1, 0)

    def _save(self, epoch: int | None, batch: int) -> None:
        told = {
            "epoch": epoch,
            "batch": batch,
            "stop": bool(self.model.stop_training),
            "params": {name: self.params.get(name) for name in SAME},
            "callbacks": {name: c.state_dict() for name, c in _keepers(self.others or ())},
        }
        self.model.save_backup(self.path, told)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.delete_checkpoint and os.path.exists(self.path):
            os.remove(self.path)
            with suppress(OSError):  # there is something else in it
                os.rmdir(self.backup_dir)
        self._finish()

    def on_exception(self, exception: BaseException) -> None:
        self._finish()

    def _finish(self) -> None:
        for callback in self.others or ():
            if isinstance(callback, StatefulCallback):
                callback.is_resuming = False  # the next fit begins anew, or loads again
        self.others = self.told = None


def restore(callbacks: Iterable[Any]) -> Position | None:
    """Let the BackupAndRestore among these go on from its backup; None to begin at the start."""
    callbacks = list(callbacks)
    backups = [callback for callback in callbacks if isinstance(callback, BackupAndRestore)]
    if len(backups) > 1:
        raise ValueError(f"fit can go on from one backup; callbacks holds {len(backups)} of them")
    return backups[0].restore(callbacks) if backups else None


def _keepers(callbacks: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the callbacks that have a state, each with its name: its class, numbered if need be."""
    seen: Counter[str] = Counter()
    for callback in callbacks:
        if hasattr(callback, "state_dict") and hasattr(callback, "load_state_dict"):
            name = type(callback).__name__
            seen[name] += 1
            yield f"{name} {seen[name]}" if seen[name] > 1 else name, callback
