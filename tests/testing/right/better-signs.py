"""With a sign for the mode, and no best score as an infinitely bad one."""

import operator


def better(new, best, mode, min_delta=0):
    is_number = operator.eq(new, new)
    sign = {"min": 1, "max": -1}[mode]
    if best is None:
        return is_number
    return is_number and sign * new + abs(min_delta) < sign * best
