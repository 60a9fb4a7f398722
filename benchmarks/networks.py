"""What is everybody asked to train? Six networks on MNIST, from small batches to large ones."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.epochs import training_images

__all__ = ["NETWORKS", "Network", "training_images"]

SMALL, LARGE = (784, 300, 100, 10), (784, 512, 512, 10)


@dataclass(frozen=True)
class Network:
    """Layers of these widths with relu, softmax at the end, and how they are trained."""

    widths: tuple[int, ...]
    batch: int
    optimizer: str  # "sgd" with a rate of 0.01, or "adam" with 0.001

    def __str__(self) -> str:
        return f"{'-'.join(map(str, self.widths))}, batch {self.batch}, {self.optimizer}"

    @property
    def rate(self) -> float:
        return 0.01 if self.optimizer == "sgd" else 0.001

    @property
    def parameters(self) -> int:
        pairs = zip(self.widths[:-1], self.widths[1:], strict=True)
        return sum(m * n + n for m, n in pairs)


NETWORKS = [
    *(Network(SMALL, batch, "sgd") for batch in (32, 128, 512)),
    *(Network(LARGE, batch, "adam") for batch in (32, 128, 512)),
]
