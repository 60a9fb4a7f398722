"""Where does ModelCheckpoint save, and can a path lead anywhere else?"""

import math
import string
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import CallbackList, ModelCheckpoint
from minikeras.callbacks.model_checkpoint import check_template, fill_template

FIELDS = {"epoch": 3, "batch": 12, "loss": 0.257, "val_accuracy": 0.5, "bad": math.nan, "a b": 1.0}

FILLED = {  # a template, the path
    "w.h5": "w.h5",
    "w.{epoch:02d}.h5": "w.03.h5",
    "weights.{epoch:02d}-{val_accuracy:.2f}.hdf5": "weights.03-0.50.hdf5",
    "{epoch}/{batch:05d}.keras": "3/00012.keras",
    "w-{loss}": "w-0.257",
    "w-{bad:.2f}.weights.h5": "w-nan.weights.h5",
    "w-{a b:.0f}": "w-1",
    "{epoch:>4}|{loss:+.1e}|{val_accuracy:.0%}": "   3|+2.6e-01|50%",
    "{{epoch}}-{epoch}": "{epoch}-3",
}

REFUSED = {  # a template that is refused at once, a word of the sentence
    "{loss.real}": "no plain field",
    "{loss.__class__}": "no plain field",
    "{loss[0]}": "no plain field",
    "{loss!r}": "{loss!r} in the path '{loss!r}' is no plain field",
    "{}": "no plain field",
    "{0}": "no plain field",
    "{:02d}": "no plain field",
    "{epoch:{batch}d}": "a field inside the format of another",
    "w.{epoch": "expected '}'",
    "w.epoch}": "Single '}'",
}

LATE = {  # a template that cannot be filled, and what the logs hold for `x`
    "a separator": ("w-{x}", "a/b", "no separators"),
    "a separator of Windows": ("w-{x}", "a\\b", "no separators"),
    "a separator by fill character": ("{epoch:/>9}.h5", 0.5, "no separators"),
    "the folder above": ("{x}/w.h5", "..", "lead to another folder"),
    "the folder above, in halves": ("{x}{x}/w.h5", ".", "lead to another folder"),
    "the folder above, by nothing": (".{x}./w.h5", "", "lead to another folder"),
    "the folder above, by character codes": ("{x:.>2c}/w.h5", 46, "lead to another folder"),
    "a format of other types": ("w-{x:02d}", 0.5, "{x:02d} in 'w-{x:02d}' cannot be filled"),
    "a format of numbers": ("w-{x:.2f}", "high", "cannot be filled"),
    "a format of nothing": ("w-{x:.2f}", None, "cannot be filled"),
    "a code of no character": ("w-{x:c}", 0x110000, "cannot be filled"),
}


def model_that_saves(into):
    """Return a model that writes down which method was called, with what."""

    def method(name):
        def save(filepath, overwrite=True):
            assert overwrite
            assert Path(filepath).parent.is_dir()
            into.append((name, filepath))

        return save

    return SimpleNamespace(save=method("save"), save_weights=method("save_weights"))


def saved_by(callback, fits=(1,), losses=None, sizes=(1, 1, 1)):
    """Return what is saved in fits of so many epochs of three batches."""
    saved = []
    events = CallbackList([callback], model_that_saves(saved))
    losses = iter(losses or [0.5] * 1000)
    for epochs in fits:
        events.on_train_begin()
        for epoch in range(epochs):
            events.on_epoch_begin(epoch)
            for batch, size in enumerate(sizes):
                logs = {"batch": batch, "size": size, "loss": next(losses)}
                if size is None:
                    del logs["batch"], logs["size"]
                events.on_train_batch_end(batch, logs)
            events.on_epoch_end(epoch, {"loss": 0.5, "val_loss": 0.25})
        events.on_train_end()
    return saved


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("template", FILLED)
def test_plain_fields_are_filled_in(template):
    assert fill_template(template, FIELDS) == FILLED[template]


@pytest.mark.parametrize("template", REFUSED)
def test_more_than_a_plain_field_is_refused_when_the_callback_is_made(template):
    with pytest.raises(ValueError) as raised:
        ModelCheckpoint(template)
    assert REFUSED[template] in str(raised.value)


@pytest.mark.parametrize("case", LATE)
def test_a_value_that_does_not_suit_is_refused(case):
    template, value, words = LATE[case]
    with pytest.raises(ValueError) as raised:
        fill_template(template, {"x": value, "epoch": 3})
    assert words in str(raised.value)


def test_a_field_that_logs_lack_lists_those_there_are():
    callback = ModelCheckpoint("w.{val_acc:.2f}.h5")
    with pytest.raises(KeyError) as raised:
        saved_by(callback, fits=[1])
    sentence = "the path 'w.{val_acc:.2f}.h5' asks for 'val_acc'; there are: epoch, loss, val_loss"
    assert raised.value.args == (sentence,)


ALIGNED = st.sampled_from(["", "/>", ".^", "0="])  # fill and align
TYPES = st.sampled_from(["", "c", "d", ".2f"])
FORMATS = st.builds("{}{}{}".format, ALIGNED, st.sampled_from(["", 2]), TYPES)
FIELD = st.builds("{{{}:{}}}".format, st.sampled_from(["epoch", "batch", "loss"]), FORMATS)
TEXTS = st.sampled_from(["w", ".", "..", "/", "./", "../", "/.", "-", "\\", "{{", "}}"])
NUMBERS = st.sampled_from([46, 47, 92, 1])  # codes of . / \ and no character of a name


