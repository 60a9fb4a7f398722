"""What is wrong with a model file, and where in it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

LONGEST, LONGEST_PLACE = 300, 50  # letters of a problem, and of a place


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

    A file is a stranger's: any error that it causes in us is its own. Words of a file that go into
    the sentence are cut, so that it stays one.
    """
    try:
        yield
    except ModelFileError as error:
        places = [_cut(inner, LONGEST_PLACE) for inner in error.places]
        raise ModelFileError(error.problem, place, *places) from error.__cause__
    except Exception as error:
        problem = str(error)
        if isinstance(error, KeyError):
            problem = f"there is no {problem}"
        elif not isinstance(error, ValueError | TypeError):
            problem = f"it cannot be read ({type(error).__name__}: {problem})"
        raise ModelFileError(_cut(problem, LONGEST), place) from error


def _cut(text: str, most: int) -> str:
    half = most // 2
    short = text if len(text) <= most else f"{text[:half]} ... {text[-half:]}"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)
