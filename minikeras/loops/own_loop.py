"""How do the callbacks serve a loop that you wrote yourself?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace, TracebackType
from typing import Any

from minikeras.callbacks import BaseLogger, CallbackList, History, ProgbarLogger
from minikeras.loops.epoch import Epoch


def loop(
    callbacks: Any = None,
    model: Any = None,
    epochs: int = 1,
    *,
    initial_epoch: int = 0,
    steps: int | None = None,
    verbose: int = 0,
    metrics: Iterable[str] | None = None,
) -> Loop:
    """Return the epochs of a training run; callbacks hear of each moment, in the order of `fit`.

    - `callbacks`: a list, or one.
    - `model`: any object that has what they ask for; None stands for one that has nothing but
      `stop_training`. That is set to False first and heeded as in `fit`, which would also skip
      validation then: ask `epoch.model.stop_training`.
    - `epochs`: number of the last epoch, from 1; the first `initial_epoch` count as done.
    - `steps`: batches in an epoch, and `metrics`: the keys of logs, `val_` ones included, for
      callbacks that ask before they see them: the progress bar, `CSVLogger`.
    - `verbose`: 0 is silent, 1 a progress bar, 2 one line for each epoch.

    `history` of what is returned is the `History` of its newest run. ValueError for a number out
    of range, TypeError for something that is no callback.

    >>> from minikeras.callbacks import EarlyStopping
    >>> w, stopping = 8.0, EarlyStopping(monitor="val_loss", min_delta=1.0)
    >>> epochs = loop([stopping], epochs=50)
    >>> for epoch in epochs:
    ...     for x in epoch.batches([0.5, 1.0]):
    ...         w -= 0.5 * w * x
    ...         epoch.log_batch(loss=w * w)
    ...     epoch.log(val_loss=abs(w))
    >>> epochs.history.history["val_loss"]
    [3.0, 1.125, 0.421875]

    A `for` by itself cannot tell why it is left early. It closes files at once (in CPython), by
    `on_exception(GeneratorExit())`, whether that was `break`, `return` or an exception. A `with`
    around it knows: an exception comes as `on_exception(exception)`; `break` and `return` end the
    run well, by `on_train_end`, without the unfinished epoch.

    >>> with loop([stopping], epochs=50) as epochs:
    ...     for epoch in epochs:
    ...         break
    >>> epochs.history.epoch
    []
    """
    if epochs < 0 or initial_epoch < 0:
        raise ValueError(f"epochs are counted from 0; not {epochs}, from {initial_epoch}")
    if verbose not in (0, 1, 2):
        raise ValueError(f"verbose is 0 (silent), 1 (bar) or 2 (lines), not {verbose!r}")
    keys = None if metrics is None else list(metrics)
    params = {
        "batch_size": None,
        "epochs": epochs,
        "steps": steps,
        "samples": None,
        "verbose": verbose,
        "do_validation": None if keys is None else any(key.startswith("val_") for key in keys),
        "metrics": keys,
    }
    callbacks = [] if callbacks is None else callbacks
    yours = callbacks if isinstance(callbacks, Iterable) else [callbacks]
    bars = [ProgbarLogger("steps")] if verbose else []
    model = SimpleNamespace(stop_training=False) if model is None else model
    return Loop([BaseLogger(), *bars, *yours], model, range(initial_epoch, epochs), params)


class Loop:
    """What `loop` returns: epochs to iterate over, in a `with` block or not, one run at a time.

    `model` is what callbacks see, `history` their History. Each new `for` is a new run.
    """

    def __init__(
        self, callbacks: list[Any], model: Any, epochs: range, params: dict[str, Any]
    ) -> None:
        self.model, self.history, self.epochs, self.params = model, History(), epochs, params
        self._events = CallbackList([*callbacks, self.history])
        self._is_running = self._is_guarded = False

    def __iter__(self) -> Iterator[Epoch]:
        if self._is_running:
            raise RuntimeError("the loop is under way: leave its `with` block before a new run")
        self._events.set_model(self.model)
        self._events.set_params(self.params)
        self._events.set_facts(validation_data=None, running_metrics=frozenset(), keys_of_logs=None)
        self._is_running = True
        try:
            yield from self._run()
        except BaseException as exception:
            if not self._is_guarded:  # else __exit__ comes, and knows the reason
                self._close(exception)
            raise

    def _run(self) -> Iterator[Epoch]:
        self.model.stop_training = False
        self._events.on_train_begin()
        for number in self.epochs:
            if self.model.stop_training:
                break
            epoch = Epoch(number, self.model, self._events)
            self._events.on_epoch_begin(number)
            if not self.model.stop_training:
                yield epoch
                epoch.end_batch()
            self._events.on_epoch_end(number, epoch.logs)
        self._finish()

    def __enter__(self) -> Loop:
        self._is_guarded = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_guarded = False
        if self._is_running and exception is not None:
            self._close(exception)
        elif self._is_running:
            try:
                self._finish()
            except BaseException as failure:
                self._close(failure)
                raise

    def _finish(self) -> None:
        self._events.on_train_end()
        self._is_running = False

    def _close(self, exception: BaseException) -> None:
        self._is_running = False
        self._events.on_exception(exception)
