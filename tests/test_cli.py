"""The commands: what people see first."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest
import requests

from minikeras import __version__, cli, demo
from minikeras.backend import get_backend
from minikeras.datasets import digits
from minikeras.models import load_model
from tests.cupy_here import pretend


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
    for backend in ("cupy", "numpy"):
        done = run("info", env=cupy_is_absent | {"MINIKERAS_BACKEND": backend})
        assert done.returncode == 0
        assert done.stdout.count("gpu-cuda12 or gpu-cuda13") == 1


def test_info_names_the_gpu_that_could_be_chosen(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", pretend())
    told = cli.info()
    assert "backend        numpy on the processor" in told
    assert "GPU            cupy on A card, CuPy" in told
    assert get_backend().name == "numpy"


def test_the_demo_without_the_gpu_it_was_asked_for_is_one_sentence(cupy_is_absent, tmp_path):
    done = run("demo", env=cupy_is_absent, cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "minikeras demo: the backend 'cupy' needs" in done.stderr


@pytest.fixture
def cupy_is_absent(tmp_path, monkeypatch):
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


def test_the_demo_ends_by_naming_its_pictures(tmp_path):
    done = run("demo", "--epochs", "1", cwd=tmp_path)
    for command in ("plot runs/demo/log.csv", "demo --monitor", "demo --tensorboard"):
        assert f"  minikeras {command} " in done.stdout.replace(os.sep, "/")


@pytest.mark.slow
def test_the_demo_writes_logs_and_prints_the_command_that_shows_them(tmp_path):
    pytest.importorskip("tensorboard", reason="the package tensorboard is not installed")
    from tests.in_tensorboard.board import tensorboard

    for _ in range(2):  # the second run stands beside the first
        done = run("demo", "--tensorboard", "--epochs", "2", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        time.sleep(1.0)  # runs are named by the second in which they begin
    (line,) = [line for line in done.stdout.splitlines() if "tensorboard --logdir" in line]
    with tensorboard(tmp_path / line.split()[-1]) as board:
        shown = board.eventually("plugin/scalars/tags", until=lambda runs: len(runs) == 4)
        for name, tags in shown.items():
            assert "epoch_loss" in tags
            assert len(board.scalars(name, "epoch_loss", 2)) == 2
        assert len(board.eventually("plugin/projector/runs")) == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="ends the demo with Ctrl-C's signal")
def test_the_demo_opens_the_live_page_and_trains_into_it(tmp_path):
    pytest.importorskip("uvicorn", reason="the package uvicorn is not installed")
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    demo = subprocess.Popen(
        [sys.executable, "-u", "-m", "minikeras", "demo", "--monitor", "--epochs", "3"],
        cwd=tmp_path,
        env=os.environ | {"BROWSER": str(browser)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        lines = []
        while not lines or not lines[-1].startswith("The page stays at "):
            lines.append(next(demo.stdout))
        address = lines[-1].split()[4]
        assert opened.read_text().strip().rstrip("/") == address.rstrip("/")
        told = []
        with requests.get(f"{address}events", stream=True, timeout=10) as stream:
            for line in stream.iter_lines():
                if line.startswith(b"data:"):
                    told.append(json.loads(line[5:]))
                    if told[-1]["kind"] == "end":
                        break
        epochs = [event for event in told if event["kind"] == "epoch"]
        assert [event["epoch"] for event in epochs] == [0, 1, 2]
        assert {"loss", "val_loss", "learning_rate"} <= set(epochs[0]["logs"])
        assert told[-1]["reason"] == "finished"
    finally:
        demo.send_signal(signal.SIGINT)
        assert demo.wait(20) == 0
        demo.stdout.close()


@pytest.mark.parametrize("command", ["monitor", "plot", "demo --monitor", "demo --tensorboard"])
def test_a_command_that_misses_a_package_names_the_extra(command, tmp_path):
    extra = command.split()[-1].removeprefix("--")
    packages = {"monitor": ["uvicorn", "starlette"], "plot": ["matplotlib"]}
    (tmp_path / "absent").mkdir()
    for package in packages.get(extra, ["tensorboard"]):
        code = f"raise ModuleNotFoundError(\"No module named '{package}'\", name='{package}')"
        (tmp_path / "absent" / f"{package}.py").write_text(code)
    (tmp_path / "log.csv").write_text("epoch,loss\n0,0.5\n")
    arguments = [*command.split(), *["log.csv"] * (command == "plot")]
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "absent")}
    done = run(*arguments, cwd=tmp_path, env=environment)
    assert done.returncode == 1
    assert f"pip install '.[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe breaks in another way there")
@pytest.mark.parametrize("command", [["info"], ["demo", "--epochs", "2"]])
def test_a_reader_who_has_read_enough_is_no_error(tmp_path, command):
    pipe, environment = subprocess.PIPE, {**os.environ}
    environment.pop("PYTHONUNBUFFERED", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "minikeras", *command],
        cwd=tmp_path,
        env=environment,
        stdout=pipe,
        stderr=pipe,
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(30) in (0, 1)
