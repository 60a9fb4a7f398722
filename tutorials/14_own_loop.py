"""Do I need fit?"""

# %% data
import numpy as np
from minikeras.datasets import digits

(x, y), (x_held_out, y_held_out) = digits.load_data()
x, y = x[:200].reshape(-1, 64) / 16, y[:200]
x_held_out = x_held_out.reshape(-1, 64) / 16
y[:60] = (y[:60] + np.random.default_rng(1).integers(1, 10, 60)) % 10
print(len(x), "rows to learn from, 60 with a wrong label;", len(y_held_out), "held out")


# %% net
class Net:
    """The weights of lesson 1's network, with 128 hidden numbers."""

    def __init__(self, rng):
        w1 = rng.normal(0, (2 / 64) ** 0.5, (64, 128))
        w2 = rng.normal(0, (2 / 128) ** 0.5, (128, 10))
        self.weights = [w1, np.zeros(128), w2, np.zeros(10)]


# %% by-hand
from minikeras.lessons.by_hand import guess, losses_and_gradient, losses_of


def train_on(net, rows):
    losses, gradient = losses_and_gradient(x[rows], y[rows], net.weights)
    for i in range(4):
        net.weights[i] -= 0.1 * gradient[i]
    return losses.mean()


def validate(net):
    _, p = guess(x_held_out, net.weights)
    return losses_of(p, y_held_out).mean(), (p.argmax(axis=1) == y_held_out).mean()


# %% no-callbacks
rng = np.random.default_rng(0)
net = Net(rng)
for epoch in range(3):
    for rows in np.split(rng.permutation(200), range(16, 200, 16)):
        train_on(net, rows)
    print(f"epoch {epoch + 1}: val_loss {validate(net)[0]:.3f}")

# %% loop
from minikeras.loops import loop

rng = np.random.default_rng(0)
net = Net(rng)
for epoch in loop([], model=net, epochs=3):
    for rows in np.split(rng.permutation(200), range(16, 200, 16)):
        train_on(net, rows)
    print(f"epoch {epoch.number + 1}: val_loss {validate(net)[0]:.3f}")

# %% lacking
from minikeras.callbacks import EarlyStopping

stopping = EarlyStopping(patience=10, restore_best_weights=True, verbose=1)
try:
    list(loop([stopping], model=net, epochs=100))
except RuntimeError as error:
    print(error)


# %% model
class Model(Net):
    """A Net that callbacks can look after."""

    def get_weights(self):
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        self.weights = [w.copy() for w in weights]


# %% stop
rng = np.random.default_rng(0)
net = Model(rng)
epochs = loop([stopping], model=net, epochs=100)
for epoch in epochs:
    for rows in epoch.batches(np.split(rng.permutation(200), range(16, 200, 16))):
        epoch.log_batch(loss=train_on(net, rows), size=len(rows))
    val_loss, val_accuracy = validate(net)
    epoch.log(val_loss=val_loss, val_accuracy=val_accuracy)
history = epochs.history.history
print(f"val_accuracy: {history['val_accuracy'][-1]:.2f} in the last epoch,", end=" ")
print(f"{validate(net)[1]:.2f} with the weights that came back")

# %% sklearn native
from sklearn.linear_model import SGDClassifier
from minikeras.loops import SklearnModel

estimator = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.1, random_state=0)
watching = EarlyStopping("val_accuracy", patience=3, restore_best_weights=True, verbose=1)
epochs = loop([watching], model=SklearnModel(estimator), epochs=50)
for epoch in epochs:
    estimator.partial_fit(x, y, classes=range(10))
    epoch.log(val_accuracy=estimator.score(x_held_out, y_held_out))
print("val_accuracy:", *(f"{score:.3f}" for score in epochs.history.history["val_accuracy"]))
print(f"with the weights that came back: {estimator.score(x_held_out, y_held_out):.3f}")

# %% exercise
from minikeras.testing import check


def train(step, validate, callbacks, epochs, model, batches, held_out):
    def tell(hook, *number, **logs):
        for callback in callbacks:
            getattr(callback, hook)(*number, logs)

    model.stop_training = False
    for callback in callbacks:
        callback.set_model(model)
    tell("on_train_begin")
    for epoch in range(epochs):
        tell("on_epoch_begin", epoch)
        losses = []
        for batch in range(batches):
            tell("on_train_batch_begin", batch)
            losses.append(step(batch))
            tell("on_train_batch_end", batch, loss=losses[-1])
        ...  # validate, and tell of it
        tell("on_epoch_end", epoch, loss=sum(losses) / batches)
        if model.stop_training:
            break
    tell("on_train_end")


check("A6", train)

# %% solution
from statistics import fmean
from minikeras.testing import check


def train(step, validate, callbacks, epochs, model, batches, held_out):
    def tell(hook, *number, **logs):
        for callback in callbacks:
            getattr(callback, hook)(*number, logs)

    def train_epoch():
        losses = []
        for batch in range(batches):
            if not model.stop_training:
                tell("on_train_batch_begin", batch)
            if not model.stop_training:
                losses.append(step(batch))
                tell("on_train_batch_end", batch, loss=losses[-1])
        return {"loss": fmean(losses)} if losses else {}

    def test():
        losses = []
        tell("on_test_begin")
        for batch in range(held_out):
            tell("on_test_batch_begin", batch)
            losses.append(validate(batch))
            tell("on_test_batch_end", batch, loss=losses[-1])
        tell("on_test_end", loss=fmean(losses))
        return {"val_loss": fmean(losses)}

    model.stop_training = False
    for callback in callbacks:
        callback.set_model(model)
    try:
        tell("on_train_begin")
        for epoch in range(epochs):
            if model.stop_training:
                break
            tell("on_epoch_begin", epoch)
            logs = train_epoch()
            if not model.stop_training:
                logs.update(test())
            tell("on_epoch_end", epoch, **logs)
        tell("on_train_end")
    except BaseException as exception:
        for callback in callbacks:
            callback.on_exception(exception)
        raise


check("A6", train)
