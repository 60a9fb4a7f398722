"""When is one score better than another?"""

# %% rule
from minikeras.monitoring import Improvement

rule = Improvement("min", min_delta=0.25)
for new in (1.10, 0.80, 0.75, 0.74):
    print(new, "beats 1.0:", rule.beats(new, best=1.0))

# %% large-scores
rule.beats(99.7, best=100.0), rule.beats(0.74, best=1.0)

# %% nan
from math import nan

print(nan < 1, nan >= 1, nan == nan)
print(not nan >= 1)


# %% attempt
def attempt(new, best, mode, min_delta=0):
    return new <= best - min_delta


attempt(0.75, 1.0, "min"), attempt(1.25, 1.0, "min")


# %% law
def not_itself(better, a, b, delta):
    """No score is better than itself."""
    return not better(a, a, "min", delta)


# %% machine
from itertools import product

SCORES = [1.0, 2.0, 3.0, nan]
DELTAS = [0, 0.5, -0.5]


def attack(law, better):
    for a, b, delta in product(SCORES, SCORES, DELTAS):
        if not law(better, a, b, delta):
            return f"{law.__name__} breaks at a={a}, b={b}, delta={delta}"
    return f"{law.__name__} holds"


attack(not_itself, attempt)


# %% strict
def strict(new, best, mode, min_delta=0):
    return new < best - min_delta


attack(not_itself, strict)


# %% careful
def careful(new, best, mode, min_delta=0):
    return new < best - abs(min_delta)


attack(not_itself, careful)


# %% two-ways
def one_of_two(better, a, b, delta):
    """Of two different scores, one is better."""
    return a == b or better(a, b, "min") or better(b, a, "min")


attack(one_of_two, careful)

# %% exercise
from math import nan
from minikeras.lessons import check_laws


def smaller_wins(better, a, b, delta):
    return better(a, b, "min") == (a < b)


def nan_never(better, a, b, delta):
    return not better(nan, a, "min")


check_laws([smaller_wins, nan_never])

# %% solution
from math import nan
from minikeras.lessons import check_laws


def not_itself(better, a, b, delta):
    return not better(a, a, "min", delta)


def mirror(better, a, b, delta):
    return better(a, b, "min", delta) == better(-a, -b, "max", delta)


def nan_is_no_first(better, a, b, delta):
    return not better(nan, None, "min", delta)


check_laws([not_itself, mirror, nan_is_no_first])

# %% exercise-2
from minikeras.testing import check


def better(new, best, mode, min_delta=0):
    return new < best - abs(min_delta)


check("A1", better)

# %% solution-2
from math import isnan
from minikeras.testing import check


def better(new, best, mode, min_delta=0):
    if isnan(new):
        return False
    if best is None:
        return True
    if mode == "min":
        return new + abs(min_delta) < best
    return new - abs(min_delta) > best


check("A1", better)
