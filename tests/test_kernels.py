"""What a GPU is told: one launch for a step, which does what NumPy does; and errors in a sentence.

A formula of an optimizer is C that Python can read, too. The others are read by a C++ compiler.
"""

import sys
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import minikeras as keras
from minikeras import activations, kernels, losses
from minikeras.backend import _cupy_backend
from minikeras.layers import Dense
from minikeras.optimizers import SGD, Adam
from minikeras.optimizers import optimizer as optimizer_file
from tests.cupy_here import OutOfMemoryError, pretend
from tests.kernels_here import KernelHere
from tests.test_costs import RULES, built
from tests.test_device_border import CLASSES, OPTIMIZERS, Y, classifier, train


@pytest.fixture
def launching(monkeypatch):
    """Give arrays of array-api-strict kernels, and count their launches."""
    import array_api_strict as xp

    monkeypatch.setattr(xp, "ElementwiseKernel", KernelHere, raising=False)
    monkeypatch.setattr(KernelHere, "launches", Counter())
    monkeypatch.setattr(KernelHere, "sources", set())
    return KernelHere.launches


@pytest.mark.parametrize("rule", RULES)
def test_the_formula_of_an_optimizer_is_its_update(rule):
    chosen, vector = built(rule)
    rng = np.random.default_rng(1)
    formula = compile(chosen.formula, rule, "exec")
    arrays = {"w": vector.values, "g": vector.grads} | chosen.state
    twins = {name: array.astype("float64") for name, array in arrays.items()}
    for _ in range(5):
        vector.grads[...] = twins["g"][...] = rng.normal(size=len(vector.grads)).astype("float32")
        chosen.apply()
        exec(formula, twins | chosen.factors(float(chosen.learning_rate)) | {"sqrt": np.sqrt})
    for name, twin in twins.items():
        np.testing.assert_allclose(arrays[name], twin, rtol=2e-5, atol=1e-6, err_msg=name)


def fresh(name):
    """Return an optimizer that has not trained yet."""
    known = OPTIMIZERS[name]
    return known if isinstance(known, str) else SGD.from_config(known.get_config())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_with_kernels_is_training_without(name, customs, launching, monkeypatch):
    monkeypatch.setattr(optimizer_file, "BLOCK", 10)  # a GPU takes all at once nevertheless
    there = train(classifier(optimizer=fresh(name)))
    (optimizer,) = launching.keys() - {"softmax", "crossentropy"}
    assert launching[optimizer] == 3 * 4  # epochs of so many batches
    keras.set_backend("numpy")
    here = train(classifier(optimizer=fresh(name)))
    for key, values in here.items():
        np.testing.assert_allclose(there[key], values, rtol=1e-4, atol=1e-6, err_msg=key)


def test_frozen_layers_between_make_one_launch_for_each_stretch(customs, launching):
    model = keras.Sequential([Dense(3, input_dim=5), Dense(3, trainable=False), Dense(3)])
    model.compile("adam", "mse")
    model.fit(np.ones((8, 5)), np.ones((8, 3)), batch_size=4, verbose=0)
    assert launching == {"Adam": 2 * 2}


def test_an_optimizer_of_yours_needs_no_formula(customs, launching):
    class Signs(SGD):
        def __init__(self, **options):
            super().__init__(**options)
            self.formula = ""

    train(classifier(optimizer=Signs()))
    assert launching.keys() == {"softmax", "crossentropy"}


def test_an_update_of_yours_is_not_passed_over_for_the_formula_that_it_overrides(
    customs, launching
):
    class Backwards(Adam):
        def update(self, rate, w, g, *state):
            moved.append(w.shape)

    moved = []
    train(classifier(optimizer=Backwards()))
    assert launching.keys() == {"softmax", "crossentropy"}
    assert len(moved) == 3 * 4


def test_a_model_that_was_copied_gets_its_kernel_again(customs, launching):
    import copy

    model = classifier(optimizer=Adam())
    train(model)
    again = copy.deepcopy(model.optimizer)
    assert again._kernel is None
    assert again.iterations == model.optimizer.iterations


# -- softmax and crossentropy ---------------------------------------------------------------------


def there(*arrays):
    """Return the arrays on a device; it has kernels where `KernelHere` stands in for CuPy's."""
    import array_api_strict as xp

    return tuple(xp.asarray(array) for array in arrays)


SCORES = {
    "like 0": 1e-3,
    "ordinary": 1.0,
    "sure": 30.0,  # beyond the clip of probabilities
    "too large": 1e38,
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 5), (3, 1), (1, kernels.FEW), (0, 3)])
@pytest.mark.parametrize("spread", SCORES.values(), ids=SCORES)
def test_the_kernel_of_softmax_is_softmax(shape, spread, dtype, launching):
    x = np.random.default_rng(0).normal(0.0, spread, shape).astype(dtype)
    for odd in (0.0, -np.inf, np.inf, np.nan):
        x[..., :1][:1] = odd  # the first of the first row
        with np.errstate(all="ignore"):
            expected = activations.softmax(x)[0]
        found = np.asarray(activations.softmax(*there(x))[0])
        np.testing.assert_allclose(found, expected, rtol=20 * np.finfo(dtype).eps)
    assert launching == {"softmax": 4}


LABELS = {
    "class numbers": (
        losses.sparse_categorical_crossentropy,
        lambda rng, n: rng.integers(0, n[-1], n[:-1]),
    ),
    "one-hot": (
        losses.categorical_crossentropy,
        lambda rng, n: np.eye(n[-1])[rng.integers(0, n[-1], n[:-1])],
    ),
    "shares": (
        losses.CategoricalCrossentropy(label_smoothing=0.2),
        lambda rng, n: rng.dirichlet(np.ones(n[-1]), n[:-1]),
    ),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 5), (3, 1), (0, 3)])
