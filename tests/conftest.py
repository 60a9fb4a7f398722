"""Fixtures: the pretend device, its GPU twin, double precision, and where MNIST is."""

import os
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from minikeras import backend, seeding
from minikeras.backend import Backend
from tests import cupy_here as cupy_here_file

# what is written with `out=`, which NumPy and CuPy take and the standard does not
WITH_OUT = ("add", "divide", "matmul", "multiply", "sqrt", "sum", "take")
# what would carry a number off a device without saying so
REFUSED = (
    "__array__",
    "__bool__",
    "__buffer__",
    "__complex__",
    "__float__",
    "__index__",
    "__int__",
    "__iter__",
)


class Customs:
    """A pretend GPU: array-api-strict on a device that is not the CPU, whose borders are watched.

    `entered` and `left` list the shapes of what went through the two doors.
    """

    def __init__(self, monkeypatch):
        import array_api_strict as xp

        self.entered, self.left = [], []
        device, cpu = xp.Device("device1"), xp.Device("CPU_DEVICE")
        array_type = type(xp.asarray(0))

        def refusing(original, name):
            def method(array, *args, **kwargs):
                if array.device == device:
                    raise TypeError(f"crossed from device to host through {name}")
                return original(array, *args, **kwargs)

            return method

        for name in REFUSED:
            if hasattr(array_type, name):
                original = getattr(array_type, name)
                monkeypatch.setattr(array_type, name, refusing(original, name))

        for name in WITH_OUT:
            monkeypatch.setattr(xp, name, writing(getattr(xp, name)))

        def to_device(array):
            assert isinstance(array, np.ndarray), f"{type(array)} is not on the host"
            self.entered.append(array.shape)
            return xp.asarray(array, device=device)

        def to_host(array):
            assert array.device == device, "already on the host"
            self.left.append(array.shape)
            return np.asarray(array.to_device(cpu))

        self.backend = Backend("customs", to_device, to_host)

    def crossings(self):
        """Count what crossed, by direction."""
        return Counter({"in": len(self.entered), "out": len(self.left)})


def writing(function):
    """The same function, but it can also write into an array."""

    def with_out(*args, out=None, **options):
        result = function(*args, **options)
        if out is None:
            return result
        out[...] = result
        return out

    return with_out


@pytest.fixture
def customs(monkeypatch):
    watched = Customs(monkeypatch)
    monkeypatch.setitem(backend._settings, "backend", watched.backend)
    return watched


@pytest.fixture
def cupy_backend(monkeypatch):
    try:
        gpu = backend._cupy_backend()
    except RuntimeError as error:
        pytest.skip(str(error))
    monkeypatch.setitem(backend._settings, "backend", gpu)
    return gpu


@pytest.fixture
def cupy_here(monkeypatch):
    """What CuPy would do, as far as that can be told without a GPU."""
    monkeypatch.setitem(sys.modules, "cupy", cupy_here_file.pretend())
    backend.set_backend("cupy")


@pytest.fixture
def float64(monkeypatch):
    monkeypatch.setitem(backend._settings, "floatx", "float64")


@pytest.fixture(autouse=True)
def settings_stay_at_home(monkeypatch):
    """Let no test change the backend, the precision or the seed of the next one."""
    monkeypatch.setattr(backend, "_settings", dict(backend._settings))
    monkeypatch.setattr(seeding, "_seeds", np.random.SeedSequence(0))


@pytest.fixture(autouse=True)
def no_proxy_stands_between(monkeypatch):
    """Let the servers of tests be reached, whatever the environment says of the network."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def mnist_folder():
    """The folder with the original MNIST files."""
    beside = Path(__file__).parents[2] / "shared" / "data" / "mnist"
    folder = Path(os.environ.get("MINIKERAS_DATA", beside))
    if not (folder / "train-images-idx3-ubyte.gz").exists():
        pytest.skip("MNIST is not here: set MINIKERAS_DATA to a folder with its four files")
    return folder
