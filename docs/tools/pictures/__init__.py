"""Which pictures can a page ask for? One expression draws one, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from minikeras.lab.svg import Markup, element
from pictures.bars import bars, wide_bars
from pictures.flow import flow, labelled, staircase
from pictures.house import hero, house, path_of_fit
from pictures.ladder import ladder
from pictures.language import LANGUAGES, language
from pictures.lines import lines
from pictures.measured import epochs_of, growth
from pictures.scales import number_line, steps
from pictures.sheet import sheet, stack
from pictures.sockets import dict_walk, sockets

__all__ = ["PICTURES", "PictureError", "draw"]


CURVE = 420.0  # wide enough for twenty epochs, narrow enough for a phone


class PictureError(ValueError):
    """An expression does not draw a picture."""


def curve(preset_or_list: Any, *callbacks: Any, lr: float = 0.1, name: str = "val_loss") -> Markup:
    """Return a score over epochs, told to callbacks, with what they did: see `minikeras.lab`."""
    from minikeras.lab import replay

    run = replay(preset_or_list, *callbacks, lr=lr, name=name)
    return Markup(run.picture(language.get(), width=CURVE))


PICTURES: dict[str, Callable[..., Markup]] = {
    function.__name__: function
    for function in (
        *(curve, lines, bars, wide_bars, ladder, sockets, dict_walk, number_line, labelled, flow),
        *(steps, sheet, stack, staircase, house, path_of_fit, hero, epochs_of, growth),
    )
}


def draw(expression: str, scope: Mapping[str, Any], lang: str, caption: str = "") -> str:
    """Return the picture that an expression draws, as SVG whose title is the caption.

    It may use the names in `scope` and the picture functions; words are those of `lang`.
    PictureError, which names the expression, where it fails or draws nothing.

    >>> draw("bars({'a': 1})", {}, "en", "One bar.")[:4]
    '<svg'
    """
    if lang not in LANGUAGES:
        raise PictureError(f"{expression!r}: {lang!r} is none of the languages {LANGUAGES}")
    before = language.set(lang)
    try:
        picture = eval(expression, {**scope, **PICTURES})
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise PictureError(f"the picture {expression!r} fails with {what}") from error
    finally:
        language.reset(before)
    if not isinstance(picture, str) or not picture.startswith("<svg "):
        known = ", ".join(PICTURES)
        raise PictureError(f"{expression!r} draws no picture: use one of {known}")
    return _titled(picture, caption)


def _titled(picture: str, caption: str) -> str:
    """Return a picture whose first element is its title."""
    head, body = re.split(r"(?<=>)", picture, maxsplit=1)
    title = "".join(letter for letter in " ".join(caption.split()) if letter.isprintable())
    body = re.sub(r"^<title>.*?</title>", "", body, flags=re.DOTALL)
    return head + element("title", title) + body
