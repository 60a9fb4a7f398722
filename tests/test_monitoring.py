"""Is the rule by which one score beats another a sound one, and does it read names rightly?"""

import math
import string
import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minikeras import losses, metrics
from minikeras.callbacks import CallbackList, EarlyStopping
from minikeras.layers import Dense
from minikeras.models import Sequential
from minikeras.monitoring import FALLING, RISING, Improvement, Watch, direction_of
from minikeras.testing.strategies import deltas, modes, numbers, scores, whole_series

rules = st.builds(Improvement.watching, st.just("score"), modes, deltas)


def best_of(rule, series):
    """Return the best score of a series, and how often there was a new one."""
    best, count = None, 0
    for score in series:
        if rule.beats(score, best):
            best, count = score, count + 1
    return best, count


# -- the rule --------------------------------------------------------------------------------------


@given(rules, scores)
def test_nothing_beats_itself(rule, score):
    assert not rule.beats(score, score)


@given(rules, scores, scores)
def test_two_scores_never_beat_each_other(rule, one, other):
    assert not (rule.beats(one, other) and rule.beats(other, one))


@given(rules, scores, scores, scores)
def test_what_beats_the_better_one_beats_the_worse_one(rule, one, two, three):
    if rule.beats(one, two) and rule.beats(two, three):
        assert rule.beats(one, three)


@given(deltas, whole_series)
def test_the_min_of_a_series_is_the_max_of_its_negation(delta, series):
    low, count = best_of(Improvement("min", abs(delta)), series)
    high, same_count = best_of(Improvement("max", abs(delta)), [-score for score in series])
    assert (low, count) == (high if high is None else -high, same_count)


@given(modes, deltas, deltas, scores, scores)
def test_a_larger_delta_is_harder_to_please(mode, one, other, candidate, best):
    small, large = sorted([abs(one), abs(other)])
    if Improvement(mode, large).beats(candidate, best):
        assert Improvement(mode, small).beats(candidate, best)


@given(rules, st.none() | scores)
def test_nan_never_wins(rule, best):
    assert not rule.beats(math.nan, best)


@given(rules, numbers)
def test_the_first_number_wins_whatever_it_is(rule, score):
    assert rule.beats(score, None)


@given(modes, whole_series)
def test_without_a_delta_the_best_is_the_extreme_so_far(mode, series):
    known = [score for score in series if not math.isnan(score)]
    extreme = min(known, default=None) if mode == "min" else max(known, default=None)
    assert best_of(Improvement(mode), series)[0] == extreme


@given(deltas, numbers)
def test_a_change_of_exactly_delta_is_none(delta, score):
    delta = abs(delta)
    assert not Improvement("min", delta).beats(score, score + delta)
    assert not Improvement("max", delta).beats(score, score - delta)


@given(st.integers(-1000, 1000), st.integers(0, 1000), st.integers(1, 1000))
def test_a_change_of_more_than_delta_is_one(best, delta, more):
    best, delta, more = (number / 8 for number in (best, delta, more))  # exact in binary
    assert Improvement("min", delta).beats(best - delta - more, best)
    assert Improvement("max", delta).beats(best + delta + more, best)


@given(modes, deltas, scores, scores)
def test_the_sign_of_delta_does_not_matter(mode, delta, candidate, best):
    one, other = (Improvement.watching("score", mode, d) for d in (delta, -delta))
    assert one == other
    assert one.beats(candidate, best) == other.beats(candidate, best)


def test_delta_is_taken_from_the_candidate_not_from_the_best():
    assert (0.1 + 0.3 < 0.4, 0.1 < 0.4 - 0.3) == (False, True)
    assert not Improvement("min", 0.3).beats(0.1, best=0.4)
    assert (0.4 - 0.3 > 0.1, 0.4 > 0.1 + 0.3) == (True, False)
    assert Improvement("max", 0.3).beats(0.4, best=0.1)


@pytest.mark.parametrize("mode", ["", "MIN", "minimum", "best", None, 1])
def test_another_mode_is_a_value_error(mode):
    with pytest.raises(ValueError, match="'auto', 'min' or 'max'"):
        Improvement.watching("val_loss", mode)


def test_a_delta_that_is_no_number_is_a_value_error():
    with pytest.raises(ValueError, match="not nan"):
        Improvement.watching("val_loss", "min", math.nan)


# -- which way is up -------------------------------------------------------------------------------

UP = """accuracy acc binary_accuracy categorical_accuracy sparse_categorical_accuracy auc precision
    recall top_k_categorical_accuracy balanced_accuracy f1 f1_score fbeta_score iou binary_iou
    mean_iou one_hot_iou one_hot_mean_iou r2 r2_score cosine_similarity bleu dice
    precision_at_recall recall_at_precision sensitivity_at_specificity specificity_at_sensitivity"""
DOWN = """loss mse mae mape msle rmse mean_squared_error mean_absolute_error logcosh log_cosh
    mean_absolute_percentage_error mean_squared_logarithmic_error root_mean_squared_error
    binary_crossentropy categorical_crossentropy sparse_categorical_crossentropy crossentropy hinge
    squared_hinge categorical_hinge kld kl_divergence kullback_leibler_divergence poisson
    perplexity huber vaccine_error account_loss"""
