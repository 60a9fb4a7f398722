"""Is the loss still a number?"""

# %% line
import numpy as np

x = np.linspace(-1, 1, 64, dtype=np.float32)
y = 3 * x + 2


def slope(w, b):
    """Return the loss of the line w x + b, and the slopes of the loss by w and b."""
    error = w * x + b - y
    return np.mean(error**2), 2 * np.mean(error * x), 2 * np.mean(error)


# %% diverge
np.seterr(over="ignore", invalid="ignore")  # no warnings: we watch for ourselves
w, b, losses = np.float32(0), np.float32(0), []
while len(losses) < 60:
    loss, dw, db = slope(w, b)
    losses.append(float(loss))
    w, b = w - np.float32(3) * dw, b - np.float32(3) * db

for step in (1, 2, 3, 26, 27, 28, 55, 56):
    print("step", step, "loss", f"{losses[step - 1]:.3g}")

# %% stop
from minikeras.callbacks import TerminateOnNaN
from minikeras.loops import loop

w, b = np.float32(0), np.float32(0)
for epoch in loop([TerminateOnNaN()], epochs=1):
    for batch in epoch.batches(range(60)):
        loss, dw, db = slope(w, b)
        w, b = w - np.float32(3) * dw, b - np.float32(3) * db
        epoch.log_batch(loss=loss)
        last = f"step {batch + 1}: b = {b:.3g}"
print("after", last)

# %% numbers
from minikeras.lab import replay

nan, inf = float("nan"), float("inf")
for number in (nan, inf, -inf, 1e308, 0.0, None):
    run = replay([0.5, number, 0.5], TerminateOnNaN(), name="loss")
    print("loss", number, "- stopped after epoch", run.stopped)

# %% exercise
from minikeras.lessons import check_bad


def bad(loss):
    return loss != loss or loss > 1e300


check_bad(bad)

# %% solution
import math

from minikeras.lessons import check_bad


def bad(loss):
    return loss is not None and not math.isfinite(loss)


check_bad(bad)
