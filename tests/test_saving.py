"""Does a model come back from its file as it went in, and a bad file leave everything as it was?"""

import copy
import io
import json
import pickle
import zipfile
from contextlib import contextmanager
from fractions import Fraction

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minikeras as keras
from minikeras import saving
from minikeras.layers import Activation, Dense, Dropout, Embedding, Flatten, Input, Layer
from minikeras.models import Sequential
from minikeras.optimizers import schedules
from minikeras.saving import ModelFileError

WHOLE = ("m.keras", "m.h5", "m.hdf5", "m.txt", "m")  # files that hold a whole model
WITH_MEMORY = ("m.keras", "m.weights.h5")  # files whose weights come with the optimizer's memory
ROWS, CLASSES = 4, 3

# -- models, drawn -----------------------------------------------------------------------------

small = st.floats(0.01, 0.9)
seeds = st.none() | st.integers(0, 9)
activations = st.sampled_from([None, *keras.activations.KNOWN])
penalties = st.none() | st.builds(keras.regularizers.L1L2, small, small)
starts = st.one_of(
    st.sampled_from(["zeros", "ones", "he_normal", "lecun_uniform", "GlorotNormal"]),
    st.builds(keras.initializers.Constant, small),
    st.builds(keras.initializers.RandomUniform, st.just(-0.1), small, seeds),
    st.builds(keras.initializers.TruncatedNormal, small, small, seeds),
    st.builds(
        keras.initializers.VarianceScaling,
        small,
        st.sampled_from(["fan_in", "fan_out", "fan_avg"]),
        st.sampled_from(["uniform", "truncated_normal", "untruncated_normal"]),
    ),
)
dense = st.builds(
    Dense,
    st.integers(1, 4),
    activation=activations,
    use_bias=st.booleans(),
    kernel_initializer=starts,
    bias_initializer=starts,
    kernel_regularizer=penalties,
    bias_regularizer=penalties,
    trainable=st.booleans(),
)
others = st.one_of(
    dense, st.builds(Activation, activations.filter(bool)), st.builds(Dropout, small, seed=seeds)
)
words = st.builds(
    Embedding,
    st.just(5),
    st.integers(1, 3),
    embeddings_initializer=starts,
    embeddings_regularizer=penalties,
)
fronts = st.one_of(
    st.just(((4,), [])),
    st.builds(lambda: ((2, 3), [Flatten()])),
    st.builds(lambda layer: ((4,), [layer, Flatten()]), words),
)
rates = st.one_of(
    small,
    st.builds(schedules.ExponentialDecay, small, st.integers(1, 9), small, st.booleans()),
    st.builds(schedules.CosineDecay, small, st.integers(1, 9), small),
)
shares = st.just(0.0) | small
limits = st.sampled_from([{}, {"clipnorm": 0.5}, {"clipvalue": 0.1}, {"name": "mine"}])
optimizers = st.one_of(
    st.builds(lambda r, m, o: keras.optimizers.SGD(r, momentum=m, **o), rates, shares, limits),
    st.builds(lambda r, s, o: keras.optimizers.RMSprop(r, rho=s, **o), rates, small, limits),
    st.builds(lambda r, s, o: keras.optimizers.Adagrad(r, epsilon=s, **o), rates, small, limits),
    st.builds(lambda r, s, o: keras.optimizers.Adam(r, beta_1=s, **o), rates, small, limits),
    st.builds(lambda r, s, o: keras.optimizers.AdamW(r, weight_decay=s, **o), rates, small, limits),
)
losses = st.one_of(
    st.sampled_from(["mse", "kld", "hinge", keras.losses.huber]),
    st.builds(keras.losses.Huber, small),
    st.builds(keras.losses.BinaryCrossentropy, st.booleans(), small),
    st.builds(keras.losses.CategoricalCrossentropy, st.booleans(), small),
)
metrics = st.lists(
    st.one_of(
        st.sampled_from(["accuracy", "acc", "mae", "kld", keras.metrics.categorical_accuracy]),
        st.builds(keras.metrics.AUC, st.integers(2, 9), curve=st.sampled_from(["ROC", "PR"])),
        st.builds(keras.metrics.Precision, st.none() | small),
        st.builds(keras.metrics.Recall, small, name=st.just("found")),
    ),
    max_size=3,
    unique_by=lambda m: keras.metrics.key(m, m),
)


@st.composite
def models(draw, compiled=True, depth=3):
    """Draw a model, and how it was compiled; it has taken a few steps."""
    shape, front = draw(fronts)
    layers = [*front, *draw(st.lists(others, max_size=depth)), Dense(CLASSES, "sigmoid")]
    keras.utils.set_random_seed(draw(st.integers(0, 99)))
    keras.backend.set_floatx(draw(st.sampled_from(["float32", "float64"])))
    model = Sequential([Input(shape), *layers], name=draw(st.none() | st.just("mine")))
    keras.backend.set_floatx("float32")
    if compiled:
        model.compile(draw(optimizers), draw(losses), draw(metrics))
        train(model, draw(st.integers(0, 3)))
    return model


