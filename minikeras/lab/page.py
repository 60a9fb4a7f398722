"""What does the page show? It asks with an address; here are the answer, and what it sets out with.

The page's script draws controls and moves points; it decides nothing and knows no key by itself.
"""

from __future__ import annotations

import io
import json
import traceback
import warnings
from contextlib import redirect_stdout
from dataclasses import asdict
from math import ceil, floor, isfinite
from typing import Any

from minikeras.lab.presets import PRESETS, Curve
from minikeras.lab.replay import replay
from minikeras.lab.run import Run
from minikeras.lab.settings import CALLBACKS, CONTROLS
from minikeras.lab.state import State
from minikeras.lab.svg import Markup, element
from minikeras.lab.words import language, words

LIMITS = (0.0, 1.1)  # of a score that can be drawn
SMALL = 0.25  # a curve that moves less is drawn larger
WIDTHS = (300.0, 760.0)  # of the picture


def ask(data: str) -> str:
    """Answer, as JSON, what the callbacks do in a state; `data` holds `state`, `lang`, `width`.

    >>> answer = json.loads(ask('{"state": "preset=zigzag&es.patience=3", "lang": "en"}'))
    >>> answer["newest"][:55]
    'Epoch 6: 0.6 does not beat 0.57 (epoch 3): wait 3 of 3.'
    """
    given = json.loads(data)
    return json.dumps(answer(given["state"], given.get("lang"), given.get("width")))


def answer(text: str, lang: str | None = None, width: float | None = None) -> dict[str, Any]:
    """Return what the page shows of a state: texts, and HTML made here."""
    lang, state = language(lang), State.of(text)
    told = words(lang)["page"]
    printed, error = io.StringIO(), ""
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            run = _run(state, state.callbacks)
        except Exception as raised:  # by a callback: the page shows it whole
            run, error = (
                _run(state, []),
                "".join(traceback.format_exception_only(raised)).strip(),
            )
    said = [*printed.getvalue().splitlines(), *(str(warning.message) for warning in caught)]
    size = {} if width is None else {"width": min(max(width, WIDTHS[0]), WIDTHS[1])}
    return {
        "state": state.text,
        "values": _values(state),
        "picture": run.picture(lang, limits=_limits(state), **size),
        "newest": newest(run, lang),
        "code": f"callbacks=[{', '.join(state.code)}]",
        "error": error,
        "why": told["error"] if error else "",
        "printed": "\n".join(dict.fromkeys(said)),
        "table": run.table(lang),
        "points": [_heard(score, epoch, lang) for epoch, score in enumerate(run.scores, 1)],
    }


def newest(run: Run, lang: str) -> str:
    """Return the last thing that was decided, as one line.

    >>> from minikeras.callbacks import EarlyStopping
    >>> newest(replay([0.5, 0.25], EarlyStopping(patience=3)), "en")
    'Epoch 2: 0.25 beats 0.5: new best, wait 0.'
    """
    if not run.rows or not run.rows[-1].remarks:
        return ""
    told = words(lang)["page"]
    said = ("" if lang == "zh" else " ").join(run.rows[-1].told(lang))
    return str(told["at"].format(epoch=run.rows[-1].epoch) + said)


def still(state: str, lang: str) -> str:
    """Return the lab as it stands in a page before anyone touches it, as HTML.

    >>> still("preset=overfit&es.patience=3", "en")[:35]
    '<div class="lab-still" data-values='
    """
    shown = answer(state, lang)
    told = words(language(lang))["page"]
    return element(
        "div",
        element("div", Markup(shown["picture"]), class_="lab-picture"),
        element("p", shown["newest"], class_="lab-newest"),
        element("p", told["drawn"], class_="lab-drawn"),
        element("div", told["code"], ": ", element("code", shown["code"]), class_="lab-code"),
        element("div", Markup(shown["table"]), class_="lab-table", tabindex=0, role="region",
                aria_label=told["table"]),
        class_="lab-still",
        data_values=json.dumps(shown["values"]),
        data_address=shown["state"],
        data_points=json.dumps(shown["points"], ensure_ascii=False),
    )  # fmt: skip


def controls(lang: str) -> dict[str, Any]:
    """Return all that the page's script must know to draw the controls, in a language.

    >>> [group["key"] for group in controls("en")["groups"]]
    ['', 'es', 'rlr', 'lrs', 'mc']
    """
    table = words(language(lang))
    groups = [{"key": "", "name": table["page"]["curve"]}]
    groups += [{"key": prefix, "name": kind.__name__} for prefix, kind in CALLBACKS.items()]
    settings = [
        asdict(control)
        | {
            "label": table["controls"].get(control.argument or key, ""),
            "group": key[: max(0, key.find("."))],
        }
        for key, control in CONTROLS.items()
    ]
    return {
        "groups": groups,
        "controls": settings,
        "presets": [{"key": key, "name": table["presets"][key]} for key in PRESETS],
        "words": table["page"],
    }


def _run(state: State, callbacks: list[Any]) -> Run:
    return replay(state.curve.scores, *callbacks, lr=state.values["lr"], name=state.values["name"])


def _limits(state: State) -> tuple[float, float]:
    """Return the axis, which stays as it is while points move: that of the preset at the bottom."""
    scores = _finite(PRESETS[state.preset].scores)
    low, high = min(scores), max(scores)
    is_small = high - low < SMALL
    reach = (floor(10 * low - 1) / 10, ceil(10 * high + 1) / 10) if is_small else LIMITS
    drawn = _finite(state.curve.scores)
    return min([reach[0], *drawn]), max([reach[1], *drawn])


def _finite(scores: Curve) -> list[float]:
    return [score for score in scores if score is not None and isfinite(score)]


def _values(state: State) -> dict[str, Any]:
    """Return the settings as texts, by key; a callback's own key is "on" or "off"."""
    told = {key: CONTROLS[key].write(value) for key, value in state.values.items()}
    told |= {prefix: "on" if prefix in state.on else "off" for prefix in CALLBACKS}
    return told | {"preset": "" if state.is_moved else state.preset, "show": state.show}


def _heard(score: float | None, epoch: int, lang: str) -> str:
    """Return what a point says of itself to who cannot see it."""
    table = words(lang)["page"]
    if score is None:
        return str(table["missing"])
    return "NaN" if score != score else f"{score:.6g}"
