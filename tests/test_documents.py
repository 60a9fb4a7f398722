"""Do the snippets that documents show run here, once keras is read as minikeras?"""

import json
import multiprocessing
import re
import time

import numpy as np
import pytest

DIGITS = {
    "x_train": np.random.default_rng(0).random((40, 784)),
    "y_train": np.eye(10)[np.arange(40) % 10],
}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*snippets, **names):
    """Run snippets one after another, and return the names that they leave."""
    code = re.sub(r"\b(tensorflow\.|tf\.)?keras\b", "minikeras", "\n".join(snippets))
    code = code.replace("tf.math.exp", "math.exp")  # a float, as all numbers that callbacks see
    exec(code, names)
    return names


SOFTMAX = """
from keras.models import Sequential
from keras.layers import Dense, Activation

model = Sequential()
model.add(Dense(10, input_dim=784, kernel_initializer='uniform'))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='rmsprop')
"""

LOSS_HISTORY = """
from keras.callbacks import Callback

class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))

history = LossHistory()
model.fit(x_train, y_train, batch_size=16, epochs=3, verbose=0, callbacks=[history])
"""


def test_a_callback_of_ones_own_keeps_the_loss_of_every_batch():
    names = run(SOFTMAX, LOSS_HISTORY, **DIGITS)
    losses, epochs = names["history"].losses, names["model"].history.history["loss"]
    assert len(losses) == 9
    assert {type(loss) for loss in losses} == {float}
    assert epochs[0] == pytest.approx(np.average(losses[:3], weights=[16, 16, 8]))


SCHEDULER = """
import math
import tensorflow.keras
import numpy as np

def scheduler(epoch, lr):
    if epoch < 10:
        return lr
    else:
        return lr * tf.math.exp(-0.1)

model = tf.keras.models.Sequential([tf.keras.layers.Dense(10)])
model.compile(tf.keras.optimizers.SGD(), loss='mse')
before = round(model.optimizer.lr.numpy(), 5)

callback = tf.keras.callbacks.LearningRateScheduler(scheduler)
history = model.fit(np.arange(100).reshape(5, 20), np.zeros(5),
                    epochs=15, callbacks=[callback], verbose=0)
after = round(model.optimizer.lr.numpy(), 5)
"""

EARLY_STOPPING = """
import tensorflow.keras
import numpy as np

callback = tf.keras.callbacks.EarlyStopping(monitor='loss', patience=3)
model = tf.keras.models.Sequential([tf.keras.layers.Dense(10)])
model.compile(tf.keras.optimizers.SGD(), loss='mse')
history = model.fit(np.arange(100).reshape(5, 20), np.zeros(5),
                    epochs=10, batch_size=1, callbacks=[callback],
                    verbose=0)
epochs = len(history.history['loss'])
"""


spreads = pytest.mark.filterwarnings("ignore:y has one number for each row")  # 5 zeros, 10 outputs


@spreads
def test_the_documents_schedule_leaves_the_documents_learning_rate():
    names = run(SCHEDULER)
    assert (names["before"], names["after"]) == (0.01, 0.00607)


@spreads
def test_the_documents_run_is_stopped_after_four_epochs():
    names = run(EARLY_STOPPING)
    assert names["epochs"] == 4


LAMBDAS = """
import json
from keras.callbacks import LambdaCallback

batch_print_callback = LambdaCallback(
    on_batch_begin=lambda batch,logs: print(batch))

json_log = open('loss_log.json', mode='wt', buffering=1)
json_logging_callback = LambdaCallback(
    on_epoch_end=lambda epoch, logs: json_log.write(
        json.dumps({'epoch': epoch, 'loss': logs['loss']}) + '\\n'),
    on_train_end=lambda logs: json_log.close()
)

cleanup_callback = LambdaCallback(
    on_train_end=lambda logs: [
        p.terminate() for p in processes if p.is_alive()])

model.fit(x_train, y_train, batch_size=16, epochs=2, verbose=0,
          callbacks=[batch_print_callback, json_logging_callback, cleanup_callback])
"""


