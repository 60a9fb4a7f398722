"""What a callback needs of its model is said in a sentence."""

from types import SimpleNamespace

import pytest

from minikeras.callbacks import (
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)

LACKING = {
    "optimizer": [ReduceLROnPlateau("loss"), LearningRateScheduler(lambda epoch: 0.1)],
    "get_weights": [EarlyStopping("loss", restore_best_weights=True)],
    "save": [ModelCheckpoint("x")],
    "save_weights": [ModelCheckpoint("x", save_weights_only=True)],
}


@pytest.mark.parametrize(
    ("name", "callback"), [(name, c) for name, found in LACKING.items() for c in found]
)
def test_what_a_model_lacks_is_named(name, callback):
    owner = type(callback).__name__

    def begin():
        callback.on_train_begin()
        callback.on_epoch_begin(0)

    callback.set_model(None)
    with pytest.raises(RuntimeError, match=rf"^{owner} needs a model with {name}.*: call set_"):
        begin()
    callback.set_model(SimpleNamespace(stop_training=False))
    sentence = f"^{owner} needs a model with {name}, which this SimpleNamespace lacks$"
    with pytest.raises(RuntimeError, match=sentence):
        begin()


def test_names_of_what_a_model_needs_are_joined():
    scheduler = LearningRateScheduler(lambda epoch: 0.1)
    scheduler.set_model(SimpleNamespace())
    with pytest.raises(RuntimeError, match="needs a model with optimizer, which"):
        scheduler.on_epoch_end(0, {})
    with pytest.raises(RuntimeError, match="with get_weights and set_weights: call set_model"):
        EarlyStopping("loss", restore_best_weights=True).on_train_begin()
    with pytest.raises(RuntimeError, match=r"^EarlyStopping .* with stop_training: call"):
        EarlyStopping("loss").on_train_begin()
