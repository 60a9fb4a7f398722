"""A setting that makes no sense is refused where it is given, in one sentence."""

import numpy as np
import pytest

from minikeras import backend, initializers, regularizers, utils
from minikeras.layers import Dense, Embedding, Input, InputLayer
from minikeras.losses import mean_squared_error
from minikeras.metrics import AUC, Precision
from minikeras.models import Sequential, load_model, model_from_json
from minikeras.optimizers import SGD, Adam, RMSprop, schedules
from minikeras.saving import ModelFileError

REFUSED = {
    "no rate": (lambda: SGD(None), TypeError, "learning_rate is a number or a schedule"),
    "negative rate": (lambda: SGD(-0.1), ValueError, "finite number of at least 0, not -0.1"),
    "infinite rate": (lambda: SGD(np.inf), ValueError, "finite number of at least 0, not inf"),
    "clipnorm 0": (lambda: SGD(clipnorm=0), ValueError, "clipnorm is a limit above 0 or None"),
    "both clips": (lambda: SGD(clipnorm=1, clipvalue=1), ValueError, "or clipvalue, not both"),
    "momentum 1": (lambda: SGD(momentum=1.0), ValueError, r"momentum is a share .*\[0, 1\)"),
    "beta 2": (lambda: Adam(beta_1=2), ValueError, "beta_1 is a share"),
    "rho below 0": (lambda: RMSprop(rho=-1), ValueError, "rho is a share"),
    "unknown": (lambda: SGD(speed=1), TypeError, "speed"),
    "decay_steps 0": (lambda: schedules.CosineDecay(0.1, 0), ValueError, "decay_steps counts"),
    "negative l2": (lambda: regularizers.l2(-1), ValueError, "l2 is a factor of at least 0"),
    "threshold 2": (lambda: Precision(2.0), ValueError, "one number between 0 and 1, not 2.0"),
    "one threshold": (lambda: AUC(1), ValueError, "num_thresholds lies in .2, 10000., not 1"),
    "another curve": (lambda: AUC(curve="P"), ValueError, "curve is 'ROC' or 'PR'"),
    "result before": (lambda: AUC().result(), RuntimeError, "auc has seen no batch"),
    "fractions": (lambda: utils.to_categorical([0.5]), ValueError, "class numbers: whole"),
    "negative": (lambda: utils.to_categorical([-1]), ValueError, "class numbers: whole, from 0"),
    "too few": (lambda: utils.to_categorical([3], 3), ValueError, "allows 0 to 2"),
    "seed": (lambda: utils.set_random_seed(-1), ValueError, "seed is a whole number of at least 0"),
    "backend": (lambda: backend.set_backend("gpu"), ValueError, "choose 'numpy' or 'cupy'"),
    "floatx": (
        lambda: backend.set_floatx("half"),
        ValueError,
        "'float32' or 'float64', not 'half'",
    ),
    "no shape": (lambda: InputLayer(), ValueError, r"say which shape arrives: Input\("),
    "shape 0": (lambda: Input((0,)), ValueError, "shape of one row"),
    "no array": (lambda: backend.array_module([1]), TypeError, "expected an array, got list"),
    "initializer": (lambda: initializers.get("glorot"), ValueError, "did you mean 'glorot_"),
    "no layer": (lambda: Sequential([Dense(1)]).get_layer("x"), ValueError, "there are: dense"),
    "no list": (
        lambda: Sequential(Dense(1)),
        TypeError,
        r"write Sequential\(\[Dense\(\.\.\.\)\]\)",
    ),
    "JSON": (lambda: model_from_json("[]"), ValueError, "describes no Sequential model"),
    "unbound": (lambda: Dense(1).set_weights([]), ValueError, "has no weights yet"),
    "no file": (lambda: load_model("/nowhere.keras"), FileNotFoundError, "nowhere.keras"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_setting_that_makes_no_sense_is_refused(case):
    make, error, sentence = REFUSED[case]
    with pytest.raises(error, match=sentence):
        make()


@pytest.mark.parametrize("name", ["zeros", "ones", "constant"])
def test_an_initializer_of_the_wrong_shape_is_named(name):
    with pytest.raises(ValueError, match=r"initializer of 'kernel' returned .* shape \(3,\)"):
        Sequential(
            [Dense(2, kernel_initializer=lambda shape, rng: np.ones(3), input_dim=2)]
        ).build()
    model = Sequential([Dense(2, kernel_initializer=name, input_dim=2)])
    assert model.layers[0].get_weights()[0].shape == (2, 2)


@pytest.mark.parametrize("ending", [".weights.h5", ".h5"])
def test_weights_go_through_a_file(tmp_path, ending):
    layers = [Embedding(5, 2, input_length=3), Dense(1)]
    model = Sequential(layers)
    model.save_weights(tmp_path / f"w{ending}")
    other = Sequential([Embedding(5, 2, input_length=3), Dense(1)])
    other.load_weights(tmp_path / f"w{ending}")
    for mine, its in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(mine, its)
    with pytest.raises(ModelFileError):
        Sequential([Dense(4, input_dim=2)]).load_weights(tmp_path / f"w{ending}")


def test_a_layer_gets_and_takes_its_own_weights():
    model = Sequential([Dense(2, input_dim=3), Dense(1)])
    assert Dense(1).get_weights() == []
    kernel, bias = model.get_layer(index=1).get_weights()
    model.get_layer("dense_1").set_weights([kernel + 1, bias])
    assert np.array_equal(model.get_weights()[2], kernel + 1)


def test_a_learning_rate_is_read_and_set_in_every_way():
    model = Sequential([Dense(1, input_dim=1)])
    model.compile(SGD(lr=0.5), mean_squared_error)
    optimizer = model.optimizer
    assert (float(optimizer.lr), np.array(optimizer.lr), optimizer.lr.numpy()) == (0.5,) * 3
    optimizer.lr = 0.25
    assert optimizer.learning_rate == 0.25
    assert optimizer.learning_rate.assign(np.float32(0.125)) == optimizer.lr == 0.125
    assert f"{optimizer.lr:.3f}" == "0.125"
    follows = SGD(schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True))
    assert follows.learning_rate == 0.1
    with pytest.raises(TypeError, match="follows the schedule ExponentialDecay"):
        follows.learning_rate = 0.5
