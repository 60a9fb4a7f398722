"""What can be set in the lab, what is it at first, and how far does each control reach?"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from minikeras.callbacks import (
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)

MODES = ("auto", "min", "max")
FILES = ("w.{epoch:02d}-{NAME:.2f}.h5", "w.{epoch:02d}.h5", "best.h5")  # NAME: the score's
SCHEDULES: dict[str, Callable[..., float]] = {
    "constant": lambda epoch: 0.1,
    "decay": lambda epoch, lr: lr * 0.9,
    "warm-up": lambda epoch, lr: 0.02 * (epoch + 1) if epoch < 5 else lr,
}
IN_CODE = {
    "constant": "lambda epoch: 0.1",
    "decay": "lambda epoch, lr: lr * 0.9",
    "warm-up": "lambda epoch, lr: 0.02 * (epoch + 1) if epoch < 5 else lr",
}
CALLBACKS: dict[str, Any] = {
    "es": EarlyStopping,
    "rlr": ReduceLROnPlateau,
    "lrs": LearningRateScheduler,
    "mc": ModelCheckpoint,
}
LONGEST_NAME = 40


@dataclass(frozen=True)
class Control:
    """Something that can be set: its key in the address, what it may be, and what it is at first.

    `kind` is "int", "float", "flag", "choice" or "text"; a float without a default may be empty.
    `low`, `high` and `step` are the reach of the page's control: an address may go beyond, and then
    the callback says what it thinks of it.
    """

    key: str
    kind: str
    default: Any
    low: float = 0
    high: float = 0
    step: float = 1
    options: tuple[str, ...] = ()

    @property
    def argument(self) -> str:
        return self.key.partition(".")[2]

    def read(self, text: str) -> Any:
        """Return the value that a text means; what means none is taken as the default.

        >>> Control("es.patience", "int", 0).read("3"), Control("es.patience", "int", 0).read("x")
        (3, 0)
        """
        if self.kind == "flag":
            return text in ("on", "1", "true", "True")
        if self.kind == "choice":
            return text if text in self.options else self.default
        if self.kind == "text":
            return text[:LONGEST_NAME] or self.default
        try:
            value = int(text) if self.kind == "int" else float(text)
            return value if math.isfinite(value) else self.default
        except (ValueError, OverflowError):
            return self.default

    def write(self, value: Any) -> str:
        """Return a value as it stands in an address."""
        if isinstance(value, bool):
            return "on" if value else "off"
        return f"{value:.12g}" if isinstance(value, float) else "" if value is None else str(value)


def _of(
    prefix: str, argument: str, kind: str, low: float = 0, high: float = 0, step: float = 1
) -> Control:
    """An argument of a callback, with the default that it has there."""
    default = inspect.signature(CALLBACKS[prefix]).parameters[argument].default
    default = float(default) if kind == "float" and default is not None else default
    return Control(f"{prefix}.{argument}", kind, default, low, high, step)


CONTROLS = {
    control.key: control
    for control in (
        Control("name", "text", "val_loss"),
        Control("mode", "choice", "auto", options=MODES),
        Control("lr", "float", 0.1, 0.01, 1, 0.01),
        _of("es", "patience", "int", 0, 12, 1),
        _of("es", "min_delta", "float", 0, 0.2, 0.01),
        _of("es", "baseline", "float", 0, 1, 0.01),
        _of("es", "restore_best_weights", "flag"),
        _of("es", "start_from_epoch", "int", 0, 15, 1),
        _of("es", "verbose", "int", 0, 1, 1),
        _of("rlr", "patience", "int", 0, 12, 1),
        _of("rlr", "factor", "float", 0.05, 0.95, 0.05),
        _of("rlr", "min_delta", "float", 0, 0.2, 0.01),
        _of("rlr", "cooldown", "int", 0, 8, 1),
        _of("rlr", "min_lr", "float", 0, 0.1, 0.005),
        _of("rlr", "verbose", "int", 0, 1, 1),
        Control("lrs.schedule", "choice", "decay", options=tuple(SCHEDULES)),
        Control("mc.filepath", "choice", FILES[0], options=FILES),
        _of("mc", "save_best_only", "flag"),
        _of("mc", "period", "int", 1, 8, 1),
        _of("mc", "verbose", "int", 0, 1, 1),
    )
}
