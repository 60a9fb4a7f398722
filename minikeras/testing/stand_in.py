"""What is a callback tried on? A model that is no model, and a fit that trains nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

KEY = "val_loss"


class Optimizer:
    """An optimizer that has nothing but a learning rate, under both of its names."""

    def __init__(self, rate: float) -> None:
        self.learning_rate = rate

    @property
    def lr(self) -> float:
        return self.learning_rate

    @lr.setter
    def lr(self, rate: float) -> None:
        self.learning_rate = rate


class Save(NamedTuple):
    """A call of `save` or `save_weights`, and the epoch whose weights were saved."""

    method: str
    path: str
    epoch: int


class StandIn:
    """Stands in for a model: its weights tell which epoch of which fit they are from.

    `weights` are the live ones, which training changes in place; `get_weights` copies them, as
    Keras does. With `is_in_place=False` training replaces the weights, and leaves old ones as they
    were. `epoch` is that of the weights; `saves` lists what was saved, `saved` the epochs of that,
    and `files` what each file holds.

    >>> model = StandIn()
    >>> model.train(fit=0, epoch=3)
    >>> model.save("best.h5")
    >>> model.get_weights(), model.epoch, model.files
    ([[0, 3]], 3, {'best.h5': 3})
    """

    def __init__(self, rate: float = 1.0, is_in_place: bool = True) -> None:
        self.stop_training, self.is_in_place = False, is_in_place
        self.optimizer = Optimizer(rate)
        self.weights = [[0, -1]]
        self.saves: list[Save] = []

    @property
    def epoch(self) -> int:
        return self.weights[0][1]

    @property
    def saved(self) -> list[int]:
        return [save.epoch for save in self.saves]

    @property
    def files(self) -> dict[str, int]:
        return {save.path: save.epoch for save in self.saves}

    def train(self, fit: int, epoch: int) -> None:
        self._hold([[fit, epoch]])

    def get_weights(self) -> list[list[int]]:
        return [list(weight) for weight in self.weights]

    def set_weights(self, weights: Sequence[Sequence[int]]) -> None:
        self._hold(weights)

    def _hold(self, weights: Sequence[Sequence[int]]) -> None:
        if not self.is_in_place:
            self.weights = [list(weight) for weight in weights]
        for mine, given in zip(self.weights, weights, strict=True):
            mine[:] = given

    def save(self, filepath: Any, overwrite: bool = True) -> None:
        self.saves.append(Save("save", str(filepath), self.epoch))

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        self.saves.append(Save("save_weights", str(filepath), self.epoch))


class Moment(NamedTuple):
    """What has just been told to a callback: the end of an epoch or, where that is None, of a fit.

    `logs` is the dict that the callback got.
    """

    fit: int
    epoch: int | None
    score: Any = None
    logs: dict[str, Any] | None = None


@dataclass(frozen=True)
class Manner:
    """How a callback is told of a series: in how many fits, and what else goes on.

    - `key`: the name of the score in the logs.
    - `fits`: so often the series passes, all through one object.
    - `before`: another series for the first of these fits.
    - `is_heeded`: training ends when `stop_training` is set, as in `fit`.
    - `is_by_name`: logs are given by keyword, and as None where the score is missing.
    - `is_beside`: a second object is told of the reversed series at the same time.
    - `is_stopped`: another callback sets `stop_training` before the last epoch's end is told.
    - `is_validated`: the callback's `params` say that the score is one of validation.
    """

    key: str = KEY
    fits: int = 1
    before: tuple[Any, ...] = ()
    is_heeded: bool = True
    is_by_name: bool = False
    is_beside: bool = False
    is_stopped: bool = False
    is_validated: bool = False

    def series(self, series: Sequence[Any]) -> list[Sequence[Any]]:
        """Return the series of each fit."""
        return [self.before or series, *[series] * (self.fits - 1)]


ONCE = Manner()


def tell(
    make: Callable[[], Any], model: Any, series: Sequence[Any], manner: Manner = ONCE
) -> Iterator[Moment]:
    """Make a callback, tell it of a series, and pause after each moment that can be looked at.

    Hooks that the callback does not have are left out.

    >>> from minikeras.callbacks import EarlyStopping
    >>> for moment in tell(EarlyStopping, model := StandIn(), [1.0, 2.0, 3.0]):
    ...     print(moment.epoch, model.stop_training)
    0 False
    1 True
    None True
    """
    callback = make()
    if not manner.is_beside:
        yield from fits(callback, model, series, manner)
        return
    other = fits(make(), StandIn(), series[::-1], Manner(manner.key, manner.fits))
    for moment, _ in zip(fits(callback, model, series, manner), _for_ever(other)):  # noqa: B905
        yield moment


def fits(
    callback: Any, model: Any, series: Sequence[Any], manner: Manner = ONCE, first: int = 0
) -> Iterator[Moment]:
    """Tell a callback of fits whose epochs have these scores, from number `first`."""
    for fit, scores in enumerate(manner.series(series)):
        model.stop_training = False
        introduce(callback, model, manner)
        call(callback, "on_train_begin", manner)
        for epoch, score in enumerate(scores, first):
            if model.stop_training and manner.is_heeded:
                break
            call(callback, "on_epoch_begin", manner, epoch)
            model.train(fit, epoch)
            logs = logs_of(score, manner.key)
            if manner.is_stopped and epoch == first + len(scores) - 1:
                model.stop_training = True
            told = None if manner.is_by_name and score is None else logs
            call(callback, "on_epoch_end", manner, epoch, logs=told)
            yield Moment(fit, epoch, score, logs)
        call(callback, "on_train_end", manner)
        yield Moment(fit, None)


def epochs(callback: Any, model: Any, series: Sequence[Any], first: int = 0) -> Iterator[int]:
    """Tell a callback of one fit, and give the numbers of its epochs as they end."""
    for moment in fits(callback, model, series, first=first):
        if moment.epoch is not None:
            yield moment.epoch


def run(callback: Any, series: Sequence[Any], rate: float = 1.0) -> StandIn:
    """Take a callback through one fit, and return the model that it was given."""
    model = StandIn(rate)
    for _ in epochs(callback, model, series):
        pass
    return model


def logs_of(score: Any, key: str = KEY) -> dict[str, Any]:
    """Return the logs of an epoch; a score of None is missing there."""
    return {"loss": 0.5} if score is None else {"loss": 0.5, key: score}


def introduce(callback: Any, model: Any, manner: Manner = ONCE) -> None:
    """Give a callback the model and what it may know of the fit."""
    validated = {"do_validation": True, "metrics": ["loss", manner.key]}
    if hasattr(callback, "set_params"):
        callback.set_params({"verbose": 0} | (validated if manner.is_validated else {}))
    if hasattr(callback, "set_model"):
        callback.set_model(model)
    else:
        callback.model = model


def call(callback: Any, hook: str, manner: Manner, *numbers: int, logs: Any = None) -> None:
    """Call a hook if the callback has it."""
    method = getattr(callback, hook, None)
    if method is None:
        return
    if manner.is_by_name:
        method(*numbers, logs=logs)
    else:
        method(*numbers, {} if logs is None else logs)


def _for_ever(moments: Iterator[Moment]) -> Iterator[Moment | None]:
    return itertools.chain(moments, itertools.repeat(None))