@given(st.lists(TEXTS | FIELD, max_size=5).map("".join), NUMBERS, NUMBERS, st.floats())
def test_a_value_never_leads_to_another_folder(template, epoch, batch, loss):
    try:
        pieces = check_template(template)
        path = fill_template(template, {"epoch": epoch, "batch": batch, "loss": loss})
    except ValueError:
        return
    plain = "".join(text + ("x" if field else "") for text, field, _ in pieces)
    assert path.count("\\") == plain.count("\\")
    assert len(path.split("/")) == len(plain.split("/"))
    for part, plain_part in zip(path.split("/"), plain.split("/"), strict=True):
        assert (part in ("", ".", "..")) == (plain_part in ("", ".", ".."))


@given(st.dictionaries(st.text(string.ascii_lowercase, min_size=1), st.floats(), max_size=3))
def test_any_float_fills_a_field_as_format_does(logs):
    template = "-".join(f"{{{key}:.3f}}" for key in logs)
    assert fill_template(template, logs) == template.format(**logs)


@pytest.mark.parametrize("path", ["new/folders/w.h5", Path("new") / "w.h5", "w", "w.pt", "."])
def test_any_path_will_do_and_its_folders_are_made(path):
    assert saved_by(ModelCheckpoint(path), fits=[1]) == [("save", str(path))]


@pytest.mark.parametrize("path", ["w.weights.h5", "w.h5", "w.keras", "w"])
def test_weights_alone_are_saved_under_any_name(path):
    callback = ModelCheckpoint(path, save_weights_only=True)
    assert saved_by(callback, fits=[2]) == [("save_weights", path)] * 2


PERIODS = [  # period, epochs of each fit, the epochs saved in them all
    (1, [2, 1], ["1", "2", "1"]),
    (2, [5], ["2", "4"]),
    (2, [3, 3], ["2", "1", "3"]),  # counted over fits, as Keras 2.3.1 does
    (3, [2, 2, 2], ["1", "2"]),
    (9, [5], []),
]


@pytest.mark.parametrize(("period", "fits", "epochs"), PERIODS)
def test_a_period_is_counted_over_fits(period, fits, epochs):
    assert [path for _, path in saved_by(ModelCheckpoint("{epoch}", period=period), fits)] == epochs


BATCHES = [  # save_freq, epochs of each fit, the batches of three per epoch that are saved
    (1, [1], ["1.1", "1.2", "1.3"]),
    (2, [3], ["1.2", "2.1", "2.3", "3.2"]),
    (2, [1, 1], ["1.2", "1.1", "1.3"]),
    (4, [3], ["2.1", "3.2"]),
]


@pytest.mark.parametrize(("save_freq", "fits", "batches"), BATCHES)
def test_batches_are_counted_over_epochs_and_fits(save_freq, fits, batches):
    callback = ModelCheckpoint("{epoch}.{batch}", save_freq=save_freq, period=9)
    assert [path for _, path in saved_by(callback, fits)] == batches


MEANS = [  # sizes of the batches, their losses, the means at which one saves
    ((1, 1, 1), [4, 2, 3, 4, 1, 1], ["4.00", "3.00", "2.50", "2.00"]),
    ((1, 3, 1), [4, 0, 9], ["4.00", "1.00"]),
    ((None,) * 3, [4, 2, 3, 4, 1, 1], ["4.00", "2.00", "1.00"]),  # means already, by real Keras
]


@pytest.mark.parametrize(("sizes", "losses", "means"), MEANS)
def test_the_best_batch_is_that_of_the_best_mean_so_far(sizes, losses, means):
    callback = ModelCheckpoint("{loss:.2f}", "loss", save_best_only=True, save_freq=1)
    saved = saved_by(callback, [len(losses) // 3], losses, sizes)
    assert [path for _, path in saved] == means
    assert callback.best == float(means[-1])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"period": 0}, "period is a number of epochs, at least 1, not 0"),
        ({"save_freq": 0}, "save_freq is 'epoch' or a number of batches, not 0"),
        ({"save_freq": "batch"}, "save_freq is 'epoch' or a number of batches, not 'batch'"),
        ({"save_freq": 2.0}, "not 2.0"),
        ({"mode": "best"}, "mode is 'auto', 'min' or 'max', not 'best'"),
    ],
)
def test_settings_out_of_range_are_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        ModelCheckpoint("w.h5", **options)


def test_a_save_that_fails_is_no_best():
    def save(filepath, overwrite):
        raise OSError("no space left on device")

    callback = ModelCheckpoint("w", "loss", save_best_only=True)
    callback.set_model(SimpleNamespace(save=save))
    with pytest.raises(OSError, match="no space left"):
        callback.on_epoch_end(0, {"loss": 0.5})
    assert callback.best is None


def test_a_name_for_weights_is_refused_for_a_whole_model():
    with pytest.raises(ValueError, match=r"pass save_weights_only=True, or end it in '\.keras'"):
        ModelCheckpoint("x.weights.h5")
    assert ModelCheckpoint("x.weights.h5", save_weights_only=True).save_weights_only
