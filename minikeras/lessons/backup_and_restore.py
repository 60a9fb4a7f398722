"""BackupAndRestore: does a callback remember all that it needs to go on?"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from minikeras.callbacks import EarlyStopping
from minikeras.lab import PRESETS
from minikeras.lessons.verdict import Verdict, answers
from minikeras.testing.stand_in import StandIn, logs_of

Scores = Sequence[float]
RUNS: list[tuple[int, Scores]] = [  # patience, and the scores of the epochs
    (2, (3.0, 2.0, 4.0, 4.0, 1.0)),
    (3, (2.0, 3.0, 1.0, 3.0, 2.0, 1.0, 0.0)),
    (5, [score for score in PRESETS["second_valley"].scores if score is not None]),
]


def check_state(stop: Callable[[int], Any]) -> Verdict:
    """Check what `class Stop` remembers, whose object `Stop(patience)` watches `val_loss`.

    Each run is killed after each of its epochs but the last, and a new object goes on with the
    `state_dict` of the old one, by way of JSON. It has to end as if nothing had happened: after the
    same epoch, and with the weights of the best one.

    >>> check_state(EarlyStopping).case
    'ends(1, 2, (3.0, 2.0, 4.0, 4.0, 1.0))'
    """

    def ends(killed_after: int, patience: int, scores: Scores) -> dict[str, int]:
        model, first = StandIn(), stop(patience)
        _tell(first, model, scores[:killed_after], 0)
        state = json.loads(json.dumps(first.state_dict()))
        return _end(stop(patience), model, scores, killed_after, state)

    return answers("backup_and_restore", "ends", ends, _unbroken, _cases())


def _unbroken(killed_after: int, patience: int, scores: Scores) -> dict[str, int]:
    stopping = EarlyStopping(patience=patience, restore_best_weights=True)
    return _end(stopping, StandIn(), scores)


def _cases() -> list[tuple[int, int, Scores]]:
    return [
        (killed, patience, scores)
        for patience, scores in RUNS
        for killed in range(1, _unbroken(0, patience, scores)["last_epoch"])
    ]


def _end(
    callback: Any, model: StandIn, scores: Scores, first: int = 0, state: Any = None
) -> dict[str, int]:
    """Run the epochs from `first` on; return the last one and that of the weights, both from 1."""
    if state is not None:
        callback.load_state_dict(state)
    last = _tell(callback, model, scores[first:], first, state)
    callback.on_train_end({})
    return {"last_epoch": last, "weights_of": model.epoch + 1}


def _tell(callback: Any, model: StandIn, scores: Scores, first: int, state: Any = None) -> int:
    """Tell of a run that may go on, as `fit` does; return the last epoch, from 1."""
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin({})
    if state is not None:  # on_train_begin has begun anew
        callback.load_state_dict(state)
    for epoch, score in enumerate(scores, first):
        model.train(0, epoch)
        callback.on_epoch_end(epoch, logs_of(score))
        if model.stop_training:
            return epoch + 1
    return first + len(scores)