def data(model):
    x = np.random.default_rng(1).integers(0, 5, (ROWS, *model.input_shape))
    return x, np.eye(CLASSES)[[0, 1, 2, 0]]


def train(model, steps=1):
    return [model.train_on_batch(*data(model), return_dict=True) for _ in range(steps)]


def without_chance(model):
    return not any(isinstance(layer, Dropout) for layer in model.layers)


def same(ours, theirs):
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


def memory(model):
    """Return all that the optimizer knows."""
    optimizer = model.optimizer
    slots = [np.array(slot) for slot in optimizer.memory(model.trained)]
    return [np.asarray(optimizer.iterations), np.asarray(float(optimizer.learning_rate)), *slots]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


def saved(model, path):
    saving.save_model(model, path)
    return saving.load_model(Sequential, path)


# -- what comes back -------------------------------------------------------------------------------


@given(model=models(), name=st.sampled_from(WHOLE))
def test_a_model_predicts_the_same_bits(folder, model, name):
    again, (x, y) = saved(model, folder / name), data(model)
    assert again.dtype == model.dtype
    same(again.get_weights(), model.get_weights())
    same([again.predict(x, verbose=0)], [model.predict(x, verbose=0)])
    np.testing.assert_array_equal(*(m.test_on_batch(x, y) for m in (again, model)))


@given(model=models(), name=st.sampled_from(WHOLE))
def test_all_settings_come_back(folder, model, name):
    again = saved(model, folder / name)
    assert again.get_config() == model.get_config()
    assert type(again.optimizer) is type(model.optimizer)
    settings, expected = again.optimizer.get_config(), model.optimizer.get_config()
    if not name.endswith(".keras"):  # Keras 2 knows no names of optimizers
        del settings["name"], expected["name"]
    assert settings == expected
    assert again.objective.loss == model.objective.loss
    assert again.metrics_names == model.metrics_names
    ours, theirs = (m.objective.metrics.values() for m in (again, model))
    for one, other in zip(ours, theirs, strict=True):
        assert one.get_config() == other.get_config() if hasattr(one, "counts") else one == other


@given(model=models().filter(without_chance), name=st.sampled_from(WHOLE))
def test_training_goes_on_bit_by_bit_as_if_it_had_not_stopped(folder, model, name):
    again = saved(model, folder / name)
    assert json.dumps(train(again, 3)) == json.dumps(train(model, 3))
    same(again.get_weights(), model.get_weights())
    same(memory(again), memory(model))


@given(model=models(), name=st.sampled_from(WHOLE))
def test_a_model_that_came_back_leaves_the_same_bytes(folder, model, name):
    again = saved(model, folder / name)
    content = (folder / name).read_bytes()
    again.optimizer.name = model.optimizer.name
    saving.save_model(again, folder / name)
    assert (folder / name).read_bytes() == content


@given(
    model=models(),
    name=st.sampled_from([*WHOLE, "m.weights.h5"]),
    whole=st.booleans(),
    steps=st.integers(0, 2),
)
def test_weights_come_back_into_a_model_with_others(folder, model, name, whole, steps):
    save = saving.save_model if whole and name in WHOLE else saving.save_weights
    save(model, folder / name)
    weights, remembered = model.get_weights(), memory(model)
    other = Sequential.from_config(model.get_config())
    other.dtype = model.dtype
    other.compile(copy.deepcopy(model.optimizer), "mse")
    other.optimizer._vector, other.optimizer.state = None, {}
    train(other, steps)
    if not other.optimizer.follows_schedule:
        other.optimizer.learning_rate = 0.125
    saving.load_weights(other, folder / name)
    same(other.get_weights(), weights)
    if name in WITH_MEMORY and model.optimizer.memory(model.trained):
        same(memory(other), remembered)


@pytest.mark.parametrize("name", WHOLE)
def test_what_was_not_compiled_stays_so(folder, name):
    model = Sequential([Dense(2, input_dim=3)])
    assert saved(model, folder / name).objective is None
    model.compile("adam", "mse")
    saving.save_model(model, folder / name)
    assert saving.load_model(Sequential, folder / name, compile=False).objective is None


@pytest.mark.parametrize("name", WITH_MEMORY)
def test_an_optimizer_saved_before_its_first_step_begins_again(folder, name):
    fresh, used = (Sequential([Dense(2, input_dim=3)]) for _ in range(2))
    for model in (fresh, used):
        model.compile(keras.optimizers.Adagrad(0.1), "mse")
    saving.save_weights(fresh, folder / name)
    used.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    saving.load_weights(used, folder / name)
    fresh.prepare_optimizer()
    same(memory(used), memory(fresh))


