"""Can the callbacks serve a loop that is not ours? Yes: read own_loop.py first.

`loop` needs the standard library only; `TorchModel` and `SklearnModel` are what the callbacks see
of a model from PyTorch or scikit-learn, and open when you ask for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from minikeras.loops.own_loop import loop

if TYPE_CHECKING:
    from minikeras.loops.sklearn_model import SklearnModel
    from minikeras.loops.torch_model import TorchModel

__all__ = ["SklearnModel", "TorchModel", "loop"]
ROOMS = {"SklearnModel": "sklearn_model", "TorchModel": "torch_model"}


def __getattr__(name: str) -> object:
    if name in ROOMS:
        return getattr(import_module(f"minikeras.loops.{ROOMS[name]}"), name)
    raise AttributeError(f"minikeras.loops has no {name!r}; there are: {', '.join(__all__)}")
