"""Which scores and settings does hypothesis try, and make simpler where they tell something?

`cases` draws what a law speaks about. `series` (of `scores` and `gaps`), `whole_series`, `rates`
and `..._settings` are wider: what the specifications of this package decide for. Needs the extra
`testing`. Ties, NaN, infinities, gaps and neighbours in the last bit come often.
"""

from __future__ import annotations

import math
from typing import Any

from minikeras.extras import needs_extra
from minikeras.testing.corpus import Case, is_plain
from minikeras.testing.law import Law

with needs_extra("testing", "minikeras.testing.strategies"):
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy


@st.composite
def cases(draw: st.DrawFn, law: Law) -> Case:
    """Draw a case that a law speaks about; cases shrink to short, plain ones.

    >>> from hypothesis import given
    >>> from minikeras.callbacks import EarlyStopping
    >>> from minikeras.testing import laws_of
    >>> for law in laws_of("EarlyStopping")[1:3]:
    ...     @given(cases(law))
    ...     def obeys(case):
    ...         assert law(EarlyStopping, *case) is None
    ...     obeys()
    """
    settings, series = draw(st.sampled_from(list(law.domain.corpus())))
    other = tuple(
        draw(st.sampled_from([score, *law.domain.wide])) if is_plain(score) else score
        for score in series
    )
    return (settings, other) if law.domain.where(settings, other) else (settings, series)


few = st.sampled_from([0.0, 1.0, 1.25, 1.5, 2.0, 3.0, -1.0])  # so few that ties abound
near = st.sampled_from([1.0, 1.0 - 1e-9, 1.0 + 1e-7, 1.25 + 1e-6])  # and what is almost one
edges = st.sampled_from([math.inf, -math.inf, 5e-324, -5e-324, 2.3e-308, 1.8e308, -1.8e308, -0.0])
numbers = few | near | edges | st.floats(allow_nan=False)
scores = few | numbers | st.just(math.nan)
gaps = st.none()  # an epoch whose logs lack the score

modes = st.sampled_from(["min", "max"])
deltas = st.sampled_from([0.0, 0.25, 0.5, 1.0, -0.25]) | st.floats(allow_nan=False)
patiences = st.integers(0, 4)


def _plateaus(pieces: list[tuple[Any, int]]) -> list[Any]:
    return [score for score, length in pieces for _ in range(length)]


_lengths = st.sampled_from([1, 1, 1, 2, 3])
whole_series = st.lists(st.tuples(scores, _lengths), max_size=8).map(_plateaus)
series = st.lists(st.tuples(scores | gaps, _lengths), max_size=8).map(_plateaus)


def _some(**options: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    """Settings in which each option may be left at its default."""
    return st.fixed_dictionaries({"mode": modes}, optional=options)


early_stopping_settings = _some(
    min_delta=deltas,
    patience=patiences,
    baseline=st.none() | scores,
    restore_best_weights=st.booleans(),
    start_from_epoch=st.integers(0, 4),
)
reduce_lr_settings = _some(
    factor=st.sampled_from([0.5, 0.25]) | st.floats(0, 1, exclude_min=True, exclude_max=True),
    patience=patiences,
    min_delta=deltas,
    cooldown=st.integers(0, 4),
    min_lr=st.sampled_from([0.0, 0.01, 0.1, 1.0]),
)
model_checkpoint_settings = _some(
    save_best_only=st.booleans(),
    period=st.integers(1, 4),
    initial_value_threshold=st.none() | scores,
)
rates = st.sampled_from([0.0, 1e-3, 0.01, 0.1, 0.1 * (1 + 5e-7), 1.0]) | st.floats(0, 10)
