"""Does my model open elsewhere?"""

# %% train
import minikeras
import numpy as np
from minikeras.datasets import digits
from minikeras.layers import Dense, Flatten

(x, y), (x_held_out, y_held_out) = digits.load_data()
x_held_out = x_held_out / 16
minikeras.utils.set_random_seed(0)
model = minikeras.Sequential([Flatten(input_shape=(8, 8)), Dense(32, activation="relu")])
model.add(Dense(10, activation="softmax"))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 16, y, epochs=5, verbose=0)
ours = model.predict(x_held_out, verbose=0)
print(f"a {y_held_out[0]}:", ours[0].round(3))

# %% save native
import os

model.save("digits.keras")
model.save("digits.h5")
model.save_weights("digits.weights.h5")
print(*sorted(os.listdir()))

# %% inside native
import h5py


def show(name, part):
    if isinstance(part, h5py.Dataset):
        print(name, part.shape)


with h5py.File("digits.weights.h5") as file:
    file.visititems(show)

# %% by-hand native
with h5py.File("digits.weights.h5") as file:
    first, second = file["layers/dense/vars"], file["layers/dense_1/vars"]
    hidden = np.maximum(0, x_held_out.reshape(-1, 64) @ first["0"][:] + first["1"][:])
    z = hidden @ second["0"][:] + second["1"][:]
by_hand = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
print("differs by less than 1e-6:", bool(np.abs(by_hand - ours).max() < 1e-6))

# %% keras native
os.environ["KERAS_BACKEND"] = "torch"  # or "jax", "tensorflow": what Keras computes with
import keras

for name in ("digits.keras", "digits.h5"):
    theirs = keras.models.load_model(name, compile=False)
    difference = np.abs(theirs.predict(x_held_out, verbose=0) - ours).max()
    print(f"{name:<12} opens; predictions differ by less than 1e-6: {difference < 1e-6}")
try:
    keras.models.load_model("digits.weights.h5")
except ValueError as error:
    print("digits.weights.h5:", str(error).splitlines()[0])

# %% weights native
layers = keras.layers.Flatten(), keras.layers.Dense(32, "relu"), keras.layers.Dense(10, "softmax")
twin = keras.Sequential([keras.Input((8, 8)), *layers])
twin.load_weights("digits.weights.h5")
difference = np.abs(twin.predict(x_held_out, verbose=0) - ours).max()
print("the same predictions:", bool(difference < 1e-6))

# %% back native
theirs = keras.models.load_model("digits.keras")
theirs.fit(x / 16, y, epochs=1, verbose=0)
theirs.save("trained_there.keras")
again = minikeras.models.load_model("trained_there.keras")
difference = again.predict(x_held_out, verbose=0) - theirs.predict(x_held_out, verbose=0)
print("the same predictions:", bool(np.abs(difference).max() < 1e-6))
print("Adam's step number:", int(theirs.optimizer.iterations), again.optimizer.iterations)

# %% stop native
from minikeras.callbacks import EarlyStopping
from minikeras.lab import replay

for curve in ("overfit", "nan_first"):
    here = replay(curve, EarlyStopping(patience=3)).stopped
    there = replay(curve, keras.callbacks.EarlyStopping(patience=3)).stopped
    print(f"{curve:<9} stops after epoch {here:>2} here, after epoch {there:>2} in Keras 3")

# %% exercise
from minikeras.lessons import check_stops

check_stops(
    {  # EarlyStopping(patience=3) stops after this epoch, from 1: (here, in Keras 3)
        "overfit": (13, 13),
        "zigzag": (6, 6),
        "gaps": (16, 16),
        "nan_first": (14, 14),
        "second_valley": (3, 3),  # with baseline=0.3
    }
)

# %% solution
from minikeras.lessons import check_stops

check_stops(
    {  # EarlyStopping(patience=3) stops after this epoch, from 1: (here, in Keras 3)
        "overfit": (13, 13),
        "zigzag": (6, 6),
        "gaps": (16, 16),
        "nan_first": (14, 4),
        "second_valley": (3, 6),  # with baseline=0.3
    }
)
