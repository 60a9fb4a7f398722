"""How does a trained model outlive its process?

The ending of a file's name chooses the format, and real Keras reads all of them: `.keras` holds a
whole model, `.weights.h5` its weights and what its optimizer remembers, and anything else, such as
`.h5`, a model or weights in the layout of Keras 2.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from minikeras.saving import archive, legacy_h5, weights_h5
from minikeras.saving.errors import ModelFileError
from minikeras.saving.untrusted import reading
from minikeras.whole_file import write_whole

if TYPE_CHECKING:
    from minikeras.models import Sequential

Path = str | os.PathLike[str]

__all__ = ["ModelFileError", "load_model", "load_weights", "save_model", "save_weights"]


def save_model(model: Sequential, filepath: Path, overwrite: bool = True) -> None:
    """Write a model to a file: layers, weights, and how it was compiled and trained so far.

    ValueError, and nothing is written, for what a reader could not look up by name, such as an
    activation or loss of your own. FileExistsError if the file is there and `overwrite` is false.

    >>> import tempfile
    >>> from minikeras.layers import Dense
    >>> from minikeras.models import Sequential
    >>> model = Sequential([Dense(2, input_dim=3)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(model, f"{folder}/small.keras")
    ...     again = load_model(Sequential, f"{folder}/small.keras")
    >>> bool((again.get_weights()[0] == model.get_weights()[0]).all())
    True
    """
    name = os.fspath(filepath)
    if name.endswith(".weights.h5"):
        raise ValueError(
            f"a file such as {name!r} holds weights only: use save_weights, or end the name in "
            "'.keras' or '.h5' for the whole model"
        )
    write_whole(filepath, _form(filepath).writer(model), overwrite)


def load_model(
    make: type[Sequential],
    filepath: Path,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
) -> Sequential:
    """Return the model in a file of ours or of Keras; `make` is the class `Sequential`.

    `custom_objects` tells which classes and functions of your own stand behind which names.
    Without `compile` the model cannot train. `ModelFileError` for a file that is no such model.
    Example: see `save_model`.
    """
    form = archive if os.fspath(filepath).endswith(".keras") else legacy_h5
    with reading(filepath) as stream:
        model: Sequential = form.load(make, stream, custom_objects or {}, compile)
    return model


def save_weights(model: Sequential, filepath: Path, overwrite: bool = True) -> None:
    """Write the weights of a model to a file; to a `.keras` file, the whole model.

    A `.weights.h5` file also holds what the optimizer of a compiled model remembers.
    FileExistsError if the file is there and `overwrite` is false.

    >>> import tempfile
    >>> from minikeras.layers import Dense
    >>> from minikeras.models import Sequential
    >>> one, other = (Sequential([Dense(2, input_dim=3)]) for _ in range(2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(one, f"{folder}/small.weights.h5")
    ...     load_weights(other, f"{folder}/small.weights.h5")
    >>> bool((one.get_weights()[0] == other.get_weights()[0]).all())
    True
    """
    model.build()
    write_whole(filepath, _form(filepath).weights_writer(model), overwrite)


def load_weights(model: Sequential, filepath: Path, allow_compressed: bool = False) -> None:
    """Give a model the weights in a file of ours or of Keras, if all of them fit.

    If the model is compiled and the file tells what an optimizer like its own remembers, that too.
    `allow_compressed` reads arrays that another program has packed with gzip; a digest, which is
    that of the file before, is then not compared. `ModelFileError`, and the model stays as it is,
    where something does not fit. Example: see `save_weights`.
    """
    model.build()
    with reading(filepath) as stream:
        _form(filepath).load_weights(stream, model, allow_compressed)


def _form(filepath: Path) -> ModuleType:
    name = os.fspath(filepath)
    if name.endswith(".weights.h5"):
        return weights_h5
    return archive if name.endswith(".keras") else legacy_h5
