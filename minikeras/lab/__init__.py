"""What would the callbacks do? Tell them of a drawn curve, and see them decide.

The decisions are the library's own; this room draws, asks and tells. Standard library only.
"""

from minikeras.lab.page import controls, still
from minikeras.lab.presets import PRESETS, Preset
from minikeras.lab.replay import replay
from minikeras.lab.run import Row, Run

__all__ = ["PRESETS", "Preset", "Row", "Run", "controls", "replay", "still"]
