"""When should training stop, and with which weights?"""

# %% data
import numpy as np
from minikeras.datasets import digits

(x, y), (x_held_out, y_held_out) = digits.load_data()
x, y = x[:200].reshape(-1, 64) / 16, y[:200]
held_out = x_held_out.reshape(-1, 64) / 16, y_held_out
y[:60] = (y[:60] + np.random.default_rng(1).integers(1, 10, 60)) % 10
print(len(x), "rows to learn from, 60 with a wrong label;", len(y_held_out), "held out")

# %% model
import minikeras as keras
from minikeras.layers import Dense


def new_model(seed=0):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([Dense(128, activation="relu", input_dim=64)])
    model.add(Dense(10, activation="softmax"))
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", ["accuracy"])
    return model


settings = {"batch_size": 16, "validation_data": held_out, "verbose": 0}
settings["validation_batch_size"] = 360  # all held-out rows at once: quicker

# %% too-long
model = new_model()
full = model.fit(x, y, epochs=100, **settings).history
for epoch in (1, 10, 100):
    print(f"epoch {epoch:3}: loss {full['loss'][epoch - 1]:.2f}", end="  ")
    print(f"val_loss {full['val_loss'][epoch - 1]:.2f}")

# %% wait
model = new_model()
best, wait, kept = np.inf, 0, None
for epoch in range(100):
    score = model.fit(x, y, epochs=1, **settings).history["val_loss"][0]
    if score < best:
        best, best_epoch, wait, kept = score, epoch, 0, model.get_weights()
    else:
        wait += 1
        if wait >= 10:
            break
last = model.get_weights()
print(f"best in epoch {best_epoch + 1}, stopped after epoch {epoch + 1}")

# %% three
for when, weights in (("best", kept), ("stop", last)):
    model.set_weights(weights)
    loss, accuracy = model.evaluate(*held_out, verbose=0)
    print(f"{when:9} {accuracy:.2f}")
print(f"epoch 100 {full['val_accuracy'][-1]:.2f}")

# %% name
weights = [0.1, 0.2]
kept_name, kept_copy = weights, list(weights)
weights[0] = 9.9  # training goes on, and changes the weights where they are
kept_name, kept_copy

# %% callback
from minikeras.callbacks import EarlyStopping

stopping = EarlyStopping(monitor="val_loss", patience=10, verbose=1)
model = new_model()
history = model.fit(x, y, epochs=100, callbacks=[stopping], **settings)
print(f"accuracy {model.evaluate(*held_out, verbose=0)[1]:.2f}")

# %% restore
stopping = EarlyStopping(patience=10, restore_best_weights=True, verbose=1)
model = new_model()
history = model.fit(x, y, epochs=100, callbacks=[stopping], **settings)
print(f"accuracy {model.evaluate(*held_out, verbose=0)[1]:.2f}")

# %% patience
from minikeras.lab import replay

for patience in (1, 3, 4, 5):
    run = replay("zigzag", EarlyStopping(patience=patience))
    print("patience", patience, "stops after epoch", run.stopped)

# %% exercise
from minikeras.testing import check


def stop_epoch(scores, patience):
    wait = 0
    for epoch in range(1, len(scores)):
        wait = wait + 1 if scores[epoch] >= scores[epoch - 1] else 0
        if wait == patience:
            return epoch
    return None


check("A2", stop_epoch)

# %% solution
import math
from minikeras.testing import check


def stop_epoch(scores, patience):
    best, wait = None, 0
    for epoch, score in enumerate(scores):
        if score is None:
            continue
        if not math.isnan(score) and (best is None or score < best):
            best, wait = score, 0
        else:
            wait += 1
            if wait >= max(1, patience):
                return epoch
    return None


check("A2", stop_epoch)
