"""A1: When is one score better than another?"""


def better(new, best, mode, min_delta=0):
    """Return whether `new` takes the place of `best`, which is None before the first score.

    It does where it differs from `best` by more than the size of `min_delta`, in the direction of
    `mode`: "min" or "max". NaN never does.
    """
    return new < best  # too simple in many ways
