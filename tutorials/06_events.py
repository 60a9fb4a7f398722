"""Who is called when, and with what?"""

# %% narrator
from minikeras.callbacks import Callback


class Narrator(Callback):
    def on_train_begin(self, logs=None):
        print("training begins")

    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch} is over, loss {logs['loss']:.2f}")


# %% line
import minikeras as keras
from minikeras.layers import Dense

x, y = [[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]  # y = 2x + 1
held_out = [[4.0], [5.0]], [9.0, 11.0]
keras.utils.set_random_seed(0)
model = keras.Sequential([Dense(1, input_dim=1)])
model.compile(keras.optimizers.SGD(0.05), "mse")
history = model.fit(x, y, batch_size=2, epochs=2, callbacks=[Narrator()], verbose=0)

# %% moments
PARTS = ["train", "epoch", "train_batch", "test", "test_batch", "predict", "predict_batch"]
MOMENTS = []
for part in PARTS:
    pair = [f"on_{part}_begin", f"on_{part}_end"]
    print(*pair)
    MOMENTS += pair

# %% spy
calls = []


def spy_on(moment):
    def hook(self, *told):
        *numbers, logs = told
        calls.append(moment)
        print(moment, *numbers, *logs)

    return hook


# %% spy-class
class Spy(Callback):
    """Prints every moment."""


for moment in MOMENTS:
    setattr(Spy, moment, spy_on(moment))

# %% short-run
history = model.fit(
    x, y, batch_size=4, epochs=1, validation_data=held_out, callbacks=[Spy()], verbose=0
)
predictions = model.predict(x, callbacks=[Spy()], verbose=0)
short_run = list(calls)
print(len(short_run), "calls")

# %% long-run
calls.clear()
history = model.fit(
    x, y, batch_size=2, epochs=2, validation_data=held_out, callbacks=[Spy()], verbose=0
)
print(len(calls), "calls")


# %% gap
class AddGap(Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["gap"] = logs["val_loss"] - logs["loss"]


class ReadGap(Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch}: gap {logs['gap']:.3f}")


# %% passed-along
two = [AddGap(), ReadGap()]
history = model.fit(x, y, epochs=2, validation_data=held_out, callbacks=two, verbose=0)
list(history.history)

# %% exercise
from minikeras.lessons import check_order

batch = ["on_train_batch_begin", "on_train_batch_end"]
held_out_batch = ["on_test_batch_begin", "on_test_batch_end"]
validation = ["on_test_begin", "on_test_end", *held_out_batch]
epoch = ["on_epoch_begin", *batch, *batch, "on_epoch_end", *validation]
cards = ["on_train_begin", *epoch, *epoch, "on_train_end"]
check_order(cards)

# %% solution
from minikeras.lessons import check_order

batch = ["on_train_batch_begin", "on_train_batch_end"]
held_out_batch = ["on_test_batch_begin", "on_test_batch_end"]
validation = ["on_test_begin", *held_out_batch, "on_test_end"]
epoch = ["on_epoch_begin", *batch, *batch, *validation, "on_epoch_end"]
cards = ["on_train_begin", *epoch, *epoch, "on_train_end"]
check_order(cards)
