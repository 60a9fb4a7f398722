"""What do callbacks do when they are told of a drawn curve?

The callbacks decide. Here they are told of each moment, one after the other as `fit` would, and
what that changed is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

from minikeras.callbacks import CallbackList, EarlyStopping
from minikeras.lab.presets import PRESETS, Preset
from minikeras.lab.run import Row, Run
from minikeras.lab.sentences import Change, Remark, at_begin, at_end, effects
from minikeras.testing.stand_in import StandIn

Scores = Sequence[float | None]
Logs = dict[str, float]
Saying = Callable[[Change], Iterable[Remark]]
Hook = Callable[..., None]


def replay(
    curve: str | Scores,
    *callbacks: Any,
    lr: float | None = None,
    name: str | None = None,
    beside: Mapping[str, Scores] | None = None,
) -> Run:
    """Tell callbacks of a curve, epoch by epoch, and return what they did and why.

    - `curve`: the name of a preset, or a list of scores; None is an epoch without one.
    - `lr`: the learning rate at first; by default that of the preset, 0.1.
    - `name`: what the score is called in the logs; by default as in the preset, `val_loss`.
    - `beside`: other numbers of the logs by name, a list for each. The `loss`, if there is one, is
      also told as the only batch of its epoch.

    The model is a stand-in that learns nothing: a drawn curve does not react to the learning rate.
    ValueError for a preset that there is not; what a callback raises comes through.

    >>> from minikeras.callbacks import EarlyStopping
    >>> run = replay([0.5, 0.25, 0.5, 0.75], EarlyStopping(patience=1))
    >>> run.stopped, run.rows[-1].epoch, run.rows[-1].wait, run.rows[-1].best
    (3, 3, 1, 0.25)
    """
    preset = preset_of(curve)
    name = name or preset.name
    told = {name: preset.scores, **(beside or {})}
    model, events = StandIn(preset.lr if lr is None else lr), CallbackList(callbacks)
    params = {"epochs": len(preset.scores), "steps": 1, "verbose": 0}
    events.set_params(params | {"do_validation": True, "metrics": list(told)})
    events.set_model(model)
    events.on_train_begin()
    watched, rows = _Watched(events, model), []
    for epoch in range(len(preset.scores)):
        if model.stop_training:
            break
        logs = {key: scores[epoch] for key, scores in told.items() if epoch < len(scores)}
        rows.append(watched.row(epoch, name, {k: v for k, v in logs.items() if v is not None}))
    stopped, last = len(rows) if model.stop_training else None, model.epoch
    afterwards = watched.end(preset.scores)
    restored = None if model.epoch == last else model.epoch + 1
    if rows:
        rows[-1] = replace(rows[-1], remarks=(*rows[-1].remarks, *afterwards))
    rate = float(model.optimizer.learning_rate)
    return Run(name, tuple(preset.scores), tuple(rows), stopped, restored, rate, callbacks)


def preset_of(curve: str | Scores) -> Preset:
    """Return a preset by its name, or make one of scores.

    >>> preset_of("nothing")
    Traceback (most recent call last):
    ...
    ValueError: there is no preset 'nothing'; there are: overfit, zigzag, second_valley, ...
    """
    if not isinstance(curve, str):
        return Preset(tuple(None if score is None else float(score) for score in curve))
    if curve not in PRESETS:
        raise ValueError(f"there is no preset {curve!r}; there are: {', '.join(PRESETS)}")
    return PRESETS[curve]


class _Watched:
    """The callbacks, and what is seen of them from epoch to epoch."""

    def __init__(self, callbacks: CallbackList, model: StandIn) -> None:
        self.callbacks, self.model = list(callbacks), model
        self.best_epochs: dict[int, int] = {}  # by the callback's place
        self.is_cut = False  # the last thing that happened to the rate

    def row(self, epoch: int, name: str, logs: Logs) -> Row:
        """Tell of an epoch as `fit` would, and return what came of it."""
        model, remarks, saves = self.model, [], len(self.model.saves)
        for place, callback in enumerate(self.callbacks):
            remarks += self._seen(place, epoch, {}, at_begin, callback.on_epoch_begin, epoch, {})
        rate = model.optimizer.learning_rate
        model.train(0, epoch)
        if "loss" in logs:
            remarks += self._batch(epoch, {"batch": 0, "size": 1, "loss": logs["loss"]})
        if model.stop_training:  # inside the epoch: then nothing is validated
            logs = {key: value for key, value in logs.items() if not key.startswith("val_")}
        score = logs.get(name)
        for place, callback in enumerate(self.callbacks):
            remarks += self._seen(place, epoch, logs, at_end, callback.on_epoch_end, epoch, logs)
        waits = [vars(callback)["wait"] for callback in self.callbacks if "wait" in vars(callback)]
        bests = [vars(callback)["best"] for callback in self.callbacks if "best" in vars(callback)]
        wait, best = next(iter(waits), None), next(iter(bests), None)
        saved = tuple(save.path for save in model.saves[saves:])
        return Row(epoch + 1, score, float(rate), wait, best, saved, tuple(remarks))

    def end(self, scores: Scores) -> list[Remark]:
        """Tell of the end: whose weights return, and what a stop gave away."""
        remarks = []
        for callback in self.callbacks:
            last, speaker = self.model.epoch, self._name(callback)
            callback.on_train_end({})
            if self.model.epoch != last:
                remarks.append(Remark("restored", {"epoch": self.model.epoch + 1}, speaker))
            if isinstance(callback, EarlyStopping) and callback.has_stopped:
                remarks += [
                    replace(missed, speaker=speaker) for missed in _missed(callback, scores)
                ]
        return remarks

    def _batch(self, epoch: int, logs: dict[str, Any]) -> list[Remark]:
        for callback in self.callbacks:
            callback.on_train_batch_begin(0, {"batch": 0, "size": 1})
        return [
            remark
            for place, callback in enumerate(self.callbacks)
            for remark in self._seen(
                place, epoch, {}, effects, callback.on_train_batch_end, 0, logs
            )
        ]

    def _seen(
        self, place: int, epoch: int, logs: Logs, say: Saying, hook: Hook, *told: Any
    ) -> list[Remark]:
        """Call a hook, and return what `say` has to say about what it changed."""
        callback, model = self.callbacks[place], self.model
        before = copy(callback) if say is at_end else callback
        rate = model.optimizer.learning_rate
        saves, was_stopped = len(model.saves), model.stop_training
        hook(*told)
        change = Change(
            before=before,
            after=callback,
            epoch=epoch + 1,
            score=logs.get(vars(callback).get("monitor", "")),
            best_epoch=self.best_epochs.get(place),
            old_rate=rate,
            new_rate=model.optimizer.learning_rate,
            saved=tuple(save.path for save in model.saves[saves:]),
            stops=model.stop_training and not was_stopped,
            undoes_cut=self.is_cut and model.optimizer.learning_rate > rate,
        )
        if vars(before).get("best") != vars(callback).get("best"):
            self.best_epochs[place] = epoch + 1
        if change.new_rate != rate:
            self.is_cut = say is at_end and change.new_rate < rate
        return [replace(remark, speaker=self._name(callback)) for remark in say(change)]

    def _name(self, callback: Any) -> str:
        return type(callback).__name__ if len(self.callbacks) > 1 else ""


def _missed(callback: EarlyStopping, scores: Scores) -> list[Remark]:
    """Tell of the best score that a stop gave away, if one of those not run is better."""
    found, best = None, callback.best
    for epoch, score in enumerate(scores[callback.stopped_epoch + 1 :], callback.stopped_epoch + 2):
        if score is not None and callback.improvement.beats(score, best):
            found, best = epoch, score
    return [Remark("missed", {"score": best, "epoch": found})] if found else []