@pytest.mark.parametrize(
    ("saved_by", "name", "loaded_by"),  # each pair takes as many arrays of the same shapes, but one
    [
        ("rmsprop", "rmsprop", "adagrad"),
        ("adagrad", "adagrad_12", "rmsprop"),  # as Keras numbers them
        ("adam", "adam_w", "adam"),
        ("adam", "mine", keras.optimizers.SGD(momentum=0.5)),
    ],
)
def test_the_memory_of_another_optimizer_is_left_out_with_a_warning(
    folder, saved_by, name, loaded_by
):
    path = folder / "m.weights.h5"
    model, other = (Sequential([Dense(2, input_dim=3)]) for _ in range(2))
    for m, optimizer in ((model, saved_by), (other, copy.deepcopy(loaded_by))):
        m.compile(optimizer, "mse")
        m.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    model.optimizer.name = name
    saving.save_weights(model, path)
    remembered = memory(other)
    own = type(other.optimizer).__name__
    with pytest.warns(UserWarning, match=f"'{name}', with . arrays, is not this model's {own}"):
        saving.load_weights(other, path)
    same(other.get_weights(), model.get_weights())
    same(memory(other), remembered)


@pytest.mark.parametrize("name", ["rm_sprop_1", "rmsprop", "RMSprop", "anything"])
def test_an_optimizer_knows_its_own_memory_whatever_keras_called_it(folder, name):
    model, other = (Sequential([Dense(2, input_dim=3)]) for _ in range(2))
    model.compile(keras.optimizers.RMSprop(0.5, name=name), "mse")
    other.compile(keras.optimizers.RMSprop(), "mse")
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    saving.save_weights(model, folder / "m.weights.h5")
    saving.load_weights(other, folder / "m.weights.h5")
    same(memory(other), memory(model))


def test_a_memory_of_steps_and_rate_alone_begins_again(folder):
    """Keras writes it before the first step."""
    path, used = folder / "m.weights.h5", simple(keras.optimizers.Adagrad(0.25))
    saving.save_weights(used, path)
    with reopened(path) as file:
        for number in range(2, 6):
            del file[f"optimizer/vars/{number}"]
    train_more(used)
    saving.load_weights(used, path)
    start = [np.full_like(w, 0.1) for w in used.get_weights()]
    same(memory(used), [np.asarray(1), np.asarray(0.25), *start])


def test_a_frozen_layer_is_not_in_the_optimizers_memory(folder):
    model = Sequential([Dense(2, input_dim=3, trainable=False), Dense(1)])
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 3)), np.ones(2))
    again = saved(model, folder / "m.keras")
    with zipfile.ZipFile(folder / "m.keras") as archive:
        file = h5py.File(io.BytesIO(archive.read("model.weights.h5")))
    assert len(file["optimizer/vars"]) == 2 + 2 * 2
    same(memory(again), memory(model))


class Twice(Layer):
    """A layer of the reader's own."""

    def make(self, input_shape):
        return input_shape

    def forward(self, x, training=False):
        return 2 * x, lambda dy, wants_dx=True: 2 * dy


@pytest.mark.parametrize("name", WHOLE)
def test_a_layer_of_ones_own_comes_back_by_its_name(folder, name):
    model = Sequential([Dense(2, input_dim=3), Twice(), Twice()])
    saving.save_model(model, folder / name)
    again = saving.load_model(Sequential, folder / name, {"Twice": Twice})
    same([again.predict(np.eye(3), verbose=0)], [model.predict(np.eye(3), verbose=0)])
    with pytest.raises(ModelFileError, match=r"layers\[2\]: there is no layer named 'Twice'"):
        saving.load_model(Sequential, folder / name)


def test_a_function_of_ones_own_comes_back_by_its_name(folder):
    path = edited(folder, lambda told: dense_of(told).update(activation=function("squared")))
    with pytest.raises(ModelFileError, match="no activation named 'squared'"):
        saving.load_model(Sequential, path)

    def squared(x):
        return x * x, lambda dy: 2 * x * dy

    again = saving.load_model(Sequential, path, {"squared": squared})
    assert again.layers[0].activation is squared


def function(name):
    return {"module": "my.own", "class_name": "function", "config": name, "registered_name": name}


def test_every_format_works_on_another_device(folder, customs):
    model = Sequential([Dense(2, input_dim=3)])
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    weights = model.get_weights()
    for name in ("m.keras", "m.h5"):
        again = saved(model, folder / name)
        same(again.get_weights(), weights)
        assert again.optimizer.iterations == 1
        again.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))


