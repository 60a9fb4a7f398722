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
    """Return a law about what a loop calls on a stage; what is not `shown` may be otherwise.

    Where a callback stops the run, or something fails, is always shown: it makes the case.
    """

    def seen(call: Call) -> str | None:
        told = shown(call)
        return by_name(call) if told is None and call.does else told

    def should(settings: Settings, series: Series) -> list[Row]:
        played = stage(series)
        error = played.run(train, **settings)
        rows = [
            Row({call.does: True} if call.does else {}, Deed("calls", told))
            for call in played.calls
            if (told := seen(call)) is not None
        ]
        rows += [Row({}, Deed("surfaces") if error else Deed("nothing"))]
        return [
            Row({"event": number, **row.cells}, row.should) for number, row in enumerate(rows, 1)
        ]

    def did(implementation: Any, settings: Settings, series: Series) -> Iterator[Deed]:
        played = stage(series)
        error = played.run(implementation, **settings)
        for call in played.calls:
            told = seen(call)
            if told is not None:
                yield Deed("calls", told)
        if error is played.error:
            yield Deed("surfaces")
        elif error is not None:
            raise error

    return Law(name, domain, should, did, FUNCTION)


# -- what is looked at -----------------------------------------------------------------------------


def by_name(call: Call) -> str | None:
    """Show a call and its number, but not what comes before the first event and after a failure."""
    if call.name in ("set_model", "on_exception"):
        return None
    numbers = [value for value in call.given if value not in ("logs", "None")]
    return f"{call.name}({', '.join(numbers)})"


def by_callback(call: Call) -> str | None:
    return f"{call.who}.{by_name(call)}" if call.who and by_name(call) else None


def by_argument(call: Call) -> str | None:
    """Show what a hook is given, in its order."""
    return f"{call.name}({', '.join(call.given)})" if call.who and by_name(call) else None


def only(*names: str, shown: Shown = by_name) -> Shown:
    return lambda call: shown(call) if call.name in names else None


def with_logs(*names: str, but: str = "", key: str = "") -> Shown:
    """Show calls of these names with their logs, but for one key, or with only that one."""

    def shown(call: Call) -> str | None:
        if call.name not in names:
            return None
        logs = {n: v for n, v in call.logs.items() if n != but and key in ("", n)}
        return f"{by_name(call)}: {written(logs)}"

    return shown


def with_note_of(who: str) -> Shown:
    """Show what the first callback, `a`, has left in the logs of a callback."""

    def shown(call: Call) -> str | None:
        if call.who != who or by_name(call) is None:
            return None
        return f"{who}.{call.name}: {written({n: v for n, v in call.logs.items() if n == 'a'})}"

    return shown


def written(logs: dict[str, Any]) -> str:
    """Return logs as text, with no more digits of a loss than a reader needs.

    >>> written({"loss": 3.0})
    "{'loss': 3}"
    """
    numbers = {n: f"{v:g}" if isinstance(v, int | float) else repr(v) for n, v in logs.items()}
    return "{" + ", ".join(f"{n!r}: {v}" for n, v in sorted(numbers.items())) + "}"


def at_the_ends(call: Call) -> str | None:
    if call.name in ("set_model", "on_train_begin", "on_train_end", "on_exception"):
        return f"{call.who}.{call.name}({', '.join(call.given)})"
    return by_callback(call) if call.does else None


# -- the laws --------------------------------------------------------------------------------------


def quiet(name: str, stage: Callable[[Series], Stage], shown: Shown) -> Law:
    """Return a law about runs that nobody stops."""
    return hears(name, Domain(SIZES, shortest=0, longest=0, wide=()), stage, shown)


def learning(name: str, shown: Shown) -> Law:
    """Return a law about what logs say of the losses; a series is what `step` returns, in turn."""
    sizes = every(epochs=[1, 2], batches=[2], held_out=[2])
    return hears(name, Domain(sizes, (1.0, 3.0), longest=4), lambda series: Stage(series), shown)


def stopped(name: str, hooks: tuple[str, ...], shown: Shown, names: Series = ("a",)) -> Law:
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
TWO = ("a", "b")
BEFORE = ("on_train_begin", "on_epoch_begin")
BATCHES = ("on_train_batch_end", "on_train_batch_begin")
TESTS = ("on_test_begin", "on_test_batch_begin", "on_test_batch_end", "on_test_end")
IN_AN_EPOCH = (*BATCHES, "on_epoch_begin")
OF_A_BATCH = ("on_train_batch_begin", "step", "on_train_batch_end")
ENDS = ("on_epoch_end", "on_train_batch_end")
EMPTY = (*BEFORE, "on_train_batch_begin", "on_test_begin", "on_test_batch_begin", "on_train_end")
NO_EPOCH = ("on_epoch_end", "on_train_begin", *TESTS)
NO_BATCH = ("on_epoch_begin", "on_train_batch_begin")

LAWS = (
    arguments(dict.fromkeys(ARGUMENTS, REQUIRED), FUNCTION),
    quiet("events", lambda series: Stage(), by_name),
    quiet("arguments-of-hooks", lambda series: Stage(), by_argument),
    quiet("every-callback", lambda series: Stage(names=TWO), by_callback),
    quiet("model", lambda series: Stage(names=TWO), at_the_ends),
    quiet("shared-logs", lambda series: Stage(names=TWO), with_note_of("b")),
    quiet("fresh-logs", lambda series: Stage(), with_note_of("a")),
    learning("batch-loss", with_logs("on_train_batch_end")),
    learning("mean-loss", with_logs("on_epoch_end", but="val_loss")),
    learning("held-out-loss", with_logs("on_test_batch_end", "on_test_end")),
    learning("val-loss", with_logs("on_epoch_end", key="val_loss")),
    quiet("empty-logs", lambda series: Stage(), with_logs(*EMPTY)),
    stopped("stop-before-epoch", NO_EPOCH, only("on_epoch_begin", "step")),
    stopped("stop-in-epoch", ("on_train_batch_end",), only(*OF_A_BATCH)),
    stopped("stop-before-batch", NO_BATCH, only(*OF_A_BATCH)),
    stopped("no-validation", IN_AN_EPOCH, only("on_test_begin", "validate")),
    stopped("epoch-end", IN_AN_EPOCH, only("on_epoch_end")),
    stopped("no-loss", IN_AN_EPOCH, with_logs("on_epoch_end")),
    stopped("train-end", ("on_epoch_end", *BATCHES, *BEFORE, *TESTS), only("on_train_end")),
    stopped("others-are-told", ENDS, only(*ENDS, shown=by_callback), TWO),
    quiet("old-flag", lambda series: Stage(is_stopping=True), only("step")),
    failing("error", ValueError),
    failing("interrupt", KeyboardInterrupt),
)
