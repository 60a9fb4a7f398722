"""What does every callback promise? A new one joins by its name in `__all__` and a row here."""

import copy
import inspect
import io
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from minikeras import callbacks
from minikeras.callbacks import Callback, CallbackList, History
from minikeras.callbacks.backup_and_restore import restore

REQUIRED = inspect.Parameter.empty
DOCUMENTED = {  # parameters and defaults, in this order; further ones come later and have defaults
    "BackupAndRestore": {"backup_dir": REQUIRED, "save_freq": "epoch", "delete_checkpoint": True},
    "BaseLogger": {"stateful_metrics": None},
    "CSVLogger": {"filename": REQUIRED, "separator": ",", "append": False},
    "Callback": {},
    "CallbackList": {"callbacks": (), "model": None, "params": None},
    "EarlyStopping": {"monitor": "val_loss", "min_delta": 0, "patience": 0, "verbose": 0}
    | {"mode": "auto", "baseline": None, "restore_best_weights": False},
    "History": {},
    "LambdaCallback": dict.fromkeys(
        f"on_{what}_{when}" for what in ("epoch", "batch", "train") for when in ("begin", "end")
    ),
    "LearningRateScheduler": {"schedule": REQUIRED, "verbose": 0},
    "ModelCheckpoint": {"filepath": REQUIRED, "monitor": "val_loss", "verbose": 0}
    | {"save_best_only": False, "save_weights_only": False, "mode": "auto", "period": 1},
    "ProgbarLogger": {"count_mode": "samples", "stateful_metrics": None},
    "ReduceLROnPlateau": {"monitor": "val_loss", "factor": 0.1, "patience": 10, "verbose": 0}
    | {"mode": "auto", "min_delta": 0.0001, "cooldown": 0, "min_lr": 0},
    "RemoteMonitor": {"root": "http://localhost:9000", "path": "/publish/epoch/end/"}
    | {"field": "data", "headers": None, "send_as_json": False},
    "TensorBoard": {"log_dir": "./logs", "histogram_freq": 0, "batch_size": 32}
    | {"write_graph": True, "write_grads": False, "write_images": False, "embeddings_freq": 0}
    | {"embeddings_layer_names": None, "embeddings_metadata": None, "embeddings_data": None}
    | {"update_freq": "epoch"},
    "TerminateOnNaN": {},
}
HOOKS = [name for name in vars(Callback) if name.startswith("on_")]
BATCH = {"batch": 0, "size": 2}
LADDER = [  # one epoch of one batch, evaluated, and a prediction: hook, its number, its logs
    ("on_train_begin", None, {}),
    ("on_epoch_begin", 0, {}),
    ("on_train_batch_begin", 0, BATCH),
    ("on_train_batch_end", 0, BATCH | {"loss": 0.5}),
    ("on_test_begin", None, {}),
    ("on_test_batch_begin", 0, BATCH),
    ("on_test_batch_end", 0, BATCH | {"loss": 0.25}),
    ("on_test_end", None, {"loss": 0.25}),
    ("on_epoch_end", 0, {"loss": 0.5, "val_loss": 0.25}),
    ("on_train_end", None, {}),
    ("on_predict_begin", None, {}),
    ("on_predict_batch_begin", 0, BATCH),
    ("on_predict_batch_end", 0, BATCH),
    ("on_predict_end", None, {}),
]
PARAMS = {"batch_size": 2, "epochs": 1, "steps": 1, "samples": 2, "verbose": 1}
PARAMS |= {"do_validation": True, "metrics": ["loss", "val_loss"]}

every_callback = pytest.mark.parametrize("name", callbacks.__all__)
pytestmark = pytest.mark.filterwarnings("ignore")  # what a callback warns of is its own test's


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def arguments_of(name):
    """Return values for the parameters without a default, and a world that repeats itself."""
    values = {
        "filepath": "model.h5",
        "filename": "log.csv",
        "backup_dir": "backup",
        "schedule": lambda epoch: 0.1,
    }
    world = {"stream": io.StringIO(), "clock": lambda: 0.0, "root": "http://localhost:1"}
    parameters = inspect.signature(getattr(callbacks, name)).parameters
    needed = [key for key in values if key in parameters and parameters[key].default is REQUIRED]
    return {key: (values | world)[key] for key in [*needed, *(world.keys() & parameters.keys())]}


def made(name):
    """Return a callback that knows its parameters and a model, which is none of ours."""
    callback = getattr(callbacks, name)(**arguments_of(name))
    callback.set_params(dict(PARAMS))
    callback.set_model(some_model())
    restore([callback])  # `fit` begins with this
    return callback


