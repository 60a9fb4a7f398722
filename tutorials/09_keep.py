"""Will I have the model tomorrow?"""

# %% train
import minikeras as keras
from minikeras.datasets import digits
from minikeras.layers import Dense

(x, y), (x_held_out, y_held_out) = digits.load_data(shuffle=False)
x, held_out = x.reshape(-1, 64) / 16, x_held_out.reshape(-1, 64) / 16
keras.utils.set_random_seed(0)
model = keras.Sequential([Dense(32, activation="relu", input_dim=64)])
model.add(Dense(10, activation="softmax"))
model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", ["accuracy"])
settings = {"validation_data": (held_out, y_held_out), "verbose": 0}
history = model.fit(x, y, epochs=2, **settings)

# %% save
import os

model.save("digits.keras")
sorted(os.listdir())


# %% load
def difference(one, other):
    return abs(one.predict(held_out, verbose=0) - other.predict(held_out, verbose=0)).max()


again = keras.models.load_model("digits.keras")
print("largest difference:", difference(model, again))
print("learning rate:", again.optimizer.learning_rate, " figures:", again.metrics_names)

# %% inside
import zipfile

zipfile.ZipFile("digits.keras").namelist()

# %% weights
model.save_weights("digits.weights.h5")
try:
    keras.models.load_model("digits.weights.h5")
except ValueError as error:
    print(f"{type(error).__name__}: {error}")

# %% load-weights
fresh = keras.Sequential([Dense(32, activation="relu", input_dim=64)])
fresh.add(Dense(10, activation="softmax"))
fresh.load_weights("digits.weights.h5")
print("largest difference:", difference(model, fresh))

# %% checkpoint
from minikeras.callbacks import ModelCheckpoint

saving = ModelCheckpoint("best.keras", save_best_only=True, verbose=1)
history = model.fit(x, y, epochs=9, initial_epoch=2, callbacks=[saving], **settings)

# %% compare
best = keras.models.load_model("best.keras")
for name, candidate in (("in memory", model), ("in the file", best)):
    loss, accuracy = candidate.evaluate(held_out, y_held_out, verbose=0)
    print(f"{name:12} val_loss {loss:.2f}, val_accuracy {accuracy:.2f}")

# %% drawn
from minikeras.lab import replay

run = replay("overfit", ModelCheckpoint("w.{epoch:02d}-{val_loss:.2f}.keras", save_best_only=True))
print(len(run.saved), "files")
run.saved

# %% exercise
from minikeras.testing import check


class Keep:
    def __init__(self, filepath, monitor, period=1):
        self.filepath, self.monitor, self.period = filepath, monitor, period
        self.best = float("inf")

    def on_epoch_end(self, epoch, logs=None):
        score = logs[self.monitor]
        if score < self.best:
            self.best = score
            if epoch % self.period == 0:
                self.model.save(self.filepath.format(epoch=epoch, **logs))


check("A5", Keep)

# %% solution
import math
from minikeras.testing import check


class Keep:
    def __init__(self, filepath, monitor, period=1):
        self.filepath, self.monitor, self.period = filepath, monitor, period
        self.best = None  # a second fit goes on from here

    def on_epoch_end(self, epoch, logs=None):
        fields = {"epoch": epoch + 1, **(logs or {})}
        score = fields.get(self.monitor, math.nan)
        is_best = self.best is None or score < self.best
        if (epoch + 1) % self.period or math.isnan(score) or not is_best:
            return
        self.best = score
        try:
            path = self.filepath.format(**fields)
        except KeyError as key:
            raise KeyError(f"no {key} among {', '.join(fields)}") from None
        self.model.save(path)


check("A5", Keep)
