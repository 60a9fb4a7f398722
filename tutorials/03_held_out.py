"""Which rows may judge?"""

# %% setup
import numpy as np
from minikeras.datasets import digits
from minikeras.lessons.by_hand import guess, train

both = digits.load_data(shuffle=False)
x = np.concatenate([x for x, _ in both]).reshape(-1, 64) / 16
y = np.concatenate([y for _, y in both])
print(x.shape, y.shape)

# %% memory
memory = {}
for i in range(1437):
    memory[x[i].tobytes()] = y[i]
recalled = np.array([memory.get(row.tobytes(), 0) for row in x])
right = recalled == y
print(f"rows that it has seen: {right[:1437].mean():.2f}")
print(f"rows that it has not:  {right[1437:].mean():.2f}")

# %% cut
cut = int(len(x) * (1 - 0.2))
print(f"rows 0 to {cut - 1} train, rows {cut} to {len(x) - 1} are held out")


def accuracies(x, y):
    _, weights = train(x[:cut], y[:cut], epochs=20)
    right = guess(x, weights)[1].argmax(axis=1) == y
    return {"accuracy": right[:cut].mean(), "val_accuracy": right[cut:].mean()}


for name, value in accuracies(x, y).items():
    print(f"{name} {value:.2f}")

# %% sorted
order = np.argsort(y, kind="stable")
for name, value in accuracies(x[order], y[order]).items():
    print(f"{name} {value:.2f}")


# %% labels
def count_labels(y):
    return {str(digit): int(np.sum(y == digit)) for digit in range(10)}


sorted_y = y[order]
print("train:   ", *count_labels(sorted_y[:cut]).values())
print("held out:", *count_labels(sorted_y[cut:]).values())

# %% shuffled
mixed = np.random.default_rng(0).permutation(len(x))
for name, value in accuracies(x[mixed], y[mixed]).items():
    print(f"{name} {value:.2f}")

# %% exercise
from minikeras.lessons import check_split


def split(y, s, rng):
    cut = int(len(y) * (1 - s))
    rows = np.arange(len(y))
    return rows[:cut], rows[cut:]


check_split(split)

# %% solution
from minikeras.lessons import check_split


def split(y, s, rng):
    cut = int(len(y) * (1 - s))
    rows = rng.permutation(len(y))
    return rows[:cut], rows[cut:]


check_split(split)
