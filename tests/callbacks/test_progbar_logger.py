"""What stands on the screen, or in the log file, while a model trains?"""

import io

import pytest

from minikeras.callbacks import BaseLogger, CallbackList, ProgbarLogger

FULL = "=" * 30


class Clock:
    """Time that passes only when told to."""

    now = 0.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def lines(self):
        """Return what the screen shows, for lines that are shorter than the screen."""
        screen = []
        for line in self.getvalue().split("\n"):
            shown = ""
            for drawing in line.split("\r"):
                shown = drawing + shown[len(drawing) :]
            screen.append(shown.rstrip())
        return screen


def run(logger, epochs=1, steps=2, validated=False, told=None, **params):
    """Tell a logger of a fit whose batches hold 32 rows and take 4 s each."""
    params = {"epochs": epochs, "steps": steps, "samples": 32 * steps, "verbose": 1} | params
    events = CallbackList([BaseLogger(), logger], None, params)
    events.on_train_begin()
    for epoch in range(epochs):
        events.on_epoch_begin(epoch)
        for batch in range(told or steps):
            events.on_train_batch_begin(batch, {"batch": batch, "size": 32})
            logger.clock.now += 4.0
            events.on_train_batch_end(batch, {"batch": batch, "size": 32, "loss": 0.5})
        if validated:
            events.on_test_begin()
            events.on_test_batch_begin(0, {"batch": 0, "size": 8})
            events.on_test_batch_end(0, {"batch": 0, "size": 8, "loss": 0.25})
            events.on_test_end({"loss": 0.25})
        events.on_epoch_end(epoch, {"val_loss": 0.25} if validated else {})
    events.on_train_end()
    return logger


def text_of(*, stream=None, count_mode="steps", stateful_metrics=None, **options):
    stream = stream or io.StringIO()
    run(ProgbarLogger(count_mode, stateful_metrics, stream=stream, clock=Clock()), **options)
    return stream.getvalue()


EVERYWHERE = [  # how fit is told of; the log file
    ({}, f"Epoch 1/1 - 2/2 [{FULL}] - 8s 4s/step - loss: 0.5000\n"),
    (
        {"validated": True},
        f"Epoch 1/1 - 2/2 [{FULL}] - 8s 4s/step - loss: 0.5000 - val_loss: 0.2500\n",
    ),
    ({"count_mode": "samples"}, f"Epoch 1/1 - 64/64 [{FULL}] - 8s 4s/step - loss: 0.5000\n"),
    ({"verbose": "auto"}, f"Epoch 1/1 - 2/2 [{FULL}] - 8s 4s/step - loss: 0.5000\n"),
    ({"verbose": 0}, ""),
    (
        {"verbose": 2, "epochs": 2},
        "Epoch 1/2 - 8s - loss: 0.5000\nEpoch 2/2 - 8s - loss: 0.5000\n",
    ),
    (
        {"told": 1, "steps": 3},
        f"Epoch 1/1 - 1/3 [{'=' * 9}>{'.' * 20}] - 4s 4s/step - loss: 0.5000\n",
    ),
]


@pytest.mark.parametrize(("options", "text"), EVERYWHERE, ids=lambda case: str(case)[:30])
def test_a_file_holds_one_whole_line_for_each_epoch(options, text):
    assert text_of(**options) == text


def test_a_target_or_a_number_of_epochs_that_is_unknown_is_not_invented():
    unknown = {"steps": None, "samples": None, "epochs": None}
    stream, clock = io.StringIO(), Clock()
    for count_mode in ("steps", "samples"):
        logger = ProgbarLogger(count_mode, stream=stream, clock=clock)
        logger.set_params(unknown)
        logger.on_epoch_begin(0)
        logger.on_batch_end(0, {"size": 32, "loss": 0.5})
        logger.on_epoch_end(0, {"loss": 0.5})
    assert stream.getvalue().splitlines() == [
        "Epoch 1 -       1/Unknown - 0s 0us/step - loss: 0.5000",
        "Epoch 1 -      32/Unknown - 0s 0us/step - loss: 0.5000",
    ]


@pytest.mark.parametrize("count_mode", ["batches", "", None, "Steps"])
def test_another_count_mode_is_refused(count_mode):
    with pytest.raises(ValueError, match="count_mode is 'samples' or 'steps', not "):
        ProgbarLogger(count_mode)


def test_a_terminal_shows_a_title_and_a_line_drawn_again():
    terminal = Terminal()
    text_of(stream=terminal, epochs=2, steps=3, validated=True)
    finished = f"3/3 [{FULL}] - 12s 4s/step - loss: 0.5000 - val_loss: 0.2500"
    assert terminal.lines() == ["Epoch 1/2", finished, "Epoch 2/2", finished, ""]
    drawn = [f"1/3 [{'=' * 9}>{'.' * 20}] - ETA: 8s", f"2/3 [{'=' * 19}>{'.' * 10}] - ETA: 4s"]
    first = terminal.getvalue().split("Epoch 2/2")[0].split("\r")[1:3]
    assert first == [f"{line} - loss: 0.5000" for line in drawn]


