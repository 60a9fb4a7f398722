"""Does a picture show the run, all of it and nothing else?"""

import io
import itertools
import math
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

from minikeras.plotting import Run, draw
from minikeras.plotting.figure import DARK, FEW, LIGHT, LONGEST, MOST_STEPS
from minikeras.plotting.run import LARGEST

NAMES = ("loss", "val_loss", "mae", "val_mae", "accuracy", "learning_rate")
values = st.floats() | st.floats(0, 2)
curves = st.dictionaries(st.integers(0, 40), values, min_size=1, max_size=20).map(
    lambda curve: dict(sorted(curve.items()))
)
some_curves = st.dictionaries(st.sampled_from(NAMES), curves, max_size=5)


@st.composite
def runs(draw_one):
    """A run that has a loss, and whatever else, whatever its values are."""
    drawn = {"loss": draw_one(curves)} | draw_one(some_curves)
    epochs = sorted(set().union(*drawn.values()))
    return Run(epochs, drawn, draw_one(st.none() | st.integers(0, 60)))


def run_of(**curves):
    """Return a run with these values from its first epoch on."""
    longest = max(map(len, curves.values()))
    return Run(range(longest), {name: dict(enumerate(c)) for name, c in curves.items()})


def panel(figure, title):
    (axes,) = [axes for axes in figure.axes if axes.get_title() == title]
    return axes


def lines(axes, label):
    return [line for line in axes.lines if line.get_label().startswith(label)]


def points(line):
    return [(float(x), float(y)) for x, y in zip(*line.get_data(), strict=True)]


def places(axes, label):
    """Return where the upright lines of this label stand."""
    return [line.get_xdata()[0] for line in lines(axes, label)]


