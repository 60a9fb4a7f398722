"""What is wrong with a model file, and where in it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class ModelFileError(ValueError):
    """A model file that cannot be used; `file`, `place` in it and `problem` say why.

    >>> raise ModelFileError("it is empty", "m.keras", "config.json")
    Traceback (most recent call last):
    ...
    minikeras.saving.errors.ModelFileError: m.keras: config.json: it is empty
    """

    def __init__(self, problem: str, *places: str) -> None:
        super().__init__(problem, *places)
        self.problem, self.places = problem, places

    @property
    def file(self) -> str:
        return self.places[0] if self.places else ""

    @property
    def place(self) -> str:
        return ": ".join(self.places[1:])

    def __str__(self) -> str:
        return ": ".join([*self.places, self.problem])


@contextmanager
def within(place: str) -> Iterator[None]:
    """Let whatever goes wrong inside become a `ModelFileError` that says where; places nest.

    A file is a stranger's: any error that it causes in us is its own.
    """
    try:
        yield
    except ModelFileError as error:
        raise ModelFileError(error.problem, place, *error.places) from error.__cause__
    except Exception as error:
        missing = isinstance(error, KeyError)
        problem = f"there is no {error}" if missing else str(error) or type(error).__name__
        raise ModelFileError(problem, place) from error