@given(count=st.integers(1, 5))
def test_names_that_fill_more_than_one_attribute_come_back(folder, count):
    layers = [Activation("relu", name=f"{i}{'x' * 7000}") for i in range(4 * count)]
    model = Sequential([Dense(2, input_dim=3), *layers, Dense(1)])
    again = saved(model, folder / "m.h5")
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    same(again.get_weights(), model.get_weights())


# -- what cannot be saved --------------------------------------------------------------------------


def odd(*things):
    return things[0], lambda dy: dy


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ({"activation": odd}, "the activation 'odd' is your own"),
        ({"kernel_initializer": lambda s, r: r.normal(size=s)}, "initializer '<lambda>' is your"),
        ({"loss": odd}, "the loss 'odd' is your own"),
        ({"metrics": [odd]}, "the metric 'odd' is your own"),
        ({"optimizer": type("Mine", (keras.optimizers.SGD,), {})()}, "optimizer 'Mine' is your"),
        ({"bias_initializer": keras.initializers.Constant(np.nan)}, "not JSON compliant"),
        ({"kernel_regularizer": keras.regularizers.L1L2(Fraction(1, 2))}, "which JSON cannot"),
    ],
)
def test_what_has_no_name_is_refused_before_a_byte_is_written(tmp_path, name, where, problem):
    path = tmp_path / name
    path.write_text("what was there before")
    chosen = {"optimizer": "sgd", "loss": "mse", "metrics": []}
    told = {key: value for key, value in where.items() if key not in chosen}
    model = Sequential([Dense(2, input_dim=3, **told)])
    model.compile(**chosen | {key: value for key, value in where.items() if key in chosen})
    with pytest.raises((ValueError, TypeError), match=problem):
        saving.save_model(model, path)
    assert path.read_text() == "what was there before"


def test_numbers_of_numpy_are_plain_numbers_in_a_file(folder):
    penalty = keras.regularizers.L1L2(np.float32(0.5), np.int64(2))
    again = saved(Sequential([Dense(2, input_dim=3, kernel_regularizer=penalty)]), folder / "m.h5")
    assert again.layers[0].kernel_regularizer == penalty


@pytest.mark.parametrize("name", [*WHOLE, "m.weights.h5"])
def test_a_file_is_only_replaced_if_it_may_be(tmp_path, name):
    save = saving.save_weights if "weights" in name else saving.save_model
    model = Sequential([Dense(2, input_dim=3)])
    save(model, tmp_path / name, overwrite=False)
    content = (tmp_path / name).read_bytes()
    model.set_weights([w + 1 for w in model.get_weights()])
    with pytest.raises(FileExistsError, match=f"{name}': choose another name, or pass overwrite"):
        save(model, tmp_path / name, overwrite=False)
    assert (tmp_path / name).read_bytes() == content
    save(model, tmp_path / name)
    saving.load_weights(model, tmp_path / name)
    assert (tmp_path / name).read_bytes() != content


def deep(layers):
    return Sequential([Dense(1, input_dim=1), *(Activation("relu") for _ in range(layers - 1))])


@pytest.mark.parametrize("name", WHOLE[:2])
def test_what_could_not_be_read_again_is_not_written(tmp_path, name, monkeypatch):
    assert len(saved(deep(999), tmp_path / name).layers) == 999
    content = (tmp_path / name).read_bytes()
    many = Sequential([Dense(1, input_dim=1)])
    many.compile("sgd", "mse", [keras.metrics.Recall(name=f"r{i}") for i in range(101)])
    long_name, huge_name = (
        Sequential([Dense(1, input_dim=1, name="x" * letters)]) for letters in (70_000, 2**21)
    )
    for model, problem in (
        (deep(1000), "^this model has 1001 layers, and a file holds at most 1000$"),
        (many, "^this model has 101 metrics, and a file holds at most 100$"),
        (long_name, "^a string in this JSON has more than 65536 letters$"),
        (huge_name, "^this JSON has .* bytes; at most 1572864 are read$"),
    ):
        with pytest.raises(ValueError, match=problem):
            saving.save_model(model, tmp_path / name)
    monkeypatch.setattr(saving.hdf5, "LARGEST_FILE", 2**22 + 100)
    with pytest.raises(ValueError, match="the model is too large: a file holds at most"):
        saving.save_model(simple(), tmp_path / name)
    assert (tmp_path / name).read_bytes() == content


def test_a_whole_model_does_not_fit_a_file_of_weights(folder):
    with pytest.raises(ValueError, match="holds weights only: use save_weights"):
        saving.save_model(Sequential([Dense(2, input_dim=3)]), folder / "m.weights.h5")


# -- bad files -------------------------------------------------------------------------------------