def test_functions_print_batches_write_lines_and_end_processes(tmp_path, capsys):
    process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,))
    process.start()
    try:
        names = run(SOFTMAX, LAMBDAS, processes=[process], **DIGITS)
        process.join(timeout=30)
        assert not process.is_alive()
    finally:
        process.kill()
    lines = [json.loads(line) for line in (tmp_path / "loss_log.json").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [0, 1]
    assert [line["loss"] for line in lines] == names["model"].history.history["loss"]
    assert capsys.readouterr().out.split() == ["0", "1", "2"] * 2


STOP_OR_SLOW_DOWN = """
from keras.callbacks import EarlyStopping, ReduceLROnPlateau

early_stopping = EarlyStopping(monitor='val_loss', patience=2, mode='min', min_delta=1e9)
reduce_lr = ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=1, min_lr=0.0001,
                              min_delta=1e9)
history = model.fit(x_train, y_train, validation_split=0.2, epochs=20, verbose=0,
                    callbacks=[early_stopping, reduce_lr])
"""


def test_stopping_and_reducing_serve_one_fit():
    names = run(SOFTMAX, STOP_OR_SLOW_DOWN, **DIGITS)
    assert names["history"].epoch == [0, 1, 2]
    assert names["early_stopping"].stopped_epoch == 2
    rates = [*names["history"].history["learning_rate"], names["model"].optimizer.learning_rate]
    assert rates == pytest.approx([0.001, 0.001, 0.0002, 0.0001])


CSV = """
from keras.callbacks import CSVLogger, TerminateOnNaN

csv_logger = CSVLogger('training.log')
model.fit(x_train, y_train, verbose=0, callbacks=[csv_logger, TerminateOnNaN()])
"""


def test_a_run_is_written_to_a_file(tmp_path):
    run(SOFTMAX, CSV, **DIGITS)
    assert (tmp_path / "training.log").read_bytes().startswith(b"epoch,loss\r\n0,")


# -- saving ---------------------------------------------------------------------------------------

BEST = """
from keras.callbacks import ModelCheckpoint

checkpoint = ModelCheckpoint('./x.h5', monitor='val_loss', save_best_only=True)
model.fit(x_train, y_train, validation_split=0.2, epochs=2, verbose=0, callbacks=[checkpoint])
"""

EVERY = """
from keras.callbacks import ModelCheckpoint

filepath = 'weights.{epoch:02d}-{val_loss:.2f}.hdf5'
checkpoint = ModelCheckpoint(filepath, monitor='val_loss', verbose=1)
model.fit(x_train, y_train, validation_split=0.2, epochs=2, verbose=0, callbacks=[checkpoint])
"""

TOGETHER = """
import keras
from keras.models import load_model

stop = keras.callbacks.callbacks.EarlyStopping(monitor='val_loss', min_delta=0, patience=3,
    verbose=0, mode='auto', baseline=None, restore_best_weights=False)
save = keras.callbacks.callbacks.ModelCheckpoint('best.h5', monitor='val_loss', verbose=0,
    save_best_only=True, save_weights_only=False, mode='auto', period=1)
first = model.fit(x_train, y_train, validation_split=0.2, epochs=4, verbose=0,
    callbacks=[stop, save])

model = load_model('best.h5')
held_out = model.evaluate(x_train[32:], y_train[32:], verbose=0)
second = model.fit(x_train, y_train, validation_split=0.2, epochs=2, verbose=0,
    callbacks=[stop, save])
"""


def test_the_best_model_is_saved(tmp_path):
    names = run(SOFTMAX, BEST, **DIGITS)
    assert (tmp_path / "x.h5").stat().st_size > 7850 * 4
    assert names["checkpoint"].best == min(names["model"].history.history["val_loss"])


def test_each_epoch_is_saved_under_a_name_of_its_own(tmp_path, capsys):
    names = run(SOFTMAX, EVERY, **DIGITS)
    losses = names["model"].history.history["val_loss"]
    files = [f"weights.{epoch:02d}-{loss:.2f}.hdf5" for epoch, loss in enumerate(losses, start=1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == files
    lines = [f"Epoch {n:05d}: saving model to {name}\n" for n, name in enumerate(files, start=1)]
    assert capsys.readouterr().out == "".join(lines)


def test_stopping_and_saving_serve_one_fit_and_the_best_model_trains_on():
    names = run(SOFTMAX, TOGETHER, **DIGITS)
    best = min(names["first"].history["val_loss"])
    assert names["held_out"] == pytest.approx(best, rel=1e-5)
    assert names["second"].epoch == [0, 1]
    assert names["save"].best == min(best, *names["second"].history["val_loss"])
