"""Print, log, stop without touching the loop?"""

# %% loop
losses = [0.90, 0.70, 0.56, 0.46, 0.39, 0.34, 0.30, 0.28, 0.27, 0.26]


def train():
    for epoch, loss in enumerate(losses):
        print("epoch", epoch, "loss", loss)


train()


# %% wishes
def train():
    kept = []
    for epoch, loss in enumerate(losses):
        print("epoch", epoch, "loss", loss)
        kept.append(loss)
        if epoch == 3:
            break
    return kept


train()


# %% list
def train(functions):
    for epoch, loss in enumerate(losses):
        logs = {"loss": loss}
        for function in functions:
            function(epoch, logs)


train([print])

# %% keep
kept = []


def keep(epoch, logs):
    kept.append(logs["loss"])


def cheer(epoch, logs):
    if logs["loss"] < 0.3:
        print(f"epoch {epoch}: below 0.3")


train([keep, cheer])
kept

# %% stop
from types import SimpleNamespace

model = SimpleNamespace(stop_training=False)


def train(functions):
    model.stop_training = False
    for epoch, loss in enumerate(losses):
        logs = {"loss": loss}
        for function in functions:
            function(epoch, logs)
        if model.stop_training:
            break


# %% stop-at-3
def stop_at_3(epoch, logs):
    if epoch == 3:
        model.stop_training = True


train([stop_at_3, print])

# %% callback
from minikeras.callbacks import LambdaCallback
from minikeras.loops import loop

callbacks = [LambdaCallback(on_epoch_end=f) for f in (stop_at_3, print)]
for epoch in loop(callbacks, model=model, epochs=10):
    epoch.log(loss=losses[epoch.number])

# %% exercise
from minikeras.lessons import check_every


def every(n, f):
    def sometimes(epoch, logs):
        if epoch % n == 0:
            f(epoch, logs)

    return sometimes


check_every(every)

# %% solution
from minikeras.lessons import check_every


def every(n, f):
    def sometimes(epoch, logs):
        if (epoch + 1) % n == 0:
            f(epoch, logs)

    return sometimes


check_every(every)
