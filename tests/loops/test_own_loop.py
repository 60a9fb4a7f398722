"""Do the callbacks hear in a loop of your own what they hear in fit?"""

import gc
import io
import subprocess
import sys
from contextlib import redirect_stdout

import numpy as np
import pytest

from minikeras.callbacks import (
    Callback,
    CallbackList,
    CSVLogger,
    History,
)
from minikeras.layers import Dense
from minikeras.loops import loop
from minikeras.models import Sequential
from minikeras.utils import set_random_seed

X = np.random.default_rng(0).normal(size=(10, 3))
Y = X[:, :1]
HOOKS = [name for name in vars(Callback) if name.startswith("on_") and "predict" not in name]
OF_A_LOOP = [hook for hook in HOOKS if "test" not in hook and hook != "on_exception"]
NAMES = ["loss", "mae", "val_loss", "val_mae"]


class Hears(Callback):
    """Note every moment with its number and a copy of its logs; at one of them do something."""

    def __init__(self, hook="", number=None, act=None):
        self.hook, self.number, self.act = hook, number, act
        self.told, self.ids = [], set()

    def set_params(self, params):
        super().set_params(params)
        known = {**params, "batch_size": None, "samples": None}  # fit alone knows these
        self.told.append(("set_params", known))

    def moments(self):
        return [hook for hook, *_ in self.told]


def _noted(hook):
    inherited = getattr(Callback, hook)

    def method(self, *arguments):
        *number, logs = arguments
        self.told.append((hook, *number, dict(logs) if isinstance(logs, dict) else logs))
        if hook == self.hook and (self.number is None or number[:1] in ([], [self.number])):
            self.act(self.model)
        inherited(self, *arguments)

    return method


for _hook in HOOKS:
    setattr(Hears, _hook, _noted(_hook))


def stop(model):
    model.stop_training = True


def fail(error):
    def act(model):
        raise error

    return act


def fitted(*callbacks, epochs=3, **options):
    """Return the model of a real fit, ten rows in batches of four, with validation."""
    set_random_seed(0)
    model = Sequential([Dense(1, input_dim=3)])
    model.compile("sgd", "mse", ["mae"])
    options = {"validation_data": (X, Y), "batch_size": 4, "verbose": 0} | options
    model.fit(X, Y, epochs=epochs, callbacks=list(callbacks), **options)
    return model


@pytest.fixture(scope="module")
def numbers():
    """The batches of each epoch of that fit: rows and figures; and its validation figures."""
    hears = Hears()
    fitted(hears)
    epochs = []
    for hook, *rest in hears.told:
        if hook == "on_epoch_begin":
            epochs.append(([], {}))
        elif hook == "on_train_batch_end":
            figures = {name: rest[1][name] for name in ("loss", "mae")}
            epochs[-1][0].append((range(rest[1]["size"]), figures))
        elif hook == "on_epoch_end":
            epochs[-1][1].update({name: rest[1][name] for name in ("val_loss", "val_mae")})
    return epochs


def replayed(numbers, *callbacks, epochs=3, **options):
    """Tell those numbers again, in a loop of our own."""
    epochs = loop(list(callbacks), epochs=epochs, steps=3, metrics=NAMES, **options)
    for epoch in epochs:
        batches, held_out = numbers[epoch.number]
        for _, figures in epoch.batches(batches, size=lambda batch: len(batch[0])):
            epoch.log_batch(**figures)
        if not epochs.model.stop_training:
            epoch.log(**held_out)
    return epochs


def heard_in_fit(hears):
    """Leave out the batches of validation, which only fit runs by itself."""
    return [moment for moment in hears.told if "test" not in moment[0]]


# -- the same story --------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "last"), [(0, 3), (2, 3), (3, 3), (0, 1)])
def test_callbacks_hear_what_they_hear_in_fit(numbers, first, last):
    fit, own = Hears(), Hears()
    model = fitted(fit, epochs=last, initial_epoch=first)
    if first:  # a fit that begins later has numbers of its own
        numbers = [*numbers[:first], *([numbers[0]] * (last - first))]
    epochs = replayed(numbers, own, epochs=last, initial_epoch=first)
    assert own.told == heard_in_fit(fit)
    assert epochs.history.epoch == model.history.epoch == list(range(first, last))
    assert epochs.history.history == model.history.history


