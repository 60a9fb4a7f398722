"""What is in a model, at a glance?"""

from __future__ import annotations

from collections.abc import Sequence

from minikeras.layers import Layer

HEAD = ("Layer (type)", "Output shape", "Parameters")


def summary_table(name: str, layers: Sequence[Layer]) -> str:
    """Return a table of layers with the totals below it.

    >>> from minikeras.layers import Dense
    >>> layer = Dense(2)
    >>> layer.build((3,))
    >>> print(summary_table("tiny", [layer]))
    Model: tiny
    Layer (type)   Output shape  Parameters
    ---------------------------------------
    dense (Dense)  (None, 2)              8
    ---------------------------------------
    Total parameters: 8 (32 bytes as float32)
    Trainable: 8, frozen: 0
    """
    rows = [
        (f"{layer.name} ({type(layer).__name__})", _shape(layer), f"{layer.count_params():,}")
        for layer in layers
    ]
    widths = [max(len(row[i]) for row in (HEAD, *rows)) for i in range(3)]
    rule = "-" * (sum(widths) + 4)
    total = sum(layer.count_params() for layer in layers)
    trainable = sum(layer.count_params() for layer in layers if layer.trainable)
    return "\n".join(
        [
            f"Model: {name}",
            _line(HEAD, widths),
            rule,
            *(_line(row, widths) for row in rows),
            rule,
            f"Total parameters: {total:,} ({_bytes(4 * total)} as float32)",
            f"Trainable: {trainable:,}, frozen: {total - trainable:,}",
        ]
    )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    left, middle, right = cells
    return f"{left:<{widths[0]}}  {middle:<{widths[1]}}  {right:>{widths[2]}}"


def _shape(layer: Layer) -> str:
    return str((None, *(layer.output_shape or ())))


def _bytes(n: int) -> str:
    if n < 1024:
        return f"{n} bytes"
    return f"{n / 1024:.1f} KiB" if n < 1024**2 else f"{n / 1024**2:.1f} MiB"
