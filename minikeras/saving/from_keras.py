"""What does Keras's description of a model mean here?

Names mean what stands in our tables, or in the caller's `custom_objects`; nothing is imported on
the word of a file.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from minikeras import initializers, layers, losses, optimizers, registry, regularizers
from minikeras.metrics import per_row, running
from minikeras.optimizers import schedules
from minikeras.registry import Config
from minikeras.saving.errors import within
from minikeras.saving.untrusted import MOST_LAYERS, MOST_METRICS

if TYPE_CHECKING:
    from minikeras.models import Sequential

Own = Mapping[str, Any]  # custom_objects
PARTS: dict[str, Mapping[str, Any]] = {  # settings that are objects, by the end of their names
    "activation": {},
    "initializer": initializers.KNOWN,
    "regularizer": regularizers.KNOWN,
    "rate": schedules.CLASSES,
}
# settings of Keras that ours lack: those that tell us nothing, and values that change nothing
UNREAD = ("dtype", "name", "ema_momentum", "jit_compile")
TYPES: dict[str, list[type]] = {  # what JSON says where our code asks for this
    "bool": [bool],
    "int": [int],
    "float": [float, int],
    "str": [str],
    "None": [type(None)],
    "Sequence[int]": [list],
    "Config": [dict],
    "Initializer": [dict],
    "Regularizer": [dict],
    "Schedule": [dict],
}
MOST_AXES = 32
USUAL = {
    "axis": -1,
    "data_format": "channels_last",
    "k": 5,
    "reduction": "sum_over_batch_size",
    "summation_method": "interpolation",
    "threshold": 0.5,
}


def _named(function: Callable[..., Any]) -> Callable[..., str]:
    known = [name for name in FUNCTIONS if FUNCTIONS[name] is function]
    return lambda name="": name if name in known else known[0]


FUNCTIONS: dict[str, Callable[..., Any]] = {**losses.FUNCTIONS, **per_row.FUNCTIONS}
CLASSES_OF = {"kl_divergence": "KLDivergence", "huber": "Huber"}  # which Keras 2 has by class only
KERAS_2 = {"kullback_leibler_divergence": "kl_divergence", "huber_loss": "huber"}  # its names


def _auc(
    num_thresholds: int = 200,
    curve: Literal["ROC", "PR"] = "ROC",
    name: str = "auc",
    thresholds: Any = None,
) -> running.AUC:
    """Make an AUC. Keras 2 lists its thresholds as well; ours are evenly spread."""
    auc = running.AUC(num_thresholds, curve, name=name)
    if thresholds not in (None, auc.thresholds[1:-1]):
        raise ValueError(
            "the thresholds of an AUC are evenly spread here; in the file they are not"
        )
    return auc


METRICS: Mapping[str, Any] = {  # what Keras has as classes may be functions here, with fixed names
    name.title().replace("_", "").replace("KlD", "KLD"): _named(function)
    for name, function in FUNCTIONS.items()
} | {**running.CLASSES, "AUC": _auc}


def connected_model(make: type[Sequential], told: Config, own: Own) -> Sequential:
    """Return a model from its description; its layers know their shapes, but have no weights."""
    registry.look_up("kind of model", _part(told, "class_name", str), {"Sequential": make})
    config, rows, dtypes = _part(told, "config", dict), [], set()
    told_layers = _part(config, "layers", list)
    if len(told_layers) > MOST_LAYERS:
        raise ValueError(f"it has {len(told_layers)} layers; at most {MOST_LAYERS} are read")
    for number, row in enumerate(told_layers):
        with within(f"layers[{number}]"):
            if _part(row, "class_name", str) != "InputLayer":  # its numbers may be of another type
                dtypes |= _dtypes(_part(row, "config", dict))
            rows.append(_layer(row, own))
    if len(dtypes) > 1:
        raise ValueError(f"its layers compute in {sorted(dtypes)}, but a model here in one of them")
    model = make(rows, name=_part(config, "name", str))
    model.dtype = next(iter(dtypes), model.dtype)
    shape = config.get("build_input_shape")
    model.connect(None if shape is None else _axes(shape)[1:])
    return model


def compile_model(model: Sequential, told: Config | None, own: Own) -> None:
    """Compile a model as it was; not at all where the file names no loss."""
    if told is None or (isinstance(told, dict) and told.get("loss") is None):
        return
    _part(told, "loss", object)
    metrics = _part(told, "metrics", list) if told.get("metrics") else []
    if len(metrics) > MOST_METRICS:
        raise ValueError(f"it has {len(metrics)} metrics; at most {MOST_METRICS} are read")
    for key in ("loss_weights", "weighted_metrics", "sample_weight_mode"):
        if told.get(key):
            raise ValueError(f"{key}={told[key]!r} is not known here; pass compile=False")
    optimizer = told.get("optimizer") or told.get("optimizer_config")
    if not optimizer:
        warnings.warn(
            "the file names no optimizer (Keras 3 loses it where it has saved an .h5 file before): "
            "compiled with 'rmsprop', Keras's default; call compile to choose another",
            stacklevel=2,
        )
    model.compile(
        _object("optimizer", optimizer or "rmsprop", optimizers.KNOWN, own),
        _object("loss", _by_name(told["loss"]), losses.CLASSES, own),
        [_object("metric", metric, METRICS, own) for metric in metrics],
    )


def _by_name(loss: Any) -> Any:
    """Return the name of a loss that is a function here, and a class in Keras 2: see legacy_h5."""
    config = loss.get("config") if isinstance(loss, dict) else None
    name = config.get("name") if isinstance(config, dict) and set(config) == {"name"} else None
    return name if name in CLASSES_OF else loss


def _layer(row: Config, own: Own) -> layers.Layer:
    config = dict(_part(row, "config", dict))
    for key in ("batch_shape", "batch_input_shape"):
        if (shape := config.pop(key, None)) is not None:
            config["input_shape"] = list(_axes(shape)[1:])  # without the batch
    for key in {"input_shape", "shape"} & set(config):
        _axes(config[key])
    layer: layers.Layer = _made("layer", row["class_name"], config, layers.CLASSES, own)
    return layer


def _object(kind: str, value: Any, table: Mapping[str, Any], own: Own) -> Any:
    """Return what `{"class_name": ..., "config": ...}` stands for; names of ours stay names."""
    if isinstance(value, dict):
        name = _part(value, "class_name", str)
        if name != "function":
            return _made(kind, name, _part(value, "config", dict), table, own)
        value = _part(value, "config", str)
    if not isinstance(value, str):
        return value
    return own.get(value, KERAS_2.get(value, value))


def _made(kind: str, name: str, config: Config, table: Mapping[str, Any], own: Own) -> Any:
    make = registry.look_up(kind, name, {**table, **own})
    known, settings = _arguments(make), {}
    if name == "Adagrad" and "decay" in config:  # it is Keras 2's, whose sums begin at 0
        config = {"initial_accumulator_value": 0.0, **config}
    for key, value in config.items():
        part = key.rpartition("_")[2]
        if key == "distribution" and value == "normal":  # the name in Keras 2
            value = "truncated_normal"
        if key in known:
            _check_type(value, known[key], key)
            settings[key] = _object(part, value, PARTS[part], own) if part in PARTS else value
        elif key not in UNREAD and value not in (None, USUAL.get(key, False)):
            raise ValueError(f"{name} has no setting {key!r} here, and the file says {value!r}")
    try:
        return make(**settings)
    except TypeError as error:
        raise ValueError(f"{name} cannot be made ({error})") from error


def _arguments(make: Callable[..., Any]) -> dict[str, str]:
    """Return what a class, with those it inherits from, or a function takes, and of which type."""
    classes = getattr(make, "__mro__", [make, object])[:-1]  # without `object`
    made_by = [vars(c).get("__init__", make) for c in classes]
    return {
        name: str(argument.annotation)
        for function in reversed(made_by)
        for name, argument in inspect.signature(function).parameters.items()
        if name != "self" and argument.kind is not argument.VAR_KEYWORD
    }


def _check_type(value: Any, annotation: str, key: str) -> None:
    """Compare what JSON gave with a type that it can have, such as `int | None`."""
    if annotation.startswith("Literal["):
        choice = re.findall(r"'(\w+)'", annotation)
        if value not in choice:
            raise ValueError(f"{key!r} is one of {choice}, and the file says {value!r}")
    wanted = annotation.split(" | ")
    if set(wanted) <= set(TYPES) and type(value) not in [t for w in wanted for t in TYPES[w]]:
        raise ValueError(f"{key!r} is of type {annotation}, and the file says {value!r}")


def _dtypes(config: Config) -> set[Any]:
    told = config.get("dtype")
    name = _part(_part(told, "config", dict), "name", str) if isinstance(told, dict) else told
    if name not in (None, "float32", "float64"):
        raise ValueError(f"it computes in {name!r}; here are 'float32' and 'float64'")
    return {name} - {None}


def _part(told: Any, key: str, kind: type) -> Any:
    """Return what stands under a key, if this is an object of JSON and has something like that."""
    if not isinstance(told, dict) or key not in told:
        raise ValueError(f"an object with the key {key!r} was expected, not {told!r}")
    if not isinstance(told[key], kind):
        raise ValueError(f"{key!r} is of type {kind.__name__}, and the file says {told[key]!r}")
    return told[key]


def _axes(shape: Any) -> tuple[Any, ...]:
    """Return a shape, whose numbers are for others to check."""
    if not isinstance(shape, list) or not 0 < len(shape) <= MOST_AXES:
        raise ValueError(f"a shape is a list of at most {MOST_AXES} numbers, not {shape!r}")
    return tuple(shape)