@contextmanager
def reopened(path):
    """Open a file of ours to change it; it then carries no digest."""
    with h5py.File(path, "a") as file:
        del file.attrs["minikeras_sha256"]
        yield file


def simple(optimizer="adam"):
    keras.utils.set_random_seed(0)
    model = Sequential([Dense(2, "relu", input_dim=3), Dense(1)])
    model.compile(optimizer, "mse", ["mae"])
    model.train_on_batch(np.ones((2, 3)), np.ones(2))
    return model


def edited(folder, change):
    """Save a model as `.keras`, and change its config."""
    path = folder / "edited.keras"
    saving.save_model(simple(), path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(parts["config.json"])
    change(told)
    parts["config.json"] = json.dumps(told)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def dense_of(told):
    return told["config"]["layers"][1]["config"]


def sgd(**settings):
    return {"class_name": "SGD", "config": settings}


BAD_CONFIGS = {
    "no such layer[s]?": lambda t: t["config"]["layers"][1].update(class_name="Evil"),
    "no model like this": lambda t: t.update(class_name="Functional"),
    "nothing of os": lambda t: t["config"]["layers"][1].update(module="os", class_name="system"),
    "a setting that matters": lambda t: dense_of(t).update(activity_regularizer="l2"),
    "a strange activation": lambda t: dense_of(t).update(activation="evil"),
    "a number of units": lambda t: dense_of(t).update(units="many"),
    "half precision": lambda t: dense_of(t).update(dtype="float16"),
    "two precisions": lambda t: dense_of(t).update(dtype="float64"),
    "no layers": lambda t: t["config"].update(layers=[]),
    "no config": lambda t: t.pop("config"),
    "layers that are a number": lambda t: t["config"].update(layers=3),
    "an open axis": lambda t: t["config"]["layers"][0]["config"].update(batch_shape=[None, None]),
    "shapes that clash": lambda t: t["config"]["layers"][0]["config"].update(batch_shape=[None, 4]),
    "a layer less": lambda t: t["config"]["layers"].pop(),
    "a layer more": lambda t: t["config"]["layers"].append(
        {"class_name": "Dense", "config": {"name": "new", "units": 1}}
    ),
    "no such optimizer": lambda t: t["compile_config"]["optimizer"].update(class_name="Evil"),
    "no such loss": lambda t: t["compile_config"].update(loss="evil"),
    "no such metric": lambda t: t["compile_config"].update(metrics=["evil"]),
    "a setting of Keras": lambda t: t["compile_config"].update(optimizer=sgd(use_ema=True)),
    "another reduction": lambda t: t["compile_config"].update(
        loss={"class_name": "Huber", "config": {"reduction": "sum"}}
    ),
    "weighted metrics": lambda t: t["compile_config"].update(weighted_metrics=["mae"]),
}


@pytest.mark.parametrize("change", BAD_CONFIGS.values(), ids=BAD_CONFIGS)
def test_a_config_that_means_nothing_here_is_refused(folder, change):
    path = edited(folder, change)
    with pytest.raises(ModelFileError) as caught:
        saving.load_model(Sequential, path)
    assert caught.value.file == str(path)
    assert caught.value.place
    assert str(caught.value).startswith(f"{path}: {caught.value.place}: ")


USUAL = {
    "module": None,
    "quantization_config": None,
    "ema_momentum": 0.99,
    "use_ema": False,
    "amsgrad": False,
    "decay": 0.0,
}


def test_settings_of_keras_that_change_nothing_are_passed_over(folder):
    def change(told):
        dense_of(told).update(USUAL)
        told["compile_config"]["optimizer"]["config"].update(USUAL)

    path = edited(folder, change)
    same(memory(saving.load_model(Sequential, path)), memory(simple()))


OTHER_WORDS = {  # other ways of Keras to say what our files say
    "no InputLayer": lambda t: t["config"].update(
        layers=t["config"]["layers"][1:], build_input_shape=[16, 3]
    ),
    "a shape at the first layer": lambda t: (
        t["config"]["layers"].pop(0),
        t["config"]["layers"][0]["config"].update(batch_input_shape=[16, 3]),
    ),
    "an input of whole numbers": lambda t: t["config"]["layers"][0]["config"].update(dtype="int32"),
    "a policy for a type": lambda t: dense_of(t).update(
        dtype={"class_name": "DTypePolicy", "config": {"name": "float32"}, "shared_object_id": 1}
    ),
    "an initializer by name": lambda t: dense_of(t).update(kernel_initializer="zeros"),
    "a loss by class": lambda t: t["compile_config"].update(
        loss={"class_name": "MeanSquaredError", "config": {"name": "mse"}}
    ),
}


@pytest.mark.parametrize("change", OTHER_WORDS.values(), ids=OTHER_WORDS)
def test_the_same_in_other_words_is_the_same_model(folder, change):
    again, model = saving.load_model(Sequential, edited(folder, change)), simple()
    train_more(again)
    train_more(model)
    same(memory(again), memory(model))
    same(again.get_weights(), model.get_weights())


def test_a_model_without_a_loss_is_not_compiled(folder):
    path = edited(folder, lambda told: told["compile_config"].update(loss=None))
    assert saving.load_model(Sequential, path).objective is None


def test_without_an_optimizer_it_is_keras_default(folder):
    path = edited(folder, lambda told: told["compile_config"].pop("optimizer"))
    with pytest.warns(UserWarning, match="no optimizer|left out") as warned:
        again = saving.load_model(Sequential, path)
    assert isinstance(again.optimizer, keras.optimizers.RMSprop)
    assert len(warned) == 2  # and Adam's memory is left out
    same(again.get_weights(), simple().get_weights())


@pytest.mark.parametrize(("words", "start"), [({"decay": 0.0}, 0.0), ({}, 0.1)])
def test_the_sums_of_adagrad_begin_where_that_keras_begins_them(folder, words, start):
    config = {"class_name": "Adagrad", "config": {"learning_rate": 0.1, **words}}
    path = edited(folder, lambda told: told["compile_config"].update(optimizer=config))
    with pytest.warns(UserWarning, match="left out"):  # Adam's memory
        optimizer = saving.load_model(Sequential, path).optimizer
    assert optimizer.initial_accumulator_value == start


def put(name, values):
    def change(file):
        if name in file:
            del file[name]
        file[name] = values

    return change


def move(name, other):
    return lambda file: file.move(name, other)


def group_at(name):
    def change(file):
        del file[name]
        file.create_group(name)

    return change


def remove(name):
    return lambda file: file.__delitem__(name)


def names(path, *values):
    place, _, name = path.rpartition("/")
    return lambda file: file[place or "/"].attrs.__setitem__(name, list(values))


TEXT = np.full(2, b"text")
C, D = "m.weights.h5", "m.h5"
BAD_HDF5 = {
    "C: no kernel": (C, remove("layers/dense/vars/0"), "dense has 1 arrays here, but the model's"),
    "C: no layers": (C, remove("layers"), "there is no group 'layers'"),
    "C: an array more": (C, put("layers/dense/vars/2", np.zeros(2)), "dense has 3 arrays here"),
    "C: another name": (C, move("layers/dense/vars/0", "layers/dense/vars/7"), "no array of this"),
    "C: another shape": (C, put("layers/dense/vars/0", np.zeros((2, 3))), r"its shape is \(2, 3\)"),
    "C: text": (C, put("layers/dense/vars/1", TEXT), "dense: vars/1: it holds .S4"),
    "C: a group for an array": (C, group_at("layers/dense/vars/0"), "no array of this name"),
    "C: a layer more": (C, lambda f: f.copy("layers/dense", "layers/dense_2"), "no such layer"),
    "C: memory of another shape": (C, put("optimizer/vars/4", np.zeros((2, 3))), "its shape is"),
    "C: memory too large": (C, put("optimizer/vars/2", np.full((3, 2), 1e300)), "overflow"),
    "C: steps below zero": (C, put("optimizer/vars/0", np.array(-1)), "no optimizer took -1 steps"),
    "C: a rate that is none": (C, put("optimizer/vars/1", np.array(np.nan)), "is at the rate nan"),
    "D: no names": (D, lambda f: f.attrs.__delitem__("layer_names"), "no attribute 'layer_names'"),
    "D: no layer": (D, remove("dense_1"), "there is no group 'dense_1'"),
    "D: a layer less": (D, names("layer_names", b"dense"), "has 1 layers with weights, but the mo"),
    "D: an array less": (D, names("dense/weight_names", b"dense/bias:0"), "1 arrays are here, but"),
    "D: names that are numbers": (D, names("layer_names", 1, 2), "is no list of strings"),
    "D: no array": (D, remove("dense/dense/bias:0"), "dense: dense/bias:0: there is no array"),
    "D: another shape": (D, put("dense/dense/kernel:0", np.zeros((4, 2))), "its shape is"),
    "D: text": (D, put("dense/dense/bias:0", TEXT), "it holds .S4, not real numbers"),
}


@pytest.mark.parametrize(("name", "change", "problem"), BAD_HDF5.values(), ids=BAD_HDF5)
def test_weights_that_do_not_fit_leave_the_model_as_it_was(folder, name, change, problem):
    model = simple()
    saving.save_weights(model, folder / name)
    with reopened(folder / name) as file:
        change(file)
    train_more(model)
    weights, remembered = model.get_weights(), memory(model)
    with pytest.raises(ModelFileError, match=problem) as caught:
        saving.load_weights(model, folder / name)
    assert caught.value.file == str(folder / name)
    same(model.get_weights(), weights)
    same(memory(model), remembered)


def train_more(model):
    model.train_on_batch(np.zeros((2, 3)), np.ones(2))


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.weights.h5"])
@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, 0.9])
def test_half_a_file_is_refused(folder, name, keep):
    path, model = folder / name, simple()
    (saving.save_weights if "weights" in name else saving.save_model)(model, path)
    content = path.read_bytes()
    path.write_bytes(content[: keep if isinstance(keep, int) else int(keep * len(content))])
    train_more(model)
    weights = model.get_weights()
    with pytest.raises(ModelFileError, match=str(path)):
        saving.load_weights(model, path)
    same(model.get_weights(), weights)
    if "weights" not in name:
        with pytest.raises(ModelFileError, match=str(path)):
            saving.load_model(Sequential, path)


