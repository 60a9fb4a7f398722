"""A small Keras to read from end to end.

Each name is a room of the house; a room opens when you knock. So `import minikeras.callbacks`
works even where NumPy is not installed.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

ROOMS = (
    "activations",
    "backend",
    "callbacks",
    "datasets",
    "distribution",
    "initializers",
    "lab",
    "layers",
    "lessons",
    "loops",
    "losses",
    "metrics",
    "models",
    "monitor",
    "optimizers",
    "plotting",
    "regularizers",
    "saving",
    "testing",
    "utils",
)
DOORS = {  # a name, and the room it is in
    "Sequential": "models",
    "Input": "layers",
    "set_backend": "backend",
}


def __getattr__(name: str) -> object:
    if name in DOORS:
        return getattr(import_module(f"minikeras.{DOORS[name]}"), name)
    if name in ROOMS:
        return import_module(f"minikeras.{name}")
    raise AttributeError(f"minikeras has no room named {name!r}; there are: {', '.join(ROOMS)}")


def __dir__() -> list[str]:
    return sorted([*ROOMS, *DOORS, "__version__"])
