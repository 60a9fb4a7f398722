"""What is missing, when a package that not everybody needs is not installed?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs_extra(extra: str, what: str) -> Iterator[None]:
    """Say which extra to install if an import inside the block finds no package.

    >>> with needs_extra("plot", "history.plot"):
    ...     import no_such_package
    Traceback (most recent call last):
    ...
    ImportError: history.plot needs the package no_such_package: install minikeras with the extra \
plot, in its folder with  pip install '.[plot]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{what} needs the package {error.name}: install minikeras with the extra {extra}, "
            f"in its folder with  pip install '.[{extra}]'",
            name=error.name,
        ) from None
