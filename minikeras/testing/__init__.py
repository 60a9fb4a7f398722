"""Is your callback right? Laws that are promised of each, and what checks them.

Everything here but `strategies` and `plugin` needs the standard library only.
"""

from minikeras.testing.checking import Finding, Report, check
from minikeras.testing.corpus import Domain, small_world
from minikeras.testing.exercises import EXERCISES, Exercise, exercise, laws_of, load
from minikeras.testing.law import Counterexample, Deed, Law, Row
from minikeras.testing.stand_in import StandIn, tell

__all__ = [
    "EXERCISES",
    "Counterexample",
    "Deed",
    "Domain",
    "Exercise",
    "Finding",
    "Law",
    "Report",
    "Row",
    "StandIn",
    "check",
    "exercise",
    "laws_of",
    "load",
    "small_world",
    "tell",
]
