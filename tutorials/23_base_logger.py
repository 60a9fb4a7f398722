"""What was the loss of the whole epoch?"""

# %% by-size
from minikeras.callbacks import BaseLogger

batches = [(1.0, 4), (1.0, 4), (4.0, 2)]  # the loss of a batch, and how many rows it has
logger, logs = BaseLogger(), {}
logger.on_epoch_begin(0)
for number, (loss, size) in enumerate(batches):
    logger.on_batch_end(number, {"batch": number, "size": size, "loss": loss})
logger.on_epoch_end(0, logs)
print(logs)

# %% by-hand
rows = [loss for loss, size in batches for _ in range(size)]
print(rows)
print("mean of", len(rows), "rows:", sum(rows) / len(rows))
print("mean of", len(batches), "batches:", sum(loss for loss, _ in batches) / len(batches))

# %% running
for stateful in ([], ["rows"]):
    logger, logs, seen = BaseLogger(stateful_metrics=stateful), {"val_loss": 0.5}, 0
    logger.on_epoch_begin(0)
    for number, (loss, size) in enumerate(batches):
        seen += size
        logger.on_batch_end(number, {"batch": number, "size": size, "loss": loss, "rows": seen})
    logger.on_epoch_end(0, logs)
    print(stateful, logs)

# %% exercise
from minikeras.callbacks import Callback
from minikeras.lessons import check_base_logger


class Mean(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.batches = []

    def on_batch_end(self, batch, logs=None):
        self.batches.append(logs)

    def on_epoch_end(self, epoch, logs=None):
        for name in ("loss", "rows"):
            values = [batch[name] for batch in self.batches]
            logs[name] = sum(values) / len(values)


check_base_logger(Mean)

# %% solution
from minikeras.callbacks import Callback
from minikeras.lessons import check_base_logger


class Mean(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.total, self.sizes, self.rows = 0.0, 0, 0

    def on_batch_end(self, batch, logs=None):
        self.total += logs["loss"] * logs["size"]
        self.sizes += logs["size"]
        self.rows = logs["rows"]

    def on_epoch_end(self, epoch, logs=None):
        logs["loss"], logs["rows"] = self.total / self.sizes, self.rows


check_base_logger(Mean)