@pytest.mark.parametrize("verbose", [0, 2])
def test_a_terminal_shows_what_a_file_holds_unless_it_is_asked_for_a_bar(verbose):
    assert text_of(stream=Terminal(), verbose=verbose) == text_of(verbose=verbose)


def test_an_epoch_that_ends_early_has_a_finished_line_on_a_terminal():
    terminal = Terminal()
    text_of(stream=terminal, steps=3, told=2)
    assert terminal.lines()[1:] == [
        f"2/3 [{'=' * 19}>{'.' * 10}] - 8s 4s/step - loss: 0.5000",
        "",
    ]


def test_the_line_shows_means_by_size_and_running_figures_as_they_are():
    terminal, clock = Terminal(), Clock()
    logger = ProgbarLogger("steps", ["auc"], stream=terminal, clock=clock)
    logger.set_params({"steps": 9})
    logger.on_epoch_begin(0)
    for size, loss, auc in [(3, 1.0, 0.25), (1, 5.0, 0.75)]:
        clock.now += 1.0
        logger.on_batch_end(0, {"batch": 0, "size": size, "loss": loss, "auc": auc})
    assert terminal.lines()[-1].endswith(" - ETA: 7s - loss: 2.0000 - auc: 0.7500")


def test_a_line_is_drawn_at_most_twenty_times_a_second_and_is_due_just_then():
    terminal, clock = Terminal(), Clock()
    logger = ProgbarLogger("steps", stream=terminal, clock=clock)
    logger.set_params({"steps": 5000})
    logger.on_epoch_begin(0)
    drawings = 0
    for batch in range(1000):  # a second of batches of 1 ms
        clock.now = batch / 1000
        drawings += logger.is_due()
        logger.on_batch_end(batch, {"loss": 0.5})
        assert terminal.getvalue().count("\r") == drawings
        assert not logger.is_due()
    assert drawings == 20


@pytest.mark.parametrize("is_fit", [True, False])
def test_in_the_validation_of_a_fit_nothing_is_due(is_fit):
    """It draws nothing then; else every batch of it would have to leave the device."""
    clock = Clock()
    logger = ProgbarLogger("steps", stream=Terminal(), clock=clock)
    if is_fit:
        logger.on_train_begin()
        logger.on_epoch_begin(0)
    logger.on_test_begin()
    clock.now = 4.0
    assert logger.is_due() == (not is_fit)
    logger.on_test_end({"loss": 0.5})
    logger.on_epoch_begin(1)
    clock.now = 8.0
    assert logger.is_due()


@pytest.mark.parametrize("kind", ["train", "test"])
def test_batches_told_late_are_drawn_once_and_all_of_them(kind):
    terminal, clock = Terminal(), Clock()
    logger = ProgbarLogger("steps", stream=terminal, clock=clock)
    logger.set_params({"steps": 100})
    logger.on_epoch_begin(0) if kind == "train" else logger.on_test_begin()
    for batch in range(50):
        getattr(logger, f"on_{kind}_batch_begin")(batch)
    clock.now = 5.0
    for batch in range(50):
        getattr(logger, f"on_{kind}_batch_end")(batch, {"loss": 0.5})
    assert terminal.getvalue().count("\r") == 1
    assert terminal.lines()[-1].startswith(" 50/100 [===")
    assert terminal.lines()[-1].endswith("] - ETA: 5s - loss: 0.5000")


@pytest.mark.parametrize("verbose", [1, 2])
@pytest.mark.parametrize("name", ["evaluate", "predict"])
def test_evaluate_and_predict_show_their_own_line(name, verbose):
    clock = Clock()
    logger = run(ProgbarLogger("steps", stream=io.StringIO(), clock=clock))
    logger.stream = stream = io.StringIO()
    logger.set_params({"steps": 2, "samples": 64, "verbose": verbose})
    kind = {"evaluate": "test", "predict": "predict"}[name]
    figures = {"loss": 0.5} if name == "evaluate" else {}
    getattr(logger, f"on_{kind}_begin")({})
    for batch in range(2):
        clock.now += 3.0
        getattr(logger, f"on_{kind}_batch_end")(batch, {"batch": batch, "size": 32} | figures)
    getattr(logger, f"on_{kind}_end")(figures)
    bar = f"2/2 [{FULL}] - 6s 3s/step" if verbose == 1 else "2/2 - 6s"
    assert stream.getvalue() == bar + (" - loss: 0.5000\n" if figures else "\n")


def test_two_fits_are_shown_alike():
    texts = []
    logger = ProgbarLogger("steps", clock=Clock())
    for _ in range(2):
        logger.stream = Terminal()
        texts.append(run(logger, epochs=2, validated=True).stream.getvalue())
    assert texts[0] == texts[1]
