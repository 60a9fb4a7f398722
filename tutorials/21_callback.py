"""Who calls my code while a model trains, and what is it told?"""

# %% text-me
from minikeras.callbacks import Callback
from minikeras.loops import loop


class TextMe(Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["val_accuracy"] >= 0.95:
            print(f"epoch {epoch + 1}: {logs['val_accuracy']}, come and look")


for epoch in loop([TextMe()], epochs=5):
    epoch.log(val_accuracy=[0.88, 0.93, 0.94, 0.96, 0.97][epoch.number])

# %% spy
calls = []


def spy_on(hook):
    def method(self, *told):
        calls.append(hook)
        print(hook, *told)

    return method


# %% spy-class
class Spy(Callback):
    """Prints each call of six hooks, and notes its name."""


for part in ("train", "epoch", "batch"):
    for edge in ("begin", "end"):
        setattr(Spy, f"on_{part}_{edge}", spy_on(f"on_{part}_{edge}"))

# %% run
for epoch in loop([Spy()], epochs=2):
    for loss in epoch.batches([1.0, 0.5]):
        epoch.log_batch(loss=loss, size=4)
print(len(calls), "lines")
ladder_of_two = list(calls)

# %% validated
for epoch in loop([Spy()], epochs=1):
    for loss in epoch.batches([1.0, 0.5]):
        epoch.log_batch(loss=loss, size=4)
    epoch.log(val_loss=0.8)


# %% shared
class Counts(Callback):
    def on_epoch_end(self, epoch, logs={}):  # noqa: B006
        logs["epochs"] = logs.get("epochs", 0) + 1
        return logs["epochs"]


first, second = Counts(), Counts()
print("first", first.on_epoch_end(0), first.on_epoch_end(1))
print("second", second.on_epoch_end(0))


# %% exercise
from minikeras.lessons import check_batch_losses


class BatchLosses(Callback):
    def __init__(self):
        self.losses = []

    def on_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


check_batch_losses(BatchLosses)

# %% solution
from minikeras.lessons import check_batch_losses


class BatchLosses(Callback):
    def on_train_begin(self, logs=None):
        self.losses = []

    def on_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


check_batch_losses(BatchLosses)
