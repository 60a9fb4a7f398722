"""What mutants found untested: first attributes, whole sentences, hooks that are passed on."""

import re
from types import SimpleNamespace

import pytest

from minikeras.callbacks import (
    Callback,
    CallbackList,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    ModelCheckpoint,
    ProgbarLogger,
    ReduceLROnPlateau,
)
from minikeras.monitoring import Improvement

HOOKS = [name for name in vars(Callback) if name.startswith("on_") and name != "on_exception"]


def attributes(callback, *names):
    return tuple(getattr(callback, name) for name in names)


def test_before_the_first_epoch_nothing_has_happened():
    stopping = EarlyStopping("loss")
    names = ("patience", "best", "best_epoch", "stopped_epoch", "has_stopped", "wait")
    assert attributes(stopping, *names) == (0, None, 0, 0, False, 0)
    assert stopping.is_baseline_beaten is True
    reducing = ReduceLROnPlateau("loss")
    assert attributes(reducing, "cooldown", "cooldown_counter", "wait") == (0, 0, 0)
    assert attributes(reducing, "patience", "factor", "min_delta", "min_lr") == (10, 0.1, 1e-4, 0)
    assert ModelCheckpoint("x").epoch == 0


class Spy(Callback):
    """Keep what came last."""

    def __getattribute__(self, name):
        if name in HOOKS:
            return lambda *arguments: setattr(self, "heard", (name, *arguments))
        return super().__getattribute__(name)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_list_passes_on_number_and_logs(hook):
    spy, logs = Spy(), {"loss": 0.5}
    takes_number = "epoch" in hook or "batch" in hook
    arguments = (7, logs) if takes_number else (logs,)
    getattr(CallbackList([spy]), hook)(*arguments)
    name, *heard = spy.heard
    assert name == hook.replace("on_batch", "on_train_batch")
    assert heard == list(arguments)
    assert heard[-1] is logs


def test_a_prediction_counts_samples_and_shows_what_it_is_told(capsys):
    bar = ProgbarLogger("samples", clock=lambda: 0.0)
    bar.set_params({"samples": 7, "steps": 2, "verbose": 1})
    bar.on_predict_begin()
    for batch, size in enumerate((4, 3)):
        bar.on_predict_batch_begin(batch)
        bar.on_predict_batch_end(batch, {"size": size, "outputs": object()})
    bar.on_predict_end({"rows": 7.0})
    assert capsys.readouterr().out == f"7/7 [{'=' * 30}] - 0s 0us/step - rows: 7.0000\n"
    bar.on_predict_begin()
    bar.on_predict_batch_end(0)
    bar.on_predict_end()
    assert capsys.readouterr().out.startswith("1/7 [===>")


SENTENCES = {
    "patience": (lambda: ReduceLROnPlateau("loss", patience=-1), "patience is at least 0, not -1"),
    "cooldown": (lambda: ReduceLROnPlateau("loss", cooldown=-1), "cooldown is at least 0, not -1"),
    "min_lr": (lambda: ReduceLROnPlateau("loss", min_lr=-1), "min_lr is at least 0, not -1"),
    "nan": (
        lambda: Improvement.watching("loss", min_delta=float("nan")),
        "min_delta is the smallest change that counts, not nan",
    ),
    "field": (
        lambda: ModelCheckpoint("{epoch.x}"),
        "{epoch.x} in the path '{epoch.x}' is no plain field; use {epoch:02d}, {batch} or a key of "
        "the logs, such as {val_loss:.2f}",
    ),
    "not open": (
        lambda: CSVLogger("x").on_epoch_end(0),
        "CSVLogger opens its file in on_train_begin: call that first",
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_a_sentence_is_whole(case):
    make, sentence = SENTENCES[case]
    with pytest.raises((ValueError, RuntimeError), match=f"^{re.escape(sentence)}$"):
        make()


def test_an_unknown_hook_is_answered_with_the_list():
    with pytest.raises(TypeError, match="there are: on_train_begin, on_train_end, on_"):
        LambdaCallback(on_lunch=print)


def test_letters_are_no_separators(tmp_path):
    fields = ModelCheckpoint("{X}.{tag}")
    fields.set_model(SimpleNamespace(save=lambda path, overwrite: saved.append(path)))
    saved = []
    fields.on_epoch_end(0, {"X": 1, "tag": "X"})
    assert saved == ["1.X"]
    CSVLogger(tmp_path / "x", separator="X")


def write(path, *keys, **options):
    logger = CSVLogger(path, append=True, **options)
    logger.on_train_begin()
    try:
        logger.on_epoch_end(0, dict.fromkeys(keys, 1.0))
    finally:
        logger.on_train_end()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("key", ["loss", "two\r\nlines", "a;b,c"])
def test_rows_go_on_below_a_header_with_any_separator_and_key(tmp_path, separator, key):
    for _ in range(2):
        write(tmp_path / "log", key, separator=separator)
    lines = (tmp_path / "log").read_bytes().split(b"\r\n")
    row = f"0{separator}1.0".encode()
    assert lines[-3:] == [row, row, b""]


def test_another_header_is_quoted(tmp_path):
    write(tmp_path / "log", "loss")
    with pytest.raises(ValueError, match=r"begins with 'epoch,loss'; the .* 'epoch,acc'"):
        write(tmp_path / "log", "acc")


def test_keys_that_come_late_are_listed(tmp_path):
    logger = CSVLogger(tmp_path / "log")
    logger.on_train_begin()
    logger.on_epoch_end(0, {"a": 1.0, "b": 1.0})
    with pytest.warns(RuntimeWarning, match=r"^x, y came after .* are a, b: left out$"):
        logger.on_epoch_end(1, {"x": 1.0, "y": 1.0})
    logger.on_train_end()
