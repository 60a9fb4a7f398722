"""How far is it, and is it worth waiting?"""

# %% two-counts
from minikeras.callbacks import ProgbarLogger

sizes = [32] * 44 + [29]  # the rows of each batch


def one_epoch(count_mode):
    done = 0
    logger = ProgbarLogger(count_mode, clock=lambda: 0.25 * done)  # a batch takes 0.25 s
    logger.set_params({"epochs": 1, "steps": len(sizes), "samples": sum(sizes), "verbose": 1})
    logger.on_train_begin()
    logger.on_epoch_begin(0)
    for batch, size in enumerate(sizes):
        done += 1
        logger.on_batch_end(batch, {"batch": batch, "size": size, "loss": 0.31})
    logger.on_epoch_end(0, {"loss": 0.31})


one_epoch("steps")
one_epoch("samples")

# %% terminal
from io import StringIO


class Terminal(StringIO):
    def isatty(self):  # a terminal can go back to the start of a line, a file cannot
        return True


# %% redrawn
screen, seconds = Terminal(), 0
logger = ProgbarLogger("steps", stream=screen, clock=lambda: seconds)
logger.set_params({"epochs": 1, "steps": 5, "verbose": 1})
logger.on_train_begin()
logger.on_epoch_begin(0)
for batch, loss in enumerate([1.0, 0.8, 0.6, 0.4, 0.2]):
    seconds += 3
    logger.on_batch_end(batch, {"batch": batch, "size": 32, "loss": loss})
logger.on_epoch_end(0, {"loss": 0.6})
print(screen.getvalue().replace("\r", "\n").strip())

# %% quiet
for verbose in (0, 1, 2):
    print("verbose", verbose)
    logger = ProgbarLogger("steps", clock=lambda: 0.0)
    logger.set_params({"epochs": 1, "steps": 1, "verbose": verbose})
    logger.on_train_begin()
    logger.on_epoch_begin(0)
    logger.on_batch_end(0, {"batch": 0, "size": 32, "loss": 0.31})
    logger.on_epoch_end(0, {"loss": 0.31})

# %% exercise
from minikeras.lessons import check_steps


def steps(n, batch):
    return n // batch


check_steps(steps)

# %% solution
from minikeras.lessons import check_steps


def steps(n, batch):
    return (n + batch - 1) // batch


check_steps(steps)
