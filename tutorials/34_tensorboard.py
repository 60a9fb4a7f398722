"""What would I see if I looked inside while it trains?"""


# %% count
def points(update_freq, sizes, epochs=3):
    """Return the steps at which `batch_loss` gets a point; a step is a batch, from 1."""
    found, samples = [], 0
    for step, size in enumerate(sizes * epochs, 1):
        samples += size
        if update_freq == "batch" or samples >= update_freq:
            samples = 0
            found.append(step)
    return found


# %% frequency
batches = 44 * [32] + [29]  # 1,437 digits
for update_freq in ("batch", 1000):
    found = points(update_freq, batches)
    print(update_freq, "-", len(found), "points, the first at steps", *found[:4])

# %% train native
import minikeras as keras
from minikeras.callbacks import TensorBoard
from minikeras.datasets import digits
from minikeras.layers import Dense, Flatten

(x, y), (x_held, y_held) = digits.load_data(shuffle=False)


def train(log_dir, lr=0.1, **options):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([Flatten(input_shape=(8, 8)), Dense(10, activation="softmax")])
    model.compile(keras.optimizers.SGD(lr), "sparse_categorical_crossentropy")
    held_out, board = (x_held / 16, y_held), TensorBoard(log_dir, **options)
    model.fit(x / 16, y, epochs=3, validation_data=held_out, callbacks=[board], verbose=0)


# %% read native
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def steps_of(run, tag):
    """Return the steps of a curve, as TensorBoard reads them."""
    return [point.step for point in EventAccumulator(run).Reload().Scalars(tag)]


for update_freq in ("batch", 1000):
    train(f"logs/{update_freq}", update_freq=update_freq)
    print(update_freq, "-", len(steps_of(f"logs/{update_freq}/train", "batch_loss")), "points")

# %% runs native
from pathlib import Path

for lr in (0.01, 0.1, 1.0):
    train(f"rates/{lr}", lr)
for run in sorted({path.parent for path in Path("rates").rglob("*tfevents*")}):
    print(run.as_posix(), EventAccumulator(str(run)).Reload().Tags()["scalars"])

# %% reused native
train("rates/0.1", write_graph=False)
print(steps_of("rates/0.1/train", "epoch_loss"))

# %% needs native
try:
    TensorBoard("logs", histogram_freq=1).on_train_begin()
except (RuntimeError, ValueError) as error:
    print(error)

# %% exercise
from minikeras.lessons import check_epoch_of


def epoch_of(step, batches):
    return step // batches


check_epoch_of(epoch_of)

# %% solution
from minikeras.lessons import check_epoch_of


def epoch_of(step, batches):
    return (step - 1) // batches + 1


check_epoch_of(epoch_of)
