"""How large should a step be, and who decides?"""

# %% data
from minikeras.datasets import digits

(x, y), (x_held_out, y_held_out) = digits.load_data()
x, x_held_out = x.reshape(-1, 64) / 16, x_held_out.reshape(-1, 64) / 16

# %% train
import minikeras as keras
from minikeras.layers import Dense


def train(lr, *callbacks, epochs=10):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([Dense(32, activation="relu", input_dim=64)])
    model.add(Dense(10, activation="softmax"))
    model.compile(keras.optimizers.SGD(lr), "sparse_categorical_crossentropy", ["accuracy"])
    judge = {"validation_data": (x_held_out, y_held_out), "validation_batch_size": 360}
    return model.fit(x, y, epochs=epochs, callbacks=callbacks, verbose=0, **judge).history


# %% four-rates
accuracy = {f"lr {lr}": train(lr)["val_accuracy"] for lr in (0.01, 0.1, 1, 3)}
for name, values in accuracy.items():
    print(f"{name:8} {values[-1]:.2f}")

# %% schedule
from minikeras.callbacks import LearningRateScheduler


def halve_after_5(epoch, lr):
    return lr if epoch < 5 else lr / 2


scheduled = train(1, LearningRateScheduler(halve_after_5), epochs=20)
scheduled["learning_rate"][:8]

# %% plateau
from minikeras.callbacks import ReduceLROnPlateau

reduced = train(1, ReduceLROnPlateau(factor=0.5, patience=2, verbose=1), epochs=20)

# %% compare
fixed = train(1, epochs=20)
for name, run in (("fixed", fixed), ("scheduled", scheduled), ("reduced", reduced)):
    worst = max(run["val_loss"][10:])
    print(f"{name:10} loss at the end {run['loss'][-1]:.3f}, worst val_loss from 11 on {worst:.2f}")

# %% cooldown
from minikeras.lab import replay
from minikeras.testing import check  # for the exercise

for cooldown in (0, 1, 3):
    reducing = ReduceLROnPlateau(factor=0.5, patience=2, cooldown=cooldown)
    rates = [row.learning_rate for row in replay("flat", reducing).rows]
    smaller = [epoch + 1 for epoch in range(1, 20) if rates[epoch] < rates[epoch - 1]]
    print("cooldown", cooldown, "- smaller steps from epoch", *smaller)

# %% both
constant = LearningRateScheduler(lambda epoch: 0.1)
reducing = ReduceLROnPlateau(factor=0.5, patience=2)
for callbacks in ([reducing], [constant, reducing]):
    rates = [row.learning_rate for row in replay("flat", *callbacks).rows]
    print([round(rate, 5) for rate in rates[4:]])


# %% exercise
class Plateau:
    def __init__(self, patience, factor, cooldown, min_lr):
        self.patience, self.factor = patience, factor
        self.cooldown, self.min_lr = cooldown, min_lr
        self.best, self.wait = float("inf"), 0

    def on_epoch_end(self, epoch, logs=None):
        score = logs["val_loss"]
        if score < self.best:
            self.best, self.wait = score, 0
        else:
            self.wait += 1
            if self.wait >= self.patience:
                self.model.optimizer.learning_rate *= self.factor


check("A4", Plateau)


# %% solution
class Plateau:
    def __init__(self, patience, factor, cooldown, min_lr):
        self.patience, self.factor = max(1, patience), factor
        self.cooldown, self.min_lr = cooldown, min_lr

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.cooling = float("inf"), 0, 0

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get("val_loss")
        if score is None:
            return
        self.cooling = max(0, self.cooling - 1)
        if score < self.best:
            self.best, self.wait = score, 0
        elif self.cooling == 0:
            self.wait += 1
            if self.wait >= self.patience:
                rate = self.model.optimizer.learning_rate
                self.model.optimizer.learning_rate = min(rate, max(rate * self.factor, self.min_lr))
                self.wait, self.cooling = 0, self.cooldown


check("A4", Plateau)