@pytest.mark.parametrize("number", [0, 2])
@pytest.mark.parametrize("hook", OF_A_LOOP)
def test_a_stop_in_any_hook_is_heeded_where_fit_heeds_it(numbers, hook, number):
    fit, own = Hears(hook, number, stop), Hears(hook, number, stop)
    fitted(fit)
    epochs = replayed(numbers, own)
    assert own.told == heard_in_fit(fit)
    assert epochs.model.stop_training
    assert own.moments()[-1] == "on_train_end"


def test_progress_lines_are_those_of_fit(numbers):
    lines = []
    for run in (fitted, lambda **options: replayed(numbers, **options)):
        with redirect_stdout(io.StringIO()) as stream:
            run(verbose=1)
        lines.append([line.split(" - ") for line in stream.getvalue().splitlines()])
    for one, other in zip(*lines, strict=True):
        assert one[:2] == other[:2]
        assert one[3:] == other[3:]  # all but the time


def test_a_loop_says_nothing_unless_asked(numbers, capsys):
    replayed(numbers)
    assert capsys.readouterr().out == ""


def test_a_stop_as_an_epoch_begins_skips_its_body():
    hears = Hears("on_epoch_begin", 1, stop)
    assert [epoch.number for epoch in loop([hears], epochs=3)] == [0]
    assert hears.moments()[-3:] == ["on_epoch_begin", "on_epoch_end", "on_train_end"]


def test_the_validation_data_of_an_earlier_fit_is_forgotten(numbers):
    hears = Hears()
    fitted(hears)
    assert hears.validation_data is not None
    replayed(numbers, hears)
    assert hears.validation_data is None


def test_an_earlier_stop_is_forgotten(numbers):
    epochs = loop(epochs=1)
    epochs.model.stop_training = True
    assert [epoch.number for epoch in epochs] == [0]


