"""What TensorBoard is told of arrays and models."""

import io

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from minikeras.callbacks.needs import GraphNode

pytest.importorskip("tensorboard", reason="the package tensorboard is not installed")

from PIL import Image
from tensorboard.util.tensor_util import make_ndarray

from minikeras.event_files.graph import graph_def
from minikeras.event_files.summaries import histogram_pb, image_pb

any_float = st.floats(width=32)
any_array = arrays.arrays(
    np.float64, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0), elements=st.floats()
)


@given(any_array)
def test_a_histogram_counts_each_finite_value_once(array):
    rows = make_ndarray(histogram_pb("w", array).value[0].tensor)
    finite = array[np.isfinite(array)].astype("float64")
    assert rows.shape == (30, 3)
    assert rows[:, 2].sum() == finite.size
    assert (rows[:, 0] <= rows[:, 1]).all()
    if finite.size:
        assert (rows[0, 0], rows[-1, 1]) == (finite.min(), finite.max())
        assert np.array_equal(rows[1:, 0], rows[:-1, 1])  # no gap between two buckets


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_a_histogram_of_equal_or_neighbouring_values(value, are_equal):
    rows = make_ndarray(
        histogram_pb("w", [value, value if are_equal else np.nextafter(value, 0.0)]).value[0].tensor
    )
    assert rows[:, 2].sum() == 2
    assert (rows[:, 0] <= rows[:, 1]).all()
    if are_equal:
        assert rows[-1].tolist() == [value, value, 2]  # as TensorBoard's own


@given(arrays.arrays(np.float64, st.integers(2, 60), elements=st.floats(-9, 9), unique=True))
def test_a_histogram_is_that_of_tensorboard(values):
    """Theirs divides where ours looks for edges: a value on an inner edge may count beside it."""
    from tensorboard.plugins.histogram.summary_v2 import histogram_pb as theirs

    ours, others = (make_ndarray(f("w", values).value[0].tensor) for f in (histogram_pb, theirs))
    assert ours[:, :2] == pytest.approx(others[:, :2], abs=1e-12)
    assume(np.abs(values[:, None] - ours[1:, 0]).min() > 1e-9)
    assert np.array_equal(ours[:, 2], others[:, 2])


def drawn(array):
    width, height, png = make_ndarray(image_pb("w", array).value[0].tensor)
    picture = Image.open(io.BytesIO(png))
    assert (picture.size, picture.mode) == ((int(width), int(height)), "L")
    return np.asarray(picture)


@given(arrays.arrays(np.float32, arrays.array_shapes(max_dims=3, max_side=6), elements=any_float))
def test_a_picture_is_at_least_as_wide_as_high_and_has_a_pixel_for_each_weight(array):
    pixels = drawn(array)
    assert pixels.size == array.size
    assert pixels.shape[0] <= pixels.shape[1] or pixels.shape[0] == 1


def test_zero_is_grey_and_the_largest_weights_are_white_and_black():
    assert drawn([[0.5, 0.0, -0.5]]).tolist() == [[255, 128, 0]]
    assert drawn([[0.0, np.nan, 2.0]]).tolist() == [[128, 128, 255]]
    assert drawn(np.arange(6.0).reshape(3, 2)).shape == (2, 3)
    assert drawn([[-1.0, np.inf, -np.inf]]).tolist() == [[0, 128, 128]]
    assert drawn(np.zeros(4)).tolist() == [[128] * 4]


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=4))
def test_a_graph_keeps_names_and_settings_of_any_language(told):
    nodes = [GraphNode(*(_text(t) for t in (name, kind)), (None, 2), ["x", "가"], {"k": setting})
             for name, kind, setting in told]  # fmt: skip
    for node, drawn_node in zip(nodes, graph_def(nodes).node, strict=True):
        assert (drawn_node.name, drawn_node.op) == (node.name, node.kind)
        assert list(drawn_node.input) == ["x", "가"]
        assert drawn_node.attr["k"].s.decode() == _text(node.settings["k"])
        sizes = [dim.size for dim in drawn_node.attr["_output_shapes"].list.shape[0].dim]
        assert sizes == [-1, 2]


def test_a_setting_of_any_name_leaves_type_and_shape_alone():
    settings = {"dtype": "half", "_output_shapes": "none"}
    (node,) = graph_def([GraphNode("x", "Input", (2,), (), settings)]).node
    assert node.attr["dtype"].WhichOneof("value") == "type"
    assert node.attr["_output_shapes"].list.shape[0].dim[0].size == 2


def _text(value):
    return value.encode("utf-8", "replace").decode()