def test_a_file_of_another_format_says_which_was_expected(folder):
    for name, other in (("m.keras", "n.h5"), ("m.h5", "n.keras"), ("m.h5", "n.weights.h5")):
        saving.save_model(simple(), folder / name)
        (folder / other).write_bytes((folder / name).read_bytes())
        with pytest.raises(ModelFileError, match=r"not a .keras file|not an HDF5 file|no group"):
            saving.load_weights(simple(), folder / other)


def test_a_file_of_weights_is_no_model(folder):
    saving.save_weights(simple(), folder / "m.h5")
    with pytest.raises(ModelFileError, match="no model_config: for a file of weights use load_we"):
        saving.load_model(Sequential, folder / "m.h5")


def test_a_file_that_is_not_there_is_no_bad_file(folder):
    with pytest.raises(FileNotFoundError):
        saving.load_model(Sequential, folder / "nowhere.keras")


def test_an_error_about_a_file_survives_a_journey():
    error = ModelFileError("it is empty", "m.keras", "config.json")
    again = pickle.loads(pickle.dumps(error))
    assert (again.file, again.place, again.problem) == ("m.keras", "config.json", "it is empty")
    assert str(again) == str(error)


# -- what Keras 2.3.1 reads and writes -------------------------------------------------------------

COMMON_2 = {"name", "trainable", "dtype"}
WORDS_2 = {  # what each class of Keras 2.3.1 takes, of what we have to say
    "InputLayer": {"name", "dtype", "batch_input_shape", "sparse"},
    "Dense": COMMON_2
    | {"units", "activation", "use_bias"}
    | {f"{of}_{what}" for of in ("kernel", "bias") for what in ("initializer", "regularizer")},
    "Activation": COMMON_2 | {"activation"},
    "Dropout": COMMON_2 | {"rate", "seed"},
    "Flatten": COMMON_2,
    "Embedding": COMMON_2
    | {"input_dim", "output_dim", "embeddings_initializer", "embeddings_regularizer"},
    "VarianceScaling": {"scale", "mode", "distribution", "seed"},
    "RandomUniform": {"minval", "maxval", "seed"},
    "TruncatedNormal": {"mean", "stddev", "seed"},
    "Constant": {"value"},
    "Zeros": set(),
    "Ones": set(),
    "L1L2": {"l1", "l2"},
    "SGD": {"learning_rate", "momentum", "nesterov", "clipnorm", "clipvalue"},
    "RMSprop": {"learning_rate", "rho", "epsilon", "clipnorm", "clipvalue"},
    "Adagrad": {"learning_rate", "epsilon", "clipnorm", "clipvalue"},
    "Adam": {"learning_rate", "beta_1", "beta_2", "epsilon", "clipnorm", "clipvalue"},
    "Huber": {"delta", "name"},
    "KLDivergence": {"name"},
    "BinaryCrossentropy": {"from_logits", "label_smoothing"},
    "CategoricalCrossentropy": {"from_logits", "label_smoothing"},
    "AUC": {"name", "num_thresholds", "curve"},
    "Precision": {"name", "thresholds"},
    "Recall": {"name", "thresholds"},
}
NOT_IN_2 = ("AdamW", "ExponentialDecay", "CosineDecay")


