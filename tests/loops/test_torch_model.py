"""Do the callbacks serve a PyTorch loop?"""

import inspect
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minikeras.callbacks import (
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from minikeras.loops import TorchModel, loop
from minikeras.loops.torch_model import TorchRate

NEEDS = "needs PyTorch: pip install -e '.[oracle]'"
VAL_LOSSES = [3.0, 2.0, 2.5, 2.25, 1.0]


@pytest.fixture(scope="module")
def torch():
    torch = pytest.importorskip("torch", reason=NEEDS)
    torch.set_num_threads(1)
    return torch


@pytest.fixture
def data(torch):
    torch.manual_seed(0)
    return [(torch.randn(4, 3), torch.randn(4, 1)) for _ in range(3)]


def made(torch, optimizer="Adam", rates=(0.1, 0.01, 0.001)):
    """Return a model with buffers, whose three layers have a rate each."""
    torch.manual_seed(1)
    parts = [torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1)]
    groups = [
        {"params": part.parameters(), "lr": rate} for part, rate in zip(parts, rates, strict=True)
    ]
    return TorchModel(torch.nn.Sequential(*parts), getattr(torch.optim, optimizer)(groups))


def learn(torch, model, x, y):
    model.torch_optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model.module(x), y)
    loss.backward()
    model.torch_optimizer.step()
    return loss.item()


def trained(torch, model, callbacks, data, epochs=5):
    """Train; return the weights after each epoch, and the history."""
    snapshots, run = [], loop(callbacks, model, epochs=epochs)
    for epoch in run:
        for x, y in epoch.batches(data):
            epoch.log_batch(loss=learn(torch, model, x, y), size=len(x))
        snapshots.append(bits(model.module.state_dict()))
        epoch.log(val_loss=VAL_LOSSES[epoch.number])
    return snapshots, run.history.history


def bits(state):
    return {name: value.numpy().tobytes() for name, value in state.items()}


def rates_of(model):
    return [float(group["lr"]) for group in model.torch_optimizer.param_groups]


# -- weights ---------------------------------------------------------------------------------------


def test_early_stopping_restores_every_bit_of_the_best_epoch(torch, data):
    model, stopping = made(torch), EarlyStopping(patience=2, restore_best_weights=True)
    snapshots, history = trained(torch, model, [stopping], data)
    assert history["val_loss"] == VAL_LOSSES[:4]
    assert len({str(snapshot) for snapshot in snapshots}) == 4  # each epoch learned something
    assert bits(model.module.state_dict()) == snapshots[1]


def test_weights_are_copies_on_the_way_out_and_on_the_way_in(torch, data):
    model = made(torch)
    weights = model.get_weights()
    before = bits(weights)
    learn(torch, model, *data[0])
    assert bits(weights) == before != bits(model.module.state_dict())
    model.set_weights(weights)
    assert bits(model.module.state_dict()) == before
    learn(torch, model, *data[0])
    assert bits(weights) == before


@pytest.mark.parametrize("kind", ["float64", "bfloat16"])
def test_weights_keep_their_precision_and_what_is_shared(torch, kind):
    module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    module[1].weight = module[0].weight
    model = TorchModel(module.to(getattr(torch, kind)), torch.optim.SGD(module.parameters()))
    weights = model.get_weights()
    assert weights["0.weight"].dtype == getattr(torch, kind)
    assert weights["0.weight"].data_ptr() == weights["1.weight"].data_ptr()
    assert weights["0.weight"].data_ptr() != module[0].weight.data_ptr()
    assert not weights["0.weight"].requires_grad


# -- the learning rate -----------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_a_plateau_lowers_the_rate_of_every_group_alike(torch, data, optimizer):
    model = made(torch, optimizer, rates=(0.4, 0.04, 0.0))
    reducing = ReduceLROnPlateau(factor=0.5, patience=1)
    _, history = trained(torch, model, [reducing], data)
    assert history["learning_rate"] == [0.4, 0.4, 0.4, 0.2, 0.1]
    assert rates_of(model) == [0.1, 0.01, 0.0]


def test_the_next_step_is_as_large_as_the_rate_says(torch):
    w = torch.nn.Parameter(torch.tensor([1.0]))
    model = TorchModel(torch.nn.ParameterList([w]), torch.optim.SGD([w], lr=0.5))
    for rate in (0.5, 0.25):
        model.optimizer.learning_rate = rate
        before, w.grad = w.item(), torch.tensor([1.0])
        model.torch_optimizer.step()
        assert before - w.item() == rate


def test_a_warm_up_from_nothing_keeps_the_ratios(torch, data):
    model = made(torch, rates=(0.1, 0.01, 0.05))
    warm_up = LearningRateScheduler(lambda epoch: 0.25 * epoch)
    _, history = trained(torch, model, [warm_up], data)
    assert history["learning_rate"] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert rates_of(model) == pytest.approx([1.0, 0.1, 0.5], rel=1e-15)


RATES = st.floats(1e-8, 1e3)


class Groups:
    """An optimizer that is nothing but its groups."""

    def __init__(self, rates):
        self.param_groups = [{"lr": rate} for rate in rates]

    def rates(self):
        return [group["lr"] for group in self.param_groups]


