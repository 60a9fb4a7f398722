"""Lesson 02: does the check of `epoch_mean` catch what people write?"""

from fractions import Fraction
from statistics import fmean

import numpy as np
import pytest

from minikeras.lessons import check_mean


def with_numpy(losses, sizes):
    return np.average(losses, weights=sizes)


def on_the_way(losses, sizes):
    mean, rows = 0.0, 0
    for loss, size in zip(losses, sizes, strict=True):
        rows += size
        mean += (loss - mean) * size / rows
    return mean


def with_fractions(losses, sizes):
    total = sum(Fraction(loss) * size for loss, size in zip(losses, sizes, strict=True))
    return total / sum(sizes)


def mean_of_means(losses, sizes):
    return fmean(losses)


def last_batch(losses, sizes):
    return losses[-1]


def sum_of_rows(losses, sizes):
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True))


def by_largest_size(losses, sizes):
    return sum_of_rows(losses, sizes) / (max(sizes) * len(sizes))


@pytest.mark.parametrize("epoch_mean", [with_numpy, on_the_way, with_fractions])
def test_a_right_mean_is_accepted(epoch_mean):
    assert check_mean(epoch_mean).holds


@pytest.mark.parametrize("epoch_mean", [mean_of_means, last_batch, sum_of_rows, by_largest_size])
def test_a_wrong_mean_is_caught_by_three_batches_at_most(epoch_mean):
    verdict = check_mean(epoch_mean)
    assert not verdict.holds
    assert verdict.tried <= 4


@pytest.mark.parametrize(("lang", "hint"), [("en", "row"), ("ko", "행"), ("zh", "行")])
def test_the_hint_speaks_of_rows(lang, hint):
    assert hint in check_mean(mean_of_means).text(lang)