def classes_in(told):
    if isinstance(told, list):
        told = dict(enumerate(told))
    if isinstance(told, dict):
        if "class_name" in told:
            yield told
        for value in told.values():
            yield from classes_in(value)


@given(model=models())
def test_a_legacy_file_uses_the_words_of_keras_2(folder, model):
    saving.save_model(model, folder / "m.h5")
    with h5py.File(folder / "m.h5") as file:
        told, training = (json.loads(file.attrs[f"{k}_config"]) for k in ("model", "training"))
        assert file["model_weights"].attrs["keras_version"] == "2.3.1"
        assert "optimizer_weights" not in file  # Keras 3 could not go on training
    first = told["config"]["layers"][0]
    assert (first["class_name"], first["config"]["dtype"]) == ("InputLayer", model.dtype)
    for row in [*classes_in(told["config"]), *classes_in(training)]:
        name, config = row["class_name"], row["config"]
        if name in NOT_IN_2:
            continue
        more = {"initial_accumulator_value"} if name == "Adagrad" else set()
        assert set(config) - more <= WORDS_2[name], name
        assert config.get("distribution") in (None, "uniform", "normal", "untruncated_normal")
    if isinstance(training["loss"], str):
        assert training["loss"] not in ("mse", "kld")  # Keras 3 reads full names only


