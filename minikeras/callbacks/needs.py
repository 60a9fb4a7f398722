"""What does a callback need of its model?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

from minikeras.callbacks.callback import Callback


class RateHolder(Protocol):
    """What callbacks ask of an optimizer; `lr` will do in place of `learning_rate`."""

    learning_rate: float


class Trainable(Protocol):
    """All that callbacks ask of a model; each documents which of these it needs.

    A `types.SimpleNamespace` with these names will do. Weights are passed through, not looked into.
    """

    stop_training: bool
    optimizer: RateHolder

    def get_weights(self) -> Any: ...
    def set_weights(self, weights: Any) -> None: ...
    def save(self, filepath: str, overwrite: bool = True) -> None: ...
    def save_weights(self, filepath: str, overwrite: bool = True) -> None: ...


class TrainingState(Trainable, Protocol):
    """What BackupAndRestore asks as well: all that training depends on, in one file."""

    def save_backup(self, filepath: str, told: dict[str, Any]) -> None: ...
    def load_backup(
        self, filepath: str, check: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]: ...


class GraphNode(NamedTuple):
    """A box in the picture of a model; names of boxes inside a box share what is before `/`."""

    name: str
    kind: str
    shape: tuple[int | None, ...]  # None: the batch
    inputs: Sequence[str] = ()
    settings: Mapping[str, object] = {}


@runtime_checkable
class Drawable(Protocol):
    """What TensorBoard draws in its Graphs tab."""

    def graph_nodes(self) -> list[GraphNode]: ...


class Inspectable(Drawable, Protocol):
    """What TensorBoard asks for histograms, pictures and embeddings: arrays on the host."""

    def weights_by_name(self) -> dict[str, Any]: ...
    def gradients_by_name(self, data: Any, batch_size: int) -> dict[str, Any]: ...
    def outputs_by_layer(
        self, x: Any, batch_size: int, names: Sequence[str] | None = None
    ) -> dict[str, Any]: ...
    @property
    def embeddings(self) -> list[str]: ...


def model_of(callback: Callback, *names: str) -> Any:
    """Return the model of a callback that has all of `names`, or say what is missing.

    >>> model_of(Callback(), "get_weights")
    Traceback (most recent call last):
    ...
    RuntimeError: Callback needs a model with get_weights: call set_model(model) first
    """
    model, owner = callback.model, type(callback).__name__
    if model is None:
        listed = " and ".join(names) or "stop_training"
        raise RuntimeError(f"{owner} needs a model with {listed}: call set_model(model) first")
    for name in names:
        if not hasattr(model, name):
            raise RuntimeError(
                f"{owner} needs a model with {name}, which this {type(model).__name__} lacks"
            )
    return model
