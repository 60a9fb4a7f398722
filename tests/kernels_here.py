"""CuPy's kernels without a GPU: C++ that this machine's compiler makes a function of.

What `cupy.ElementwiseKernel` promises (https://docs.cupy.dev/en/stable/user_guide/kernel.html): the
formula runs for each index i; a name means the element i of its array, and with `raw` the array.
"""

import ctypes
import functools
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

C_TYPES = {"float32": "float", "float64": "double", "int64": "long", "int32": "int"}
BY_VALUE = {"float": ctypes.c_float, "double": ctypes.c_double, "int": ctypes.c_int}
COMPILER = shutil.which("c++") or shutil.which("g++")


def source(head, declarations, formula, types, scalars):
    """Return C++ that does `formula` for every index; `head` begins the function and its loop."""
    arguments, elements = [], []
    for declared in declarations:
        *raw, kind, name = declared.split()
        if name in scalars:
            arguments.append(f"const {kind} {name}")
        else:
            arguments.append(f"{kind}* {name if raw else '_' + name}")
            elements += [] if raw else [f"{kind} &{name} = _{name}[i];"]
    named = "\n".join(f"typedef {kind} {letter};" for letter, kind in types.items())
    begun = head.replace("TYPES", named).replace("ARGUMENTS", ", ".join(arguments))
    return begun + "\n".join([*elements, formula]) + ";}}\n"


HERE = """
#include <algorithm>
#include <cmath>
using namespace std;
TYPES
extern "C" void run(long size, ARGUMENTS) { for (long i = 0; i < size; ++i) {
"""


CUDA = """
TYPES
extern "C" __global__ void run(long size, ARGUMENTS) {
for (long i = blockIdx.x * blockDim.x + threadIdx.x; i < size; i += gridDim.x * blockDim.x) {
"""


@functools.cache
def compiled(text):
    folder = tempfile.TemporaryDirectory()
    place = Path(folder.name) / "kernel.cpp"
    place.write_text(text, encoding="utf-8")
    library = place.with_suffix(".so")
    command = [COMPILER, "-shared", "-fPIC", "-O1", "-Wall", "-Wno-unused", "-Werror"]
    subprocess.run([*command, "-o", library, place], check=True)
    function = ctypes.CDLL(str(library)).run
    function.folder = folder  # stays as long as the function does
    return function


class KernelHere:
    """CuPy's ElementwiseKernel, on arrays of NumPy or of array-api-strict."""

    launches: Counter[str] = Counter()
    sources: set[str] = set()  # of what was launched, in CUDA

    def __init__(self, given, made, formula, name):
        assert name.isidentifier()
        if COMPILER is None:
            pytest.skip("no C++ compiler is here to make functions of kernels")
        self.declarations = f"{given}, {made}".split(", ")
        names = {declared.split()[-1] for declared in self.declarations}
        assert not {"i", "n"} & names, "CuPy has these for itself"
        self.outputs, self.formula, self.name = len(made.split(", ")), formula, name

    def __call__(self, *values, size=None):
        KernelHere.launches[self.name] += 1
        arrays = [getattr(value, "_array", value) for value in values]
        types, scalars, passed = {"int32": "int"}, set(), []
        for declared, array in zip(self.declarations, arrays, strict=True):
            *raw, kind, name = declared.split()
            if not isinstance(array, np.ndarray):
                scalars.add(name)
                passed.append(BY_VALUE[types[kind]](array))
                continue
            assert array.flags.c_contiguous
            assert types.setdefault(kind, C_TYPES[array.dtype.name]) == C_TYPES[array.dtype.name]
            size = array.size if size is None and not raw else size
            passed.append(ctypes.c_void_p(array.ctypes.data))
        parts = self.declarations, self.formula, types, scalars
        KernelHere.sources.add(source(CUDA, *parts))
        compiled(source(HERE, *parts))(ctypes.c_long(size), *passed)
        return values[-1] if self.outputs == 1 else values[-self.outputs :]