UNKNOWN = """f1x vaccine lossy account inaccuracy accuracy_of_mine loss_rate error accuracies lr
    Loss AUC xloss terror"""


@pytest.mark.parametrize("prefix", ["", "val_"])
@pytest.mark.parametrize("name", sorted({*UP.split(), *map(str.lower, metrics.CLASSES)}))
def test_these_rise(name, prefix):
    assert direction_of(prefix + name) == "max"
    assert Improvement.watching(prefix + name).direction == "max"


@pytest.mark.parametrize("prefix", ["", "val_"])
@pytest.mark.parametrize("name", sorted({*DOWN.split(), *losses.FUNCTIONS}))
def test_these_fall(name, prefix):
    assert direction_of(prefix + name) == "min"
    assert Improvement.watching(prefix + name).direction == "min"


@pytest.mark.parametrize("name", metrics.FUNCTIONS)
def test_every_metric_of_ours_has_a_direction(name):
    assert direction_of(name) in ("min", "max")


@pytest.mark.parametrize("prefix", ["", "val_"])
@pytest.mark.parametrize("name", UNKNOWN.split())
def test_a_name_that_says_nothing_is_asked_about_in_a_sentence(name, prefix):
    sentence = f"is a larger '{prefix + name}' better? Pass mode='max' or mode='min'."
    with pytest.raises(ValueError) as error:
        Improvement.watching(prefix + name)
    assert str(error.value) == sentence
    for mode in ("min", "max"):
        assert Improvement.watching(prefix + name, mode).direction == mode


def test_val_is_skipped_once():
    with pytest.raises(ValueError, match="is a larger 'val_val_acc' better"):
        direction_of("val_val_acc")


@given(
    st.sampled_from(sorted(RISING | FALLING)),
    st.text(string.ascii_lowercase, min_size=1, max_size=3),
    st.booleans(),
)
def test_a_part_of_a_word_says_nothing(name, letters, is_front):
    longer = letters + name if is_front else name + letters
    assume(longer not in RISING | FALLING)
    assume(not longer.endswith(("_loss", "_error", "_crossentropy", "_accuracy")))
    with pytest.raises(ValueError, match="is a larger"):
        direction_of(longer)


# -- the score in the logs -------------------------------------------------------------------------

PAUSING = {"do_validation": True, "metrics": ["loss", "mae", "val_loss", "val_mae"]}


def warnings_of(watch, series_of_logs, params):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read = [watch.read(logs, params) for logs in series_of_logs]
    return read, [str(warning.message) for warning in caught]


@given(scores | st.integers(-9, 9) | scores.map(np.float64) | st.integers(-9, 9).map(np.array))
def test_a_score_is_read_as_a_float(score):
    (read,), told = warnings_of(Watch("val_loss", "Me"), [{"val_loss": score}], {})
    assert (type(read), told) == (float, [])
    assert read == score or math.isnan(score)


@given(st.lists(st.booleans()), st.sampled_from([{}, {"metrics": None}, {"do_validation": False}]))
def test_a_missing_score_is_none_and_warned_of_once_in_a_fit(has_score, params):
    watch = Watch("val_loss", "Me")
    told_of = [{"loss": 1.0} | ({"val_loss": 2.0} if here else {}) for here in has_score]
    for _ in range(2):
        watch.reset()
        read, told = warnings_of(watch, told_of, params)
        assert read == [2.0 if here else None for here in has_score]
        assert len(told) == (not all(has_score))


@pytest.mark.parametrize(
    ("logs", "keys"), [({"loss": 1.0, "mae": 2.0}, "loss, mae"), ({}, "nothing"), (None, "nothing")]
)
def test_the_warning_names_the_key_and_lists_those_there_are(logs, keys):
    (read,), (told,) = warnings_of(Watch("val_acc", "Me"), [logs], {})
    assert read is None
    assert told == (
        f"Me watches 'val_acc', which is not in the logs; they have {keys}. "
        "Such epochs do not count."
    )


def test_a_pause_of_validation_is_not_warned_of():
    for _ in range(2):
        assert warnings_of(Watch("val_mae", "Me"), [{"loss": 1.0}] * 3, PAUSING)[1] == []


@pytest.mark.parametrize(
    ("monitor", "params"),
    [
        ("val_mea", PAUSING),  # misspelt
        ("mae", PAUSING),  # no pause of validation explains it
        ("val_mae", PAUSING | {"metrics": ["loss", "mae"]}),
        ("val_mae", {"do_validation": False, "metrics": ["loss", "mae"]}),
        ("val_mae", {}),
    ],
)
def test_whatever_is_missing_for_another_reason_is_warned_of(monitor, params):
    assert len(warnings_of(Watch(monitor, "Me"), [{"loss": 1.0}] * 3, params)[1]) == 1


def test_the_warning_points_at_the_loop_that_told_the_callback():
    model = Sequential([Dense(1, input_dim=1)])
    events = CallbackList([EarlyStopping()], model, {})
    events.on_train_begin()
    with pytest.warns(RuntimeWarning, match="'val_loss'") as caught:
        events.on_epoch_end(0, {"loss": 1.0})
    assert "callback_list.py" in caught[0].filename
