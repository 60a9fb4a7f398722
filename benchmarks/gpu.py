"""Who trains fastest on a GPU? Three layers of one width, from narrow to wide.

minikeras beside PyTorch, as it is and captured as a CUDA graph, and beside the time that the card
needs for the matrix products alone, at the rate that it reaches on large ones. All in float32,
without TF32. The data lies on the card before the clock starts; a step is a batch of 512. minikeras
keeps loss and accuracy, PyTorch neither.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

import minikeras as keras
from benchmarks.results import keep
from minikeras.callbacks import Callback
from minikeras.layers import Dense

WIDTHS, BATCH, CLASSES = (128, 512, 2048, 8192), 512, 10
STEPS, ROUNDS = 50, 5


class Clock(Callback):
    """Keeps the seconds of each epoch: the data has come to the card before the first one."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.begun = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds.append(time.perf_counter() - self.begun)


def ours(x: Any, y: Any) -> list[float]:
    """Return the seconds of each round of STEPS batches; so do the others."""
    width, clock = x.shape[1], Clock()
    model = keras.Sequential([Dense(width, "relu") for _ in range(2)])
    model.add(Dense(CLASSES, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=BATCH, epochs=ROUNDS + 1, verbose=0, callbacks=[clock])
    return clock.seconds


def torch_network(x: Any, y: Any) -> tuple[Any, Any, Any]:
    """Return a step of training in PyTorch, and the rows and labels of the batch that it takes."""
    import torch
    from torch.nn import CrossEntropyLoss, Linear, ReLU, Sequential

    width = x.shape[1]
    layers = (Linear(width, width), ReLU(), Linear(width, width), ReLU(), Linear(width, CLASSES))
    model, loss_of = Sequential(*layers).to(x.device), CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), fused=True, capturable=True)
    rows, labels = x[:BATCH].clone(), y[:BATCH].clone()

    def step() -> None:
        optimizer.zero_grad()
        loss_of(model(rows), labels).backward()
        optimizer.step()

    return step, rows, labels


def torch_steps(x: Any, y: Any, graph: bool) -> list[float]:
    import torch

    step, rows, labels = torch_network(x, y)
    if graph:
        side = torch.cuda.Stream()
        with torch.cuda.stream(side):  # as its documents ask: some steps before the capture
            for _ in range(3):
                step()
        torch.cuda.current_stream().wait_stream(side)
        captured = torch.cuda.CUDAGraph()
        with torch.cuda.graph(captured):
            step()
        step = captured.replay

    seconds = []
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        for batch in torch.randperm(len(x), device=x.device).split(BATCH):
            torch.index_select(x, 0, batch, out=rows)
            torch.index_select(y, 0, batch, out=labels)
            step()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - begun)
    return seconds


def seconds_of_products(width: int) -> float:
    """Return what the products of a step take at the card's rate for large matrices."""
    import cupy

    a = cupy.ones((8192, 8192), "float32")
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(10):
            a @ a
        cupy.cuda.Device().synchronize()
        taken.append((time.perf_counter() - begun) / 10)
    rate = 2 * 8192**3 / statistics.median(taken)
    forward = 2 * BATCH * (2 * width**2 + width * CLASSES)
    return (3 * forward - 2 * BATCH * width**2) / rate  # no gradient of the data


def main() -> None:
    try:
        keras.set_backend("cupy")
        import torch

        if not torch.cuda.is_available():
            raise RuntimeError("PyTorch sees no GPU")
    except (ImportError, RuntimeError) as error:
        print(f"on a GPU: not measured ({error})")
        return
    found = {}
    for width in WIDTHS:
        rng = np.random.default_rng(0)
        x = rng.random((STEPS * BATCH, width), "float32")
        y = rng.integers(0, CLASSES, STEPS * BATCH)
        there = torch.from_numpy(x).cuda(), torch.from_numpy(y).cuda()
        rounds = {
            "minikeras": ours(x, y),
            "PyTorch": torch_steps(*there, graph=False),
            "PyTorch, graph": torch_steps(*there, graph=True),
        }
        told = {name: statistics.median(taken[1:]) / STEPS for name, taken in rounds.items()}
        found[str(width)] = told | {"products": seconds_of_products(width)}
        print(f"{width} wide, milliseconds of a step: ", end="")
        print(", ".join(f"{name} {1000 * s:.3f}" for name, s in found[str(width)].items()))
    keep("gpu", device=keras.backend.get_backend().device, seconds_of_step=found)
