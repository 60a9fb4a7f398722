"""1,797 small handwritten digits that ship with the package.

Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits" (1998), UCI Machine
Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0 (LICENSE-digits.txt).
"""

from __future__ import annotations

import gzip
from importlib.resources import files

import numpy as np

from minikeras.backend import Host

TRAIN = 1437  # rows; the other 360 are held out
Pair = tuple[Host, Host]


def load_data(shuffle: bool = True) -> tuple[Pair, Pair]:
    """Return `(x_train, y_train), (x_test, y_test)`: 1,437 and 360 digits.

    x (rows, 8, 8) holds grey levels from 0 to 16 as uint8, y (rows,) the digits 0 to 9 as int64.
    The split is the same every time. With `shuffle=False` rows keep the file's order, in which
    the last fifth comes from other writers than the rest: harder, and good for lessons.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, y_test.shape, int(x_train.max())
    ((1437, 8, 8), (360,), 16)
    """
    packed = files("minikeras.datasets").joinpath("digits.csv.gz").read_bytes()
    lines = gzip.decompress(packed).decode("ascii").splitlines()
    table = np.loadtxt(lines, delimiter=",", dtype=np.uint8)  # (1797, 65)
    if shuffle:
        table = np.random.default_rng(0).permutation(table)
    x, y = table[:, :64].reshape(-1, 8, 8), table[:, 64].astype(np.int64)
    return (x[:TRAIN], y[:TRAIN]), (x[TRAIN:], y[TRAIN:])