@given(st.lists(RATES, min_size=1, max_size=4), st.lists(RATES | st.just(0.0), max_size=5), RATES)
def test_ratios_stay_whatever_the_rate_was_in_between(torch, rates, between, last):
    groups = Groups(rates)
    holder = TorchRate(groups)
    for rate in [*between, last]:
        holder.learning_rate = rate
        assert holder.learning_rate == rate
    assert groups.rates() == pytest.approx([rate * (last / rates[0]) for rate in rates], rel=1e-12)


@given(st.lists(RATES | st.just(0.0), min_size=1, max_size=4))
def test_setting_the_rate_that_it_has_changes_nothing(torch, rates):
    groups = Groups([1.0, *rates])
    TorchRate(groups).learning_rate = 1.0
    assert groups.rates() == [1.0, *rates]


def test_without_a_ratio_all_rates_become_equal(torch):
    groups = Groups([0.0, 0.5, 0.0])
    TorchRate(groups).learning_rate = 0.25
    assert groups.rates() == [0.25, 0.25, 0.25]


def test_a_group_that_comes_later_is_scaled_too(torch):
    groups = Groups([0.5])
    holder = TorchRate(groups)
    holder.learning_rate = 0.25
    groups.param_groups.append({"lr": 0.125})
    holder.learning_rate = 0.5
    assert groups.rates() == [0.5, 0.25]


def test_a_rate_that_is_a_tensor_stays_that_tensor(torch):
    parameters = [torch.nn.Parameter(torch.ones(2)) for _ in range(2)]
    rate = torch.tensor(0.5)
    optimizer = torch.optim.Adam([{"params": [p]} for p in parameters], lr=rate, foreach=False)
    TorchModel(torch.nn.ParameterList(parameters), optimizer).optimizer.learning_rate = 0.25
    assert [group["lr"] is rate for group in optimizer.param_groups] == [True, True]
    assert rate.item() == 0.25


# -- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights_only", [True, False])
def test_checkpoints_are_files_that_pytorch_reads_as_data(torch, data, tmp_path, weights_only):
    model = made(torch)
    saving = ModelCheckpoint(tmp_path / "{epoch}.pt", save_weights_only=weights_only)
    snapshots, _ = trained(torch, model, [saving], data)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{n}.pt" for n in range(1, 6)]
    for number, snapshot in enumerate(snapshots, start=1):
        state = torch.load(tmp_path / f"{number}.pt", weights_only=True)
        assert bits(state if weights_only else state["module"]) == snapshot


def test_best_only_keeps_the_best(torch, data, tmp_path):
    model = made(torch)
    saving = ModelCheckpoint(tmp_path / "best.pt", save_best_only=True, save_weights_only=True)
    snapshots, _ = trained(torch, model, [saving], data, epochs=4)
    model.load_weights(tmp_path / "best.pt")
    assert bits(model.module.state_dict()) == snapshots[1]


def test_a_loaded_model_goes_on_as_if_nothing_had_happened(torch, data, tmp_path):
    model = made(torch)
    trained(torch, model, [ReduceLROnPlateau(patience=1)], data)
    model.save(tmp_path / "run.pt")
    other = made(torch)
    other.optimizer.learning_rate = 0.75
    other.load(tmp_path / "run.pt")
    assert other.optimizer.learning_rate == model.optimizer.learning_rate
    for one in (model, other):
        one.optimizer.learning_rate = 0.5
        learn(torch, one, *data[0])
    assert bits(other.module.state_dict()) == bits(model.module.state_dict())
    assert rates_of(other) == rates_of(model)


@pytest.mark.parametrize("save", ["save", "save_weights"])
def test_a_file_is_replaced_only_if_asked(torch, tmp_path, save):
    path = tmp_path / "model.pt"
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError, match=r"file at .*model\.pt.*pass overwrite=True"):
        getattr(made(torch), save)(path, overwrite=False)
    assert path.read_bytes() == b"precious"
    getattr(made(torch), save)(path)
    assert torch.load(path, weights_only=True)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("save", ["save", "save_weights"])
def test_a_save_that_fails_leaves_what_was_there(torch, tmp_path, monkeypatch, save):
    def fails(state, file):
        file.write(b"half")
        raise OSError("disk full")

    path = tmp_path / "model.pt"
    path.write_bytes(b"precious")
    monkeypatch.setattr(torch, "save", fails)
    with pytest.raises(OSError, match="disk full"):
        getattr(made(torch), save)(path)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_weights_alone_are_no_model(torch, tmp_path):
    made(torch).save_weights(tmp_path / "weights.pt")
    with pytest.raises(ValueError, match="is not from `save`; for weights alone use load_weights"):
        made(torch).load(tmp_path / "weights.pt")


# -- words -----------------------------------------------------------------------------------------


def test_the_example_of_the_docstring_runs(torch):
    torch.manual_seed(0)
    names = {}
    exec(textwrap.dedent(inspect.getdoc(TorchModel).split("::\n\n")[1]), names)
    assert names["optimizer"].param_groups[0]["lr"] < 0.1 or names["stopping"].stopped_epoch
    assert names["stopping"].best_weights.keys() == {"weight", "bias"}


def test_without_pytorch_an_error_says_what_to_install():
    code = """
import sys
sys.modules["torch"] = None  # as if it were not installed
from minikeras.loops import TorchModel, loop
try:
    TorchModel(None, None)
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "TorchModel needs PyTorch: pip install torch\n", done.stderr
