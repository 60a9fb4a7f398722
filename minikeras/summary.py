"""What is in a model, at a glance?"""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import category, east_asian_width

import numpy as np

from minikeras.backend import FloatName
from minikeras.layers import Layer
from minikeras.plotting.table import html_table

HEAD = ("Layer (type)", "Output shape", "Parameters")
UNKNOWN = "?"
Row = tuple[str, str, str]


def summary_table(name: str, layers: Sequence[Layer], dtype: FloatName = "float32") -> str:
    """Return a table of layers with the totals below it, for a terminal.

    >>> from minikeras.layers import Dense
    >>> layer = Dense(2)
    >>> layer.build((3,))
    >>> print(summary_table("tiny", [layer]))
    Model: tiny
    ---------------------------------------
    Layer (type)   Output shape  Parameters
    ---------------------------------------
    dense (Dense)  (None, 2)              8
    ---------------------------------------
    Total parameters: 8 (32 bytes as float32)
    Trainable: 8, frozen: 0
    """
    rows = summary_rows(layers)
    widths = [max(columns_of(row[i]) for row in (HEAD, *rows)) for i in range(len(HEAD))]
    rule = "-" * (sum(widths) + 4)
    head, *body = (_line(row, widths) for row in (HEAD, *rows))
    notes = summary_notes(layers, dtype)
    return "\n".join([f"Model: {name}", rule, head, rule, *body, rule, *notes])


def summary_html(name: str, layers: Sequence[Layer], dtype: FloatName = "float32") -> str:
    """Return the same table for a notebook."""
    return html_table(f"Model: {name}", HEAD, summary_rows(layers), summary_notes(layers, dtype))


def summary_rows(layers: Sequence[Layer]) -> list[Row]:
    """Return name and type, shape and size of each layer; `?` for what is not known yet.

    >>> from minikeras.layers import Dense
    >>> summary_rows([Dense(2)])
    [('dense (Dense)', '?', '?')]
    """
    return [
        (
            f"{layer.name} ({type(layer).__name__})",
            UNKNOWN if layer.output_shape is None else str((None, *layer.output_shape)),
            UNKNOWN if layer.output_shape is None else f"{layer.count_params():,}",
        )
        for layer in layers
    ]


def summary_notes(layers: Sequence[Layer], dtype: FloatName) -> list[str]:
    """Return the lines below the table: how much there is to learn, and how much memory it takes.

    >>> summary_notes([], "float64")
    ['Total parameters: 0 (0 bytes as float64)', 'Trainable: 0, frozen: 0']
    """
    if any(layer.output_shape is None for layer in layers):
        return ["The weights are made when the input shape is known: by build((...)) or fit."]
    total = sum(layer.count_params() for layer in layers)
    trainable = sum(layer.count_params() for layer in layers if layer.trainable)
    size = _bytes(total * np.dtype(dtype).itemsize)
    return [
        f"Total parameters: {total:,} ({size} as {dtype})",
        f"Trainable: {trainable:,}, frozen: {total - trainable:,}",
    ]


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes: letters of East Asia take two each.

    Source: Unicode Standard Annex 11.

    >>> columns_of("dense"), columns_of("출력층")
    (5, 6)
    """
    return sum(
        0 if category(c) in ("Mn", "Me") else 2 if east_asian_width(c) in "WF" else 1 for c in text
    )


def _line(cells: Row, widths: Sequence[int]) -> str:
    left, middle, right = (
        " " * (width - columns_of(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return f"{cells[0]}{left}  {cells[1]}{middle}  {right}{cells[2]}"


def _bytes(n: int) -> str:
    for unit, size in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return f"{n} bytes"
