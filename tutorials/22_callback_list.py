"""How do several callbacks live in one loop, and does their order matter?"""

# %% gap
from minikeras.callbacks import Callback


class AddGap(Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["gap"] = logs["val_loss"] - logs["loss"]


# %% train
from types import SimpleNamespace

from minikeras.callbacks import CallbackList, EarlyStopping, LambdaCallback
from minikeras.lab import PRESETS


def train(*callbacks):
    model = SimpleNamespace(stop_training=False)
    events = CallbackList(callbacks, model=model)
    events.on_train_begin()
    for number, val_loss in enumerate(PRESETS["overfit"].scores):
        events.on_epoch_end(number, {"loss": 0.8 * 0.83**number, "val_loss": val_loss})
        if model.stop_training:
            break
    events.on_train_end()
    print(number + 1, "epochs")


# %% first
show = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch + 1, f"gap {logs['gap']:.3f}"))
train(AddGap(), EarlyStopping("gap", mode="min", patience=3), show)

# %% swapped
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    train(EarlyStopping("gap", mode="min", patience=3), AddGap())
print(len(caught), "warning:", caught[0].message)


# %% one-dict
class Tidy(Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = round(logs["val_loss"], 1)


train(EarlyStopping(patience=3))
train(Tidy(), EarlyStopping(patience=3))

# %% class
try:
    CallbackList([EarlyStopping])
except TypeError as error:
    print("TypeError:", error)

# %% exercise
from minikeras.callbacks import CSVLogger, ReduceLROnPlateau
from minikeras.lessons import check_header

four = [
    CSVLogger("log.csv"),
    EarlyStopping("gap", mode="min", patience=3),
    ReduceLROnPlateau("gap", mode="min", patience=2),
    AddGap(),
]
check_header(four)

# %% solution
from minikeras.callbacks import CSVLogger, ReduceLROnPlateau
from minikeras.lessons import check_header

four = [
    AddGap(),
    EarlyStopping("gap", mode="min", patience=3),
    ReduceLROnPlateau("gap", mode="min", patience=2),
    CSVLogger("log.csv"),
]
check_header(four)
