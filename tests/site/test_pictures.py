"""Do the pictures keep their promises: told by a title, nothing upon anything else?"""

import math
import re
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "tools"))

from pictures import PICTURES, PictureError, draw  # noqa: E402
from pictures.canvas import Box  # noqa: E402
from pictures.house import AROUND, ARRAYS, EVENTS  # noqa: E402
from pictures.language import LANGUAGES, WORDS, text_width, wrapped  # noqa: E402

from minikeras.callbacks import EarlyStopping  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 12 * 1024
CURVE = [0.9, 0.7, 0.56, 0.46, 0.39, 0.34, 0.3, 0.28, 0.27, 0.26, 0.27, 0.28, 0.3, 0.31, 0.33]
LONG = [2 * math.exp(-i / 300) + 0.1 * math.sin(i) for i in range(2000)]
RUN = [
    *("on_train_begin", "on_epoch_begin", "on_batch_begin", "on_batch_end", "on_test_begin"),
    *("on_test_batch_begin", "on_test_batch_end", "on_test_end", "on_epoch_end", "on_train_end"),
]
SCOPE = {"CURVE": CURVE, "LONG": LONG, "RUN": RUN, "EarlyStopping": EarlyStopping}
EXAMPLES = [
    'curve("overfit", EarlyStopping(patience=3))',
    "lines(train=CURVE, held_out=[v + 0.1 for v in CURVE], lr=[0.1] * 9 + [0.05] * 6)",
    'lines(held_out=CURVE, marks={10: "best", 11: "stop", 15: "end", 5.5: "fit_again"})',
    'lines(unbroken=CURVE, resumed=CURVE, marks={7.5: "crash"}, difference=True)',
    'lines(train=LONG, held_out=LONG, log=True, x="batch", y="accuracy")',
    "lines(printed={0.5: 2, 1.5: 1}, same_rows_after=[1.5, 0.8], bottom=0)",
    'bars(train={str(i): 140 + i for i in range(10)}, held_out={"0": 35}, y="count", lit=["0"])',
    'bars({"held_out": 0.5, "restored": -0.25, "EarlyStopping(patience=3)": 1, "mean_so_far": 0})',
    "wide_bars([1, 1, 4], [4, 4, 2])",
    'epochs_of("784-512-512-10, batch 128, adam")',
    'growth("samples")',
    "ladder(RUN)",
    'ladder([*RUN * 20, ("on_epoch_end", "loss, val_loss")])',
    'sockets("stop_at_3", "print")',
    'sockets(on_train_batch_begin=[], on_epoch_end=["a" * 90, "lambda epoch, logs: print(logs)"])',
    'dict_walk({"loss": 0.5}, AddGap={"gap": 0.1}, EarlyStopping="gap", CSVLogger=["loss", "lr"])',
    'number_line(1.0, 0.25, "min", new=[0.75, 0.7, 0.9])',
    'number_line(0.9, 0, "max", new=float("nan"))',
    'labelled(("45/45", "batches"), ("[====]", "bar"), "-", ("loss: 0.31", "mean_so_far"))',
    'flow(("register", "callbacks=[f]"), ("event", "epoch_3_ends"), ("call", "f(2, logs)"))',
    'flow("loop", ("server", "POST /publish/epoch/end/"), "page", back="callback")',
    'flow("loop", "server", back="callback")',
    "steps(3, 45, step=100)",
    "steps(1000, 3)",
    'sheet("epoch,loss\\n0,<0.5>\\n1,NA", "log.csv", lit=[1])',
    'sheet({"loss": CURVE, "val_loss": [1, 2]}, "history.history")',
    'sheet([["epoch", "wait"], [1, 0]])',
    'stack(sheet({"loss": [1]}), lines(loss=CURVE), curve("gaps"))',
    'stack(sheet("a" * 200, "n" * 90), lines(loss=CURVE))',
    "bars({str(i * 1000): i for i in range(40)})",
    "staircase(7)",
    "house()",
    "path_of_fit()",
    "hero()",
]


def texts_of(node, x=0.0, y=0.0, scale=1.0, size=12.0):
    """Return the texts of a picture with their boxes, in the units of the whole picture."""
    found = []
    size = float(node.get("font-size", size))
    if node.tag == f"{SVG}text":
        content, mono = "".join(node.itertext()), "mono" in node.get("font-family", "")
        width = text_width(content, size, mono)
        start = float(node.get("x", 0)) - width * {"middle": 0.5, "end": 1.0}.get(
            node.get("text-anchor"), 0.0
        )
        top = float(node.get("y", 0)) - 0.75 * size
        box = Box(x + scale * start, y + scale * top, scale * width, scale * 0.85 * size)
        return [(content, box)]
    if node.tag == f"{SVG}svg" and node.get("width") and node.get("y"):
        y += float(node.get("y"))
        scale *= float(node.get("width")) / float(node.get("viewBox").split()[2])
    for child in node:
        found += texts_of(child, x, y, scale, size)
    return found


