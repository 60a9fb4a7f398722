"""History: what happened in each epoch?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minikeras.averages import number_of
from minikeras.callbacks.callback import Logs
from minikeras.callbacks.stateful import StatefulCallback
from minikeras.plotting.figure import draw
from minikeras.plotting.run import Run
from minikeras.plotting.table import run_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class History(StatefulCallback):
    """Keep every epoch's logs; `fit` returns one.

    `epoch` lists the epochs, `history` one list of floats for each key. Both begin anew with each
    fit. A key that is absent in some epochs has a shorter list; `epochs_of` lists for each key the
    epochs that have it. `plot` draws the curves; in a notebook a history shows itself as a table of
    first, best and last values. Source: Keras 2.3's `History`.

    >>> history = History()
    >>> history.on_train_begin()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.on_epoch_end(1, {"loss": 0.25, "val_loss": 0.75})
    >>> history.epoch, history.history
    ([0, 1], {'loss': [0.5, 0.25], 'val_loss': [0.75]})
    >>> history.epochs_of["val_loss"]
    [1]
    """

    memory = ("epoch", "history", "epochs_of")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}
        self.epochs_of: dict[str, list[int]] = {}
        self.has_ended = False

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
            self.epochs_of.setdefault(name, []).append(epoch)

    def on_train_end(self, logs: Logs | None = None) -> None:
        self.has_ended = True

    def on_exception(self, exception: BaseException) -> None:
        self.has_ended = True

    def plot(self, monitor: str = "val_loss", mode: str = "auto", dark: bool = False) -> Figure:
        """Return a picture of the run, which a notebook shows and `savefig` writes to a file.

        A panel for each metric has its curve, with validation a dashed one beside it; the learning
        rate has one of its own. Marked are the best epoch, the end of a run that stopped early,
        where the learning rate changes, and what is NaN or infinite. Epochs count from 1 here, as
        they do in messages.

        - `monitor`: the score whose best epoch is marked, however little better it is; its twin
          without `val_` if the run was not validated.
        - `mode`: whether a good score is small ("min") or large ("max"); "auto" reads it off the
          name.
        - `dark`: light curves on a dark ground.

        ValueError for a run without epochs, or a `monitor` that it does not have. Needs the extra
        `plot` (matplotlib); neither its settings nor its windows are touched.

        >>> history = History()
        >>> history.on_train_begin()
        >>> for epoch, loss in enumerate([3.0, 1.0, 2.0]):
        ...     history.on_epoch_end(epoch, {"loss": loss})
        >>> picture = history.plot()
        >>> [axes.get_title() for axes in picture.axes]
        ['loss']
        """
        return draw(self._run(), monitor, mode, dark)

    def _repr_html_(self) -> str:
        return run_table(self._run())

    def _run(self) -> Run:
        """Return the numbers in these lists, each with its epoch."""
        curves = {name: self._curve(name, values) for name, values in self.history.items()}
        planned = self.params.get("epochs") if self.has_ended else None
        return Run(self.epoch, {name: c for name, c in curves.items() if c}, planned)

    def _curve(self, name: str, values: list[float]) -> dict[int, float]:
        epochs = self.epochs_of.get(name, [])
        if len(epochs) != len(values):  # somebody has filled in the lists by hand
            epochs = self.epoch
        if len(epochs) != len(values):
            raise ValueError(
                f"history[{name!r}] has {len(values)} values for {len(epochs)} epochs: say in "
                f"epochs_of[{name!r}] which ones they belong to"
            )
        pairs = zip(epochs, values, strict=True)
        numbers = {epoch: number_of(value) for epoch, value in pairs}
        return {epoch: number for epoch, number in numbers.items() if number is not None}
