"""Does the check of lesson 06 know the order in which `fit` calls?"""

import pytest

import minikeras as keras
from minikeras.callbacks import Callback
from minikeras.layers import Dense
from minikeras.lessons import check_order
from minikeras.lessons.events import in_order

RIGHT = in_order(epochs=2, batches=2, held_out=1)
EPOCH = RIGHT[1:11]
BATCH, VALIDATION = EPOCH[1:3], EPOCH[5:9]


@pytest.mark.parametrize("held_out", [0, 1])
def test_the_right_order_is_that_of_fit(held_out):
    calls = []

    def spy_on(moment):
        return lambda self, *told: calls.append(moment)

    spy = type("Spy", (Callback,), {moment: spy_on(moment) for moment in RIGHT})()
    model = keras.Sequential([Dense(1, input_dim=1)])
    model.compile("sgd", "mse")
    judge = ([[4.0]], [9.0]) if held_out else None
    x, y = [[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]
    model.fit(x, y, 2, epochs=2, verbose=0, callbacks=[spy], validation_data=judge)
    assert calls == in_order(2, 2, held_out)


@pytest.mark.parametrize(
    "cards",
    [
        tuple(RIGHT),
        [card.replace("train_batch", "batch") for card in RIGHT],
        (card for card in RIGHT),
    ],
    ids=["tuple", "older-names", "generator"],
)
def test_the_right_order_is_accepted_in_other_styles(cards):
    assert check_order(cards).holds


@pytest.mark.parametrize(
    ("epoch", "case", "should"),
    [
        (["on_epoch_begin", *BATCH, *BATCH, "on_epoch_end", *VALIDATION], 6, "on_test_begin"),
        (["on_epoch_begin", *VALIDATION, *BATCH, *BATCH], 2, "on_train_batch_begin"),
        (["on_epoch_begin", *sorted(2 * BATCH), *VALIDATION], 3, "on_train_batch_end"),
        (["on_epoch_begin", *BATCH, *BATCH, *VALIDATION[1:3]], 6, "on_test_begin"),
    ],
    ids=["validation-afterwards", "validation-first", "batches-overlap", "test-of-batches-only"],
)
def test_the_first_wrong_card_is_shown(epoch, case, should):
    verdict = check_order(["on_train_begin", *epoch, *epoch, "on_train_end"])
    assert (verdict.case, verdict.should) == (f"cards[{case}]", should)


@pytest.mark.parametrize("cards", [RIGHT[:-1], [*RIGHT, "on_predict_begin"], []])
def test_a_card_too_few_or_too_many_is_counted(cards):
    verdict = check_order(cards)
    assert (verdict.case, verdict.did) == ("len(cards)", str(len(cards)))


@pytest.mark.parametrize(
    ("lang", "hint"), [("en", "ends last"), ("ko", "나중에"), ("zh", "后结束")]
)
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_order([]).text(lang)
