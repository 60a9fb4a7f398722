"""Is the printed loss my model's?"""

# %% setup
import numpy as np
from minikeras.datasets import digits
from minikeras.lessons.by_hand import guess, losses_and_gradient, losses_of, new_weights

(x, y), (x_held, y_held) = digits.load_data(shuffle=False)
x, x_held = x.reshape(-1, 64) / 16, x_held.reshape(-1, 64) / 16
print(x.shape, x_held.shape)


# %% epoch
def run_epoch(x, y, weights, rng, lr=0.1):
    means, sizes, order = [], [], rng.permutation(len(x))
    for start in range(0, len(x), 32):
        rows = order[start : start + 32]
        losses, gradient = losses_and_gradient(x[rows], y[rows], weights)
        means.append(losses.mean())
        sizes.append(len(rows))
        for i in range(4):
            weights[i] -= lr * gradient[i]
    return means, sizes


# %% printed
rng = np.random.default_rng(0)
weights = new_weights(rng)
means, sizes = run_epoch(x, y, weights, rng)
print(f"batches: {len(sizes)}, the first of {sizes[0]} rows, the last of {sizes[-1]}")
printed = np.average(means, weights=sizes)
print(f"epoch 1: loss {printed:.2f}")


# %% after
def evaluate(x, y, weights):
    _, p = guess(x, weights)
    return losses_of(p, y).mean()


print(f"printed for epoch 1:                 {printed:.2f}")
print(f"the same rows, weights of its end:   {evaluate(x, y, weights):.2f}")

# %% batches
for number in range(0, len(means), 11):
    print(f"batch {number + 1:2}: loss {means[number]:.2f}")

# %% ten-epochs
rng = np.random.default_rng(0)
weights = new_weights(rng)
printed_in, same_rows_after, held = {}, {}, []
for epoch in range(10):
    means, sizes = run_epoch(x, y, weights, rng)
    printed_in[epoch + 0.5] = np.average(means, weights=sizes)
    same_rows_after[epoch + 1] = evaluate(x, y, weights)
    held.append(evaluate(x_held, y_held, weights))
print(f"epoch 10: printed {printed_in[9.5]:.3f}, at its end {same_rows_after[10]:.3f}")

# %% held-out
for epoch in range(4):
    print(
        f"epoch {epoch + 1}: loss {printed_in[epoch + 0.5]:.2f}, val_loss {held[epoch]:.2f}, "
        f"training rows at its end {same_rows_after[epoch + 1]:.2f}"
    )

# %% exercise
from minikeras.lessons import check_mean


def epoch_mean(losses, sizes):
    return sum(losses) / len(losses)


check_mean(epoch_mean)

# %% solution
from minikeras.lessons import check_mean


def epoch_mean(losses, sizes):
    total = sum(losses[i] * sizes[i] for i in range(len(losses)))
    return total / sum(sizes)


check_mean(epoch_mean)
