"""It died in epoch 8: what is lost?"""

# %% program
import minikeras as keras
from minikeras.datasets import digits
from minikeras.layers import Dense, Flatten

(x, y), held_out = digits.load_data(shuffle=False)


def program(callbacks):
    """Train for 10 epochs, always from the same seed."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([Flatten(input_shape=(8, 8)), Dense(32, activation="relu")])
    model.add(Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model.fit(x / 16, y, epochs=10, callbacks=callbacks, verbose=0)


# %% unbroken
unbroken = program([]).history["loss"]
print(*[f"{loss:.4f}" for loss in unbroken])

# %% crash
from minikeras.callbacks import BackupAndRestore, Callback


class PowerCut(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_batch_end(self, batch, logs=None):
        if self.epoch == 7 and batch == 20:
            raise RuntimeError("no power")


try:
    program([BackupAndRestore("backup"), PowerCut()])
except RuntimeError as error:
    print(error)

# %% left
import os

print(os.listdir("backup"))

# %% again
ran = []


class Spy(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        ran.append(epoch + 1)


resumed = program([BackupAndRestore("backup"), Spy()]).history["loss"]
print("epochs of the second run:", ran)
print("epochs in its history:", len(resumed))
print("equal to the last bit:", resumed == unbroken)

# %% gone
print(os.path.exists("backup"))

# %% weights-alone
kept = []


class Keep(Callback):
    def on_epoch_end(self, epoch, logs=None):
        kept.append(self.model.get_weights())


class Load(Callback):
    def on_train_begin(self, logs=None):
        self.model.set_weights(kept[6])  # those that epoch 7 ended with


program([Keep()])
from_weights = program([Load()]).history["loss"][:3]
for epoch in (8, 9, 10):
    print(epoch, f"{unbroken[epoch - 1]:.4f}", f"{from_weights[epoch - 8]:.4f}")

# %% run
import random


class Run:
    """Rolls w to the middle of four rows, with momentum."""

    def __init__(self):
        self.epoch, self.w, self.speed, self.random = 0, 0.0, 0.0, random.Random(0)

    def train(self):
        loss, rows, rate = 0.0, [1.0, 2.0, 4.0, 7.0], 0.05 * 0.9**self.epoch
        for row in self.random.sample(rows, 4):
            loss += (self.w - row) ** 2 / 4
            self.speed = 0.8 * self.speed - rate * (self.w - row)
            self.w += self.speed
        self.epoch += 1
        return loss


run = Run()
print(*[f"{run.train():.4f}" for _ in range(10)])

# %% exercise
from minikeras.lessons import check_resume


def keep(run):
    """Called after each epoch: return what will be on the disk."""
    return {"w": run.w}


def go_on(run, kept):
    """Called with a new run: bring it to where the old one was."""
    run.w = kept["w"]


check_resume(Run, keep, go_on)

# %% solution
from minikeras.lessons import check_resume


def keep(run):
    """Called after each epoch: return what will be on the disk."""
    order = run.random.getstate()
    return {"epoch": run.epoch, "w": run.w, "speed": run.speed, "order": order}


def go_on(run, kept):
    """Called with a new run: bring it to where the old one was."""
    run.epoch, run.w, run.speed = kept["epoch"], kept["w"], kept["speed"]
    run.random.setstate(kept["order"])


check_resume(Run, keep, go_on)
