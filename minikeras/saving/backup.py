"""What does a run need to go on as if it had never stopped?

A `.weights.h5` file, and in it what Keras does not look at:

    backup/told         JSON: where chance stands, what metrics counted, what callbacks remember
    backup/0, 1, ...    the arrays in there, such as an EarlyStopping's best weights
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minikeras.backend import Host
from minikeras.saving import hdf5, weights_h5
from minikeras.saving.errors import within
from minikeras.saving.hdf5 import Group, Node, Writer
from minikeras.saving.untrusted import LARGEST_JSON, parsed, reading

if TYPE_CHECKING:
    from minikeras.models import Sequential

PLACE = "backup"
# what JSON lacks, or holds badly: the one key of an object that stands for it
ARRAY, LIST, FLOAT = "minikeras array", "minikeras list", "minikeras float"
LONG = 100  # numbers in a list that becomes an array: a history can be long
FLOATS = {float, np.float64, np.float32}
DEEPEST = 20  # levels of what is told; a reader takes a few more
LARGEST_INT = 10**39  # a reader takes 40 digits


def writer(model: Sequential, told: dict[str, Any]) -> Writer:
    """Return what writes a backup of a model, with `told`: JSON values, and arrays among them.

    TypeError for what could not be read again.
    """
    arrays: list[Host] = []
    running = [] if model.objective is None else model.objective.running.values()
    content = {
        "told": told,
        "order": model.order_seed,
        "generators": [rng.bit_generator.state for rng in _generators(model)],
        "counts": [None if m.counts is None else model.backend.to_host(m.counts) for m in running],
    }
    text = json.dumps(_packed(content, arrays, ())).encode()
    if len(text) > LARGEST_JSON:
        raise ValueError(
            f"what callbacks remember takes {len(text)} bytes, and a backup holds {LARGEST_JSON}, "
            "arrays and long lists of numbers aside"
        )

    def fill(file: Group) -> None:
        weights_h5.write(file, model)
        hdf5.write_arrays(file, PLACE, "", arrays)
        file[f"{PLACE}/told"] = np.frombuffer(text, np.uint8)

    image = hdf5.image(fill)
    return lambda file: file.write(image.getbuffer())


def load(
    model: Sequential, filepath: str, check: Callable[[dict[str, Any]], None]
) -> dict[str, Any]:
    """Give a model all that its backup holds, and return what else was told.

    Once all fits, `check(told)` is called; the model stays as it was if that raises an error, too.
    """
    objective, generators = model.objective, _generators(model)
    running = list(objective.running.values()) if objective else []
    with reading(filepath) as stream, hdf5.opened(stream) as file:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an error says it below
            saved = weights_h5.read(file, model)
        if saved.memory is None:
            raise ValueError(f"it is of another optimizer than {type(model.optimizer).__name__}")
        with within(PLACE):
            group = file.child(PLACE)
            content = _unpacked(parsed(group.array("told", None).read().tobytes()), group)
            told: dict[str, Any] = content["told"]
            order, states, counts = (content[key] for key in ("order", "generators", "counts"))
            np.random.default_rng(order)
            if len(generators) != len(states) or len(running) != len(counts):
                raise ValueError("it is of a model with other layers or metrics")
            for rng, state in zip(generators, states, strict=True):
                type(rng.bit_generator)().state = state  # a bad one fails here
            for metric, count in zip(running, counts, strict=True):
                shape = metric.count(np.zeros(1, bool), np.zeros(1)).shape
                if count is not None and count.shape != shape:
                    raise ValueError(f"it is of another {metric.name!r}, with other settings")
        check(told)
        saved.replace(model)
    model.order_seed = order
    for rng, state in zip(generators, states, strict=True):
        rng.bit_generator.state = state
    for metric, count in zip(running, counts, strict=True):
        metric.counts = None if count is None else model.backend.to_device(count)
    return told


def _packed(value: Any, arrays: list[Host], place: tuple[str, ...]) -> Any:
    """Return a value as JSON; arrays in it are put aside, NaN and infinities become words."""
    if isinstance(value, np.generic):
        value = value.item()
    tag = ARRAY
    if isinstance(value, list) and len(value) >= LONG and _are_alike(value):
        tag, value = LIST, np.asarray(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf" and value.dtype.itemsize <= 8:
        arrays.append(value)
        return {tag: len(arrays) - 1}
    if isinstance(value, float) and not math.isfinite(value):
        return {FLOAT: str(value)}
    if value is None or isinstance(value, str | float):
        return value
    if isinstance(value, int) and abs(value) < LARGEST_INT:
        return value
    if len(place) < DEEPEST:
        if isinstance(value, list | tuple):
            return [_packed(item, arrays, (*place, "...")) for item in value]
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return {key: _packed(item, arrays, (*place, key)) for key, item in value.items()}
    raise TypeError(
        f"{' > '.join(place)} is {value!r}, which a backup cannot hold: numbers, strings, None, "
        "arrays of numbers, and lists and dicts by name of these"
    )


def _unpacked(value: Any, group: Node) -> Any:
    """Undo `_packed`."""
    if isinstance(value, list):
        return [_unpacked(item, group) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {ARRAY}:
        return group.array(str(value[ARRAY]), None).read()
    if set(value) == {LIST}:
        return group.array(str(value[LIST]), None).read().tolist()
    if set(value) == {FLOAT}:
        return float(value[FLOAT])
    return {key: _unpacked(item, group) for key, item in value.items()}


def _are_alike(numbers: list[Any]) -> bool:
    """Whether an array holds the same numbers as a list, to the last bit."""
    kinds = set(map(type, numbers))
    return kinds <= FLOATS or (kinds == {int} and max(map(abs, numbers)) < 2**63)


def _generators(model: Sequential) -> list[np.random.Generator]:
    own = [layer.own_rng for layer in model.layers]
    return [model.rng, *(rng for rng in own if rng is not None)]
