"""What does TensorBoard's Projector tab read? Points, their labels, and a list of both."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from google.protobuf.text_format import MessageToString
from tensorboard.plugins.projector.metadata import PROJECTOR_FILENAME
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from minikeras.whole_file import make_folder, write_whole


def write_points(folder: str, points: Mapping[str, Any], labels: Mapping[str, bytes]) -> None:
    """Write arrays (n, ...) by name, with the labels of those that have some.

    They lie beside: the Projector opens no file outside the run's folder.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_points(folder, {"words": np.zeros((3, 2))}, {})
    ...     sorted(os.listdir(folder))
    ['embedding_0.tsv', 'projector_config.pbtxt']
    """
    make_folder(folder)
    config = ProjectorConfig()
    for number, (name, array) in enumerate(points.items()):
        rows = np.asarray(array).reshape(len(array), -1)
        entry = config.embeddings.add(tensor_name=name, tensor_path=f"embedding_{number}.tsv")
        entry.tensor_shape.extend(rows.shape)
        _write(folder, entry.tensor_path, _lines(rows))
        if name in labels:
            entry.metadata_path = f"labels_{number}.tsv"
            _write(folder, entry.metadata_path, labels[name])
    _write(folder, PROJECTOR_FILENAME, MessageToString(config).encode())


def read_labels(path: str, rows: int) -> bytes:
    """Return the content of a file with a line for each of `rows` points, and perhaps a title.

    ValueError for another number of lines, and for what is not UTF-8.
    """
    with open(path, "rb") as file:
        content = file.read()
    try:
        lines = content.decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise ValueError(f"embeddings_metadata: {path!r} is not UTF-8; save it as UTF-8") from None
    is_table = "\t" in lines[0]  # the Projector looks for this, too
    if len(lines) - is_table != rows:
        raise ValueError(
            f"embeddings_metadata has {len(lines) - is_table} lines in {path!r}"
            f"{' after its title line' if is_table else ''}, but embeddings_data has {rows} rows: "
            "each row needs one"
        )
    return content


def _lines(rows: Any) -> bytes:
    return "".join("\t".join(map(repr, row)) + "\n" for row in rows.tolist()).encode()


def _write(folder: str, name: str, content: bytes) -> None:
    write_whole(os.path.join(folder, name), lambda file: file.write(content), overwrite=True)