@pytest.mark.parametrize("spread", SCORES.values(), ids=SCORES)
@pytest.mark.parametrize(("loss", "labels"), LABELS.values(), ids=LABELS)
def test_the_kernel_of_crossentropy_is_the_short_way(loss, labels, spread, shape, dtype, launching):
    rng, short = np.random.default_rng(0), losses.through_softmax(loss)
    y = labels(rng, shape)
    y = y.astype(dtype) if y.dtype.kind == "f" else y
    dv = rng.normal(size=shape[:-1]).astype(dtype)
    for x in (rng.normal(0.0, spread, shape), np.full(shape, np.nan)):
        p = activations.softmax(x.astype(dtype))[0]
        with np.errstate(all="ignore"):
            value, pullback = short(y, p)
            expected = pullback(dv).dx
        on_device = there(y, p, dv)
        found, pullback = short(*on_device[:2])
        near = {"rtol": 50 * np.finfo(dtype).eps, "atol": 5 * np.finfo(dtype).eps}
        np.testing.assert_allclose(np.asarray(found), value, **near)
        np.testing.assert_allclose(np.asarray(pullback(on_device[2]).dx), expected, **near)
    assert launching == {"crossentropy": 2}


def test_long_rows_are_work_for_more_than_one_thread(launching):
    (x,) = there(np.ones((2, kernels.FEW + 1), "float32"))
    p = activations.softmax(x)[0]
    losses.through_softmax(losses.categorical_crossentropy)(p, p)
    assert not launching


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cuda_compiles_every_kernel(dtype, customs, launching, monkeypatch):
    """A GPU is not needed for this, but NVIDIA's compiler, which comes with CuPy's extra `ctk`."""
    place = "cupy_backends.cuda.libs.nvrtc"
    nvrtc = pytest.importorskip(place, reason="CuPy is not here", exc_type=ImportError)
    monkeypatch.setitem(keras.backend._settings, "floatx", dtype)
    labels = {"categorical_crossentropy": Y, "sparse_categorical_crossentropy": CLASSES}
    for loss, y in labels.items():
        for name in OPTIMIZERS:
            train(classifier(loss=loss, optimizer=fresh(name)), y=y, epochs=1)
    assert len(KernelHere.sources) == 7 + 3  # of rules, softmax and two crossentropies
    for text in KernelHere.sources:
        program = nvrtc.createProgram(text, "kernel.cu", [], [])
        nvrtc.compileProgram(program, ["--gpu-architecture=compute_80"])
        assert (b".f64" in nvrtc.getPTX(program)) == (dtype == "float64"), text


def operations_of(work):
    """Return how often minikeras told the device to compute; a view of an array is no work."""
    import array_api_strict as xp

    count, theirs, ours = 0, str(Path(xp.__file__).parent), str(Path(keras.__file__).parent)
    views = ("__getitem__", "__array_namespace__", "T", "dtype", "ndim", "shape", "size", "device")
    views += ("__setitem__", "reshape")  # the former writes what the pretend `out=` has computed

    def watch(frame, event, arg):
        nonlocal count
        if event == "call" and frame.f_code.co_filename.startswith(theirs):
            name, caller = frame.f_code.co_name, frame.f_back.f_code.co_filename
            count += caller.startswith((ours, str(Path(__file__).parent))) and name not in views

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_a_batch_is_few_operations_on_the_device(customs, launching):
    x, y = np.ones((80, 5), "float32"), np.zeros(80, "int64")
    model = classifier(loss="sparse_categorical_crossentropy")

    def fit(batches):
        model.fit(x[: 2 * batches], y[: 2 * batches], batch_size=2, verbose=0)

    fit(2)
    few, many = (operations_of(partial(fit, batches)) for batches in (20, 40))
    each = (many - few) / 20 + launching.total() / 62  # that many batches in all
    print(f"\n{each:.0f} operations a batch")
    assert each <= 32


# -- errors ---------------------------------------------------------------------------------------


def cupy(**broken):
    """A pretend CuPy, of which something is broken."""

    def fails(error):
        def function(*args, **options):
            raise error

        return function

    module = pretend()
    for name, error in broken.items():
        owner = module.cuda.runtime if hasattr(module.cuda.runtime, name) else module
        setattr(owner, name, fails(error))
    return module


def test_the_device_is_named_with_its_driver(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", cupy())
    assert _cupy_backend().device == "A card, CuPy 14.2.0, CUDA driver 12080"


def test_a_gpu_whose_memory_is_full_says_so_in_one_sentence(monkeypatch):
    def allocate(size):
        if size > 12:
            raise OutOfMemoryError(f"Out of memory allocating {size} bytes")
        return bytes(size)

    module = cupy()
    module.cuda.set_allocator(allocate)
    monkeypatch.setitem(sys.modules, "cupy", module)
    _cupy_backend()
    allocated = module.cuda.get_allocator()
    assert allocated(12) == bytes(12)
    with pytest.raises(
        MemoryError, match=r"the GPU's memory is full .* smaller batch_size"
    ) as told:
        allocated(13)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("getDevice", RuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected")),
        ("driverGetVersion", RuntimeError("cudaErrorInsufficientDriver: driver is too old")),
        ("matmul", ImportError("libcublas.so.12: cannot open shared object file")),
        ("matmul", RuntimeError("CuPy failed to load libnvrtc.so.12")),
    ],
)
def test_a_gpu_that_cannot_be_used_is_one_sentence(part, error, monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", cupy(**{part: error}))
    with pytest.raises(RuntimeError, match=r"gpu-cuda12 or gpu-cuda13") as told:
        _cupy_backend()
    assert str(error) in str(told.value)
    assert "\n" not in str(told.value)