def test_every_moment_has_a_dict_of_its_own_that_all_callbacks_share():
    class Adds(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["added"] = 1.0
            kept.append(logs)

    kept = []
    epochs = loop([Adds()], epochs=2)
    for epoch in epochs:
        epoch.log(mine=float(epoch.number))
    assert epochs.history.history == {"mine": [0.0, 1.0], "added": [1.0, 1.0]}
    assert kept[0] is not kept[1]


def test_one_callback_need_not_be_in_a_list():
    history = History()
    for epoch in loop(history, epochs=2):
        epoch.log(loss=1)
    for epoch in loop(CallbackList([History()]), epochs=2):
        epoch.log(loss=1)
    assert history.history == {"loss": [1.0, 1.0]}


# -- what the body tells ---------------------------------------------------------------------------


def test_the_mean_of_an_epoch_weighs_batches_by_their_size():
    epochs = loop()
    for epoch in epochs:
        for size, value in epoch.batches([(4, 1.0), (4, 1.0), (2, 4.0)]):
            epoch.log_batch(loss=value, size=size)
    assert epochs.history.history == {"loss": [1.6]}


def test_without_a_size_batches_count_alike():
    epochs = loop()
    for epoch in epochs:
        for value in epoch.batches([1.0, 4.0]):
            epoch.log_batch(loss=value)
    assert epochs.history.history == {"loss": [2.5]}


def test_numbers_of_a_batch_may_come_in_pieces_and_a_batch_may_have_none():
    hears = Hears()
    for epoch in loop([hears]):
        for part in epoch.batches("abc"):
            if part == "b":
                continue
            epoch.log_batch(loss=1)
            epoch.log_batch(mae=np.float32(0.5), size=3)
    ends = [rest for hook, *rest in hears.told if hook == "on_train_batch_end"]
    assert [logs for _, logs in ends] == [
        {"batch": 0, "size": 3, "loss": 1.0, "mae": 0.5},
        {"batch": 1, "size": 1},
        {"batch": 2, "size": 3, "loss": 1.0, "mae": 0.5},
    ]
    assert {type(logs[key]) for _, logs in ends for key in ("loss", "mae") if key in logs} == {
        float
    }


def test_a_word_for_the_epoch_takes_the_place_of_the_mean():
    epochs = loop()
    for epoch in epochs:
        for _ in epoch.batches("ab"):
            epoch.log_batch(loss=1.0)
        epoch.log(loss=5.0)
    assert epochs.history.history == {"loss": [5.0]}


def test_a_batch_left_by_break_counts_and_later_ones_go_on_counting():
    hears = Hears()
    for epoch in loop([hears]):
        for data in ("ab", "cd"):
            for _ in epoch.batches(data):
                epoch.log_batch(loss=1.0)
                break
    told = [(hook, rest[0]) for hook, *rest in hears.told if "train_batch" in hook]
    assert told == [
        ("on_train_batch_begin", 0),
        ("on_train_batch_end", 0),
        ("on_train_batch_begin", 1),
        ("on_train_batch_end", 1),
    ]


def test_no_batch_is_taken_from_the_data_after_a_stop():
    taken = iter(range(10))
    for epoch in loop([Hears("on_train_batch_end", 3, stop)]):
        for _ in range(2):
            list(epoch.batches(taken))
    assert next(taken) == 4


def test_words_in_the_wrong_place_or_of_the_wrong_kind_are_errors_that_say_so():
    for epoch in loop():
        with pytest.raises(RuntimeError, match=r"belongs inside `for batch in epoch\.batches"):
            epoch.log_batch(loss=1.0)
        with pytest.raises(TypeError, match="logs hold numbers, and loss is 'low'"):
            epoch.log(loss="low")
        with pytest.raises(TypeError, match="logs hold numbers, and loss is None"):
            epoch.log(loss=None)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"epochs": -1}, ValueError, "counted from 0; not -1, from 0"),
        ({"epochs": 2, "initial_epoch": -1}, ValueError, "counted from 0; not 2, from -1"),
        ({"epochs": 1.5}, TypeError, "integer"),
        ({"verbose": 3}, ValueError, r"verbose is 0 \(silent\), 1 \(bar\) or 2"),
        ({"callbacks": [History]}, TypeError, "History is a class"),
        ({"callbacks": 5}, TypeError, "5 has no set_model"),
    ],
)
def test_wrong_arguments_are_found_before_the_first_epoch(options, error, words):
    with pytest.raises(error, match=words):
        loop(**options)


# -- ends ------------------------------------------------------------------------------------------


def bare(callbacks, act):
    for epoch in loop(callbacks, epochs=2):
        for batch in epoch.batches("ab"):
            if act(epoch.number, batch):
                break
        else:
            continue
        break


def guarded(callbacks, act):
    with loop(callbacks, epochs=2) as epochs:
        for epoch in epochs:
            for batch in epoch.batches("ab"):
                if act(epoch.number, batch):
                    break
            else:
                continue
            break


