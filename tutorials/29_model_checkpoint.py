"""Will I have it tomorrow?"""


# %% model
class Model:
    stop_training = False

    def save(self, path, overwrite=True):
        print("saved", path)


# %% save
from minikeras.callbacks import ModelCheckpoint
from minikeras.lab import PRESETS
from minikeras.loops import loop

scores = PRESETS["overfit"].scores  # the val_loss of 20 epochs
saving = ModelCheckpoint("w.{epoch:02d}-{val_loss:.2f}.h5", save_best_only=True)
for epoch in loop([saving], model=Model(), epochs=20):
    epoch.log(val_loss=scores[epoch.number])
print("best", saving.best)

# %% one-name
from minikeras.lab import replay

for path in ("w.{epoch:02d}.h5", "best.h5"):
    saved = replay("overfit", ModelCheckpoint(path, save_best_only=True)).saved
    print(path, "- saves:", len(saved), "- files:", len(set(saved)))

# %% period
due = ModelCheckpoint("w.{epoch:02d}-{val_loss:.2f}.h5", save_best_only=True, period=4)
replay("overfit", due)

# %% no-score
try:
    for epoch in loop([ModelCheckpoint("w.{val_loss:.2f}.h5")], model=Model(), epochs=20):
        epoch.log(loss=0.5)
except KeyError as error:
    print(error)


# %% path
def filled(filepath, fields):
    """Return a path with its fields filled in; KeyError with the keys that there are."""
    try:
        return filepath.format(**fields)
    except KeyError as key:
        raise KeyError(f"no {key} in the logs; there are: {', '.join(fields)}") from None


print(filled("w.{epoch:02d}-{val_loss:.2f}.h5", {"epoch": 10, "val_loss": 0.26}))

# %% exercise
from minikeras.testing import check


class Keep:
    def __init__(self, filepath, monitor, period=1):
        self.filepath, self.monitor, self.period = filepath, monitor, period
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get(self.monitor)
        if score is None or score != score:  # NaN is not itself
            return
        if self.best is None or score < self.best:
            self.best = score
            if (epoch + 1) % self.period == 0:
                self.model.save(filled(self.filepath, {"epoch": epoch + 1, **logs}))


check("A5", Keep)

# %% solution
from minikeras.testing import check


class Keep:
    def __init__(self, filepath, monitor, period=1):
        self.filepath, self.monitor, self.period = filepath, monitor, period
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
        score = (logs or {}).get(self.monitor)
        is_due = (epoch + 1) % self.period == 0
        if not is_due or score is None or score != score:  # NaN is not itself
            return
        if self.best is None or score < self.best:
            self.best = score
            self.model.save(filled(self.filepath, {"epoch": epoch + 1, **logs}))


check("A5", Keep)
