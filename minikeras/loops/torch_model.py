"""What do the callbacks see of a PyTorch model?"""

from __future__ import annotations

import copy
import os
from typing import Any

from minikeras.whole_file import write_whole


class TorchModel:
    """A module and its optimizer as callbacks need them: give it to `loop` as `model`.

    `optimizer.learning_rate` is the rate of the first parameter group; set, it scales those of
    the others alike. Weights are the module's `state_dict`: parameters and buffers. ImportError
    where PyTorch is missing.

    This stops, restores the weights of the best epoch, and halves the rate on a plateau::

        import torch
        from minikeras.callbacks import EarlyStopping, ReduceLROnPlateau
        from minikeras.loops import TorchModel, loop

        module = torch.nn.Linear(3, 1)
        optimizer = torch.optim.Adam(module.parameters(), lr=0.1)
        data = [(torch.randn(8, 3), torch.randn(8, 1)) for _ in range(4)]
        stopping = EarlyStopping(monitor="loss", patience=3, restore_best_weights=True)
        reducing = ReduceLROnPlateau(monitor="loss", factor=0.5, patience=2)

        for epoch in loop([stopping, reducing], TorchModel(module, optimizer), epochs=20):
            for x, y in epoch.batches(data):
                optimizer.zero_grad()
                loss = torch.nn.functional.mse_loss(module(x), y)
                loss.backward()
                optimizer.step()
                epoch.log_batch(loss=loss.item(), size=len(x))
    """

    def __init__(self, module: Any, optimizer: Any) -> None:
        self.torch = _torch()
        self.module, self.torch_optimizer = module, optimizer
        self.optimizer = TorchRate(optimizer)
        self.stop_training = False

    def get_weights(self) -> dict[str, Any]:
        """Return a copy of the state_dict, on the devices where it is."""
        weights: dict[str, Any] = copy.deepcopy(self.module.state_dict())
        return weights

    def set_weights(self, weights: dict[str, Any]) -> None:
        """Copy such weights into the module; RuntimeError where names or shapes differ."""
        self.module.load_state_dict(weights)

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write `{"module": state_dict, "optimizer": state_dict}`, which `load` reads.

        The file appears whole or not at all. FileExistsError if it is there and not `overwrite`.
        """
        states = {
            "module": self.module.state_dict(),
            "optimizer": self.torch_optimizer.state_dict(),
        }
        write_whole(filepath, lambda file: self.torch.save(states, file), overwrite)

    def save_weights(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write the module's state_dict alone, in the same way."""
        weights = self.module.state_dict()
        write_whole(filepath, lambda file: self.torch.save(weights, file), overwrite)

    def load(self, filepath: str | os.PathLike[str]) -> None:
        """Take back what `save` wrote, the optimizer's memory and rates included."""
        states = self._read(filepath)
        if set(states) != {"module", "optimizer"}:
            raise ValueError(f"{filepath} is not from `save`; for weights alone use load_weights")
        self.set_weights(states["module"])
        self.torch_optimizer.load_state_dict(states["optimizer"])

    def load_weights(self, filepath: str | os.PathLike[str]) -> None:
        """Take back what `save_weights` wrote; RuntimeError where names or shapes differ."""
        self.set_weights(self._read(filepath))

    def _read(self, filepath: str | os.PathLike[str]) -> Any:
        # weights_only: nothing in the file is run; "cpu": a file from a GPU loads without one
        return self.torch.load(filepath, map_location="cpu", weights_only=True)


class TorchRate:
    """The learning rate of a PyTorch optimizer, which may have several parameter groups.

    Setting it keeps the ratios of their rates, even by way of 0, as a warm-up from 0 sets it.
    Where there is no ratio yet, because the first rate was 0 from the start, all become equal.
    """

    def __init__(self, optimizer: Any) -> None:
        self.torch_optimizer = optimizer  # not its groups: load_state_dict makes new ones
        self.before: list[float] = []  # the rates when the first of them was last not 0

    @property
    def learning_rate(self) -> float:
        return float(self.torch_optimizer.param_groups[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        groups, tensor = self.torch_optimizer.param_groups, _torch().Tensor
        rates = [float(group["lr"]) for group in groups]
        if rates[0] == 0.0:
            rates = self.before if len(self.before) == len(rates) else [1.0] * len(rates)
        self.before = rates
        for group, rate in zip(groups, rates, strict=True):
            new_rate = value if rate == rates[0] else rate * (value / rates[0])
            if isinstance(group["lr"], tensor):
                group["lr"].fill_(new_rate)  # in place: a compiled step reads this very tensor
            else:
                group["lr"] = new_rate


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise ImportError("TorchModel needs PyTorch: pip install torch") from error
    return torch
