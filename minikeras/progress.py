"""How far is it, how long will it take, and how good is it so far?

The text of a progress line is a pure function of numbers; `Line` knows how to show it on a
terminal, where it is redrawn in place, and elsewhere, where only the finished line is written.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO

from minikeras.averages import Averages

WIDTH = 30  # characters between the brackets
INTERVAL = 0.05  # seconds between two drawings: faster than an eye can read is waste


def progress_line(
    current: int,
    target: int | None,
    seconds: float,
    steps: int,
    values: Mapping[str, float],
    is_over: bool = False,
    width: int = WIDTH,
    unit: str = "step",
) -> str:
    """Return the progress line after `seconds` and `steps`; the time left unless it `is_over`.

    >>> progress_line(1313, 1313, 11.0, 1313, {"loss": 0.0835, "accuracy": 0.9752})
    '1313/1313 [==============================] - 11s 8ms/step - loss: 0.0835 - accuracy: 0.9752'
    >>> progress_line(10, 40, 5.0, 10, {"loss": 0.5})
    '10/40 [======>.......................] - ETA: 15s - loss: 0.5000'
    """
    if target is None:
        line = f"{current:7d}/Unknown"
    else:
        filled = int(width * min(current / max(target, 1), 1.0))
        tip = "" if filled == 0 else "=" if current >= target else ">"
        bar = "=" * (filled - 1) + tip + "." * (width - filled)
        line = f"{current:{len(str(target))}d}/{target} [{bar}]"
    if target is not None and 0 < current < target and not is_over:
        line += f" - ETA: {_duration(seconds / current * (target - current))}"
    elif current:
        line += f" - {seconds:.0f}s {_per(seconds / max(steps, 1))}/{unit}"
    return line + measures(values)


def measures(values: Mapping[str, float]) -> str:
    """Return the figures of a progress line.

    >>> measures({"loss": 0.25, "penalty": 0.00025})
    ' - loss: 0.2500 - penalty: 2.5000e-04'
    """
    return "".join(
        f" - {name}: {value:.4f}" if abs(value) > 1e-3 or value == 0 else f" - {name}: {value:.4e}"
        for name, value in values.items()
    )


def _duration(seconds: float) -> str:
    whole = int(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    if whole >= 60:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole}s"


def _per(seconds: float) -> str:
    if seconds >= 1.0:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


class Line:
    """A line of text that can be drawn again while it is unfinished, at most every `interval` s.

    Only a terminal shows unfinished text: a pipe, a file or a notebook gets no control characters.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        interval: float = INTERVAL,
    ) -> None:
        self.stream = sys.stdout if stream is None else stream
        self.is_live = self.stream.isatty()
        self.clock, self.interval = clock, interval
        self.start, self._last_drawn = clock(), float("-inf")
        self._length = 0  # characters of unfinished text on the screen

    def seconds(self) -> float:
        """Return how long ago this line began."""
        return self.clock() - self.start

    def is_due(self) -> bool:
        """Whether it is worth drawing now."""
        return self.is_live and self.clock() - self._last_drawn >= self.interval

    def draw(self, text: str) -> None:
        """Show unfinished text, once it is due, in place of the last, cut to the screen's width."""
        width = shutil.get_terminal_size().columns - 1
        self._write("\r" + text.ljust(self._length)[:width])
        self._length, self._last_drawn = min(len(text), width), self.clock()

    def finish(self, text: str) -> None:
        """Show the finished line, whole, in its place and begin a new one."""
        self._write(("\r" if self._length else "") + text.ljust(self._length) + "\n")
        self._length = 0

    def abandon(self) -> None:
        """Leave unfinished text standing and begin a new line."""
        if self._length:
            self._write("\n")
            self._length = 0

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


class Progbar:
    """A progress bar for a loop of your own.

    `target` is the number of steps, None if unknown; `verbose` is 0 silent, 1 a bar, 2 one line at
    the end. Values given to `update` are averaged over the steps since the last update, but for
    those named in `stateful_metrics`. Source: `keras.utils.Progbar`.

    >>> bar = Progbar(3, clock=lambda: 0.0)
    >>> for step in (1, 2, 3):
    ...     bar.update(step, [("loss", 1 / step)])
    3/3 [==============================] - 0s 0us/step - loss: 0.6111
    """

    def __init__(
        self,
        target: int | None,
        width: int = WIDTH,
        verbose: int = 1,
        interval: float = INTERVAL,
        stateful_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.target, self.width, self.verbose, self.unit_name = target, width, verbose, unit_name
        self.averages = Averages(stateful_metrics or ())
        self.line = Line(stream, clock, interval)
        self.seen = 0

    def update(
        self,
        current: int,
        values: Iterable[tuple[str, float]] | None = None,
        finalize: bool | None = None,
    ) -> None:
        """Show that `current` steps are done; `finalize` ends the line, as the target does."""
        self.averages.add(dict(values or ()), max(current - self.seen, 1))
        self.seen = current
        is_over = self.target is not None and current >= self.target
        if finalize is not None:
            is_over = finalize
        if self.verbose and (is_over or (self.verbose == 1 and self.line.is_due())):
            seconds, means = self.line.seconds(), self.averages.means()
            text = progress_line(
                current, self.target, seconds, current, means, is_over, self.width, self.unit_name
            )
            show = self.line.finish if is_over else self.line.draw
            show(text)

    def add(self, n: int, values: Iterable[tuple[str, float]] | None = None) -> None:
        """Show that `n` more steps are done."""
        self.update(self.seen + n, values)
