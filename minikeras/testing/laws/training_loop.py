"""What is promised of a training loop that callbacks listen to?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from minikeras.testing.corpus import Domain, Series, Settings, every
from minikeras.testing.law import FUNCTION, Deed, Law, Row
from minikeras.testing.laws.arguments import REQUIRED, arguments
from minikeras.testing.stage import Call, Stage, train

Shown = Callable[[Call], str | None]  # what is looked at of a call, None if nothing is


def hears(name: str, domain: Domain, stage: Callable[[Series], Stage], shown: Shown) -> Law:
    """Return a law about what a loop calls on a stage; what is not `shown` may be otherwise."""

    def should(settings: Settings, series: Series) -> list[Row]:
        played = stage(series)
        error = played.run(train, **settings)
        rows = [
            Row({"stop_training": call.is_stopping}, Deed("calls", told))
            for call in played.calls
            if (told := shown(call)) is not None
        ]
        rows += [Row({}, Deed("surfaces") if error else Deed("nothing"))]
        return [
            Row({"event": number, **row.cells}, row.should) for number, row in enumerate(rows, 1)
        ]

    def did(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
        played = stage(series)
        error = played.run(implementation, **settings)
        for call in played.calls:
            told = shown(call)
            if told is not None:
                yield Deed("calls", told)
        if error is played.error:
            yield Deed("surfaces")
        elif error is not None:
            raise error

    return Law(name, domain, should, did, FUNCTION)


# -- what is looked at -----------------------------------------------------------------------------


def by_name(call: Call) -> str | None:
    """Show a call, but not the hooks that come before the first event and after a failure."""
    if call.name in ("set_model", "on_exception"):
        return None
    number = "" if call.number is None else call.number
    return f"{call.name}({number})"


def by_callback(call: Call) -> str | None:
    return f"{call.who}: {by_name(call)}" if call.who and by_name(call) else None


def only(*names: str) -> Shown:
    return lambda call: by_name(call) if call.name in names else None


def with_logs(*names: str, keys: tuple[str, ...]) -> Shown:
    """Show calls of these names with these keys of their logs."""

    def shown(call: Call) -> str | None:
        if call.name not in names:
            return None
        logs = ", ".join(f"{key} {call.logs[key]:g}" for key in keys if key in call.logs)
        return f"{by_name(call)}: {logs}"

    return shown


def with_note_of(who: str) -> Shown:
    """Show what stands in the logs of a callback that the first one may have written there."""
    return lambda call: f"{by_callback(call)}: {call.logs.get('note')}" if call.who == who else None


def at_the_ends(call: Call) -> str | None:
    is_end = call.name in ("set_model", "on_train_begin", "on_train_end", "on_exception")
    return f"{call.who}: {call.name}" if is_end else None


# -- the laws --------------------------------------------------------------------------------------


def quiet(name: str, stage: Callable[[Series], Stage], shown: Shown) -> Law:
    """Return a law about runs that nobody stops."""
    return hears(name, Domain(SIZES, shortest=0, longest=0, wide=()), stage, shown)


def learning(name: str, shown: Shown) -> Law:
    """Return a law about what logs say of the losses; a series is what `step` returns, in turn."""
    sizes = every(epochs=[1, 2], batches=[2], held_out=[2])
    return hears(name, Domain(sizes, (1.0, 2.0), longest=4), lambda series: Stage(series), shown)


def stopped(name: str, hooks: tuple[str, ...], shown: Shown, names: Series = ("first",)) -> Law:
    """Return a law about runs that the first callback stops, in the hook that is the series."""
    domain = Domain(SIZES, hooks, longest=1, wide=())
    return hears(name, domain, lambda series: Stage(names=names, stops_in=series[0]), shown)


def failing(name: str, kind: type[BaseException]) -> Law:
    """Return a law about runs in which something raises an error, named by the series."""
    places = ("step", "validate", *BEFORE, *BATCHES, *TESTS, "on_epoch_end")
    return hears(
        name,
        Domain(SIZES, places, longest=1, wide=()),
        lambda series: Stage(names=TWO, fails_in=series[0], error=kind("in the middle of it")),
        at_the_ends,
    )


SIZES = every(epochs=[1, 2], batches=[1, 2], held_out=[1, 2])
ARGUMENTS = ("step", "validate", "callbacks", "epochs", "model", "batches", "held_out")
TWO = ("first", "second")
BEFORE = ("on_train_begin", "on_epoch_begin")
BATCHES = ("on_train_batch_end", "on_train_batch_begin")
TESTS = ("on_test_begin", "on_test_batch_begin", "on_test_batch_end", "on_test_end")
LOSS, VAL_LOSS = ("loss",), ("val_loss",)

LAWS = (
    arguments(dict.fromkeys(ARGUMENTS, REQUIRED), FUNCTION),
    quiet("events", lambda series: Stage(), by_name),
    quiet("every-callback", lambda series: Stage(names=TWO), by_callback),
    quiet("model", lambda series: Stage(names=TWO), at_the_ends),
    learning("batch-loss", with_logs("on_train_batch_end", keys=LOSS)),
    learning("mean-loss", with_logs("on_epoch_end", keys=LOSS)),
    learning("held-out-loss", with_logs("on_test_batch_end", "on_test_end", keys=LOSS)),
    learning("val-loss", with_logs("on_epoch_end", keys=VAL_LOSS)),
    quiet("shared-logs", lambda series: Stage(names=TWO), with_note_of("second")),
    quiet("fresh-logs", lambda series: Stage(), with_note_of("first")),
    stopped("stop-after-epoch", ("on_epoch_end", *TESTS), only("step")),
    stopped("stop-in-epoch", ("on_train_batch_end",), only("step")),
    stopped("stop-before-batch", (*BEFORE, "on_train_batch_begin"), only("step")),
    stopped("no-validation", (*BATCHES, *BEFORE), only("on_test_begin", "validate")),
    stopped("epoch-end", (*BATCHES, *BEFORE), only("on_epoch_end")),
    stopped("train-end", ("on_epoch_end", *BATCHES, *BEFORE, *TESTS), only("on_train_end")),
    stopped("others-are-told", ("on_epoch_end", "on_train_batch_end"), by_callback, TWO),
    quiet("old-flag", lambda series: Stage(is_stopping=True), only("step")),
    failing("error", ValueError),
    failing("interrupt", KeyboardInterrupt),
)