def some_model():
    def save(filepath, overwrite=True):
        Path(filepath).write_bytes(b"weights")

    return SimpleNamespace(
        stop_training=False,
        optimizer=SimpleNamespace(learning_rate=0.1),
        get_weights=lambda: [1.0],
        set_weights=lambda weights: None,
        save=save,
        save_weights=save,
        save_backup=save,
    )


def climb(events, until=None):
    """Tell of one run; return the logs of each moment as all callbacks have left them."""
    seen = []
    for hook, number, logs in LADDER:
        logs = dict(logs)
        getattr(events, hook)(*([] if number is None else [number]), logs)
        seen.append((hook, logs))
        if hook == until:
            break
    return seen


@every_callback
def test_a_signature_is_the_documented_one(name):
    assert name in DOCUMENTED, f"{name} needs a row in the table of documented signatures"
    documented = DOCUMENTED[name]
    parameters = list(inspect.signature(getattr(callbacks, name)).parameters.values())
    first, further = parameters[: len(documented)], parameters[len(documented) :]
    assert {p.name: p.default for p in first} == documented
    assert [p.name for p in first] == list(documented)
    assert all(p.kind is p.POSITIONAL_OR_KEYWORD for p in first)
    assert all(p.default is not REQUIRED for p in further if p.kind is not p.VAR_KEYWORD)


@every_callback
def test_documented_defaults_may_be_written_out(name):
    defaults = {key: value for key, value in DOCUMENTED[name].items() if value is not REQUIRED}
    getattr(callbacks, name)(**(arguments_of(name) | defaults))


@every_callback
def test_an_unknown_argument_is_a_type_error(name):
    with pytest.raises(TypeError, match=r"no_such_option|takes no arguments"):
        getattr(callbacks, name)(**arguments_of(name), no_such_option=1)


@every_callback
def test_making_a_callback_touches_no_file(name):
    made(name)
    assert os.listdir() == []


@every_callback
def test_hooks_take_what_the_base_takes(name):
    for hook in HOOKS:
        base, own = (getattr(c, hook) for c in (Callback, getattr(callbacks, name)))
        base, own = (inspect.signature(f).parameters.values() for f in (base, own))
        assert [(p.name, p.default) for p in own] == [(p.name, p.default) for p in base]


CALLS = {  # how logs=None is said
    "not at all": lambda hook, number: hook(*number.values()),
    "by position": lambda hook, number: hook(*number.values(), None),
    "by name": lambda hook, number: hook(*number.values(), logs=None),
    "all by name": lambda hook, number: hook(**number, logs=None),
}


@every_callback
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_hook_does_without_logs(name, call):
    callback = made(name)
    for hook, number, _ in LADDER:
        what = "epoch" if "epoch" in hook else "batch"
        call(getattr(callback, hook), {} if number is None else {what: number})
        if "train_batch" in hook:
            call(getattr(callback, hook.replace("train_", "")), {"batch": 0})


@every_callback
def test_one_object_serves_two_fits_alike(name, capsys):
    callback, runs = made(name), []
    for _ in range(2):
        if "stream" in arguments_of(name):
            callback.stream = io.StringIO()
        callback.set_model(some_model())
        restore([callback])
        logs = climb(CallbackList([callback, History()]))
        state = {
            key: copy.deepcopy(value)
            for key, value in vars(callback).items()
            if isinstance(value, bool | int | float | str | list | dict | None)
        }
        written = getattr(callback, "stream", io.StringIO()).getvalue()
        runs.append((logs, state, written, capsys.readouterr()))
    assert runs[0] == runs[1]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux which files are open")
@every_callback
@pytest.mark.parametrize("hook", [hook for hook, *_ in LADDER[:10]])
def test_no_file_stays_open_after_an_exception(name, hook, tmp_path):
    callback = made(name)
    events = CallbackList([callback])
    climb(events, until=hook)
    events.on_exception(KeyboardInterrupt())
    links = [Path("/proc/self/fd", number) for number in os.listdir("/proc/self/fd")]
    still_open = [os.readlink(link) for link in links if link.is_symlink()]
    assert [path for path in still_open if path.startswith(str(tmp_path))] == []


def test_a_subclass_need_not_call_the_constructor_of_its_base():
    class Mine(Callback):
        def __init__(self):
            self.mine = True

    callback, model = Mine(), some_model()
    assert (callback.model, callback.params, callback.validation_data) == (None, {}, None)
    climb(CallbackList([callback], model, PARAMS))
    assert (callback.model, callback.params) == (model, PARAMS)
