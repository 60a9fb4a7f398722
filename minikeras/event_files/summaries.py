"""How do weights become a histogram, or a picture?"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image  # tensorboard brings it along
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.histogram import metadata as histogram_metadata
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.util.tensor_util import make_tensor_proto

BUCKETS = 30  # as TensorBoard's own


def histogram_pb(tag: str, array: Any) -> Summary:
    """Return how many values lie in each of 30 buckets, rows of (left, right, count).

    TensorBoard has a function of this name, which needs 30 bytes for each value, and stops at NaN.
    Values that are not finite lie in no bucket.

    >>> from tensorboard.util.tensor_util import make_ndarray
    >>> buckets = make_ndarray(histogram_pb("w", [0.0, 1.0, 1.0, np.nan]).value[0].tensor)
    >>> buckets[0].round(2).tolist(), buckets[-1].round(2).tolist()
    ([0.0, 0.03, 1.0], [0.97, 1.0, 2.0])
    """
    values = np.asarray(array, "float64").reshape(-1)
    values = values[np.isfinite(values)]
    rows = np.zeros((BUCKETS, 3))
    if values.size:
        low, high, way = values.min(), values.max(), np.linspace(0.0, 1.0, BUCKETS + 1)
        edges = np.clip(low * (1.0 - way) + high * way, low, high)  # high - low may overflow
        edges = np.maximum.accumulate(edges)  # neighbours may be rounded past each other
        counts, _ = np.histogram(values, edges)
        rows = np.stack([edges[:-1], edges[1:], counts], axis=1)
    summary = Summary()
    summary.value.add(
        tag=tag,
        tensor=make_tensor_proto(rows, dtype=np.float64),
        metadata=histogram_metadata.create_summary_metadata(display_name=None, description=None),
    )
    return summary


def image_pb(tag: str, array: Any) -> Summary:
    """Return weights as a grey picture that is at least as wide as high.

    >>> len(image_pb("kernel", np.ones((3, 2))).value[0].tensor.string_val)  # width, height, PNG
    3
    """
    weights = np.nan_to_num(np.asarray(array, "float64"), nan=0.0, posinf=0.0, neginf=0.0)
    weights = weights.reshape(1, -1) if weights.ndim < 2 else weights.reshape(len(weights), -1)
    weights = weights.T if len(weights) > weights.shape[1] else weights
    largest = np.abs(weights).max(initial=0.0) or 1.0
    pixels = np.rint(127.5 + 127.5 * (weights / largest)).astype("uint8")
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="png", compress_level=1)
    height, width = pixels.shape
    summary = Summary()
    summary.value.add(
        tag=tag,
        tensor=make_tensor_proto([str(width).encode(), str(height).encode(), file.getvalue()]),
        metadata=image_metadata.create_summary_metadata(display_name=None, description=None),
    )
    return summary
