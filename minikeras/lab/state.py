"""What is set in the lab? An address such as `preset=overfit&es.patience=3`, read and written."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from minikeras.lab.presets import PRESETS, Preset, written
from minikeras.lab.settings import CALLBACKS, CONTROLS, IN_CODE, SCHEDULES

MOST_EPOCHS, HIGHEST = 60, 1e6


@dataclass(frozen=True)
class State:
    """All settings: which preset or whose points, which callbacks are on, and every control.

    >>> state = State.of("preset=zigzag&es.patience=3")
    >>> state.on, state.values["es.patience"], state.code
    (('es',), 3, ['EarlyStopping(patience=3)'])
    """

    preset: str
    curve: Preset  # that one, or with other scores where points were moved
    show: str  # the callback whose controls are open, "" in the whole lab
    on: tuple[str, ...]
    values: dict[str, Any]

    @classmethod
    def of(cls, text: str) -> State:
        """Read an address; what is not understood there is left out.

        A callback is on if it is shown or one of its arguments is named, unless `es=off` says so.
        An argument without `es.` before it is one of the callback that is shown.
        """
        given = dict(parse_qsl(text.removeprefix("?"), keep_blank_values=True))
        names = {callback.__name__: prefix for prefix, callback in CALLBACKS.items()}
        shown = names.get(given.get("show", ""), "")
        given |= {f"{shown}.{key}": value for key, value in given.items() if shown}
        schedule = given.get("lrs", "").replace("warmup", "warm-up")
        given |= {"lrs.schedule": schedule} if schedule in SCHEDULES else {}
        on = []
        for prefix in CALLBACKS:
            is_named = any(f"{prefix}." in key and key in CONTROLS for key in given)
            said = given.get(prefix, "on" if is_named or prefix == shown else "off")
            if said not in ("off", "none", "0"):
                on.append(prefix)
        preset = given.get("preset", "")
        preset = preset if preset in PRESETS else "overfit"
        points, curve = _points(given.get("curve", "")), PRESETS[preset]
        curve = replace(curve, scores=points) if points else curve
        defaults = {"name": curve.name, "lr": curve.lr}
        values = {
            key: control.read(given[key]) if key in given else defaults.get(key, control.default)
            for key, control in CONTROLS.items()
        }
        return cls(preset, curve, CALLBACKS[shown].__name__ if shown else "", tuple(on), values)

    @property
    def is_moved(self) -> bool:
        """Whether points are elsewhere than in the preset."""
        return written(self.curve.scores) != written(PRESETS[self.preset].scores)

    @property
    def text(self) -> str:
        """The state as an address, in which nothing stands that is so by default.

        >>> State.of("es.patience=3&show=EarlyStopping&lr=0.1&x=y").text
        'preset=overfit&show=EarlyStopping&es.patience=3'
        """
        told = {"preset": self.preset}
        told |= {"curve": written(self.curve.scores)} if self.is_moved else {}
        told |= {"show": self.show} if self.show else {}
        defaults = {"name": self.curve.name, "lr": self.curve.lr}
        named = {
            key: CONTROLS[key].write(value)
            for key, value in self.values.items()
            if value != defaults.get(key, CONTROLS[key].default)
        }
        for prefix, callback in CALLBACKS.items():
            by_itself = callback.__name__ == self.show or any(f"{prefix}." in key for key in named)
            if by_itself != (prefix in self.on):
                told[prefix] = "on" if prefix in self.on else "off"
        return urlencode(told | named, safe="{}:")

    @property
    def callbacks(self) -> list[Any]:
        """The callbacks that are on, made anew; what they raise for an argument comes through."""
        return [CALLBACKS[prefix](**self._arguments(prefix)) for prefix in self.on]

    @property
    def code(self) -> list[str]:
        """The callbacks as one writes them in Python, defaults left out."""
        return [self._code(prefix) for prefix in self.on]

    def _arguments(self, prefix: str) -> dict[str, Any]:
        if prefix == "lrs":
            return {"schedule": SCHEDULES[self.values["lrs.schedule"]]}
        own = {
            c.argument: self.values[key]
            for key, c in CONTROLS.items()
            if key[: key.find(".")] == prefix
        }
        if prefix == "mc":
            own["filepath"] = own["filepath"].replace("NAME", self.values["name"])
        return {"monitor": self.values["name"], "mode": self.values["mode"], **own}

    def _code(self, prefix: str) -> str:
        callback = CALLBACKS[prefix]
        if prefix == "lrs":
            return f"LearningRateScheduler({IN_CODE[self.values['lrs.schedule']]})"
        usual = inspect.signature(callback).parameters
        given = {k: v for k, v in self._arguments(prefix).items() if v != usual[k].default}
        return f"{callback.__name__}({', '.join(f'{k}={v!r}' for k, v in given.items())})"


def _points(text: str) -> tuple[float | None, ...]:
    """Read what `written` wrote; nothing where a word is no score, NaN or `-`."""
    if not text:
        return ()
    scores: list[float | None] = []
    for word in text.split("_")[:MOST_EPOCHS]:
        try:
            scores.append(None if word == "-" else float(word) / 100)
        except ValueError:
            return ()
    return (
        () if any(score is not None and abs(score) > HIGHEST for score in scores) else tuple(scores)
    )