def places_of(tree):
    """Return the absolute points of paths, boxes and dots."""
    for node in tree.iter():
        for pair in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", node.get("d", "")):
            yield tuple(map(float, pair))
        if node.tag == f"{SVG}rect":
            x, y, width, height = (float(node.get(k)) for k in ("x", "y", "width", "height"))
            yield from [(x, y), (x + width, y + height)]
        if node.tag == f"{SVG}circle":
            yield float(node.get("cx")), float(node.get("cy"))


def complaints(picture):
    """Return what is wrong with the layout of a picture."""
    tree = ElementTree.fromstring(picture)
    _, _, width, height = map(float, tree.get("viewBox").split())
    texts = texts_of(tree)
    wrong = [
        f"{a!r} lies on {b!r}"
        for i, (a, one) in enumerate(texts)
        for b, other in texts[:i]
        if one.meets(other, -0.5)
    ]
    wrong += [
        f"{a!r} leaves the picture"
        for a, box in texts
        if box.x < -0.5
        or box.y < -0.5
        or box.x + box.width > width + 0.5
        or box.y + box.height > height + 0.5
    ]
    if f"{SVG}svg" not in {node.tag for node in tree.iter() if node is not tree}:
        wrong += [
            f"{point} lies outside"
            for point in places_of(tree)
            if not (-1 <= point[0] <= width + 1 and -1 <= point[1] <= height + 1)
        ]
    return wrong


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("expression", EXAMPLES)
def test_every_picture_is_told_by_its_title_and_nothing_overlaps(expression, lang):
    picture = draw(expression, SCOPE, lang, caption="A <caption> & more.")
    tree = ElementTree.fromstring(picture)
    assert tree.get("role") == "img"
    assert tree[0].tag == f"{SVG}title"
    assert [node.text for node in tree.iter(f"{SVG}title")] == ["A <caption> & more."]
    assert not any(node.get("id") for node in tree.iter())
    assert len(picture.encode()) <= LARGEST
    if "curve(" not in expression:  # the lab has its own tests
        assert complaints(picture) == []


@pytest.mark.parametrize("expression", EXAMPLES)
def test_a_picture_is_the_same_each_time(expression):
    assert draw(expression, SCOPE, "ko") == draw(expression, SCOPE, "ko")


def test_every_function_has_an_example_and_a_docstring():
    called = {name for name in PICTURES if any(f"{name}(" in one for one in EXAMPLES)}
    assert called == set(PICTURES)
    assert all(function.__doc__ for function in PICTURES.values())


number = (
    st.none() | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e-320, 1e308]) | st.floats()
)
series = st.lists(number, max_size=60) | st.lists(st.just(0.1), max_size=5)


@settings(deadline=None, max_examples=100)
@given(
    train=series,
    held_out=series,
    name=st.text(max_size=30),
    marks=st.dictionaries(
        st.integers(1, 60), st.sampled_from(["best", "stop", "end", "a" * 90]), max_size=12
    ),
    log=st.booleans(),
    lr=st.none() | st.lists(st.floats(0, 1e9), max_size=60),
    difference=st.booleans(),
    lang=st.sampled_from(LANGUAGES),
)
def test_lines_bear_any_numbers(train, held_out, name, marks, log, lr, difference, lang):
    scope = {
        "a": train,
        "b": held_out,
        "m": marks,
        "lr": lr,
        "d": difference,
        "log": log,
        "n": name,
    }
    rest = "marks=m, lr=lr, difference=d, log=log, y=n"
    picture = draw(f"lines(train=a, held_out=b, {rest})", scope, lang)
    assert complaints(picture) == []
    assert len(picture.encode()) <= LARGEST
    assert "nan" not in re.sub(r">[^<]*<", "><", picture)


@settings(deadline=None)
@given(
    group=st.dictionaries(st.text(max_size=20), st.floats(), max_size=40),
    other=st.dictionaries(st.integers(0, 99).map(str), st.integers(0, 10**6), max_size=12),
    lang=st.sampled_from(LANGUAGES),
)
def test_bars_bear_any_numbers(group, other, lang):
    for expression in ("bars(g)", "bars(train=o, held_out=g)", "wide_bars([*g.values(), 1], s)"):
        scope = {"g": group, "o": other, "s": [*range(1, len(group) + 2)]}
        assert complaints(draw(expression, scope, lang)) == []


