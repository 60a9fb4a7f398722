"""Are the steps too large to get further down?"""

# %% cut
from types import SimpleNamespace

from minikeras.callbacks import ReduceLROnPlateau
from minikeras.lab import PRESETS
from minikeras.loops import loop

scores = PRESETS["plateau"].scores  # the val_loss of 24 epochs
optimizer = SimpleNamespace(learning_rate=0.1)
model = SimpleNamespace(stop_training=False, optimizer=optimizer)
reducing = ReduceLROnPlateau(patience=3, factor=0.5, verbose=1)
for epoch in loop([reducing], model=model, epochs=24):
    epoch.log(val_loss=scores[epoch.number])
print("learning rate at the end:", optimizer.learning_rate)

# %% why
from minikeras.lab import replay

replay("plateau", ReduceLROnPlateau(patience=3, factor=0.5))


# %% cooldown
def cuts(run):
    """Return the epochs after which the rate was cut."""
    rates = [row.learning_rate for row in run.rows] + [run.learning_rate]
    return [epoch for epoch in range(1, len(rates)) if rates[epoch] < rates[epoch - 1]]


for cooldown in range(4):
    run = replay("flat", ReduceLROnPlateau(patience=2, factor=0.5, cooldown=cooldown))
    print("cooldown", cooldown, "cuts after epochs", cuts(run))

# %% never-rises
run = replay("flat", ReduceLROnPlateau(patience=2, factor=0.5, cooldown=3))
print(*[row.learning_rate for row in run.rows])

# %% together
from minikeras.callbacks import EarlyStopping

for patience in (3, 4):
    two = ReduceLROnPlateau(patience=3, factor=0.5), EarlyStopping(patience=patience)
    run = replay("plateau", *two)
    print("patience to stop", patience, "- cuts", cuts(run), "- stops after", run.stopped)

# %% floor
from minikeras.testing import check  # for the exercise below

run = replay("plateau", ReduceLROnPlateau(factor=0.2, patience=3, min_lr=0.001), lr=0.001)
print("cuts", cuts(run), "- learning rate at the end:", run.learning_rate)


# %% exercise
class Plateau:
    def __init__(self, patience, factor, cooldown, min_lr):
        self.patience, self.factor = max(1, patience), factor
        self.cooldown, self.min_lr = cooldown, min_lr

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.cooling = float("inf"), 0, 0

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get("val_loss")
        if score is not None and score < self.best:
            self.best, self.wait = score, 0
        elif score is not None and self.cooling > 0:
            self.cooling -= 1
        elif score is not None:
            self.wait += 1
            if self.wait >= self.patience:
                self.model.optimizer.learning_rate *= self.factor
                self.wait, self.cooling = 0, self.cooldown


check("A4", Plateau)


# %% solution
class Plateau:
    def __init__(self, patience, factor, cooldown, min_lr):
        self.patience, self.factor = max(1, patience), factor
        self.cooldown, self.min_lr = cooldown, min_lr

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.cooling = float("inf"), 0, 0

    def on_epoch_end(self, epoch, logs=None):
        score, optimizer = (logs or {}).get("val_loss"), self.model.optimizer
        if score is None:
            return
        self.cooling = max(0, self.cooling - 1)
        if score < self.best:
            self.best, self.wait = score, 0
        elif self.cooling == 0:
            self.wait += 1
        if self.wait >= self.patience:
            self.wait, self.cooling = 0, self.cooldown
            lower = max(optimizer.learning_rate * self.factor, self.min_lr)
            optimizer.learning_rate = min(optimizer.learning_rate, lower)


check("A4", Plateau)
