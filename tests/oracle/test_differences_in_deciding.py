"""Do the callbacks that watch a score still decide otherwise than real Keras 3's?

A test for each such row of the table of differences; it shows both sides. One that fails may mean
that Keras has changed, and that a row can go.
"""

import math

import pytest

from minikeras.testing.stand_in import KEY, StandIn, run

pytestmark = pytest.mark.filterwarnings("ignore:.*(available|watches).*")  # a missing score
WATCHING = ["EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"]


# -- when is one score better? --------------------------------------------------------------------


def test_nan_in_the_first_epoch_becomes_their_best_for_ever(side):
    is_ours, callbacks = side
    series = [math.nan, 3.0, 2.0, 1.0]
    stopping = callbacks.EarlyStopping(KEY, patience=2, mode="min")
    assert run(stopping, series).epoch == (3 if is_ours else 2)
    saving = callbacks.ModelCheckpoint("m.keras", KEY, save_best_only=True, mode="min")
    assert run(saving, series).saved == ([1, 2, 3] if is_ours else [0])
    reducing = callbacks.ReduceLROnPlateau(KEY, factor=0.5, patience=2, mode="min")
    assert run(reducing, series).optimizer.learning_rate == (1.0 if is_ours else 0.5)


def test_a_change_that_float32_cannot_hold_is_none_to_them(side):
    is_ours, callbacks = side
    saving = callbacks.ModelCheckpoint("m.keras", KEY, save_best_only=True, mode="min")
    assert run(saving, [1.0, 1.0 - 1e-9]).saved == ([0, 1] if is_ours else [0])


def test_without_compiled_metrics_they_know_the_direction_of_the_loss_alone(side):
    is_ours, callbacks = side
    stopping = callbacks.EarlyStopping("val_vaccine_error")
    stopping.set_model(StandIn())
    stopping.on_train_begin()
    if is_ours:
        assert stopping.improvement.direction == "min"
    else:
        with pytest.raises(ValueError, match="determine whether that metric"):
            stopping.on_epoch_end(0, {"val_vaccine_error": 1.0})


def test_an_unknown_name_shows_only_after_their_first_epoch(side):
    is_ours, callbacks = side
    if is_ours:
        with pytest.raises(ValueError, match="is a larger 'val_f1x' better"):
            callbacks.EarlyStopping("val_f1x")
    else:
        stopping = callbacks.EarlyStopping("val_f1x")
        stopping.set_model(StandIn())
        stopping.on_train_begin()
        with pytest.raises(ValueError, match="val_f1x"):
            stopping.on_epoch_end(0, {"val_f1x": 1.0})


def test_they_ask_for_a_direction_that_nothing_needs(side):
    is_ours, callbacks = side
    saving = callbacks.ModelCheckpoint("m.keras", "val_f1x")
    if is_ours:
        assert run(saving, [1.0, 2.0]).saved == [0, 1]
    else:
        with pytest.raises(ValueError, match="val_f1x"):
            run(saving, [1.0, 2.0])


@pytest.mark.parametrize("name", WATCHING)
def test_another_mode_is_only_a_warning_to_them(side, name):
    is_ours, callbacks = side
    arguments = {"filepath": "m.keras"} if name == "ModelCheckpoint" else {}
    if is_ours:
        with pytest.raises(ValueError, match="not 'maximum'"):
            getattr(callbacks, name)(mode="maximum", **arguments)
    else:
        with pytest.warns(UserWarning, match="fallback to auto"):
            getattr(callbacks, name)(mode="maximum", **arguments)


def test_they_save_an_epoch_without_a_score_over_the_best(side):
    is_ours, callbacks = side
    saving = callbacks.ModelCheckpoint("m.keras", KEY, save_best_only=True, mode="min")
    assert run(saving, [2.0, 1.0, None]).files == {"m.keras": 1 if is_ours else 2}


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", WATCHING)
def test_they_warn_of_a_missing_score_in_every_epoch(side, name):
    is_ours, callbacks = side
    arguments = {"filepath": "m.keras", "save_best_only": True} if "Model" in name else {}
    with pytest.warns(Warning, match="val_loss") as caught:
        run(getattr(callbacks, name)(**arguments), [1.0, None, None, None])
    assert len(caught) == (1 if is_ours else 3)


@pytest.mark.parametrize("name", ["EarlyStopping", "ReduceLROnPlateau"])
def test_a_negative_patience_is_accepted_by_them(side, name):
    is_ours, callbacks = side
    if is_ours:
        with pytest.raises(ValueError, match="patience"):
            getattr(callbacks, name)(patience=-1)
    else:
        getattr(callbacks, name)(patience=-1)


