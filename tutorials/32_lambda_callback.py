"""Must every callback be a class?"""

# %% lines
import json
from pathlib import Path

from minikeras.callbacks import LambdaCallback
from minikeras.loops import loop

log = Path("log.jsonl")
file = log.open("w")
noting = LambdaCallback(
    on_epoch_end=lambda epoch, logs: print(json.dumps({"epoch": epoch, **logs}), file=file),
    on_train_end=lambda logs: file.close(),
)
for epoch in loop([noting], epochs=3):
    epoch.log(loss=1 / (epoch.number + 1))
print(log.read_text())

# %% read
for line in log.read_text().splitlines():
    told = json.loads(line)
    print(told["epoch"], told["loss"])

# %% print-one
for epoch in loop([LambdaCallback(on_epoch_end=print(1))], epochs=10):
    epoch.log(loss=0.5)

# %% print-each
for epoch in loop([LambdaCallback(on_epoch_end=print)], epochs=3):
    epoch.log(loss=0.5)

# %% refused
for options in (
    {"on_epoch_end": lambda logs: print(logs)},
    {"on_epoch_end": 1},
    {"on_epoch_ends": print},
):
    try:
        for epoch in loop([LambdaCallback(**options)], epochs=10):
            epoch.log(loss=0.5)
    except TypeError as error:
        print("TypeError:", str(error).split(";")[0])

# %% exception
silent = LambdaCallback(on_train_end=lambda logs: print("on_train_end"))
told = LambdaCallback(on_exception=lambda exception: print("on_exception:", exception))
try:
    with loop([silent, told], epochs=3) as epochs:
        for epoch in epochs:
            epoch.log(loss=0.5)
            raise RuntimeError("the data is gone")
except RuntimeError as error:
    print("still raised:", error)

# %% exercise
from minikeras.callbacks import LambdaCallback
from minikeras.lessons import check_json_lines


def json_lines(path):
    file = path.open("w")
    return LambdaCallback(
        on_epoch_end=lambda epoch, logs: print({"epoch": epoch, **logs}, file=file),
        on_train_end=lambda logs: file.close(),
    )


check_json_lines(json_lines)

# %% solution
import json

from minikeras.callbacks import LambdaCallback
from minikeras.lessons import check_json_lines


def json_lines(path):
    file = path.open("w")
    return LambdaCallback(
        on_epoch_end=lambda epoch, logs: print(json.dumps({"epoch": epoch, **logs}), file=file),
        on_train_end=lambda logs: file.close(),
        on_exception=lambda exception: file.close(),
    )


check_json_lines(json_lines)
