"""What can a description of a model say that it should not? Each entry changes a good one."""

from __future__ import annotations

import json
from collections.abc import Callable

from minikeras.saving.untrusted import LARGEST_JSON
from tests.hostile.files import CONFIG, parts

Change = Callable[[dict], object]


def dense(told: dict) -> dict:
    return told["config"]["layers"][1]["config"]


def row(**settings: object) -> Change:
    """Change what is said of a layer itself."""
    return lambda told: told["config"]["layers"][1].update(settings)


def setting(**settings: object) -> Change:
    """Change the settings of the first Dense."""
    return lambda told: dense(told).update(settings)


def first(**settings: object) -> Change:
    """Change the settings of the InputLayer."""
    return lambda told: told["config"]["layers"][0]["config"].update(settings)


def compiled(**settings: object) -> Change:
    return lambda told: told["compile_config"].update(settings)


def thing(name: object, /, **config: object) -> dict:
    return {"module": "keras", "class_name": name, "config": config, "registered_name": None}


def layers(*rows: object) -> Change:
    """Replace all layers but the InputLayer."""

    def change(told: dict) -> None:
        told["config"]["layers"][1:] = rows

    return change


def sgd(**config: object) -> Change:
    return compiled(optimizer=thing("SGD", **config))


def function(name: object) -> dict:
    return {"module": "os", "class_name": "function", "config": name, "registered_name": name}


