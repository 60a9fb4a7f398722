"""What is a model? A row of layers, each feeding the next, with all weights in one vector."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from minikeras import layers as known_layers
from minikeras.activations import softmax
from minikeras.backend import Array, Host, Shape, floatx, get_backend
from minikeras.checks import Fitting
from minikeras.inspectable import Inspectable
from minikeras.layers import Activation, Dense, Embedding, InputLayer, Layer
from minikeras.layers.layer import LayerPullback, check_name, fitting, shape_of
from minikeras.layers.parameters import Parameter, ParameterVector
from minikeras.losses import Loss
from minikeras.registry import Config
from minikeras.seeding import spawn_rng
from minikeras.summary import summary_html, summary_table


class Sequential(Inspectable):
    """Layers in a row: give them as a list, or one by one to `add`.

    The model is built, that is, gets its weights, when its input shape is known: from the first
    layer (`input_shape`, `input_dim` or an `Input` in front) or else from the first data. Where it
    computes and how precisely is chosen before: `set_backend`, `backend.set_floatx`.

    >>> from minikeras.layers import Dense
    >>> model = Sequential([Dense(8, activation="relu", input_dim=4), Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit([[0.0, 1.0, 2.0, 3.0]], [1.0], epochs=2, verbose=0)
    >>> history.epoch, model.count_params()
    ([0, 1], 49)
    """

    def __init__(self, layers: Iterable[Layer] | None = None, name: str | None = None) -> None:
        self.name = "sequential" if name is None else name
        check_name(self.name, "model")
        self.layers: list[Layer] = []
        self.backend, self.dtype, self.rng = get_backend(), floatx(), spawn_rng()
        self.vector: ParameterVector | None = None
        self._told: Shape | None = None
        if isinstance(layers, Layer):
            raise TypeError(f"layers is a list: write Sequential([{type(layers).__name__}(...)])")
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: Layer) -> None:
        """Put a layer at the end; an `Input` in front only tells the shape.

        A layer belongs to one model. Weights that exist already keep their values.
        """
        if not isinstance(layer, Layer):
            raise TypeError(f"add takes a layer, such as Dense(10), not {layer!r}")
        if isinstance(layer, InputLayer):
            if self.layers or self._told:
                raise ValueError("an Input stands before all layers, once")
            self._told = layer.input_shape
            return
        if layer.owner is not None:
            raise ValueError(
                f"the layer {layer.name!r} is already part of a model, and its weights lie in that "
                "model's vector; make a new one with type(layer).from_config(layer.get_config())"
            )
        self._name(layer)
        layer.owner, self.vector = self, None
        self.layers.append(layer)

    def _name(self, layer: Layer) -> None:
        taken = {other.name for other in self.layers}
        if layer.name in taken and layer.has_own_name:
            raise ValueError(f"there is already a layer named {layer.name!r} in this model")
        first, number = layer.name, 0
        while layer.name in taken:
            number += 1
            layer.name = f"{first}_{number}"

    # -- building ---------------------------------------------------------------------------------

    @property
    def built(self) -> bool:
        """Whether the weights exist."""
        return self.vector is not None

    @property
    def input_shape(self) -> Shape | None:
        """The shape of one row of x, without the batch axis; None while unknown."""
        return self._told or (self.layers[0].input_shape if self.layers else None)

    @property
    def output_shape(self) -> Shape:
        """The shape of one row of predictions."""
        shape = self._built().layers[-1].output_shape
        assert shape is not None
        return shape

    def connect(self, input_shape: Shape | None = None) -> list[Parameter]:
        """Let each layer learn what shape arrives; return all parameters, perhaps without values.

        `input_shape` is that of one row, (784,) or such, where the first layer was not told.
        """
        if not self.layers:
            raise ValueError("this model has no layers yet: add one, such as Dense(10)")
        shape = self.input_shape or input_shape
        if shape is None:
            raise ValueError(
                "this model does not know its input shape yet: give the first layer "
                "input_shape=(...), or call build((...)) or fit first"
            )
        shape = shape_of(shape, "input_shape")
        for layer in self.layers:
            if layer.input_shape not in (None, shape):
                raise ValueError(
                    f"the layer {layer.name!r} takes rows of shape {layer.input_shape}, but "
                    f"{shape} arrives"
                )
            if layer.takes_class_numbers and layer is not self.layers[0]:
                raise ValueError(f"the layer {layer.name!r} looks up numbers: it stands first")
            layer.build(shape)
            layer.backend, layer.rng = self.backend, self.rng
            assert layer.output_shape is not None
            shape = layer.output_shape
        return [p for layer in self.layers for p in layer.parameters]

    def build(
        self,
        input_shape: Shape | None = None,
        first: Callable[[Parameter], Host] | None = None,
    ) -> None:
        """Make the weights, unless they are there; `first` gives values, or else they are drawn."""
        if not self.built:
            parameters = self.connect(input_shape)
            first = first or (lambda parameter: parameter.initial(self.rng))
            self.vector = ParameterVector.lay_out(parameters, self.backend, self.dtype, first)

    def _built(self) -> Sequential:
        self.build()
        return self

    def fitting(self, loss: Loss | None) -> Fitting:
        first, shape = self._built().layers[0], self.layers[0].input_shape
        assert shape is not None
        vocabulary = first.input_dim if isinstance(first, Embedding) else None
        return Fitting(self.backend, self.dtype, shape, self.output_shape, vocabulary, loss)

    # -- what the loop asks for -------------------------------------------------------------------

    def forward(self, x: Array, training: bool = False) -> tuple[Array, list[LayerPullback]]:
        pullbacks = []
        for layer in self.layers:
            x, pullback = layer.forward(x, training)
            pullbacks.append(pullback)
        return x, pullbacks

    def backward(self, pullbacks: list[LayerPullback], dy: Array) -> None:
        last = self._first_trained  # what lies before has nothing to learn
        for index in range(len(pullbacks) - 1, last - 1, -1):
            dy = pullbacks[index](dy, index > last)

    @property
    def ends_in_softmax(self) -> bool:
        last: Any = self.layers[-1]
        return type(last) in (Dense, Activation) and last.activation is softmax

    @property
    def trained(self) -> list[Parameter]:
        """The parameters of all layers that are trainable."""
        return [p for layer in self.layers if layer.trainable for p in layer.parameters]

    def prepare_optimizer(self) -> None:
        vector = self._built().vector
        assert vector is not None
        trained = {id(p) for p in self.trained}
        learns = [i for i, layer in enumerate(self.layers) if layer.trainable and layer.parameters]
        self._first_trained = learns[0] if learns else len(self.layers)
        self.optimizer.build(vector, vector.spans({id(p) for p in vector.parameters} - trained))

    # -- weights ----------------------------------------------------------------------------------

    def get_weights(self) -> list[Host]:
        """Return copies of all weights, layer by layer, as NumPy arrays."""
        return [w for layer in self._built().layers for w in layer.get_weights()]

    def set_weights(self, weights: Sequence[Host]) -> None:
        """Replace all weights; ValueError, and nothing is changed, where a shape differs."""
        parameters = [p for layer in self._built().layers for p in layer.parameters]
        for parameter, new in zip(parameters, fitting(parameters, weights), strict=True):
            parameter.value[...] = self.backend.to_device(new)

    def count_params(self) -> int:
        """Return how many numbers the model can learn."""
        return sum(layer.count_params() for layer in self._built().layers)

    # -- as text ----------------------------------------------------------------------------------

    def summary(self, print_fn: Any = print) -> None:
        """Print a table of the layers, their output shapes and how much each can learn."""
        print_fn(summary_table(self._built().name, self.layers, self.dtype))

    def _repr_html_(self) -> str:
        """Return the summary for a notebook, also where no weights can be made yet."""
        if self.layers and self.input_shape is not None:
            self.build()
        return summary_html(self.name, self.layers, self.dtype)

    def get_config(self) -> Config:
        """Return name and layers as what JSON can hold; the weights are not in it."""
        first: list[Layer] = [] if self.input_shape is None else [InputLayer(self.input_shape)]
        return {
            "name": self.name,
            "layers": [
                {"class_name": type(layer).__name__, "config": layer.get_config()}
                for layer in first + self.layers
            ],
        }

    @classmethod
    def from_config(cls, config: Config) -> Sequential:
        """Make a model, with fresh weights, from what `get_config` returned."""
        layers = [known_layers.from_config(layer) for layer in config["layers"]]
        return cls(layers, name=config.get("name"))

    def to_json(self, **options: Any) -> str:
        """Return the config as JSON; `options` go to `json.dumps`."""
        return json.dumps({"class_name": "Sequential", "config": self.get_config()}, **options)


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
) -> Sequential:
    """Return the model in a file that minikeras or Keras wrote; with its optimizer's memory.

    `custom_objects` says what names of your own stand for. `compile=False` leaves out how it was
    compiled. `saving.ModelFileError`, a ValueError, for a file that holds no such model.

    >>> import tempfile
    >>> from minikeras.layers import Dense
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Sequential([Dense(2, input_dim=3)]).save(f"{folder}/small.keras")
    ...     load_model(f"{folder}/small.keras").output_shape
    (2,)
    """
    from minikeras import saving

    return saving.load_model(Sequential, filepath, custom_objects, compile)


def model_from_json(text: str) -> Sequential:
    """Make a model, with fresh weights, from what `to_json` returned.

    >>> from minikeras.layers import Dense
    >>> model_from_json(Sequential([Dense(2, input_dim=3)]).to_json()).output_shape
    (2,)
    """
    content = json.loads(text)
    if not isinstance(content, dict) or content.get("class_name") != "Sequential":
        raise ValueError("this JSON describes no Sequential model")
    return Sequential.from_config(content["config"])
