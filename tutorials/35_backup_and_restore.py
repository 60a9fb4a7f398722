"""What if the power fails tonight?"""

# %% unbroken
from minikeras.callbacks import Callback, EarlyStopping
from minikeras.lab import PRESETS, replay

scores = PRESETS["second_valley"].scores
print("unbroken: stops after epoch", replay(scores, EarlyStopping(patience=5)).stopped)

# %% fresh
killed = EarlyStopping(patience=5)
replay(scores[:8], killed)
print("killed after epoch 8 with best", killed.best, "wait", killed.wait)
fresh = EarlyStopping(patience=5)
print("a fresh one, from epoch 9 on: stops after", replay(scores[8:], fresh).stopped)

# %% state
import json

text = json.dumps(killed.state_dict())
print(text)
again = EarlyStopping(patience=5)
again.load_state_dict(json.loads(text))
print("with its memory: stops after epoch", 8 + replay(scores[8:], again).stopped)

# %% program native
import minikeras as keras
from minikeras.callbacks import BackupAndRestore
from minikeras.datasets import digits
from minikeras.layers import Dense, Flatten

(x, y), _ = digits.load_data(shuffle=False)


def program(*callbacks):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([Flatten(input_shape=(8, 8)), Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model.fit(x / 16, y, epochs=10, verbose=0, callbacks=[*callbacks])


# %% again native
class Dies(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 7:
            raise RuntimeError("the battery is empty")


class Spy(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        print("epoch", epoch + 1, "begins")


try:
    program(BackupAndRestore("backup"), Dies())
except RuntimeError as error:
    print(error)
resumed = program(BackupAndRestore("backup"), Spy())

# %% equal native
print("epochs in the history:", len(resumed.epoch))
print("equal to the last bit:", resumed.history == program().history)


# %% yours
class Stop(Callback):
    def __init__(self, patience):
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.weights = None, 0, None

    def on_epoch_end(self, epoch, logs=None):
        score, self.wait = logs["val_loss"], self.wait + 1
        if self.best is None or score < self.best:
            self.best, self.wait, self.weights = score, 0, self.model.get_weights()
        self.model.stop_training = self.wait >= self.patience

    def on_train_end(self, logs=None):
        if self.weights is not None:
            self.model.set_weights(self.weights)


# %% exercise
from minikeras.lessons import check_state


class Remembers(Stop):
    def state_dict(self):
        return {"best": self.best, "weights": self.weights}

    def load_state_dict(self, state):
        self.best, self.weights = state["best"], state["weights"]


check_state(Remembers)

# %% solution
from minikeras.lessons import check_state


class Remembers(Stop):
    def state_dict(self):
        return {"best": self.best, "wait": self.wait, "weights": self.weights}

    def load_state_dict(self, state):
        self.best, self.wait = state["best"], state["wait"]
        self.weights = state["weights"]


check_state(Remembers)
