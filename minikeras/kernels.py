"""What does a GPU do in one launch that NumPy does in many operations?

On a GPU each operation costs its launch, some microseconds, however small its arrays are. So where
a step has many small operations in a row, they are written once more, in C, as one kernel of CuPy.
Each kernel does what the Python beside its caller does; off a GPU there is none, only None.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from minikeras.backend import Array, array_module

FEW = 256  # one thread of a GPU takes a row of so many numbers; a longer one is work for several

SOFTMAX = """
    T top = x[i * k], sum = 0;
    for (int c = 1; c < k; ++c) top = max(top, x[i * k + c]);
    for (int c = 0; c < k; ++c) sum += exp(x[i * k + c] - top);
    for (int c = 0; c < k; ++c) p[i * k + c] = exp(x[i * k + c] - top) / sum;
"""  # for the row i, which has k numbers
CROSSENTROPY = """
    T sum = 0, moved = 0;
    for (int c = 0; c < k; ++c) {
        T q = p[i * k + c], held = q < low ? low : q > high ? high : q, truth = TRUTH;
        sum -= truth * log(held);
        dx[i * k + c] = -truth * (held == q);
        moved += truth * (held == q);
    }
    for (int c = 0; c < k; ++c) dx[i * k + c] += p[i * k + c] * moved;
    value[i] = sum;
"""
ONE_HOT, CLASS_NUMBER = "y[i * k + c]", "c == y[i]"  # the true share of the class c in the row i


def kernel(x: Array, name: str, formula: str, given: str, made: str) -> Any:
    """Return a function that does `formula` in one launch where `x` lives on a GPU, else None.

    `given` and `made` list the arrays it reads and writes as `cupy.ElementwiseKernel` wants them.
    """
    xp = array_module(x)
    if xp is np or not hasattr(xp, "ElementwiseKernel"):
        return None
    return _compiled(xp.ElementwiseKernel, given, made, formula, name)


@cache
def _compiled(make: Any, *parts: str) -> Any:
    return make(*parts)


def softmax(x: Array) -> Array | None:
    """Return what `activations.softmax` makes of `x`; None off a GPU, and for long rows."""
    launch = _of_rows(x, "softmax", SOFTMAX, "raw T x", "raw T p")
    return launch and launch(x, array_module(x).empty_like(x))


def crossentropy(y: Array, p: Array, low: float, high: float) -> tuple[Array, Array] | None:
    """Return the crossentropy of each row of `p`, which a softmax made, and its slope before it.

    `y` holds class numbers (batch,) or shares (batch, classes); where `p` is below `low` or above
    `high` it counts as that, and has no slope. None off a GPU, and for long rows.
    """
    formula = CROSSENTROPY.replace("TRUTH", ONE_HOT if y.ndim == p.ndim else CLASS_NUMBER)
    given, made = "raw Y y, raw T p, T low, T high", "raw T value, raw T dx"
    launch, xp = _of_rows(p, "crossentropy", formula, given, made), array_module(p)
    if launch is None:
        return None
    value, dx = launch(y, p, low, high, xp.empty_like(p[..., 0]), xp.empty_like(p))
    return value, dx


def _of_rows(x: Array, name: str, formula: str, given: str, made: str) -> Any:
    """Return a kernel whose formula does the row `i`, of `k` numbers; None for long rows."""
    k = x.shape[-1]
    launch = kernel(x, name, formula, f"int32 k, {given}", made) if k <= FEW else None
    return launch and (lambda *arrays: launch(k, *arrays, size=x.size // k))
