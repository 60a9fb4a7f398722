"""What does fit do for me?"""

# %% setup
import numpy as np
import minikeras as keras
from minikeras.datasets import digits
from minikeras.layers import Dense
from minikeras.optimizers import SGD

both = digits.load_data(shuffle=False)
x = np.concatenate([x for x, _ in both]).reshape(-1, 64) / 16
y = np.concatenate([y for _, y in both])
print(x.shape, y.shape)

# %% model
keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        Dense(32, activation="relu", input_shape=(64,)),
        Dense(10, activation="softmax"),
    ]
)
model.summary()

# %% same
from minikeras.lessons.by_hand import guess, new_weights

by_hand = new_weights(np.random.default_rng(0))
drawn = model.get_weights()
model.set_weights(by_hand)
apart = np.abs(model.predict(x, verbose=0) - guess(x, by_hand)[1]).max()
print("guesses the same:", apart < 0.000001)
model.set_weights(drawn)

# %% compile
model.compile(SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])

# %% fit
first = model.fit(x, y, batch_size=32, epochs=5, validation_split=0.2, verbose=0)
first

# %% history
for name, values in first.history.items():
    print(f"{name:12}", *(f"{value:.2f}" for value in values))
print("epoch      ", first.epoch)

# %% again
second = model.fit(x, y, batch_size=32, epochs=5, validation_split=0.2, verbose=0)
train = first.history["loss"] + second.history["loss"]
held_out = first.history["val_loss"] + second.history["val_loss"]
print(*(f"{loss:.2f}" for loss in train))

# %% exercise
from minikeras.lessons import check_repeatable


def run(seed):
    layers = [Dense(8, activation="relu", input_shape=(64,)), Dense(10, activation="softmax")]
    model = keras.Sequential(layers)
    keras.utils.set_random_seed(seed)
    model.compile(SGD(0.1), "sparse_categorical_crossentropy")
    return model.fit(x[:320], y[:320], epochs=3, verbose=0).history["loss"]


check_repeatable(run)

# %% solution
from minikeras.lessons import check_repeatable


def run(seed):
    keras.utils.set_random_seed(seed)
    layers = [Dense(8, activation="relu", input_shape=(64,)), Dense(10, activation="softmax")]
    model = keras.Sequential(layers)
    model.compile(SGD(0.1), "sparse_categorical_crossentropy")
    return model.fit(x[:320], y[:320], epochs=3, verbose=0).history["loss"]


check_repeatable(run)
