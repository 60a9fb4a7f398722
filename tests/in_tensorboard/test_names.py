"""Whatever a metric is called, TensorBoard shows it under that name."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minikeras.callbacks import TensorBoard

pytest.importorskip("tensorboard", reason="the package tensorboard is not installed")

from tests.in_tensorboard.board import tensorboard

TRICKY = [
    "loss",
    "a/b/c",
    "/",
    "//a",
    "a.b",
    "a b",
    " ",
    "tab\tand\nline",
    "정확도",
    "准确率",
    "é",
    "e\u0301",
    "🙂",
    "<script>alert(1)</script>",
    "'\"&;#?%41",
    "../../etc",
    "\\",
    "\x00",
    "val_",
    "x" * 300,
    "\ud800",
    "{{constructor}}",
    "__proto__",
]


def shown(name):
    return f"epoch_{name}".encode("utf-8", "replace").decode()


@pytest.mark.parametrize("loader", ["true", "false"], ids=["rust", "python"])
def test_tags_of_any_name_come_back_as_they_are(tmp_path, loader):
    rng = random.Random(0)
    alphabet = "ab/._- <>'\"&%#?가中é\\🙂{}"
    names = TRICKY + ["".join(rng.choices(alphabet, k=rng.randint(1, 20))) for _ in range(80)]
    names = {shown(name): name for name in names if not name.startswith("val_")}.values()
    board = TensorBoard(tmp_path / "logs")
    board.on_epoch_end(0, {name: float(i) for i, name in enumerate(names)})
    board.on_train_end()
    with tensorboard(tmp_path / "logs", "--load_fast", loader) as server:
        tags = server.tags("scalars")["train"]
        assert tags == {shown(name) for name in names}
        for i, name in enumerate(names):
            assert server.scalars("train", shown(name)) == [(0, float(i))]


@settings(max_examples=20)
@given(names=st.sets(st.text(), min_size=1, max_size=20))
def test_a_name_may_be_any_text(names, tmp_path_factory):
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    folder = tmp_path_factory.mktemp("logs")
    board = TensorBoard(folder)
    board.on_epoch_end(0, dict.fromkeys(names, 0.5))
    board.on_train_end()
    events = [e for path in folder.rglob("*tfevents*") for e in EventFileLoader(str(path)).Load()]
    tags = {value.tag for event in events for value in event.summary.value}
    assert tags == {shown(name.removeprefix("val_")) for name in names}
