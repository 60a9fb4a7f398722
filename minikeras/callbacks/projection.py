"""Which points does TensorBoard's Projector show, and what are they called?"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Projection:
    """The outputs of `layers` (all Embeddings, where none are named) for the rows of `data`.

    `labels` is the name of a file with a line for each row, or a dict of such names by layer; they
    are looked for here and then in the folder of the logs.
    """

    layers: Sequence[str] | None
    labels: str | os.PathLike[str] | Mapping[str, Any] | None
    data: Any
    batch_size: int

    def read_labels(self, model: Any, log_dir: str) -> dict[str, bytes]:
        """Return the labels of each layer that has some; an error says what is missing or wrong."""
        from minikeras.event_files.projector import read_labels

        rows, names, given = len(self._points()), self._names(model), self.labels
        by_layer = given if isinstance(given, Mapping) else dict.fromkeys(names, given)
        for name in by_layer:
            if name not in names:
                raise ValueError(
                    f"embeddings_metadata has labels for {name!r}, which is none of the layers "
                    f"to show: {', '.join(names)}"
                )
        return {
            name: read_labels(_found(os.fspath(path), log_dir), rows)
            for name, path in by_layer.items()
            if path is not None
        }

    def write(self, model: Any, log_dir: str, labels: Mapping[str, bytes]) -> None:
        """Write points and labels into the run `train`, in place of earlier ones."""
        from minikeras.event_files.projector import write_points

        outputs = model.outputs_by_layer(self._points(), self.batch_size, self._names(model))
        write_points(os.path.join(log_dir, "train"), outputs, labels)

    def _points(self) -> Any:
        if not hasattr(self.data, "__len__"):
            raise ValueError(
                "embeddings_freq needs points to show: pass embeddings_data, an array like x"
            )
        rows = self.data
        is_list_of_one = isinstance(rows, list) and len(rows) == 1 and hasattr(rows[0], "shape")
        return rows[0] if is_list_of_one else rows

    def _names(self, model: Any) -> list[str]:
        if isinstance(self.layers, str):
            raise ValueError(f"embeddings_layer_names is a list: write [{self.layers!r}]")
        names = list(self.layers or model.embeddings)
        if not names:
            raise ValueError(
                "embeddings_freq needs layers to look at, and this model has no Embedding: "
                "name some, such as embeddings_layer_names=['dense']"
            )
        return names


def _found(path: str, log_dir: str) -> str:
    for place in (path, os.path.join(log_dir, path)):
        if os.path.isfile(place):
            return place
    raise FileNotFoundError(f"embeddings_metadata: there is no file {path!r}")