@settings(deadline=None)
@given(
    best=st.floats(allow_nan=False, allow_infinity=False, width=32),
    delta=st.floats(0, 1e6),
    mode=st.sampled_from(["min", "max"]),
    new=st.lists(st.floats(), max_size=4),
    lang=st.sampled_from(LANGUAGES),
)
def test_number_lines_bear_any_numbers(best, delta, mode, new, lang):
    scope = {"best": best, "delta": delta, "mode": mode, "new": new}
    assert complaints(draw("number_line(best, delta, mode, new)", scope, lang)) == []


@settings(deadline=None)
@given(
    labels=st.lists(st.text(st.characters(codec="utf-8"), max_size=60), min_size=1, max_size=6),
    lang=st.sampled_from(LANGUAGES),
)
def test_diagrams_bear_any_labels(labels, lang):
    scope = {"a": labels, "pairs": [(one, labels[0]) for one in labels]}
    for expression in (
        "flow(*pairs, back='callback')",
        "labelled(*pairs)",
        "sheet(pairs, a[0])",
        "sockets(*a)",
        "ladder(pairs)",
        "dict_walk(dict(pairs), EarlyStopping=a, AddGap=dict(pairs))",
    ):
        picture = draw(expression, scope, lang, caption=labels[0])
        ElementTree.fromstring(picture)
        assert complaints(picture) == []


@given(st.text(max_size=80), st.integers(20, 300))
def test_wrapped_lines_fit_and_lose_no_word(content, room):
    lines = wrapped(content, room)
    assert all(text_width(one) <= room for one in lines)
    if not any("…" in one for one in lines):
        assert "".join("".join(lines).split()) == "".join(content.split())


def test_all_languages_have_the_same_words_in_alphabetical_order():
    tables = [tomllib.loads((WORDS / f"{lang}.toml").read_text("utf-8")) for lang in LANGUAGES]
    assert [*tables[0]] == [*tables[1]] == [*tables[2]] == sorted(tables[0])
    for key in tables[0]:
        fields = {tuple(re.findall(r"{\w*}", table[key])) for table in tables}
        assert len(fields) == 1, key
        assert all(table[key].strip() for table in tables), key


def test_words_are_shown_in_the_language_and_code_as_it_is_typed():
    picture = draw('flow("callback", "EarlyStopping")', {}, "zh")
    assert ">回调<" in picture
    assert ">EarlyStopping<" in picture


def test_a_word_that_takes_numbers_is_no_label():
    assert ">epoch_n<" in draw('flow("epoch_n")', {}, "ko")


@pytest.mark.parametrize(
    "expression",
    ["no_such(1)", "1 / 0", "1 +", "7", "'text'", "lines", "number_line(1, mode='up')"],
)
def test_an_expression_that_draws_nothing_is_named(expression):
    with pytest.raises(PictureError, match=re.escape(expression)):
        draw(expression, {}, "en")


def test_a_picture_function_wins_over_a_name_of_the_lesson():
    assert draw("lines(train=[1])", {"lines": 3}, "en").startswith("<svg")


def contrast(first, second):
    """Return the contrast of two colours by WCAG 2.2."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(first), light(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("scheme", "ground"), [("default", "#ffffff"), ("slate", "#1e2129")])
def test_every_colour_stands_out_from_its_ground(scheme, ground):
    css = (ROOT / "docs" / "ui" / "pictures.css").read_text("utf-8")
    block = re.search(rf'scheme="{scheme}"\] {{(.*?)}}', css, re.DOTALL)[1]
    colours = dict(re.findall(r"--mk-([a-z-]+): (#\w{6})", block))
    assert {"train", "held-out", "best", "stop", "lr"} <= set(colours)
    assert all(contrast(colour, ground) >= 4.5 for colour in colours.values())


def test_the_house_has_the_rooms_that_there_are():
    shown = set(re.findall(r"\w+/?", " ".join([*ARRAYS, *EVENTS, *AROUND])))
    rooms = [path for path in (ROOT / "minikeras").iterdir() if not path.name.startswith("_")]
    folders = {f"{path.name}/" for path in rooms if path.is_dir()}
    assert {name for name in shown if name.endswith("/")} == folders
    assert shown - folders <= {path.stem for path in rooms}
