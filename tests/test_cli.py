"""The commands: what people see first."""

import csv
import subprocess
import sys

import pytest

from minikeras import __version__, cli, demo
from minikeras.datasets import digits
from minikeras.models import load_model


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "minikeras", *arguments], capture_output=True, text=True, **options
    )


def test_the_demo_reads_digits_and_writes_what_it_made(tmp_path):
    done = run("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    (line,) = [line for line in lines if line.startswith("test accuracy: ")]
    assert float(line.removeprefix("test accuracy: ")) >= 0.97
    folder = tmp_path / "runs" / "demo"
    assert sorted(path.name for path in folder.iterdir()) == sorted(demo.FILES)
    assert all(f"  {name} " in done.stdout for name in demo.FILES)
    assert "digits were read wrong" in (folder / "mistakes.txt").read_text()

    rows = list(csv.DictReader((folder / "log.csv").read_text().splitlines()))
    assert len(rows) == sum("val_accuracy" in line for line in lines)
    scores = [float(row["val_loss"]) for row in rows]
    best = scores.index(min(scores)) + 1
    (account,) = [line for line in lines if line.startswith("best epoch:")]
    assert account == f"best epoch:    {best} of {len(rows)}, val_loss {min(scores):.4f}"
    reductions = sum("reducing learning rate to" in line for line in lines)
    (account,) = [line for line in lines if line.startswith("learning rate:")]
    assert account.count("after epoch") == reductions > 0

    model = load_model(folder / "best.keras")  # the weights that EarlyStopping restored
    (x, y), (x_test, y_test) = digits.load_data()
    read = model.predict(x_test / 16, verbose=0).argmax(axis=-1)
    assert f"test accuracy: {(read == y_test).mean():.4f}" == line
    model.fit(x / 16, y, initial_epoch=best, epochs=best + 1, verbose=0)  # and it trains on


def test_the_demo_gives_the_same_accuracy_twice(tmp_path, capsys):
    results = {demo.run(str(tmp_path / name), epochs=2, verbose=0) for name in "ab"}
    assert len(results) == 1


def test_info_says_where_models_compute():
    done = run("info")
    assert f"minikeras      {__version__}" in done.stdout
    assert "numpy on the processor" in done.stdout


def test_info_without_a_gpu_says_what_is_missing(cupy_is_absent):
    done = run("info", env=cupy_is_absent)
    assert done.returncode == 0
    assert "gpu-cuda12 or gpu-cuda13" in done.stdout


def test_the_demo_without_the_gpu_it_was_asked_for_is_one_sentence(cupy_is_absent, tmp_path):
    done = run("demo", env=cupy_is_absent, cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "minikeras demo: the backend 'cupy' needs" in done.stderr


@pytest.fixture
def cupy_is_absent(tmp_path, monkeypatch):
    import os

    (tmp_path / "absent").mkdir()
    (tmp_path / "absent" / "cupy.py").write_text("raise ImportError('no CuPy here')")
    return os.environ | {
        "MINIKERAS_BACKEND": "cupy",
        "PYTHONPATH": str(tmp_path / "absent"),
    }


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "--help"], []])
def test_help_names_the_commands(arguments):
    done = run(*arguments)
    assert done.returncode == 0
    assert "demo" in done.stdout


def test_version():
    assert run("--version").stdout == f"minikeras {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["demo", "--epochs", "0"], "epochs is a whole number of at least 1"),
        (["demo", "--epochs", "1", "--folder", f"{__file__}/x"], "minikeras demo: "),
    ],
)
def test_a_demo_that_cannot_be_is_one_sentence(arguments, message, capsys):
    assert cli.main(arguments) == 1
    assert message in capsys.readouterr().err


def test_ctrl_c_is_not_a_traceback(monkeypatch, capsys):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "run", interrupt)
    assert cli.main(["demo"]) == 130
    assert "stopped" in capsys.readouterr().err
