"""How does a run look as a picture?

matplotlib is opened when something is drawn, not before.
"""

from minikeras.plotting.figure import draw
from minikeras.plotting.log import plot_log, read_log
from minikeras.plotting.run import Run

__all__ = ["Run", "draw", "plot_log", "read_log"]
