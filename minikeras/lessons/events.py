"""Lesson 06: are the cards of a run in order?"""

from __future__ import annotations

from collections.abc import Iterable

from minikeras.lessons.verdict import Verdict


def check_order(cards: Iterable[str]) -> Verdict:
    """Check the moments of two epochs, each of two batches and one that is held out.

    `cards` are the names of the hooks, in the order in which `fit` calls them. The verdict shows
    the first card that is wrong. `on_batch_begin` and `on_batch_end`, the older names, will do.

    >>> check_order(["on_train_begin", "on_train_batch_begin"]).case
    'cards[1]'
    """
    right = in_order(epochs=2, batches=2, held_out=1)
    yours = [str(card).replace("on_batch_", "on_train_batch_") for card in cards]
    for index, (should, did) in enumerate(zip(right, yours, strict=False)):
        if did != should:
            return Verdict("events", "order", index + 1, f"cards[{index}]", should, did)
    if len(yours) != len(right):
        counts = str(len(right)), str(len(yours))
        return Verdict("events", "order", len(right), "len(cards)", *counts)
    return Verdict("events", "order", len(right))


def in_order(epochs: int, batches: int, held_out: int) -> list[str]:
    """Return the names of the hooks that `fit` calls, in order; with `held_out=0` no validation.

    >>> len(in_order(2, 2, 1)), len(in_order(2, 2, 0))
    (22, 14)
    """
    judging = _around("test", _around("test_batch") * held_out) if held_out else []
    return _around("train", _around("epoch", _around("train_batch") * batches + judging) * epochs)


def _around(part: str, inside: Iterable[str] = ()) -> list[str]:
    return [f"on_{part}_begin", *inside, f"on_{part}_end"]
