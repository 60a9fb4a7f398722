"""What a GPU is told: one launch for a step, which does what NumPy does; and errors in a sentence.

A formula is C that Python can read, too, so Python plays the GPU here.
"""

import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import minikeras as keras
from minikeras.backend import _cupy_backend
from minikeras.layers import Dense
from minikeras.optimizers import SGD, Adam
from minikeras.optimizers import optimizer as optimizer_file
from tests.test_costs import RULES, built
from tests.test_device_border import OPTIMIZERS, classifier, train


class PretendKernel:
    """CuPy's ElementwiseKernel, as Python: the arrays in `outputs` are moved in place."""

    launches = 0

    def __init__(self, inputs, outputs, formula, name):
        assert name.isidentifier()
        self.names = [word.removeprefix("T ") for word in f"{inputs}, {outputs}".split(", ")]
        self.formula = compile(formula, name, "exec")

    def __call__(self, *values):
        PretendKernel.launches += 1
        exec(self.formula, dict(zip(self.names, values, strict=True)) | {"sqrt": self.sqrt})


@pytest.fixture
def kernels(customs, monkeypatch):
    """A device that has kernels."""
    import array_api_strict as xp

    monkeypatch.setattr(xp, "ElementwiseKernel", PretendKernel, raising=False)
    monkeypatch.setattr(PretendKernel, "sqrt", staticmethod(xp.sqrt), raising=False)
    monkeypatch.setattr(PretendKernel, "launches", 0)
    return customs


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


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_with_kernels_is_training_without(name, kernels, monkeypatch):
    monkeypatch.setattr(optimizer_file, "BLOCK", 10)  # a GPU takes all at once nevertheless
    optimizer = OPTIMIZERS[name]
    config = optimizer if isinstance(optimizer, str) else optimizer.get_config()
    make = str if isinstance(config, str) else SGD.from_config
    there = train(classifier(optimizer=make(config)))
    assert PretendKernel.launches == 3 * 4  # epochs of so many batches
    keras.set_backend("numpy")
    here = train(classifier(optimizer=make(config)))
    for key, values in here.items():
        np.testing.assert_allclose(there[key], values, rtol=1e-4, atol=1e-6, err_msg=key)


def test_frozen_layers_between_make_one_launch_for_each_stretch(kernels):
    model = keras.Sequential([Dense(3, input_dim=5), Dense(3, trainable=False), Dense(3)])
    model.compile("adam", "mse")
    model.fit(np.ones((8, 5)), np.ones((8, 3)), batch_size=4, verbose=0)
    assert PretendKernel.launches == 2 * 2


def test_an_optimizer_of_yours_needs_no_formula(kernels):
    class Signs(SGD):
        def __init__(self, **options):
            super().__init__(**options)
            self.formula = ""

    train(classifier(optimizer=Signs()))
    assert PretendKernel.launches == 0


def test_an_update_of_yours_is_not_passed_over_for_the_formula_that_it_overrides(kernels):
    class Backwards(Adam):
        def update(self, rate, w, g, *state):
            moved.append(w.shape)

    moved = []
    train(classifier(optimizer=Backwards()))
    assert PretendKernel.launches == 0
    assert len(moved) == 3 * 4


def test_a_model_that_was_copied_gets_its_kernel_again(kernels):
    import copy

    model = classifier(optimizer=Adam())
    train(model)
    again = copy.deepcopy(model.optimizer)
    assert again._kernel is None
    assert again.iterations == model.optimizer.iterations


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


def test_a_batch_is_few_operations_on_the_device(kernels):
    x, y = np.ones((80, 5), "float32"), np.zeros(80, "int64")
    model = classifier(loss="sparse_categorical_crossentropy")

    def fit(batches):
        model.fit(x[: 2 * batches], y[: 2 * batches], batch_size=2, verbose=0)

    fit(2)
    few, many = (operations_of(partial(fit, batches)) for batches in (20, 40))
    print(f"\n{(many - few) / 20:.0f} operations a batch")
    assert (many - few) / 20 <= 46


# -- errors ---------------------------------------------------------------------------------------


class OutOfMemoryError(Exception):
    """Named as CuPy's."""


def cupy(**broken):
    """A pretend CuPy, of which something is broken."""

    def fails(error):
        def function(*args, **options):
            raise error

        return function

    runtime = {
        "getDevice": lambda: 0,
        "getDeviceProperties": lambda number: {"name": b"A card"},
        "driverGetVersion": lambda: 12080,
    }
    runtime |= {name: fails(error) for name, error in broken.items() if name in runtime}
    matmul = fails(broken["matmul"]) if "matmul" in broken else np.matmul
    cuda = SimpleNamespace(
        runtime=SimpleNamespace(**runtime),
        memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
        get_allocator=lambda: broken.get("allocate", bytes),
    )
    cuda.set_allocator = lambda allocate: setattr(cuda, "get_allocator", lambda: allocate)
    return SimpleNamespace(
        cuda=cuda,
        **{"__version__": "14.2.0", "ones": np.ones, "matmul": matmul},
        **{"asarray": np.asarray, "asnumpy": np.asarray},
    )


def test_the_device_is_named_with_its_driver(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", cupy())
    assert _cupy_backend().device == "A card, CuPy 14.2.0, CUDA driver 12080"


def test_a_gpu_whose_memory_is_full_says_so_in_one_sentence(monkeypatch):
    def allocate(size):
        if size > 12:
            raise OutOfMemoryError(f"Out of memory allocating {size} bytes")
        return bytes(size)

    pretend = cupy(allocate=allocate)
    monkeypatch.setitem(sys.modules, "cupy", pretend)
    _cupy_backend()
    allocated = pretend.cuda.get_allocator()
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
