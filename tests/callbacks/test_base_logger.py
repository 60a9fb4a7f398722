"""Is an epoch's figure the mean over its rows, however they were cut into batches?"""

import math
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from minikeras.callbacks import BaseLogger

FIGURES = ("loss", "mae", "auc")
figures_of_a_batch = st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(
    lambda values: dict(zip(FIGURES, values, strict=True))
)
batches = st.lists(st.tuples(st.integers(1, 512), figures_of_a_batch), min_size=1, max_size=30)


def epoch_of(logger, told, logs):
    logger.on_epoch_begin(0)
    for number, (size, figures) in enumerate(told):
        logger.on_batch_end(number, {"batch": number, "size": size, **figures})
    logger.on_epoch_end(0, logs)
    return logs


@settings(max_examples=max(200, settings.default.max_examples))
@given(batches, st.sets(st.sampled_from(FIGURES)))
def test_each_figure_is_the_mean_by_size_or_if_stateful_the_last(told, stateful):
    logs = epoch_of(BaseLogger(stateful), told, {"val_loss": 2.0})
    rows = sum(size for size, _ in told)
    for name in FIGURES:
        mean = math.fsum(size * figures[name] for size, figures in told) / rows
        last = told[-1][1][name]
        if name in stateful:
            assert logs[name] == last
        else:
            assert math.isclose(logs[name], mean, rel_tol=1e-9, abs_tol=1e-6)


@given(batches)
def test_figures_of_the_training_come_first_and_nothing_is_lost(told):
    logs = {"val_loss": 2.0, "val_mae": 3.0}
    assert list(epoch_of(BaseLogger(), told, logs)) == [*FIGURES, "val_loss", "val_mae"]
    assert (logs["val_loss"], logs["val_mae"]) == (2.0, 3.0)


def test_each_epoch_begins_anew():
    logger = BaseLogger(stateful_metrics=["auc"])
    epoch_of(logger, [(1, {"loss": 9.0, "auc": 9.0})], {})
    assert epoch_of(logger, [(3, {"loss": 1.0})], {}) == {"loss": 1.0}


def test_a_figure_that_some_batches_lack_is_the_mean_over_the_others():
    told = [(2, {"loss": 1.0, "mae": 4.0}), (6, {"loss": 5.0})]
    assert epoch_of(BaseLogger(), told, {}) == {"loss": 4.0, "mae": 4.0}


def test_a_nan_stays_a_nan():
    told = [(1, {"loss": 1.0}), (1, {"loss": math.nan}), (1, {"loss": 1.0})]
    assert math.isnan(epoch_of(BaseLogger(), told, {})["loss"])


def test_batches_without_a_size_count_alike():
    logger, logs = BaseLogger(), {}
    for loss in (1.0, 2.0, 6.0):
        logger.on_batch_end(0, {"loss": loss})
    logger.on_epoch_end(0, logs)
    assert logs == {"loss": 3.0}


def test_figures_that_are_there_already_win():
    """Real Keras has averaged before it calls."""
    assert epoch_of(BaseLogger(), [(1, {"loss": 1.0})], {"loss": 7.0}) == {"loss": 7.0}


def test_what_is_kept_does_not_grow_with_the_epoch():
    def kept(count):
        logger = BaseLogger()
        for number in range(count):
            logger.on_batch_end(number, {"batch": number, "size": 2, "loss": float(number)})
        totals, seen = logger.averages.totals, logger.averages.seen
        return len(totals), sys.getsizeof(totals), len(seen), sys.getsizeof(seen)

    assert kept(3) == kept(10_000)