# -- EarlyStopping --------------------------------------------------------------------------------


def test_a_baseline_never_beaten_does_not_stop_them_while_scores_improve(side):
    is_ours, callbacks = side
    stopping = callbacks.EarlyStopping(KEY, patience=2, mode="min", baseline=0.0)
    assert run(stopping, [5.0, 4.0, 3.0, 2.0, 1.0]).epoch == (1 if is_ours else 4)


# -- ReduceLROnPlateau ----------------------------------------------------------------------------


def test_a_rate_just_above_the_floor_is_reduced_by_them(side):
    is_ours, callbacks = side
    reducing = callbacks.ReduceLROnPlateau(KEY, patience=0, mode="min", min_lr=0.1)
    rate = 0.1 * (1 + 5e-7)
    assert run(reducing, [1.0, 1.0], rate).optimizer.learning_rate == (rate if is_ours else 0.1)


def test_a_factor_of_zero_is_accepted_by_them(side):
    is_ours, callbacks = side
    for factor in (0.0, -1.0):
        if is_ours:
            with pytest.raises(ValueError, match="factor"):
                callbacks.ReduceLROnPlateau(factor=factor)
        else:
            callbacks.ReduceLROnPlateau(factor=factor)


def test_a_misspelt_argument_is_swallowed_by_them(side):
    is_ours, callbacks = side
    if is_ours:
        with pytest.raises(TypeError, match="patence"):
            callbacks.ReduceLROnPlateau(patence=3)
        with pytest.warns(DeprecationWarning, match="min_delta"):
            assert callbacks.ReduceLROnPlateau(epsilon=0.5).min_delta == 0.5
    else:
        callbacks.ReduceLROnPlateau(patence=3)
        assert callbacks.ReduceLROnPlateau(epsilon=0.5).min_delta == 1e-4


# -- ModelCheckpoint ------------------------------------------------------------------------------


def test_their_best_only_by_batches_fails_at_the_second_save(side):
    is_ours, callbacks = side
    model = StandIn()
    saving = callbacks.ModelCheckpoint(
        "m.keras", "loss", save_best_only=True, mode="min", save_freq=1
    )
    saving.set_model(model)
    saving.on_train_begin()
    saving.on_epoch_begin(0)
    saving.on_train_batch_end(0, {"loss": 2.0})
    if is_ours:
        saving.on_train_batch_end(1, {"loss": 1.0})
        assert len(model.saves) == 2
    else:
        with pytest.raises(TypeError):
            saving.on_train_batch_end(1, {"loss": 1.0})


def test_they_know_no_period(side):
    is_ours, callbacks = side
    if is_ours:
        saving = callbacks.ModelCheckpoint("m.keras", period=2)
        assert run(saving, [1.0, 1.0, 1.0, 1.0]).saved == [1, 3]
    else:
        with pytest.raises(TypeError, match="period"):
            callbacks.ModelCheckpoint("m.keras", period=2)


@pytest.mark.parametrize(("name", "is_weights"), [("m.hdf5", False), ("m", False), ("m.h5", True)])
def test_they_ask_for_an_ending(side, name, is_weights):
    is_ours, callbacks = side
    if is_ours:
        saving = callbacks.ModelCheckpoint(name, save_weights_only=is_weights)
        assert run(saving, [1.0]).files == {name: 0}
    else:
        with pytest.raises(ValueError, match="must end in"):
            callbacks.ModelCheckpoint(name, save_weights_only=is_weights)


def test_their_key_error_does_not_say_which_keys_there_are(side):
    is_ours, callbacks = side
    with pytest.raises(KeyError) as told:
        run(callbacks.ModelCheckpoint("{f1}.keras"), [1.0])
    assert (KEY in str(told.value)) == is_ours


def test_a_field_of_their_path_may_reach_into_a_value(side):
    is_ours, callbacks = side
    if is_ours:
        with pytest.raises(ValueError, match="no plain field"):
            callbacks.ModelCheckpoint("{epoch.real}.keras")
    else:
        assert run(callbacks.ModelCheckpoint("{epoch.real}.keras"), [1.0]).files == {"1.keras": 0}


def test_without_logs_they_cannot_fill_in_the_path(side):
    is_ours, callbacks = side
    saving, model = callbacks.ModelCheckpoint("m.keras"), StandIn()
    saving.set_model(model)
    if is_ours:
        saving.on_epoch_end(0, None)
        assert model.files == {"m.keras": -1}
    else:
        with pytest.raises(TypeError, match="mapping"):
            saving.on_epoch_end(0, None)
