"""Case by case, with the distance written out."""

import math


def better(new, best, mode, min_delta=0):
    if math.isnan(new):
        return False
    if best is None:
        return True
    delta = abs(min_delta)
    if mode == "min":
        return best - new > delta
    return new - best > delta
