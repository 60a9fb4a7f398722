"""What would a teacher ask about a class, whether or not it obeys the laws?"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from minikeras.callbacks.callback import Callback
from minikeras.testing.law import Deed

LIBRARIES = ("keras", "minikeras", "tensorflow", "tf_keras")
HOOKS = [name for name in dir(Callback) if name.startswith("on_")]
MOST = 10


def remarks(implementation: Any) -> list[Deed]:
    """Return remarks on a class that is a library's own, and on hooks that nothing calls.

    >>> remarks(type("Stop", (), {"__module__": "kim", "on_epoch_ends": print}))
    [Deed(kind='misspelt', value='on_epoch_ends', note='on_epoch_end')]
    >>> remarks(Callback)
    [Deed(kind='not_own', value='minikeras', note='')]
    """
    if _library(implementation) in LIBRARIES:
        return [Deed("not_own", _library(implementation))]
    if not isinstance(implementation, type):
        return []
    own = [vars(kind) for kind in implementation.__mro__ if _library(kind) not in LIBRARIES]
    names = dict.fromkeys(name for names in own for name in names if name.startswith("on_"))
    return [_unknown(name) for name in names if name not in HOOKS][:MOST]


def _library(implementation: Any) -> str:
    return str(getattr(implementation, "__module__", "")).split(".")[0]


def _unknown(name: str) -> Deed:
    alike = get_close_matches(name, HOOKS, 1)
    return Deed("misspelt", name, alike[0]) if alike else Deed("no_hook", name)
