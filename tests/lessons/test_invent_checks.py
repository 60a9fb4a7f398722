"""Lesson 05: does the check of `every` catch what people write?"""

import pytest

from minikeras.lessons import check_every


def right(n, f):
    return lambda epoch, logs: None if (epoch + 1) % n else f(epoch, logs)


class RightAsAClass:
    """A counter of its own."""

    def __init__(self, n, f):
        self.n, self.f, self.count = n, f, 0

    def __call__(self, epoch, logs):
        self.count += 1
        if self.count == self.n:
            self.count = 0
            self.f(epoch, logs)


def from_zero(n, f):
    return lambda epoch, logs: f(epoch, logs) if epoch % n == 0 else None


def once_only(n, f):
    return lambda epoch, logs: f(epoch, logs) if epoch == n - 1 else None


def calls_at_once(n, f):
    f(0, {})
    return right(n, f)


def always(n, f):
    return f


def never(n, f):
    return lambda epoch, logs: f


def counts_from_one(n, f):
    return lambda epoch, logs: None if (epoch + 1) % n else f(epoch + 1, logs)


def forgets_the_logs(n, f):
    return lambda epoch, logs: None if (epoch + 1) % n else f(epoch)


def new_logs(n, f):
    return lambda epoch, logs: None if (epoch + 1) % n else f(epoch, {})


def returns_nothing(n, f):
    right(n, f)


WRONG = {
    from_zero: "[1, 3, 5, 7, 9]",
    once_only: "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
    calls_at_once: "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
    always: "[1, 3, 5, 7, 9]",
    never: "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
    counts_from_one: "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
    forgets_the_logs: "[(0, {'loss': 0.9})]",
    new_logs: "[(0, {'loss': 0.9})]",
    returns_nothing: "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
}


@pytest.mark.parametrize("every", [right, RightAsAClass])
def test_a_right_function_is_accepted(every):
    assert check_every(every).holds


@pytest.mark.parametrize(("every", "should"), WRONG.items())
def test_a_wrong_function_is_shown_by_the_calls_that_should_be(every, should):
    verdict = check_every(every)
    assert not verdict.holds
    assert verdict.should == should


@pytest.mark.parametrize(("lang", "hint"), [("en", "epoch"), ("ko", "에포크"), ("zh", "轮")])
def test_the_hint_speaks_of_epochs(lang, hint):
    assert hint in check_every(from_zero).text(lang)
