"""Callbacks, in the order to read them. They need the standard library only."""

from __future__ import annotations

from minikeras.callbacks.base_logger import BaseLogger
from minikeras.callbacks.callback import Callback
from minikeras.callbacks.callback_list import CallbackList
from minikeras.callbacks.history import History
from minikeras.callbacks.progbar_logger import ProgbarLogger

__all__ = ["BaseLogger", "Callback", "CallbackList", "History", "ProgbarLogger"]
