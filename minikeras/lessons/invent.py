"""Lesson 05: is this function called in every n-th epoch, with what the loop told?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minikeras.lessons.verdict import Verdict, answers

LOSSES = [0.90, 0.70, 0.56, 0.46, 0.39, 0.34, 0.30, 0.28, 0.27, 0.26]


def check_every(every: Callable[..., Any]) -> Verdict:
    """Check `every(n, f)`, which returns a function that calls f in every n-th epoch.

    A loop calls that function in ten epochs, for n from 1 to 4. With n=3 it calls f in the third,
    the sixth and the ninth epoch, and hands on the epoch and the logs that it got itself.

    >>> wrong = check_every(lambda n, f: lambda epoch, logs: epoch % n == 0 and f(epoch, logs))
    >>> wrong.case, wrong.should
    ('epochs_of_every(2)', '[1, 3, 5, 7, 9]')
    """

    def told(n: int) -> list[tuple[Any, ...]]:
        calls: list[tuple[Any, ...]] = []
        function = every(n, lambda *arguments: calls.append(arguments))
        for epoch, loss in enumerate(LOSSES):
            function(epoch, {"loss": loss})
        return calls

    def epochs_of_every(n: int) -> list[Any]:
        return [arguments[0] if arguments else None for arguments in told(n)]

    def calls_of_every(n: int) -> list[tuple[Any, ...]]:
        return told(n)[:1]

    cases = [(n,) for n in range(1, 5)]
    epochs = answers("invent", "epochs", epochs_of_every, _epochs, cases)
    return answers("invent", "logs", calls_of_every, _calls, cases) if epochs.holds else epochs


def _epochs(n: int) -> list[int]:
    return [*range(n - 1, len(LOSSES), n)]


def _calls(n: int) -> list[tuple[int, dict[str, float]]]:
    return [(n - 1, {"loss": LOSSES[n - 1]})]
