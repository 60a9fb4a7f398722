"""Does the check of the order know who adds a key and who reads it?"""

from itertools import permutations
from pathlib import Path

import pytest

from minikeras.callbacks import Callback, CSVLogger, EarlyStopping, ReduceLROnPlateau
from minikeras.lessons import check_header


class AddGap(Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["gap"] = logs["val_loss"] - logs["loss"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def row(order):
    made = {
        "gap": AddGap(),
        "stop": EarlyStopping("gap", mode="min"),
        "rate": ReduceLROnPlateau("gap", mode="min"),
        "table": CSVLogger("log.csv"),
    }
    return [made[name] for name in order.split()]


@pytest.mark.parametrize("order", [*permutations(["gap", "stop", "rate", "table"])])
def test_right_are_the_orders_in_which_everybody_finds_what_is_read(order):
    place = {name: order.index(name) for name in order}
    is_right = place["gap"] == 0 and place["rate"] < place["table"]
    assert check_header(row(" ".join(order))).holds is is_right


@pytest.mark.parametrize(
    ("order", "did"),
    [
        ("table stop rate gap", "epoch,loss,val_loss"),
        ("gap stop table rate", "epoch,gap,loss,val_loss"),
        ("stop gap rate table", "EarlyStopping watches 'gap', which is not in the logs"),
        ("rate gap stop table", "ReduceLROnPlateau watches 'gap', which is not in the logs"),
        ("gap stop rate", ""),
    ],
)
def test_what_is_missing_is_shown(order, did):
    verdict = check_header(row(order))
    assert not verdict.holds
    assert verdict.did.startswith(did)
    assert verdict.did or not did


def test_an_error_in_a_callback_is_shown_and_the_table_is_removed():
    class Reads(Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyError("gap")

    assert check_header([Reads()]).did == "KeyError: 'gap'"
    assert check_header(row("gap rate stop table")).holds
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(("lang", "hint"), [("en", "before"), ("ko", "앞에"), ("zh", "前面")])
def test_the_hint_is_in_the_readers_language(lang, hint):
    assert hint in check_header([]).text(lang)
