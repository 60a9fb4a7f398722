"""What do names of scores say about their direction?"""

from __future__ import annotations

from minikeras.testing.corpus import Settings
from minikeras.testing.stand_in import KEY

RISING = ("val_accuracy", "acc", "val_auc", "recall")
FALLING = ("loss", "val_mse", "binary_crossentropy")
WHOLE_WORDS = ("val_vaccine_error", "recall_loss")
UNKNOWN = ("val_f1x", "vaccine")


def mode_of(settings: Settings) -> str:
    """Return "min" or "max": as the settings say or, with mode="auto", as the name does.

    >>> mode_of({"monitor": "val_auc"}), mode_of({"monitor": "val_auc", "mode": "min"}), mode_of({})
    ('max', 'min', 'min')
    """
    rises = settings.get("monitor", KEY) in RISING
    return str(settings.get("mode", "max" if rises else "min"))
