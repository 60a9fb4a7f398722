"""What goes on inside a model? Its weights, gradients and outputs by name, and how they connect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from minikeras.backend import Array, Host
from minikeras.callbacks.needs import GraphNode
from minikeras.data import Batch
from minikeras.intake import Intake
from minikeras.layers import Embedding, Layer
from minikeras.losses import Loss
from minikeras.steps import penalized
from minikeras.storable import Storable


class Inspectable(Storable):
    """What every model here shows of its inside. Looking changes nothing, not even randomness."""

    layers: list[Layer]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place."""
        if index is not None:
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = ", ".join(layer.name for layer in self.layers)
        raise ValueError(f"there is no layer named {name!r}; there are: {names}")

    def weights_by_name(self) -> dict[str, Host]:
        """Return copies of the weights, as `dense/kernel`."""
        self.build()
        return {
            f"{layer.name}/{parameter.name}": np.array(self.backend.to_host(parameter.value))
            for layer in self.layers
            for parameter in layer.parameters
        }

    def outputs_by_layer(
        self, x: Any, batch_size: int = 32, names: Sequence[str] | None = None
    ) -> dict[str, Host]:
        """Return what each layer (or those in `names`) makes of x, as it does in `predict`.

        ValueError for a name that no layer has, and for an x that does not fit.
        """
        wanted = [layer.name for layer in self.layers] if names is None else list(names)
        found: dict[str, list[Host]] = {self.get_layer(name).name: [] for name in wanted}
        for batch in self._batches(None, (x, None, None), batch_size):
            y: Array = batch.x
            with np.errstate(all="ignore"):  # as in training
                for layer in self.layers:
                    y, _ = layer.forward(y)
                    if layer.name in found:
                        found[layer.name].append(np.array(self.backend.to_host(y)))
        return {name: np.concatenate(chunks) for name, chunks in found.items()}

    def gradients_by_name(self, data: Any, batch_size: int = 32) -> dict[str, Host]:
        """Return the gradient of the mean loss over `data`, (x, y, sample_weight), by weight.

        It is that of `evaluate`'s loss, penalties included; frozen weights have none.
        """
        objective = self._objective("gradients_by_name")
        batches = self._batches(objective.loss, data, batch_size)
        sums = [np.zeros(p.shape) for p in self.trained]
        rows = 0
        for batch in batches:
            with np.errstate(all="ignore"):
                p, pullbacks = self.forward(batch.x)
                loss, dy = objective.value(batch, p, self.ends_in_softmax)
                # not `backward`, which stops at the first layer that the optimizer was built for
                for index in range(len(pullbacks) - 1, -1, -1):
                    dy = pullbacks[index](dy, index > 0)
                penalized(loss, self.trained, with_gradient=True)
            for total, parameter in zip(sums, self.trained, strict=True):
                total += batch.size * self.backend.to_host(parameter.grad)
            rows += batch.size
        names = {id(p): f"{layer.name}/{p.name}" for layer in self.layers for p in layer.parameters}
        return {
            names[id(p)]: (total / rows).astype(p.dtype)
            for p, total in zip(self.trained, sums, strict=True)
        }

    def graph_nodes(self) -> list[GraphNode]:
        """Return the layers and their weights as boxes, each with what flows into it."""
        self.build()
        taken = {layer.name for layer in self.layers}
        before = "input"
        while before in taken:
            before += "_"
        nodes = [GraphNode(before, "Input", (None, *(self.layers[0].input_shape or ())))]
        for layer in self.layers:
            weights = [GraphNode(f"{layer.name}/{p.name}", "Variable", p.shape)
                       for p in layer.parameters]  # fmt: skip
            shape, kind = (None, *(layer.output_shape or ())), type(layer).__name__
            name, inputs = f"{layer.name}/{kind}", [before, *(node.name for node in weights)]
            nodes += [*weights, GraphNode(name, kind, shape, inputs, layer.get_config())]
            before = name
        return nodes

    @property
    def embeddings(self) -> list[str]:
        """The names of the layers that look up vectors."""
        return [layer.name for layer in self.layers if isinstance(layer, Embedding)]

    def _batches(self, loss: Loss | None, data: Any, batch_size: int) -> Iterator[Batch]:
        intake = Intake(self, loss)
        columns = intake.columns(*data)
        return intake.batches(columns, batch_size, None).epoch()
