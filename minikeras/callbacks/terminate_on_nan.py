"""TerminateOnNaN: is the loss still a number?"""

from __future__ import annotations

import math

from minikeras.callbacks.callback import Callback, Logs
from minikeras.callbacks.needs import model_of


class TerminateOnNaN(Callback):
    """Stop before the next batch when a batch's loss is NaN or infinite, and say so.

    The step that led there has been taken: the weights are not rescued. Needs a model whose
    `stop_training` is heeded. Source: Keras 2.3's `TerminateOnNaN`.

    >>> from types import SimpleNamespace
    >>> terminating = TerminateOnNaN()
    >>> terminating.set_model(SimpleNamespace(stop_training=False))
    >>> terminating.on_batch_end(3, {"loss": math.nan})
    Batch 3: Invalid loss, terminating training
    >>> terminating.model.stop_training
    True
    """

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            print(f"Batch {batch}: Invalid loss, terminating training")
            model_of(self).stop_training = True
