"""How does a model become a file, and a file a model?"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from minikeras.training import Model

Path = str | os.PathLike[str]


class Storable(Model):
    """What every model here can do with files; h5py, which takes a while to open, comes late."""

    def save(self, filepath: Path, overwrite: bool = True) -> None:
        """Write the whole model: layers, weights, how it was compiled, the optimizer's memory.

        The ending chooses the format: `.keras`, or legacy HDF5 (`.h5` and any other). The file is
        there whole and for good when this returns, or else the old one still is. ValueError for
        what a reader could not look up by name, such as a loss of your own; FileExistsError for a
        file that is there, with `overwrite=False`; OSError for a place that cannot be written.
        """
        from minikeras import saving

        self.build()
        saving.save_model(self._itself(), filepath, overwrite)

    def save_weights(self, filepath: Path, overwrite: bool = True) -> None:
        """Write the weights: `.weights.h5`, or legacy HDF5 for any other ending."""
        from minikeras import saving

        self.build()
        saving.save_weights(self._itself(), filepath, overwrite)

    def load_weights(self, filepath: Path, allow_compressed: bool = False) -> None:
        """Take the weights of a file; ModelFileError, nothing changed, if they do not fit.

        `allow_compressed` reads arrays that another program has packed with gzip.
        """
        from minikeras import saving

        self.build()
        saving.load_weights(self._itself(), filepath, allow_compressed)

    def save_backup(self, filepath: Path, told: dict[str, Any]) -> None:
        """Write all that `fit` needs to go on, and what callbacks told: see `BackupAndRestore`."""
        from minikeras.saving import backup
        from minikeras.whole_file import write_whole

        write_whole(filepath, backup.writer(self._itself(), told), overwrite=True)

    def load_backup(
        self, filepath: Path, check: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        """Take all that back, unless `check` raises an error, and return what callbacks told."""
        from minikeras.saving import backup

        self.build()
        return backup.load(self._itself(), os.fspath(filepath), check)

    def _itself(self) -> Any:
        return self  # a Sequential, the one kind of model that files can hold
