"""Where do things lie in the picture of a run?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from minikeras.lab.svg import HALO, Markup, Scale, element
from minikeras.lab.words import phrase

if TYPE_CHECKING:
    from minikeras.lab.run import Run

PLOT, TOP = 210.0, 22.0  # the height of the scores, and of what is above them
LEFT, RIGHT = 56.0, 18.0


@dataclass(frozen=True)
class Frame:
    """Where things lie."""

    run: Run
    lang: str
    width: float
    limits: tuple[float, float]

    @cached_property
    def y(self) -> Scale:
        return Scale(*self.limits, start=TOP + PLOT, end=TOP)

    @cached_property
    def gap(self) -> float:
        """From an epoch to the next."""
        return (self.width - LEFT - RIGHT) / max(1, len(self.run.scores))

    def x(self, epoch: float) -> float:
        """Return the middle of an epoch's column; epochs count from 1."""
        return LEFT + (epoch - 0.5) * self.gap

    @property
    def bottom(self) -> float:
        return TOP + PLOT

    @property
    def right(self) -> float:
        return self.width - RIGHT

    def word(self, name: str, **values: object) -> str:
        return phrase("picture", name, self.lang, **values)


def label(text: str, x: float, y: float, **how: object) -> Markup:
    return element("text", text, x=x, y=y, **{**HALO, **how})


def numeral(text: str, x: float, y: float, **how: object) -> Markup:
    return element("text", text, x=x, y=y, **{"text_anchor": "middle", "font_size": 12, **how})


def name_of(text: str, y: float) -> Markup:
    return element("text", text, x=LEFT - 10, y=y, text_anchor="end", font_size=12)