def test_adagrad_as_keras_makes_it_is_also_that_of_keras_2(folder):
    saving.save_model(simple("adagrad"), folder / "m.h5")
    with h5py.File(folder / "m.h5") as file:
        training = json.loads(file.attrs["training_config"])
    assert set(training["optimizer_config"]["config"]) <= WORDS_2["Adagrad"]


OPTIMIZERS_2 = {  # our optimizer, its settings there, and its slots: ours, then what more there is
    "Adam": ({"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False}, 2, 1),
    "SGD": ({"momentum": 0.9, "nesterov": False}, 1, 0),
    "RMSprop": ({"rho": 0.9, "epsilon": 1e-7}, 1, 0),
    "Adagrad": ({"epsilon": 1e-7}, 1, 0),
    "SGD, no momentum": ({"momentum": 0.0, "nesterov": False}, 0, 1),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS_2)
def test_a_file_of_keras_2_is_read_with_what_its_optimizer_remembered(folder, optimizer):
    settings, slots, more = OPTIMIZERS_2[optimizer]
    rng, names = np.random.default_rng(0), ["dense_1", "dropout_1", "dense_2"]
    shapes = [(3, 2), (2,), (2, 1), (1,)]
    weights = [rng.normal(size=shape).astype("float32") for shape in shapes]
    remembered = [[rng.random(shape).astype("float32") for shape in shapes] for _ in range(slots)]
    extra = [np.zeros(1)] * len(shapes) * more
    glorot = {"scale": 1.0, "mode": "fan_avg", "distribution": "normal", "seed": None}
    common = {
        "dtype": "float32",
        "use_bias": True,
        "trainable": True,
        "kernel_initializer": {"class_name": "VarianceScaling", "config": glorot},
        "bias_initializer": {"class_name": "Zeros", "config": {}},
        "activity_regularizer": None,
        "kernel_constraint": None,
    }
    dropout = {"name": names[1], "trainable": True, "dtype": "float32", "rate": 0.5}
    layers = [
        ("Dense", {**common, "name": names[0], "units": 2, "batch_input_shape": [None, 3]}),
        ("Dropout", {**dropout, "noise_shape": None, "seed": None}),
        ("Dense", {**common, "name": names[2], "units": 1, "activation": "linear"}),
    ]
    rows = [{"class_name": name, "config": config} for name, config in layers]
    told = {"class_name": "Sequential", "config": {"name": "sequential_1", "layers": rows}}
    training = {
        "optimizer_config": {
            "class_name": optimizer.partition(",")[0],
            "config": {"learning_rate": 0.5, "decay": 0.0, **settings},
        },
        "loss": "mse",
        "metrics": ["accuracy"],
        "weighted_metrics": None,
        "sample_weight_mode": None,
        "loss_weights": None,
    }
    with h5py.File(folder / "two.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(told).encode()
        file.attrs["training_config"] = json.dumps(training).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name, arrays in zip(names, (weights[:2], [], weights[2:]), strict=True):
            inner = group.create_group(name)
            paths = [f"{name}/{i}:0" for i in range(len(arrays))]
            inner.attrs["weight_names"] = [path.encode() for path in paths]
            for path, values in zip(paths, arrays, strict=True):
                inner[path] = values
        group = file.create_group("optimizer_weights")
        arrays = [np.array(7), *(slot for by_slot in remembered for slot in by_slot), *extra]
        group.attrs["weight_names"] = [f"training/{i}:0".encode() for i in range(len(arrays))]
        for number, values in enumerate(arrays):
            group[f"training/{number}:0"] = values
    model = saving.load_model(Sequential, folder / "two.h5")
    same(model.get_weights(), weights)
    by_weight = [slot for by_weight in zip(*remembered, strict=True) for slot in by_weight]
    same(memory(model), [np.asarray(7), np.asarray(0.5), *by_weight])
    assert model.layers[0].kernel_initializer.distribution == "truncated_normal"
    assert model.metrics_names == ["loss", "accuracy"]
