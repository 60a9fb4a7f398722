"""Which curves are worth looking at? Ten of them, and what each one teaches."""

from __future__ import annotations

import math
from dataclasses import dataclass

Curve = tuple[float | None, ...]


@dataclass(frozen=True)
class Preset:
    """A score over epochs, its name in the logs, and the learning rate that training starts with.

    None is an epoch whose logs lack the score.

    >>> PRESETS["overfit"].scores[9], PRESETS["overfit"].name
    (0.26, 'val_loss')
    """

    scores: Curve
    name: str = "val_loss"
    lr: float = 0.1


def hundredths(text: str) -> Curve:
    """Read scores written in hundredths: `-` is a missing one, `46x4` four times 46.

    >>> hundredths("90 46x2 - nan")
    (0.9, 0.46, 0.46, None, nan)
    """
    scores: list[float | None] = []
    for word in text.split():
        value, _, times = word.partition("x")
        scores += [_score(value)] * int(times or 1)
    return tuple(scores)


def _score(word: str) -> float | None:
    if word == "-":
        return None
    return math.nan if word == "nan" else int(word) / 100


def written(scores: Curve) -> str:
    """Write a curve in hundredths, as it stands in an address: `-` is a missing score.

    >>> written((0.9, None, float("nan"), 0.255))
    '90_-_nan_25.5'
    """
    return "_".join(_word(score) for score in scores)


def _word(score: float | None) -> str:
    if score is None or not math.isfinite(score):
        return "-" if score is None else str(score)
    return f"{round(score * 100, 6):g}"


PRESETS = {
    "overfit": Preset(hundredths("90 70 56 46 39 34 30 28 27 26 27 28 30 31 33 36 38 41 44 47")),
    "zigzag": Preset(hundredths("68 59 57 60 58 60 56 58 57 59 55 57 56 58 57 54 56 55 57 56")),
    "second_valley": Preset(
        hundredths("80 62 50 44 42 43 45 44 43 43 38 33 29 26 24 22 21 21 22 23")
    ),
    "crawl": Preset(tuple(score / 100 for score in range(60, 40, -1))),
    "plateau": Preset(hundredths("100 80 66 56 50 47 46x4 38 33 30 29x4 25 23 22x4 21")),
    "flat": Preset(hundredths("90 70 55 50x17")),
    "nan_first": Preset(hundredths("nan 90 70 55 46 40 36 33 31 30 29 29 30 31 32 33 34 35 36 37")),
    "gaps": Preset(hundredths("- 70 - 52 - 44 - 40 - 38 - 39 - 40 - 41 - 42 - 43")),
    "accuracy": Preset(
        hundredths("30 52 66 75 81 85 87 88 89 90 90 91 90 91 91 90 91 90 90 91"), "val_accuracy"
    ),
    "too_good": Preset(hundredths("90 40 15 5 2 1 0x9")),
}
