"""Do the callbacks serve a scikit-learn loop?"""

import copy
import inspect
import pickle
import textwrap

import numpy as np
import pytest

from minikeras.callbacks import (
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from minikeras.datasets import digits
from minikeras.loops import SklearnModel, loop

NEEDS = "needs scikit-learn: pip install -e '.[oracle]'"
(X, Y), (X_TEST, Y_TEST) = digits.load_data()
X, X_TEST = X.reshape(-1, 64) / 16.0, X_TEST.reshape(-1, 64) / 16.0
VAL_LOSSES = [3.0, 2.0, 2.5, 2.25, 1.0]
BATCHES = [slice(start, start + 240) for start in range(0, 1437, 240)]
KINDS = ["SGDClassifier", "averaged SGDClassifier", "MLPClassifier, adam", "MLPClassifier, sgd"]


@pytest.fixture(scope="module")
def sklearn():
    return pytest.importorskip("sklearn", reason=NEEDS)


def made(kind, rate=0.01):
    from sklearn.linear_model import SGDClassifier
    from sklearn.neural_network import MLPClassifier

    if "SGDClassifier" in kind:
        return SGDClassifier(
            learning_rate="constant", eta0=rate, random_state=0, average="averaged" in kind
        )
    solver = kind.rpartition(" ")[2]
    return MLPClassifier(8, solver=solver, learning_rate_init=rate, random_state=0)


@pytest.fixture(params=KINDS)
def estimator(request, sklearn):
    return made(request.param)


def trained(estimator, callbacks, epochs=5):
    """Train; return the learned attributes after each epoch, and the history."""
    model, snapshots = SklearnModel(estimator), []
    run = loop(callbacks, model, epochs=epochs)
    for epoch in run:
        for rows in epoch.batches(BATCHES):
            estimator.partial_fit(X[rows], Y[rows], classes=range(10))
            epoch.log_batch(size=len(Y[rows]))
        snapshots.append(bits(estimator))
        epoch.log(val_loss=VAL_LOSSES[epoch.number])
    return snapshots, run.history.history


def bits(estimator):
    """Return every number that `predict` and the next `partial_fit` use, by the attribute."""
    names = ("coef_", "intercept_", "coefs_", "intercepts_", "t_", "_average_coef")
    found = {name: vars(estimator)[name] for name in names if name in vars(estimator)}
    return {
        name: [
            np.asarray(part).tobytes() for part in (value if isinstance(value, list) else [value])
        ]
        for name, value in found.items()
    }


# -- weights ---------------------------------------------------------------------------------------


def test_early_stopping_restores_every_bit_of_the_best_epoch(estimator):
    stopping = EarlyStopping(patience=2, restore_best_weights=True)
    snapshots, history = trained(estimator, [stopping])
    assert history["val_loss"] == VAL_LOSSES[:4]
    assert len({str(snapshot) for snapshot in snapshots}) == 4  # each epoch learned something
    assert bits(estimator) == snapshots[1]
    assert estimator.score(X_TEST, Y_TEST) > 0.2  # by chance 0.1


def test_weights_are_copies_on_the_way_out_and_on_the_way_in(estimator):
    trained(estimator, [], epochs=1)
    model, before = SklearnModel(estimator), bits(estimator)
    weights = model.get_weights()
    trained(estimator, [], epochs=1)
    assert bits(estimator) != before
    model.set_weights(weights)
    assert bits(estimator) == before
    trained(estimator, [], epochs=1)
    model.set_weights(weights)
    assert bits(estimator) == before


def test_what_shares_memory_still_does_after_a_restore(sklearn):
    estimator = made("averaged SGDClassifier")
    trained(estimator, [], epochs=1)
    assert estimator.coef_ is estimator._average_coef
    model = SklearnModel(estimator)
    model.set_weights(model.get_weights())
    assert estimator.coef_ is estimator._average_coef


def test_what_was_learned_after_the_copy_goes_away(sklearn):
    model = SklearnModel(made("SGDClassifier"))
    nothing = model.get_weights()
    assert nothing == {}
    trained(model.estimator, [], epochs=1)
    model.set_weights(nothing)
    assert not hasattr(model.estimator, "coef_")


def test_restored_weights_leave_the_rate_alone(estimator):
    trained(estimator, [], epochs=1)
    model = SklearnModel(estimator)
    weights = model.get_weights()
    model.optimizer.learning_rate = 0.5
    model.set_weights(weights)
    assert model.optimizer.learning_rate == 0.5
    if hasattr(estimator, "_optimizer"):
        assert estimator._optimizer.learning_rate_init == 0.5


# -- the learning rate -----------------------------------------------------------------------------


def test_a_plateau_lowers_the_rate(estimator):
    _, history = trained(estimator, [ReduceLROnPlateau(factor=0.5, patience=1)])
    assert history["learning_rate"] == [0.01, 0.01, 0.01, 0.005, 0.0025]
    assert SklearnModel(estimator).optimizer.learning_rate == 0.0025


def test_a_schedule_sets_the_rate_from_the_first_epoch_on(estimator):
    rates = [0.01, 0.02, 0.03, 0.02, 0.01]
    _, history = trained(estimator, [LearningRateScheduler(lambda epoch: rates[epoch])])
    assert history["learning_rate"] == rates


@pytest.mark.parametrize("kind", KINDS[:1] + KINDS[2:])
def test_the_next_step_is_as_large_as_the_rate_says(sklearn, kind):
    """Twice the rate makes a step twice as large, to the first order."""
    first = made(kind, rate=1e-6)
    if "sgd" in kind:
        first.momentum = 0.0
    trained(first, [], epochs=1)
    steps = []
    for rate in (1e-6, 2e-6):
        estimator = copy.deepcopy(first)
        SklearnModel(estimator).optimizer.learning_rate = rate
        estimator.partial_fit(X[:100], Y[:100])
        steps.append(weights_of(estimator) - weights_of(first))
    np.testing.assert_allclose(steps[1], 2 * steps[0], rtol=1e-2, atol=1e-9)
    assert np.abs(steps[0]).max() > 1e-7


def weights_of(estimator):
    return estimator.coefs_[0] if hasattr(estimator, "coefs_") else estimator.coef_


def test_an_estimator_without_a_rate_is_an_error_only_when_it_is_asked(sklearn):
    from sklearn.naive_bayes import GaussianNB

    trained(GaussianNB(), [EarlyStopping(patience=2, restore_best_weights=True)])
    with pytest.raises(TypeError, match="GaussianNB has no learning rate that a callback could"):
        trained(GaussianNB(), [ReduceLROnPlateau()])


def test_an_estimator_that_sets_its_rate_by_itself_is_an_error_that_says_what_to_do(sklearn):
    from sklearn.linear_model import Perceptron, SGDClassifier, SGDRegressor
    from sklearn.neural_network import MLPRegressor

    for estimator, rule in (
        (SGDClassifier(), "optimal"),
        (SGDRegressor(), "invscaling"),
        (MLPRegressor(solver="sgd", learning_rate="adaptive"), "adaptive"),
    ):
        words = rf"\(learning_rate='{rule}'\) sets its rate by itself.*='constant' and \w+=0\.01$"
        with pytest.raises(TypeError, match=words):
            SklearnModel(estimator).optimizer.learning_rate = 0.5
    adam = MLPRegressor(learning_rate="adaptive", learning_rate_init=0.25)  # adam ignores the rule
    assert SklearnModel(adam).optimizer.learning_rate == 0.25
    assert SklearnModel(Perceptron()).optimizer.learning_rate == 1.0


def test_an_estimator_that_learns_all_at_once_is_refused(sklearn):
    from sklearn.neural_network import MLPClassifier
    from sklearn.svm import SVC

    for estimator in (SVC(), MLPClassifier(solver="lbfgs")):
        with pytest.raises(TypeError, match=r"partial_fit, which this \w+ lacks"):
            SklearnModel(estimator)


# -- files and words -------------------------------------------------------------------------------


def test_a_checkpoint_is_the_pickled_estimator(estimator, tmp_path):
    saving = ModelCheckpoint(tmp_path / "{epoch}.pickle", save_best_only=True)
    snapshots, _ = trained(estimator, [saving], epochs=4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.pickle", "2.pickle"]
    best = pickle.loads((tmp_path / "2.pickle").read_bytes())
    assert bits(best) == snapshots[1]


def test_weights_alone_are_not_saved_and_the_run_does_not_begin(sklearn):
    with pytest.raises(RuntimeError, match="needs a model with save_weights, which this Sklearn"):
        trained(made("SGDClassifier"), [ModelCheckpoint("w", save_weights_only=True)])


def test_a_file_is_replaced_only_if_asked(sklearn, tmp_path):
    path = tmp_path / "model.pickle"
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError, match=r"file at .*\.pickle.*pass overwrite=True"):
        SklearnModel(made("SGDClassifier")).save(path, overwrite=False)
    assert path.read_bytes() == b"precious"


def test_the_example_of_the_docstring_runs(sklearn):
    names = {}
    exec(textwrap.dedent(inspect.getdoc(SklearnModel).split("::\n\n")[1]), names)
    assert names["stopping"].best > 0.9
    assert names["estimator"].score(*names["held_out"]) == names["stopping"].best