ERRORS = [ValueError("no"), KeyboardInterrupt(), SystemExit(3)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("hook", OF_A_LOOP)
@pytest.mark.parametrize("run", [bare, guarded])
def test_an_exception_in_any_hook_comes_out_and_every_callback_hears_of_it_once(run, hook, error):
    before, fails, after = Hears(), Hears(hook, None, fail(error)), Hears()
    with pytest.raises(type(error)) as raised:
        run([before, fails, after], lambda number, batch: False)
    assert raised.value is error
    if "batch" in hook and run is bare:  # this hook is called inside the body of the `for`
        error = None
    for callback in (before, fails, after):
        assert callback.moments().count("on_exception") == 1
        assert callback.moments()[-1] == "on_exception"
        heard = callback.told[-1][1]
        assert heard is error if error else type(heard) is GeneratorExit


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", [(0, "a"), (1, "b")])
def test_with_tells_of_the_exception_in_the_body(place, error):
    hears = Hears()

    def act(number, batch):
        if (number, batch) == place:
            raise error

    with pytest.raises(type(error)) as raised:
        guarded([hears], act)
    assert raised.value is error
    assert hears.told[-1] == ("on_exception", error)
    assert "on_train_end" not in hears.moments()
    assert hears.moments().count("on_exception") == 1
    assert hears.moments()[-2].endswith("batch_begin")  # no end of that batch, nor of that epoch


@pytest.mark.parametrize("leave", ["break", "exception"])
def test_a_bare_for_closes_up_at_once_and_cannot_tell_why(leave):
    hears = Hears()

    def act(number, batch):
        if leave == "exception":
            raise ValueError("no")
        return True

    gc.disable()  # "at once" is not "when rubbish is collected"
    try:
        bare([hears], act)
    except ValueError:
        assert leave == "exception"
    finally:
        gc.enable()
    moment, exception = hears.told[-1]
    assert moment == "on_exception"
    assert type(exception) is GeneratorExit


def test_with_takes_break_and_return_for_a_good_end():
    def returns(callback):
        with loop([callback], epochs=2) as epochs:
            for epoch in epochs:
                return epoch.number
        raise AssertionError("not left")

    hears, other = Hears(), Hears()
    guarded([hears], lambda number, batch: number == 1)
    assert hears.moments()[-1] == "on_train_end"
    assert hears.moments().count("on_train_end") == 1
    assert hears.moments().count("on_epoch_end") == 1  # the unfinished epoch has no end
    assert returns(other) == 0
    assert other.moments()[-1] == "on_train_end"


def test_the_run_is_over_after_the_last_epoch_even_inside_with():
    hears = Hears()
    with pytest.raises(ValueError, match="mine"), loop([hears], epochs=1) as epochs:  # noqa: PT012
        for _ in epochs:
            pass
        assert hears.moments()[-1] == "on_train_end"
        raise ValueError("mine")
    assert hears.moments()[-1] == "on_train_end"


def test_a_loop_that_was_in_a_with_block_closes_up_outside_of_it_too():
    hears = Hears()
    with loop([hears]) as epochs:
        pass
    for _ in epochs:
        break
    assert hears.moments()[-1] == "on_exception"


def test_an_exception_at_the_end_after_break_is_told_too():
    error = OSError("disk full")
    fails, other = Hears("on_train_end", None, fail(error)), Hears()
    with pytest.raises(OSError, match="disk full"):
        guarded([fails, other], lambda number, batch: True)
    assert other.told[-1] == ("on_exception", error)


def test_a_loop_runs_one_run_at_a_time_and_then_the_next():
    hears = Hears()
    with loop([hears], epochs=2) as epochs:
        for _ in epochs:
            with pytest.raises(RuntimeError, match="leave its `with` block before a new run"):
                next(iter(epochs))
            break
    once = len(hears.told)
    for _ in range(2):
        for epoch in epochs:
            epoch.log(loss=1.0)
    assert hears.moments()[once:].count("on_train_end") == 2
    assert epochs.history.history == {"loss": [1.0, 1.0]}


def test_a_file_is_closed_however_the_loop_is_left(tmp_path):
    for run in (bare, guarded):
        logger = CSVLogger(tmp_path / f"{run.__name__}.csv")
        run([logger], lambda number, batch: True)
        assert logger.file is None


# -- where there is nothing but Python -------------------------------------------------------------


def test_a_loop_needs_no_numpy():
    code = """
import sys
sys.modules.update(dict.fromkeys(["numpy", "torch", "sklearn"]))  # an import of these fails
from minikeras.callbacks import EarlyStopping
from minikeras.loops import loop
w, epochs = 8.0, loop([EarlyStopping(monitor="loss", min_delta=1.0)], epochs=50, verbose=2)
for epoch in epochs:
    for x in epoch.batches([0.5, 1.0]):
        w -= 0.5 * w * x
        epoch.log_batch(loss=w * w, size=1)
print(epochs.history.history)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    *lines, history = done.stdout.splitlines()
    assert [line.split(" - ")[0] for line in lines] == [f"Epoch {n}/50" for n in (1, 2, 3, 4)]
    assert history == "{'loss': [22.5, 3.1640625, 0.4449462890625, 0.06257057189941406]}"


def test_a_name_that_is_not_there_says_which_there_are():
    from minikeras import loops

    with pytest.raises(AttributeError, match="no 'JaxModel'; there are: SklearnModel, TorchModel"):
        loops.JaxModel  # noqa: B018
