"""What can you ask of a model? Compile, fit, evaluate, predict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from minikeras import checks, data, distribution, optimizers
from minikeras.averages import values_of
from minikeras.backend import Array, Host
from minikeras.callbacks import BackupAndRestore, BaseLogger, CallbackList, History, ProgbarLogger
from minikeras.callbacks.backup_and_restore import restore
from minikeras.callbacks.callback_list import keys_of_logs
from minikeras.checks import count, optional_count
from minikeras.data import Batch, Source
from minikeras.epochs import Unheard, run_evaluation, run_prediction, run_training
from minikeras.intake import Intake, triple
from minikeras.losses import Loss
from minikeras.optimizers import Optimizer
from minikeras.registry import Config
from minikeras.steps import Objective, test_step, train_step
from minikeras.trainee import Trainee

Scores = float | list[float] | dict[str, float]


class Model(Trainee):
    """What can be asked of everything that can be trained here, whatever it is made of.

    Arguments and defaults are Keras's: https://keras.io/api/models/model_training_apis.
    """

    optimizer: Optimizer
    objective: Objective | None = None
    history: History | None = None

    def compile(
        self,
        optimizer: str | Config | Optimizer = "rmsprop",
        loss: str | Config | Loss | None = None,
        metrics: Iterable[Any] | None = None,
    ) -> None:
        """Choose how to learn: an optimizer, a loss to make small, and metrics to watch.

        Each is a name (`"adam"`, `"mse"`, `"accuracy"`) or an object; the weights stay as they
        are. ValueError for an unknown name, TypeError for what is neither.
        """
        if loss is None:
            raise ValueError("compile needs a loss to make small, for example loss='mse'")
        if isinstance(metrics, str | Mapping) or not isinstance(metrics, Iterable | None):
            raise TypeError(f"metrics is a list, such as ['accuracy'], not {metrics!r}")
        chosen = optimizers.get(optimizer)
        self.objective, self.optimizer = Objective(loss, list(metrics or ())), chosen

    @property
    def metrics_names(self) -> list[str]:
        """The keys of logs, in the order in which `evaluate` returns their values."""
        return self._objective("metrics_names").names

    def _objective(self, verb: str) -> Objective:
        if self.objective is None:
            raise RuntimeError(
                f"{verb} needs a compiled model: call compile(optimizer=..., loss=...) first"
            )
        return self.objective

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Collection[int] = 1,
    ) -> History:
        """Train, and return the `History` of loss and metrics.

        `x` and `y` are arrays or lists with a row for each sample. Or `x` alone is a generator or
        a `utils.Sequence` that makes batches: tuples `(x, y)` or `(x, y, sample_weight)`.

        - `batch_size`: rows between two steps of the optimizer (32).
        - `epochs`: number of the last epoch, from 1; the first `initial_epoch` count as done.
        - `verbose`: 0 is silent, 1 or "auto" a progress bar, 2 one line for each epoch.
        - `callbacks`: a list; each is told of every moment, in this order.
        - `validation_split`: share of the rows, the last ones, that is cut off before shuffling
          and never trained on. Or `validation_data`: `(x, y)`, `(x, y, sample_weight)`, batches.
        - `shuffle`: take the rows, or a Sequence's batches, in a new order each epoch.
        - `class_weight` (dict), `sample_weight` (array): what a class or a row counts in the loss.
        - `steps_per_epoch`, `validation_steps`: batches to take; generators need them.
        - `validation_batch_size`: as `batch_size` unless given. `validation_freq`: validate every
          n-th epoch, or after the epochs in a list, from 1.

        Arguments and arrays are checked first: a ValueError or TypeError names what is wrong, and
        no weight has changed. Batches of generators are checked as they come. NaN in the data is
        allowed, and makes the loss NaN; the callback `TerminateOnNaN` stops there.
        """
        objective = self._objective("fit")
        span = range(count(initial_epoch, "initial_epoch", 0), count(epochs, "epochs"))
        size = count(32 if batch_size is None else batch_size, "batch_size")
        level, validates = checks.verbosity(verbose), checks.validation_plan(validation_freq)
        part = checks.share(validation_split, "validation_split")
        steps = optional_count(steps_per_epoch, "steps_per_epoch")
        other_size = optional_count(validation_batch_size, "validation_batch_size") or size
        other_steps = optional_count(validation_steps, "validation_steps")
        listeners = _listed(callbacks)

        intake = Intake(self, objective.loss, class_weight)
        judging = Intake(self, objective.loss)  # classes are weighed in training only
        validation, held_out = None, None
        if part and validation_data is None:
            columns, held_out = intake.halves(x, y, sample_weight, part)
            source = intake.batches(columns, size, steps)
            validation = judging.batches(held_out, other_size, other_steps)
        else:
            source, _ = intake.source((x, y, sample_weight), size, steps, "steps_per_epoch")
            if validation_data is not None:
                validation, held_out = judging.source(
                    triple(validation_data),
                    other_size,
                    other_steps,
                    "validation_steps",
                    "validation ",
                )
        distribution.check(self, source)
        self.prepare_optimizer()

        names, self.history = objective.names, History()
        names += [f"val_{name}" for name in names if validation is not None]
        params = {
            "batch_size": None if data.is_stream(x) else size,
            "epochs": epochs,
            "steps": source.steps,
            "samples": source.samples,
            "verbose": level,
            "do_validation": validation is not None,
            "metrics": names,
        }
        first = [BaseLogger(objective.running), *_bars(level, objective)]
        backups = [c for c in listeners if isinstance(c, BackupAndRestore)]
        others = [c for c in listeners if not isinstance(c, BackupAndRestore)]
        events = CallbackList([*first, *others, self.history, *backups], self, params)
        events.set_facts(
            validation_data=None if held_out is None else tuple(held_out),
            running_metrics=frozenset(objective.running),
            keys_of_logs=keys_of_logs(names, listeners),
        )
        try:
            epoch, batch = restore(events) or (span.start, 0)
            left = range(epoch, span.stop)
            run_training(
                self, objective, source, events, left, bool(shuffle), validation, validates, batch
            )
        except BaseException as exception:
            events.on_exception(exception)
            raise
        return self.history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Scores:
        """Return the loss, or loss and metrics in the order of `metrics_names`, over all rows.

        Data and errors are as in `fit`; nothing is learned. With `return_dict` the values come by
        name.
        """
        objective = self._objective("evaluate")
        source = self._source(objective.loss, x, y, sample_weight, batch_size, steps)
        level = checks.verbosity(verbose)
        with self._events(_bars(level, objective), callbacks, source, level) as events:
            scores = run_evaluation(self, objective, source, events)
        return _scores(scores, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Host:
        """Return the predictions (rows, ...) as a NumPy array; x is as in `fit`, without labels."""
        source = self._source(None, x, None, None, batch_size, steps)
        level = checks.verbosity(verbose)
        with self._events(_bars(level), callbacks, source, level) as events:
            return run_prediction(self, source, events)

    def train_on_batch(
        self,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Scores:
        """Take one step on these rows; return their loss and metrics, before the step."""
        objective = self._objective("train_on_batch")
        batch = self._batch(Intake(self, objective.loss, class_weight), x, y, sample_weight)
        self.prepare_optimizer()
        return self._measured(objective, train_step, batch, return_dict)

    def test_on_batch(
        self, x: Any, y: Any, sample_weight: Any = None, return_dict: bool = False
    ) -> Scores:
        """Return loss and metrics of these rows."""
        objective = self._objective("test_on_batch")
        batch = self._batch(Intake(self, objective.loss), x, y, sample_weight)
        return self._measured(objective, test_step, batch, return_dict)

    def predict_on_batch(self, x: Any) -> Host:
        """Return the predictions for these rows."""
        batch = self._batch(Intake(self, None), x)
        return np.array(self.backend.to_host(self.forward(batch.x)[0]))  # never x itself

    # -- what several of them need ----------------------------------------------------------------

    def _source(
        self,
        loss: Loss | None,
        x: Any,
        y: Any,
        sample_weight: Any,
        batch_size: int | None,
        steps: int | None,
    ) -> Source:
        size = count(32 if batch_size is None else batch_size, "batch_size")
        given, limit = (x, y, sample_weight), optional_count(steps, "steps")
        return Intake(self, loss).source(given, size, limit, "steps")[0]

    @contextmanager
    def _events(
        self, bars: list[ProgbarLogger], callbacks: Any, source: Source, level: int
    ) -> Iterator[CallbackList]:
        params = {"steps": source.steps, "samples": source.samples, "verbose": level}
        try:
            yield CallbackList([*bars, *_listed(callbacks)], self, params)
        except BaseException as exception:
            CallbackList(bars).on_exception(exception)  # ends the unfinished line
            raise

    def _batch(self, intake: Intake, x: Any, y: Any = None, sample_weight: Any = None) -> Batch:
        columns = intake.weighed(intake.columns(x, y, sample_weight))
        return Batch(*(None if c is None else self.backend.to_device(c) for c in columns))

    def _measured(
        self, objective: Objective, step: Callable[..., list[Array]], batch: Batch, by_name: bool
    ) -> Scores:
        told: dict[str, float] = {}
        tell = Unheard(self.backend, objective.names, lambda _, logs: told.update(logs))
        with objective.fresh():
            tell.later(0, batch.size, step(self, objective, batch))
        tell.now()
        return _scores(values_of(told), by_name)


def _scores(scores: dict[str, float], by_name: bool) -> Scores:
    values = list(scores.values())
    return scores if by_name else values[0] if len(values) == 1 else values


def _bars(level: int, objective: Objective | None = None) -> list[ProgbarLogger]:
    return [ProgbarLogger("steps", objective.running if objective else ())] if level else []


def _listed(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    is_list = isinstance(callbacks, Iterable) and not isinstance(callbacks, str)
    return list(callbacks) if is_list else [callbacks]