def explained(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def rendered(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return imread(io.BytesIO(file.getvalue()))[:, :, :3]


# -- curves ---------------------------------------------------------------------------------------


@given(runs())
@settings(max_examples=25)
def test_each_curve_is_drawn_with_its_epochs_counted_from_1(run):
    figure = draw(run)
    for name, curve in run.curves.items():
        if name == "learning_rate":
            continue
        kind = "validation" if name.startswith("val_") else "training"
        (line,) = lines(panel(figure, name.removeprefix("val_")), kind)
        drawn = [v if abs(v) < LARGEST else math.nan for v in curve.values()]
        assert repr(points(line)) == repr([
            (float(epoch + 1), value) for epoch, value in zip(curve, drawn, strict=True)
        ])  # fmt: skip
        assert line.get_linestyle() == ("--" if kind == "validation" else "-")


@given(runs())
@settings(max_examples=25)
def test_there_is_a_panel_for_each_metric_and_no_other(run):
    titles = [axes.get_title() for axes in draw(run).axes]
    names = {name.removeprefix("val_") for name in run.curves} - {"learning_rate"}
    assert titles[0] == "loss"
    assert sorted(titles) == sorted({*names, *(["learning rate"] if run.rates else [])})


@pytest.mark.slow
@given(runs(), st.booleans(), st.sampled_from(["png", "svg", "pdf"]))
@settings(max_examples=15, phases=set(Phase) - {Phase.shrink, Phase.explain})  # it takes too long
def test_whatever_the_values_are_they_can_be_drawn(run, dark, form):
    draw(run, dark=dark).savefig(io.BytesIO(), format=form)


@given(runs())
@settings(max_examples=25)
def test_what_is_no_finite_number_is_marked_and_nothing_else(run):
    figure = draw(run)
    for metric in run.metrics:
        lost = [
            {e + 1 for e, v in run.curves.get(name, {}).items() if not abs(v) < LARGEST}
            for name in (metric, f"val_{metric}")
        ]
        marks = lines(panel(figure, metric), "NaN or infinite")
        assert [set(mark.get_xdata()) for mark in marks] == [epochs for epochs in lost if epochs]
        assert all(mark.get_marker() == "x" for mark in marks)


nan = math.nan
DOTS = [  # values, and which of them have a dot
    ([0.5], {0}),
    ([0.5] * FEW, set(range(FEW))),
    ([0.5] * (FEW + 1), set()),
    ([0.5, nan, 0.5, nan, 0.5, 0.5] + [0.5] * FEW, {0, 2}),
    ([0.5] * FEW + [nan, 0.5], {FEW + 1}),
]


@pytest.mark.parametrize(("values", "dots"), DOTS)
def test_a_value_that_no_line_reaches_has_a_dot(values, dots):
    (line,) = lines(panel(draw(run_of(loss=values)), "loss"), "training")
    assert line.get_marker() == "."
    seen = {i for i in line.get_markevery() if not math.isnan(values[i])}
    assert seen == dots


@pytest.mark.parametrize("n", [1, 2, 3, 12, 1000])
def test_ticks_are_whole_epochs_from_1(n):
    figure = draw(run_of(loss=[0.5] * n, learning_rate=[0.1] * n))
    figure.draw_without_rendering()
    for axes in figure.axes:
        low, high = axes.get_xlim()
        ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
        assert ticks
        assert all(tick == int(tick) >= 1 for tick in ticks)
        assert low < 1 <= n < high


# -- marks ----------------------------------------------------------------------------------------


@given(runs())
@settings(max_examples=25)
def test_the_best_epoch_is_the_first_of_the_lowest_losses(run):
    figure = draw(run)
    name = "val_loss" if "val_loss" in run.curves else "loss"
    scores = {e: v for e, v in run.curves[name].items() if not math.isnan(v)}
    best = min(scores, key=scores.get) if scores else None
    for axes in figure.axes:
        assert places(axes, f"best {name}: ") == ([] if best is None else [best + 1])
    stars = [line for line in panel(figure, "loss").lines if line.get_marker() == "*"]
    if best is None:
        assert stars == []
    elif abs(scores[best]) < LARGEST:
        assert points(stars[0]) == [(best + 1, scores[best])]
        assert f"best {name}: epoch {best + 1}" in explained(figure)


@pytest.mark.parametrize(
    ("monitor", "mode", "best"),
    [
        ("accuracy", "auto", "best accuracy: epoch 2"),
        ("val_accuracy", "auto", "best accuracy: epoch 2"),  # there was no validation
        ("f1x", "min", "best f1x: epoch 3"),
        ("f1x", "max", "best f1x: epoch 1"),
        ("val_loss", "auto", "best loss: epoch 3"),
    ],
)
def test_the_best_epoch_is_that_of_the_monitor_and_its_direction(monitor, mode, best):
    run = run_of(accuracy=[0.5, 0.75, 0.25], f1x=[3.0, 2.0, 1.0], loss=[2.0, 1.5, 1.0])
    figure = draw(run, monitor, mode)
    assert best in explained(figure)
    (metric,) = [m for m in ("accuracy", "f1x", "loss") if m in best]
    starred = [axes for axes in figure.axes if any(li.get_marker() == "*" for li in axes.lines)]
    assert starred == [panel(figure, metric)]


@given(runs())
@settings(max_examples=25)
def test_the_end_is_marked_where_more_epochs_were_planned(run):
    figure, last = draw(run), run.epochs[-1] + 1
    is_early = run.planned is not None and last < run.planned
    for axes in figure.axes:
        assert places(axes, "stopped early") == ([last] if is_early else [])
    assert (f"stopped early: {last} of {run.planned} epochs" in explained(figure)) == is_early


rates = st.lists(st.sampled_from([0.1, 0.05, 0.001]), min_size=1, max_size=20)


@given(rates, st.sampled_from(["learning_rate", "lr"]))
@settings(max_examples=25)
def test_steps_of_the_learning_rate_stand_between_two_epochs(rates, name):
    figure = draw(run_of(loss=[0.5] * len(rates), **{name: rates}))
    steps = [e + 0.5 for e in range(1, len(rates)) if rates[e] != rates[e - 1]]
    assert places(panel(figure, "loss"), "learning rate changes") == steps
    (line,) = [li for li in panel(figure, "learning rate").lines if li.get_drawstyle() != "default"]
    assert line.get_drawstyle() == "steps-mid"
    assert points(line) == [(e + 1, rate) for e, rate in enumerate(rates)]


@pytest.mark.parametrize(("steps", "marked"), [(MOST_STEPS, MOST_STEPS), (MOST_STEPS + 1, 0)])
def test_a_rate_that_keeps_changing_does_not_fill_a_panel_with_marks(steps, marked):
    rates = [0.1 / (epoch + 1) for epoch in range(steps + 1)]
    figure = draw(run_of(loss=[0.5] * len(rates), learning_rate=rates))
    assert len(places(panel(figure, "loss"), "learning rate changes")) == marked


@pytest.mark.parametrize(
    ("rates", "scale"),
    [
        ([0.1], "linear"),
        ([0.1, 0.01], "linear"),
        ([0.1, 0.009], "log"),
        ([0.1, 0.0], "linear"),
        ([0.1, nan, math.inf, 1e300, 0.01], "linear"),
        ([5e-324, 9e99], "log"),
    ],
)
def test_a_rate_that_spans_more_than_a_factor_of_10_is_drawn_by_orders(rates, scale):
    figure = draw(run_of(loss=[0.5] * len(rates), learning_rate=rates))
    assert panel(figure, "learning rate").get_yscale() == scale
    rendered(figure)


def test_a_single_rate_is_a_dot():
    figure = draw(run_of(loss=[0.5], learning_rate=[0.1]))
    assert panel(figure, "learning rate").lines[0].get_marker() == "."


@pytest.mark.parametrize("metrics", [1, 2, 3, 4, 5, 12])
def test_panels_do_not_lie_on_each_other(metrics):
    names = [f"metric_{i}" for i in range(metrics)]
    run = run_of(loss=[0.5, 0.25], learning_rate=[0.1, 0.1], **{name: [1, 2] for name in names})
    figure = draw(run)
    figure.draw_without_rendering()
    boxes = [axes.get_tightbbox() for axes in figure.axes] + [figure.legends[0].get_tightbbox()]
    assert len(boxes) == metrics + 3
    for one, other in itertools.combinations(boxes, 2):
        assert min(one.x1, other.x1) <= max(one.x0, other.x0) + 1 or (
            min(one.y1, other.y1) <= max(one.y0, other.y0) + 1
        )


def test_each_kind_of_mark_is_explained_once():
    run = run_of(
        loss=[2.0, nan, 1.0],
        val_loss=[2.0, 1.0, 3.0],
        mae=[nan, 1.0, 1.0],
        val_mae=[1.0, 2.0, 3.0],
        learning_rate=[0.1, 0.1, 0.01],
    )
    figure = draw(Run(run.epochs, run.curves, planned=9), title="log.csv")
    assert sorted(explained(figure)) == [
        "NaN or infinite",
        "best val_loss: epoch 2",
        "learning rate changes",
        "stopped early: 3 of 9 epochs",
        "training",
        "validation",
    ]
    assert figure.legends[0].get_title().get_text() == "log.csv"


# -- names ----------------------------------------------------------------------------------------

LITERAL = {
    "a_b^c": "a_b^c",
    "$x_1$": "$x_1$",
    "$unclosed_{": "$unclosed_{",
    "<script>&amp;": "<script>&amp;",
    "two\nlines": r"two\nlines",
    "_hidden": "_hidden",
    "": "",
    "\ud800": r"\ud800",
    "n" * (LONGEST + 1): "n" * (LONGEST - 1) + "…",
}


@pytest.mark.parametrize("name", LITERAL, ids=repr)
def test_a_name_is_shown_as_it_is(name):
    figure = draw(run_of(**{name: [2.0, 1.0]}), name, "min", title=name)
    axes, shown = figure.axes[0], LITERAL[name]
    assert axes.get_title() == shown
    assert f"best {shown}: epoch 2" in explained(figure)
    texts = [axes.title, figure.legends[0].get_title(), *figure.legends[0].get_texts()]
    assert not any(text.get_parse_math() for text in texts)
    rendered(figure)


# -- grounds --------------------------------------------------------------------------------------


def luminance(color):
    """Source: WCAG 2.2, relative luminance."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in matplotlib.colors.to_rgb(color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


grounds = pytest.mark.parametrize(("dark", "ground"), [(False, LIGHT), (True, DARK)])


@grounds
def test_colours_can_be_told_from_the_ground(dark, ground):
    assert contrast(ground.ink, ground.paper) >= 7  # WCAG 2.2, 1.4.6: text
    for color in (ground.training, ground.validation, ground.best, ground.stop):
        assert contrast(color, ground.paper) >= 3  # 1.4.11: graphics


@grounds
def test_a_picture_has_its_ground_and_all_its_colours(dark, ground):
    run = run_of(
        loss=[4.0, nan, 1.0, 2.0], val_loss=[5.0, 4.0, 3.0, 4.0], learning_rate=[1.0, 1.0, 0.1, 0.1]
    )
    pixels = rendered(draw(Run(run.epochs, run.curves, planned=9), dark=dark))
    paper = np.array(matplotlib.colors.to_rgb(ground.paper))
    assert np.allclose(pixels[[0, 0, -1, -1], [0, -1, 0, -1]], paper, atol=0.01)
    assert 0.5 < np.isclose(pixels, paper, atol=0.01).all(axis=-1).mean() < 0.97
    for color in (ground.ink, ground.training, ground.validation, ground.best, ground.stop):
        near = np.isclose(pixels, matplotlib.colors.to_rgb(color), atol=0.02).all(axis=-1)
        assert near.sum() > 20


def test_letters_beside_the_axes_can_be_read_on_dark_ground():
    figure = draw(run_of(loss=[4.0, 1.0], learning_rate=[0.1, 0.001]), dark=True)
    figure.draw_without_rendering()
    for axes in figure.axes:
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels(), axes.title):
            assert label.get_color() == DARK.ink


# -- what is left alone ---------------------------------------------------------------------------


def test_no_setting_of_matplotlib_changes():
    before = dict(matplotlib.rcParams)
    for dark in (True, False):
        rendered(draw(run_of(loss=[2.0, 1.0]), dark=dark))
        assert dict(matplotlib.rcParams) == before


def test_no_setting_of_matplotlib_turns_text_into_formulas():
    with matplotlib.rc_context({"text.usetex": True, "axes.formatter.use_mathtext": True}):
        figure = draw(run_of(loss=[1e9, 2e9]), title="$")
    rendered(figure)
    assert figure.axes[0].yaxis.get_offset_text().get_text() == "1e9"


def test_without_matplotlib_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"needs the package matplotlib: .* extra plot"):
        draw(run_of(loss=[2.0, 1.0]))


WRONG = {
    "no epochs": ((Run([], {}),), "there is nothing to draw: this run has no epoch yet"),
    "no metrics": ((Run([0], {}),), "this run has no 'val_loss'.*what it has: nothing"),
    "no such metric": ((run_of(loss=[1.0], mae=[1.0]), "val_f1"), "no 'val_f1'.*: loss, mae$"),
    "a rate": ((run_of(loss=[1.0], lr=[1.0]), "lr"), "no 'lr'.*: loss$"),
    "no direction": ((run_of(f1x=[1.0]), "f1x"), "is a larger 'f1x' better.*mode='max'"),
    "no mode": ((run_of(loss=[1.0]), "loss", "up"), "mode is 'auto', 'min' or 'max', not 'up'"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_drawn_is_one_sentence(what):
    arguments, sentence = WRONG[what]
    with pytest.raises(ValueError, match=sentence):
        draw(*arguments)


def test_drawing_opens_no_window_and_no_state_of_matplotlib():
    code = (
        "import sys, minikeras.callbacks, minikeras.plotting as p; "
        "print('matplotlib' in sys.modules); "
        "p.draw(p.Run([0], {'loss': {0: 1.0}}))._repr_png_(); "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
