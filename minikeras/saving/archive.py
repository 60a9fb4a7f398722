"""What is in a `.keras` file? A zip of the model's description and its weights."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from minikeras.saving import from_keras, to_keras, weights_h5
from minikeras.saving.errors import within

if TYPE_CHECKING:
    from minikeras.models import Sequential
    from minikeras.saving.from_keras import Own
    from minikeras.saving.weights_h5 import Saved

CONFIG, WEIGHTS = "config.json", "model.weights.h5"


def to_bytes(model: Sequential) -> BytesIO:
    """Return the file of a model."""
    told = {**to_keras.model_config(model), "compile_config": to_keras.compile_config(model)}
    config = to_keras.to_json(told)
    image = BytesIO()
    with ZipFile(image, "w") as archive:  # stored as it is: weights hardly get smaller
        archive.writestr(ZipInfo("metadata.json"), '{"keras_version": "3.15.1"}')
        archive.writestr(ZipInfo(CONFIG), config)
        archive.writestr(ZipInfo(WEIGHTS), weights_h5.weights_to_bytes(model).getbuffer())
    return image


weights_to_bytes = to_bytes  # such a file always holds the whole model


def load(make: type[Sequential], stream: BinaryIO, own: Own, compiled: bool) -> Sequential:
    """Return the model in a file."""
    with within(CONFIG):
        config = from_keras.parsed(_member(stream, CONFIG))
        model = from_keras.build_model(make, config, own)
    if compiled:
        with within(f"{CONFIG}: compile_config"):
            from_keras.compile_model(model, config.get("compile_config"), own)
    weights_h5.restore(model, read_weights(stream, model))
    return model


def read_weights(stream: BinaryIO, model: Sequential) -> Saved:
    """Return the weights in a file, if they fit the model."""
    with within(WEIGHTS):
        return weights_h5.read_weights(BytesIO(_member(stream, WEIGHTS)), model)


def _member(stream: BinaryIO, name: str) -> bytes:
    try:
        with ZipFile(stream) as archive:
            return archive.read(name)
    except BadZipFile as error:
        raise ValueError(f"this is not a .keras file, which is a zip ({error})") from error
