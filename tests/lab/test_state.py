"""Does an address open the lab that wrote it, and can none break it?"""

import inspect
import json
import math
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from minikeras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from minikeras.lab import PRESETS, controls, replay, still
from minikeras.lab.page import answer, ask
from minikeras.lab.settings import CALLBACKS, CONTROLS, FILES, IN_CODE, SCHEDULES
from minikeras.lab.state import State
from minikeras.lab.words import LANGUAGES

WORDS = ["on", "off", "", "x", "0", "1", "3", "0.05", "-1", "nan", "inf", "1e999", "auto", "min"]
WORDS += ["90_-_nan_20", "zigzag", "EarlyStopping", "constant", "warmup", "f1x", "%", "9" * 400]
KEYS = [*CONTROLS, *CALLBACKS, "preset", "curve", "show", "patience", "period", "other"]
PAIRS = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from([*WORDS, *PRESETS])), max_size=8)
NUMBERS = st.one_of(
    st.sampled_from([None, math.nan, math.inf, -math.inf]), st.floats(-1e300, 1e300)
)
ADDRESSES = PAIRS.map(lambda pairs: "&".join(f"{key}={value}" for key, value in pairs))


@given(ADDRESSES)
@example("lr=nan&es.min_delta=inf&es.baseline=nan")
def test_what_a_state_writes_opens_the_same_state(address):
    state = State.of(address)
    again = State.of(state.text)
    assert again.text == state.text
    assert (again.on, again.show, again.values) == (state.on, state.show, state.values)
    assert repr(again.curve) == repr(state.curve)


@given(st.one_of(ADDRESSES, st.text()), st.sampled_from(LANGUAGES))
def test_no_address_breaks_the_page(address, lang):
    shown = answer(address, lang, width=300)
    ElementTree.fromstring(shown["picture"])
    ElementTree.fromstring(shown["table"])
    assert len(shown["points"]) == len(State.of(address).curve.scores)
    assert bool(shown["error"]) == bool(shown["why"])
    json.dumps(shown)


@given(ADDRESSES)
def test_the_code_that_is_shown_makes_the_callbacks_that_were_asked(address):
    state = State.of(address)
    try:
        made = state.callbacks
    except ValueError:
        return
    shown = [eval(code, dict(zip_names())) for code in state.code]
    for one, other in zip(made, shown, strict=True):
        skipped = {"improvement", "watch", "schedule", "averages"}
        alike = [{k: v for k, v in vars(c).items() if k not in skipped} for c in (one, other)]
        assert alike[0] == alike[1]


def zip_names():
    return {callback.__name__: callback for callback in CALLBACKS.values()}.items()


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_code_of_a_schedule_is_that_schedule(name):
    shown = eval(IN_CODE[name])
    takes_rate = len(inspect.signature(shown).parameters) == 2
    for epoch in range(8):
        given = (epoch, 0.3) if takes_rate else (epoch,)
        assert shown(*given) == SCHEDULES[name](*given)


@pytest.mark.parametrize(
    ("prefix", "callback"), [("es", EarlyStopping), ("rlr", ReduceLROnPlateau)]
)
def test_every_argument_can_be_set(prefix, callback):
    arguments = set(inspect.signature(callback).parameters) - {"monitor", "mode", "epsilon"}
    assert {c.argument for c in CONTROLS.values() if c.key.startswith(f"{prefix}.")} == arguments
    for control in CONTROLS.values():
        if control.key.startswith(f"{prefix}."):
            assert (
                control.default == inspect.signature(callback).parameters[control.argument].default
            )


def test_an_argument_without_its_callback_is_that_of_the_one_shown():
    state = State.of("preset=zigzag&show=ReduceLROnPlateau&patience=3&factor=0.5")
    assert state.on == ("rlr",)
    assert state.code == ["ReduceLROnPlateau(patience=3, factor=0.5)"]
    assert "es.patience" not in state.text


@pytest.mark.parametrize("callback", CALLBACKS.values())
def test_showing_a_callback_turns_it_on(callback):
    (made,) = State.of(f"show={callback.__name__}").callbacks
    assert type(made) is callback
    if callback is ModelCheckpoint:
        assert made.filepath == FILES[0].replace("NAME", "val_loss")


def test_points_keep_the_name_and_the_axis_of_their_preset():
    state = State.of("preset=accuracy&curve=10_20_-")
    assert (state.values["name"], state.curve.scores) == ("val_accuracy", (0.1, 0.2, None))
    moved, plain = answer("preset=zigzag&curve=60_55"), answer("preset=zigzag")
    assert "0.4 0.8" in moved["picture"]
    assert "0.4 0.8" in plain["picture"]


def test_an_error_is_told_whole_beside_the_bare_curve():
    shown = answer("name=f1x&es.patience=3", "zh")
    assert shown["error"] == "ValueError: is a larger 'f1x' better? Pass mode='max' or mode='min'."
    assert shown["why"].startswith("有回调")
    assert 'data-curve="90_70' in shown["picture"]


def test_what_callbacks_print_is_shown():
    shown = answer("preset=overfit&es.patience=3&es.verbose=1")
    assert shown["printed"] == "Epoch 00013: early stopping"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_stands_in_the_page_is_what_python_answers(lang):
    told, page = answer("es.patience=3", lang), still("es.patience=3", lang)
    tree = ElementTree.fromstring(page)
    assert json.loads(tree.get("data-values")) == told["values"]
    assert tree.get("data-address") == told["state"]
    assert told["newest"] in page.replace("&gt;", ">")
    assert json.loads(json.dumps(controls(lang)))["presets"][0]["key"] == "overfit"
    every = {control["key"] for control in controls(lang)["controls"]}
    assert every == set(CONTROLS) <= set(told["values"])
    assert all(control["label"] for control in controls(lang)["controls"])


def test_an_answer_is_json_though_scores_are_nan():
    shown = json.loads(ask('{"state": "preset=nan_first&es.patience=3", "lang": "en", "width": 9}'))
    assert shown["points"][:2] == ["NaN", "0.9"]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_picture_has_one_name_and_nothing_outside_it(preset, lang):
    name = PRESETS[preset].name
    run = replay(preset, EarlyStopping(name, patience=3), ReduceLROnPlateau(name, patience=2))
    tree = ElementTree.fromstring(run.picture(lang))
    space = "{http://www.w3.org/2000/svg}"
    assert tree.get("role") == "img"
    assert [title.text for title in tree.iter(f"{space}title")] == [tree[0].text]
    assert name in tree[0].text
    width, height = (float(number) for number in tree.get("viewBox").split()[2:])
    for text in tree.iter(f"{space}text"):
        assert 0 <= float(text.get("x")) <= width
        assert 0 <= float(text.get("y")) <= height
    assert "nan" not in "".join(path.get("d") for path in tree.iter(f"{space}path"))
    assert "mk-stop" in run.picture(lang) or run.stopped is None


@given(st.lists(NUMBERS, min_size=1, max_size=12))
def test_any_numbers_can_be_drawn(scores):
    run = replay(scores, EarlyStopping(patience=2))
    tree = ElementTree.fromstring(run.picture("en"))
    for node in tree.iter():
        for name in ("x", "y", "cx", "cy", "x1", "y1"):
            assert math.isfinite(float(node.get(name, 0)))
