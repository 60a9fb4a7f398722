"""Does everything begin as in Keras, where nothing else is said?"""

import inspect
from operator import attrgetter

import pytest

from minikeras import activations, initializers, layers, losses, metrics, optimizers, regularizers
from minikeras.optimizers import schedules

ROOMS = {
    "layers": layers.CLASSES,
    "optimizers": optimizers.CLASSES,
    "optimizers.schedules": schedules.CLASSES,
    "losses": losses.CLASSES | losses.FUNCTIONS,
    "metrics": metrics.CLASSES | metrics.FUNCTIONS,
    "activations": activations.KNOWN,
    "initializers": initializers.KNOWN,
    "regularizers": regularizers.KNOWN,
}
THINGS = {
    f"{room}.{thing.__name__}": thing for room, table in ROOMS.items() for thing in table.values()
}
REQUIRED = {
    "InputLayer": ((4,),),
    "Dense": (2,),
    "Activation": ("relu",),
    "Dropout": (0.5,),
    "Embedding": (4, 2),
}

OTHER_DEFAULTS = {
    ("metrics.AUC", "name"): "Keras says None, and makes the name auc of it",
    ("regularizers.l1_l2", "l1"): "Keras 2's: the name alone, 'l1_l2', already penalizes",
    ("regularizers.l1_l2", "l2"): "as l1",
}


def settings(thing):
    """Return what can be passed to it, but for **others."""
    parameters = inspect.signature(thing).parameters.values()
    return {p.name: p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}


@pytest.mark.parametrize("path", THINGS)
def test_a_default_is_the_default_of_keras(keras, path):
    ours, theirs = settings(THINGS[path]), settings(attrgetter(path)(keras))
    for name in ours.keys() & theirs.keys():
        same = ours[name].default == theirs[name].default
        assert same != ((path, name) in OTHER_DEFAULTS), name


@pytest.mark.parametrize("path", THINGS)
def test_what_is_passed_by_place_is_what_keras_takes_there(keras, path):
    ours, theirs = settings(THINGS[path]), list(settings(attrgetter(path)(keras)))
    by_place = [name for name, p in ours.items() if p.kind is not p.KEYWORD_ONLY]
    assert by_place == theirs[: len(by_place)]


@pytest.mark.parametrize("room", ["layers", "metrics"])
def test_a_thing_without_a_name_is_called_as_in_keras(keras, room):
    keras.utils.clear_session()  # or it counts on: dense_7
    for name, make in ROOMS[room].items():
        if isinstance(make, type):
            required = REQUIRED.get(name, ())
            theirs = getattr(getattr(keras, room), name)(*required)
            assert make(*required).name == theirs.name
