"""A2: after which epoch does training stop?"""

import math


def stop_epoch(scores, patience):
    """Return the index of the last epoch, counted from 0, or None if training never stops."""
    best, wait = None, 0
    for epoch, score in enumerate(scores):
        if score is None:
            continue
        if not math.isnan(score) and (best is None or score < best):
            best, wait = score, 0
            continue
        wait += 1
        if wait >= max(1, patience):
            return epoch
    return None
