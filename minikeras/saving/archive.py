"""What is in a `.keras` file? A zip of the model's description and its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from minikeras.saving import from_keras, to_keras, weights_h5
from minikeras.saving.errors import within
from minikeras.saving.hdf5 import Writer
from minikeras.saving.untrusted import parsed
from minikeras.saving.unzip import MEMBERS, member

if TYPE_CHECKING:
    from minikeras.models import Sequential

METADATA, CONFIG, WEIGHTS = MEMBERS


def writer(model: Sequential) -> Writer:
    """Return what writes the file of a model."""
    told = {**to_keras.model_config(model), "compile_config": to_keras.compile_config(model)}
    config, weights = to_keras.to_json(told), weights_h5.image(model)

    def write(file: BinaryIO) -> None:
        with ZipFile(file, "w") as archive:  # stored as it is: weights hardly get smaller
            archive.writestr(ZipInfo(METADATA), '{"keras_version": "3.15.1"}')
            archive.writestr(ZipInfo(CONFIG), config)
            archive.writestr(ZipInfo(WEIGHTS), weights.getbuffer())
        try:
            member(file, WEIGHTS)
        except (
            BadZipFile,
            ValueError,
        ) as error:  # ZipFile passes over an error of the first tell()
            raise OSError(f"the disk did not keep what was written ({error})") from error

    return write


weights_writer = writer  # such a file always holds the whole model


def load(
    make: type[Sequential], stream: BinaryIO, own: Mapping[str, Any], compiled: bool
) -> Sequential:
    """Return the model in a file."""
    with within(CONFIG):
        config = parsed(member(stream, CONFIG).read())
        model = from_keras.connected_model(make, config, own)
    if compiled:
        with within(f"{CONFIG}: compile_config"):
            from_keras.compile_model(model, config.get("compile_config"), own)
    with within(WEIGHTS), weights_h5.opened(member(stream, WEIGHTS), model) as saved:
        saved.begin(model)
    return model


def load_weights(stream: BinaryIO, model: Sequential, allow_compressed: bool) -> None:
    """Give a model the weights in a file, if they fit."""
    with within(WEIGHTS):
        weights_h5.load_weights(member(stream, WEIGHTS), model, allow_compressed)
