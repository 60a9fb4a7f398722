"""How does a program learn?"""

# %% digits
import numpy as np
from minikeras.datasets import digits

(pictures, labels), _ = digits.load_data(shuffle=False)
print(pictures[0])
print("label:", labels[0])

# %% rows
x = pictures.reshape(-1, 64) / 16  # (1437, 64)
y = labels  # (1437,)
print(x.shape, x.min(), x.max())
print(y.shape, y[:10])


# %% softmax
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))  # (rows, scores)
    return e / e.sum(axis=1, keepdims=True)


print(softmax(np.array([[0.0, 0.0, 0.0], [2.0, 1.0, 0.0], [4.0, 2.0, 0.0]])).round(2))


# %% guess
def guess(x, weights):
    w1, b1, w2, b2 = weights
    hidden = np.maximum(0, x @ w1 + b1)  # (rows, 32)
    return hidden, softmax(hidden @ w2 + b2)  # (rows, 10)


# %% weights
def new_weights(rng):
    w1 = rng.normal(0, (2 / 64) ** 0.5, (64, 32))
    w2 = rng.normal(0, (2 / 32) ** 0.5, (32, 10))
    return [w1, np.zeros(32), w2, np.zeros(10)]


weights = new_weights(np.random.default_rng(0))
print("numbers that can learn:", sum(w.size for w in weights))
print("a guess:", guess(x[:1], weights)[1].round(2))


# %% loss
def losses_of(p, y):
    return -np.log(p[np.arange(len(y)), y] + 1e-9)  # (rows,)


for share in (1.0, 0.9, 0.5, 0.1, 0.01):
    print(f"share {share:4}: loss {-np.log(share) + 0:.2f}")
_, p = guess(x, weights)
print(f"all rows, before training: loss {losses_of(p, y).mean():.2f}")

# %% slope
z, label = np.array([[2.0, 1.0, 0.0]]), np.array([1])
before = losses_of(softmax(z), label)[0]
for j in range(3):
    nudged = z.copy()
    nudged[0, j] += 0.001
    change = losses_of(softmax(nudged), label)[0] - before
    print(f"score {j}: slope {change / 0.001:+.2f}")
print("p - y:", (softmax(z)[0] - np.eye(3)[1]).round(2))


# %% gradient
def losses_and_gradient(x, y, weights):
    hidden, p = guess(x, weights)
    dz = (p - np.eye(10)[y]) / len(y)  # (rows, 10)
    dhidden = (dz @ weights[2].T) * (hidden > 0)  # (rows, 32)
    gradient = [x.T @ dhidden, dhidden.sum(axis=0), hidden.T @ dz, dz.sum(axis=0)]
    return losses_of(p, y), gradient


# %% step
lr = 0.1
for _ in range(5):
    losses, gradient = losses_and_gradient(x[:32], y[:32], weights)
    for i in range(4):
        weights[i] -= lr * gradient[i]
    print(f"loss of these 32 rows: {losses.mean():.3f}")


# %% epoch
def run_epoch(x, y, weights, rng, lr):
    order, total = rng.permutation(len(x)), 0.0
    for start in range(0, len(x), 32):
        rows = order[start : start + 32]
        losses, gradient = losses_and_gradient(x[rows], y[rows], weights)
        for i in range(4):
            weights[i] -= lr * gradient[i]
        total += losses.sum()
    return total / len(x)


# %% train
def train(x, y, epochs=10, lr=0.1, seed=0):
    rng = np.random.default_rng(seed)
    weights = new_weights(rng)
    curve = [run_epoch(x, y, weights, rng, lr) for _ in range(epochs)]
    return curve, weights


epoch_losses, weights = train(x, y)
for epoch, loss in enumerate(epoch_losses):
    print(f"epoch {epoch + 1:2}: loss {loss:.2f}")

# %% read
_, p = guess(x, weights)
read = p.argmax(axis=1)
print(f"read rightly: {(read == y).mean():.1%}")
wrong = np.flatnonzero(read != y)[:3]
for row in wrong:
    print(f"row {row}: a {y[row]}, read as {read[row]} with a share of {p[row].max():.2f}")

# %% large-step
large, broken = train(x, y, lr=3)
print("loss:", *(f"{loss:.2f}" for loss in large))
hidden, p = guess(x, broken)
print("hidden numbers above 0:", np.count_nonzero(hidden), "of", hidden.size)
print("a guess:", p[0].round(2))
print(f"ln 10 = {np.log(10):.2f}")

# %% exercise
from minikeras.lessons import check_dz


def dz(p, y):
    return p - np.eye(10)[y]


check_dz(dz)

# %% solution
from minikeras.lessons import check_dz


def dz(p, y):
    return (p - np.eye(10)[y]) / len(y)


check_dz(dz)
