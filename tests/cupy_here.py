"""CuPy without a GPU: NumPy's arrays behind the names that CuPy has, called as CuPy is called.

Where a test fails here because a name is not known, ask CuPy: `python -m tests.cupy_surface`.
As in CuPy a reduction leaves an array, and nothing of NumPy's comes in but through `asarray`.
Unlike in CuPy nothing comes out but through `asnumpy`: the rest would make a step wait for the GPU.
"""

import inspect
import json
import operator
from types import ModuleType, SimpleNamespace

import numpy as np

from tests.cupy_surface import SURFACE
from tests.kernels_here import KernelHere

KNOWN = json.loads(SURFACE.read_text(encoding="utf-8"))
OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "pow", "matmul", "and", "or", "xor"]
COMPARISONS = ["lt", "le", "gt", "ge", "eq", "ne"]
REFUSED = ["bool", "int", "float", "complex", "index", "array"]


def inside(value):
    """Return what NumPy computes with: CuPy's arrays and plain numbers, but no array of NumPy."""
    if isinstance(value, CupyArray):
        return value._array
    if isinstance(value, list | tuple):
        return type(value)(map(inside, value))
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}")
    return value


def outside(value):
    return CupyArray(value) if isinstance(value, np.ndarray | np.generic) else value


class CupyArray:
    """What CuPy's array has, and no more."""

    __module__ = "cupy"
    __hash__ = None

    def __init__(self, array):
        self._array = np.asarray(array)

    def __getattr__(self, name):
        if name not in KNOWN["array"]:
            raise AttributeError(f"an array of CuPy {KNOWN['version']} has no {name}")
        found = getattr(self._array, name)
        if not callable(found):
            return outside(found)
        return lambda *args, **options: outside(found(*map(inside, args), **options))

    def __getitem__(self, key):
        return outside(self._array[inside(key)])

    def __setitem__(self, key, value):
        self._array[inside(key)] = inside(value)

    def __len__(self):
        return len(self._array)

    def __iter__(self):
        return map(outside, self._array)

    def __neg__(self):
        return outside(-self._array)

    def __invert__(self):
        return outside(~self._array)


def _give_operators():
    def refuse(array, *args, **options):
        raise TypeError("crossed from device to host")

    def plain(name):
        return lambda a, b: outside(getattr(operator, name)(a._array, inside(b)))

    def turned(name):
        return lambda a, b: outside(getattr(operator, name)(inside(b), a._array))

    def in_place(name):
        def change(a, b):
            a._array[...] = getattr(operator, name)(a._array, inside(b))
            return a

        return change

    for name in OPERATORS:
        known = f"{name}_" if name in ("and", "or") else name
        setattr(CupyArray, f"__{name}__", plain(known))
        setattr(CupyArray, f"__r{name}__", turned(known))
        setattr(CupyArray, f"__i{name}__", in_place(known))
    for name in COMPARISONS:
        setattr(CupyArray, f"__{name}__", plain(name))
    for name in REFUSED:
        setattr(CupyArray, f"__{name}__", refuse)


_give_operators()


def called_as(name, parameters):
    """Return NumPy's function of that name, which is called as CuPy's."""
    if parameters == "ufunc":
        options = [inspect.Parameter(one, inspect.Parameter.KEYWORD_ONLY, default=None)
                   for one in ("out", "dtype", "casting")]  # fmt: skip
        arguments = inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)
        signature = inspect.Signature([arguments, *options])
    else:
        signature = inspect.Signature(
            inspect.Parameter(one, inspect._ParameterKind(kind), default=None)
            if may_miss
            else inspect.Parameter(one, inspect._ParameterKind(kind))
            for one, kind, may_miss in parameters
        )

    def function(*args, out=None, **options):
        given = {} if out is None else {"out": out}
        signature.bind(*args, **options, **given)
        result = getattr(np, name)(*map(inside, args), **{k: inside(v) for k, v in options.items()})
        if out is None:
            return outside(result)
        out._array[...] = result
        return out

    return function


class Generator:
    def __init__(self, seed):
        self._generator = np.random.default_rng(seed)

    def random(self, size=None, dtype=np.float64, out=None):
        return outside(self._generator.random(size, dtype))


class OutOfMemoryError(Exception):
    """Named as CuPy's."""


def pretend():
    """Return a module that stands in for CuPy, on a GPU that works."""
    runtime = SimpleNamespace(
        getDevice=lambda: 0,
        getDeviceProperties=lambda number: {"name": b"A card"},
        driverGetVersion=lambda: 12080,
    )
    cuda = SimpleNamespace(
        runtime=runtime,
        memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
        get_allocator=lambda: bytes,
    )
    cuda.set_allocator = lambda allocate: setattr(cuda, "get_allocator", lambda: allocate)
    functions = {
        name: called_as(name, parameters)
        for name, parameters in KNOWN["functions"].items()
        if parameters is not None
    }
    functions |= {
        "asarray": lambda a, *args, **how: a if isinstance(a, CupyArray) else outside(np.array(a)),
        "asnumpy": lambda a: np.array(a._array) if isinstance(a, CupyArray) else np.asarray(a),
        "ones": lambda shape: outside(np.ones(shape)),
        "finfo": np.finfo,
        "add": SimpleNamespace(
            at=lambda out, rows, v: np.add.at(out._array, rows._array, v._array)
        ),
    }
    module = ModuleType("cupy")
    vars(module).update(
        functions,
        __version__=KNOWN["version"],
        float64=np.float64,
        ndarray=CupyArray,
        ufunc=np.ufunc,
        random=SimpleNamespace(default_rng=Generator),
        ElementwiseKernel=KernelHere,
        cuda=cuda,
    )
    return module
