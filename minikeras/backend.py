"""Where do arrays live, and through which doors do they travel?

Between the doors every function asks its arguments `array_module(x)`, and then speaks the words
that NumPy, CuPy and the array API standard share (https://data-apis.org/array-api), and `out=`,
which the standard lacks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = Any  # an array of NumPy or CuPy; comments give its shape, e.g. (batch, units)
Host = NDArray[Any]  # a NumPy array, on this side of the doors
OF_NUMPY = (np.ndarray, np.generic)
Shape = tuple[int, ...]
FloatName = Literal["float32", "float64"]


def array_module(*arrays: Array) -> ModuleType:
    """Return the one module whose functions these arrays belong to.

    >>> array_module(np.ones(2), np.zeros(3)).__name__
    'numpy'
    """
    for array in arrays:
        if not isinstance(array, OF_NUMPY):
            return _common_home(arrays)
    return np


def _common_home(arrays: tuple[Array, ...]) -> ModuleType:
    homes = {_home(array) for array in arrays}
    if len(homes) > 1:
        names = sorted(home.__name__ for home in homes)
        raise TypeError(f"arrays live in different places: {', '.join(names)}")
    return homes.pop()


def _home(array: Array) -> ModuleType:
    if isinstance(array, OF_NUMPY):
        return np
    if _is_cupy(array):
        return sys.modules["cupy"]
    if not lives_elsewhere(array):
        raise TypeError(f"expected an array, got {type(array).__name__}")
    home: ModuleType = array.__array_namespace__()
    return home


def lives_elsewhere(value: Any) -> bool:
    """Whether `value` is an array, but none of NumPy's."""
    if isinstance(value, OF_NUMPY):
        return False
    return _is_cupy(value) or hasattr(value, "__array_namespace__")


def _is_cupy(value: Any) -> bool:
    return type(value).__module__ == "cupy"  # its arrays lack __array_namespace__


@dataclass(frozen=True)
class Backend:
    """A place to compute: a name, a door in and a door out.

    >>> get_backend().to_host(get_backend().to_device(np.ones(2)))
    array([1., 1.])
    """

    name: str
    to_device: Callable[[Host], Array]
    to_host: Callable[[Array], Host]
    device: str = "the processor"


def _numpy_backend() -> Backend:
    return Backend("numpy", np.ascontiguousarray, np.asarray)


def _cupy_backend() -> Backend:
    try:
        import cupy  # asked for only by those who ask for a GPU

        card = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.runtime.getDevice())
        driver = cupy.cuda.runtime.driverGetVersion()
        cupy.matmul(*cupy.ones((2, 2, 2)))  # here, where a missing library of CUDA can be told
    except ImportError as error:
        raise RuntimeError(
            "the backend 'cupy' needs the package CuPy: install minikeras with its extra "
            f"gpu-cuda12 or gpu-cuda13 on a machine with an NVIDIA GPU ({error})"
        ) from error
    except Exception as error:  # CuPy raises its own kinds when driver or card are missing
        raise RuntimeError(
            f"CuPy is installed but finds no usable NVIDIA GPU ({error}): check the driver with "
            "nvidia-smi, and that its CUDA is the extra's (gpu-cuda12 or gpu-cuda13), or stay with "
            "set_backend('numpy')"
        ) from error
    allocate, full = cupy.cuda.get_allocator(), cupy.cuda.memory.OutOfMemoryError

    def told(size: int) -> Any:
        try:
            return allocate(size)
        except full as error:
            raise MemoryError(
                f"the GPU's memory is full ({error}): use a smaller batch_size, fewer rows or a "
                "smaller model, or stay with set_backend('numpy')"
            ) from error

    cupy.cuda.set_allocator(told)
    device = f"{card['name'].decode()}, CuPy {cupy.__version__}, CUDA driver {driver}"
    return Backend("cupy", cupy.asarray, cupy.asnumpy, device)


_MAKERS = {"numpy": _numpy_backend, "cupy": _cupy_backend}
_settings: dict[str, Any] = {"backend": None, "floatx": "float32"}


def set_backend(name: str) -> None:
    """Choose where the models made from now on compute: `"numpy"` (default) or `"cupy"`.

    The environment variable `MINIKERAS_BACKEND` makes the same choice from outside.
    ValueError on another name; RuntimeError where there is no usable GPU.

    >>> set_backend("numpy")
    """
    if name not in _MAKERS:
        raise ValueError(f"there is no backend {name!r}; choose 'numpy' or 'cupy'")
    _settings["backend"] = _MAKERS[name]()


def get_backend() -> Backend:
    """Return the backend that a model made now would use."""
    if _settings["backend"] is None:
        set_backend(os.environ.get("MINIKERAS_BACKEND", "numpy"))
    backend: Backend = _settings["backend"]
    return backend


def set_floatx(dtype: FloatName) -> None:
    """Choose the precision of the models made from now on: `"float32"` (default) or `"float64"`.

    >>> set_floatx("float64"); floatx()
    'float64'
    >>> set_floatx("float32")
    """
    if dtype not in ("float32", "float64"):
        raise ValueError(f"floatx is 'float32' or 'float64', not {dtype!r}")
    _settings["floatx"] = dtype


def floatx() -> FloatName:
    """Return the precision that a model made now would use."""
    dtype: FloatName = _settings["floatx"]
    return dtype


# -- operations that differ between NumPy, CuPy and the array API standard ---------------------

CACHE_LINE = 64  # bytes: a load that crosses two lines takes twice as long


def full_like(x: Array, value: float) -> Array:
    """Return an array of the shape and type of `x`, full of `value`, that begins a cache line.

    NumPy's own seldom do, and those of CuPy always.
    """
    xp = array_module(x)
    if xp is not np:
        return xp.full_like(x, value)
    room = np.empty(x.nbytes + CACHE_LINE, np.uint8)
    first = -room.ctypes.data % CACHE_LINE
    aligned = room[first : first + x.nbytes].view(x.dtype).reshape(x.shape)
    aligned.fill(value)
    return aligned


def _is_standard(xp: ModuleType) -> bool:
    return not hasattr(xp, "ufunc")


def take_rows(x: Array, rows: Array, out: Array) -> Array:
    """Copy `x[rows]` into the first places of the buffer `out` and return that part of it."""
    xp = array_module(x, rows)
    part = out[: rows.shape[0], ...]
    # rows are known to be in range: with mode="raise" NumPy would copy twice
    how = {"mode": "clip"} if xp is np else {}
    return xp.take(x, rows, axis=0, out=part, **how)


def add_at(out: Array, rows: Array, values: Array) -> None:
    """Add each of `values` to the row of `out` that it belongs to; rows may repeat."""
    xp = array_module(out)
    if _is_standard(xp):
        is_row = xp.arange(out.shape[0], **beside(out))[:, None] == rows[None, :]
        out += xp.matmul(xp.astype(is_row, out.dtype), values)
    else:
        xp.add.at(out, rows, values)


def uniform_like(x: Array, seed: int) -> Array:
    """Draw numbers in [0, 1), of the shape and type of `x`, where `x` lives."""
    xp = array_module(x)
    if hasattr(xp, "random"):
        return xp.random.default_rng(seed).random(x.shape, dtype=x.dtype)
    drawn = np.random.default_rng(seed).random(x.shape)
    return xp.asarray(drawn, dtype=x.dtype, **beside(x))


def beside(x: Array) -> dict[str, Any]:
    """Return what tells `xp.arange` and its like to work where `x` lives.

    NumPy has one place, CuPy a current one; only the array API standard wants to be told.
    """
    return {"device": x.device} if _is_standard(array_module(x)) else {}