CODE = "4wEAAAAAAAAAAAAAAAEAAAADAAAA8wwAAACXAHwAZAF6BQAAUwCpAk7pAQAAAA=="  # marshalled
HUGE = 10**30
CONFIGS: dict[str, Change] = {
    # names
    "a class of another module": row(module="os", class_name="system"),
    "a class with a dotted path": row(class_name="os.system"),
    "a class in a registered name": row(class_name="Evil", registered_name="builtins>exec"),
    "a class that is no name": row(class_name=["Dense"]),
    "a class that is a number": row(class_name=5),
    "a class of nothing": row(class_name=None),
    "a class with a name of 60 KB": row(class_name="D" * 60_000),
    "a class with half a letter": row(class_name="\ud800"),
    "a Lambda with code": layers(thing("Lambda", function=[CODE, None, None])),
    "a Lambda with a function": layers(thing("Lambda", function=thing("__lambda__", code=CODE))),
    "a TFSMLayer of a file": layers(thing("TFSMLayer", filepath="/etc/passwd")),
    "a model in a model": lambda t: layers(json.loads(json.dumps(t)))(t),
    "an InputLayer in the middle": lambda t: layers(t["config"]["layers"][0])(t),
    "a model of another kind": lambda t: t.update(class_name="Functional"),
    "a model of no kind": lambda t: t.update(class_name=None),
    "an activation by path": setting(activation="os.system"),
    "an activation of a function": setting(activation=function("os.system")),
    "an activation of a class": setting(activation=thing("Dense", units=1)),
    "an activation in a function": setting(activation=function(thing("ReLU", max_value=1))),
    "an initializer that is a layer": setting(kernel_initializer=thing("Dense", units=3)),
    "an initializer that is an optimizer": setting(kernel_initializer="adam"),
    "an initializer in a function": setting(kernel_initializer=function(thing("Constant"))),
    "an initializer in an unknown mode": setting(
        kernel_initializer=thing("VarianceScaling", mode="fan_club")
    ),
    "an initializer with a number for a word": setting(
        kernel_initializer=thing("VarianceScaling", distribution=5)
    ),
    "a regularizer that is a loss": setting(kernel_regularizer=thing("MeanSquaredError")),
    "a regularizer of this Keras lacks": setting(kernel_regularizer=thing("OrthogonalRegularizer")),
    "a constraint": setting(kernel_constraint=thing("MaxNorm", max_value=2)),
    "an optimizer that is a layer": compiled(optimizer=thing("Dense", units=3)),
    "an optimizer that is a metric": compiled(optimizer=thing("AUC")),
    "an optimizer that is a list": compiled(optimizer=["sgd"]),
    "an optimizer in a wrapper": compiled(
        optimizer=thing("LossScaleOptimizer", inner=thing("SGD"))
    ),
    "a loss that is an optimizer": compiled(loss=thing("SGD")),
    "a loss that is a metric": compiled(loss=thing("AUC")),
    "a loss that is a function of os": compiled(loss=function("os.system")),
    "a loss that is a lambda": compiled(loss="<lambda>"),
    "a loss in a function": compiled(loss=function(thing("Huber"))),
    "a list of losses": compiled(loss=["mse"]),
    "a loss for each output": compiled(loss={"dense": "mse"}),
    "a loss that is a number": compiled(loss=5),
    "weights of losses": compiled(loss_weights=[1.0]),
    "a metric that is a loss alone": compiled(metrics=[thing("Poisson")]),
    "a metric that is a layer": compiled(metrics=[thing("Dense", units=1)]),
    "a metric that is a number": compiled(metrics=[5]),
    "a metric that is nothing": compiled(metrics=[None]),
    "metrics that are a word": compiled(metrics="mae"),
    "metrics that are an object": compiled(metrics={"mae": 1}),
    "metrics in lists": compiled(metrics=[["mae"]]),
    "101 metrics": compiled(metrics=[thing("AUC", name=f"a{i}") for i in range(101)]),
    "20,000 large metrics": compiled(metrics=[thing("AUC", num_thresholds=10**5)] * 20_000),
    # sizes
    "a billion units": setting(units=10**9),
    "more units than atoms": setting(units=HUGE),
    "no units": setting(units=0),
    "units below zero": setting(units=-1),
    "units as text": setting(units="5"),
    "units that are true": setting(units=True),
    "units with a fraction": setting(units=4.5),
    "units as a float": setting(units=1e9),
    "units that are null": setting(units=None),
    "units that are missing": lambda t: dense(t).pop("units"),
    "an embedding of 10^12 words": layers(thing("Embedding", input_dim=10**12, output_dim=10**6)),
    "a large batch shape": first(batch_shape=[None, HUGE]),
    "a shape of 100,000 axes": first(batch_shape=[None, *[HUGE] * 10_000]),
    "100,000 axes to flatten": lambda t: (
        first(batch_shape=[None, *[HUGE] * 10_000])(t),
        t["config"]["layers"].insert(1, thing("Flatten")),
    ),
    "an input shape of 10,000 axes": lambda t: t["config"]["layers"].__setitem__(
        0, thing("Flatten", input_shape=[9] * 10_000)
    ),
    "a shape without numbers": first(batch_shape=[None]),
    "a shape that is empty": first(batch_shape=[]),
    "a shape of text": first(batch_shape="None, 3"),
    "a shape of objects": first(batch_shape=[None, {}]),
    "a shape that is a number": first(batch_shape=3),
    "a shape below zero": first(batch_shape=[None, -3]),
    "an open axis": first(batch_shape=[None, None]),
    "1001 layers": layers(*[thing("Flatten") for _ in range(1001)]),
    "20,000 layers": layers(*[{"class_name": "Flatten", "config": {}} for _ in range(20_000)]),
    "no layers": lambda t: t["config"].update(layers=[]),
    "layers that are an object": lambda t: t["config"].update(layers={"0": {}}),
    "layers that are text": lambda t: t["config"].update(layers="Dense"),
    "layers that are null": lambda t: t["config"].update(layers=None),
    "a layer that is text": layers("Dense"),
    "a layer that is null": layers(None),
    "a layer without a config": lambda t: t["config"]["layers"][1].pop("config"),
    "a config that is a list": row(config=[["units", 4]]),
    "a model config that is text": lambda t: t.update(config="Sequential"),
    "a compile config that is a list": lambda t: t.update(compile_config=[1]),
    "a compile config that is text": lambda t: t.update(compile_config="sgd"),
    "half a billion thresholds": compiled(metrics=[thing("AUC", num_thresholds=5 * 10**8)]),
    # words
    "a name with a line break": setting(name="a\nb"),
    "a name with a zero": setting(name="a\0b"),
    "a name with a path": setting(name="../dense"),
    "a name that is empty": lambda t: t["config"].update(name=""),
    "a name that is a number": setting(name=5),
    "a name that is taken": setting(name="dropout"),
    "a metric with a name of 60 KB": compiled(metrics=["m" * 60_000]),
    "a name of 100,000 letters": setting(name="n" * 100_000),
    "a model name that is a list": lambda t: t["config"].update(name=["m"]),
    "a setting that nobody knows": setting(evil="os.system"),
    "a setting with a name of 60 KB": setting(**{"k" * 60_000: 1}),
    "a setting called self": setting(self=1),
    "a setting called common": setting(common={"units": 3}),
    "a setting of an underscore": setting(__class__="os"),
    "a seed of 4000 digits": lambda t: t["config"]["layers"][2]["config"].update(seed=10**3999),
    "a seed below zero": lambda t: t["config"]["layers"][2]["config"].update(seed=-1),
    "a rate of one": lambda t: t["config"]["layers"][2]["config"].update(rate=1.0),
    "a type of half precision": setting(dtype="float16"),
    "a type that is a list": setting(dtype=["float32"]),
    "a policy without a name": setting(dtype=thing("DTypePolicy")),
    "a policy that is quantized": setting(dtype=thing("QuantizedDTypePolicy", mode="int8")),
    "a learning rate as text": sgd(learning_rate="0.1"),
    "a learning rate that is true": sgd(learning_rate=True),
    "a learning rate below zero": sgd(learning_rate=-1.0),
    "a learning rate as a list": sgd(learning_rate=[0.1]),
    "a schedule that is a layer": sgd(learning_rate=thing("Dense", units=1)),
    "a schedule in a schedule": sgd(
        learning_rate=thing(
            "CosineDecay", decay_steps=3, initial_learning_rate=thing("CosineDecay")
        )
    ),
    "a schedule of no steps": sgd(
        learning_rate=thing("CosineDecay", initial_learning_rate=1.0, decay_steps=0)
    ),
    "averages of weights": sgd(use_ema=True),
}


