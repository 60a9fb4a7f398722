"""A1: When is one score better than another?"""

import math


def better(new, best, mode, min_delta=0):
    """Return whether `new` takes the place of `best`, which is None before the first score."""
    if math.isnan(new) or best is None:
        return not math.isnan(new)
    if mode == "min":
        return new + abs(min_delta) < best
    return new - abs(min_delta) > best