# -- text that is no good JSON -----------------------------------------------------------------


def good() -> str:
    return parts()[CONFIG].decode()


def with_value(text: str) -> bytes:
    """Return the good description with this text as one more value in it."""
    return (good()[:-1] + f', "more": {text}}}').encode()


def twice(key: str, value: object) -> bytes:
    return (good()[:-1] + f', "{key}": {json.dumps(value)}}}').encode()


JSONS: dict[str, Callable[[], bytes]] = {
    "the same key twice": lambda: twice("config", {}),
    "the same key twice, deep inside": lambda: with_value('{"a": {"b": 1, "b": 1}}'),
    "not a number": lambda: with_value("NaN"),
    "infinity": lambda: with_value("-Infinity"),
    "a number that becomes infinity": lambda: with_value("1e999"),
    "a whole number of 5000 digits": lambda: with_value("9" * 5000),
    "a fraction of 5000 digits": lambda: with_value("-" + "9" * 5000 + ".5"),
    "a million digits": lambda: with_value("9" * 10**6),
    "depth 33": lambda: with_value("[" * 32 + "]" * 32),
    "depth 100,000": lambda: with_value("[" * 100_000 + "]" * 100_000),
    "depth 100,000 of objects": lambda: with_value('{"a":' * 100_000 + "1" + "}" * 100_000),
    "depth without an end": lambda: b"[" * 100_000,
    "half a letter": lambda: with_value('"\\ud800"'),
    "half a letter as a key": lambda: with_value('{"\\udfff": 1}'),
    "a string of 100,000 letters": lambda: with_value('"' + "a" * 100_000 + '"'),
    "a mark of byte order": lambda: b"\xef\xbb\xbf" + good().encode(),
    "UTF-16": lambda: good().encode("utf-16"),
    "UTF-32": lambda: good().encode("utf-32"),
    "Latin-1": lambda: with_value('"x"').replace(b'"x"', b'"\xe9"'),
    "letters too long": lambda: with_value('"x"').replace(b'"x"', b'"\xc0\x80"'),
    "3 MB of spaces": lambda: good().encode() + b" " * 3 * 10**6,
    "3 MB of nothing": lambda: with_value("[" + "[]," * 10**6 + "[]]"),
    "a list": lambda: b"[" + good().encode() + b"]",
    "a string": lambda: json.dumps(good()).encode(),
    "null": lambda: b"null",
    "nothing": lambda: b"",
    "Python": lambda: b"__import__('os').system('touch /tmp/evil')",
    "a comment": lambda: good().encode() + b" // really",
    "two objects": lambda: good().encode() * 2,
    "half of it": lambda: good().encode()[: len(good()) // 2],
    "a tab in a string": lambda: with_value('"\t"'),
}


def filled(begin: str, part: str, end: str) -> Callable[[], bytes]:
    """Return JSON that repeats a part as often as is allowed."""
    count = (LARGEST_JSON - len(good()) - 100) // len(part.encode())
    return lambda: with_value(begin + part * count + end)


COSTLY: dict[str, Callable[[], bytes]] = {  # good JSON that takes as much memory as any
    "empty objects": filled("[", "{},", "{}]"),
    "empty lists": filled("[", "[],", "[]]"),
    "small objects": filled("[", '{"a":1},', "{}]"),
    "lists of one": filled("[", "[5],", "[]]"),
    "fractions": filled("[", "0.1,", "1]"),
    "large letters": filled("[", f'"{"a" * 9999}\U0001f600",', "0]"),
    "keys": lambda: with_value("{" + "".join(f'"{i}":0,' for i in range(130_000)) + '"a":0}'),
}
