"""What the README shows runs as it stands."""

import json
import os
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import minikeras
from minikeras.testing import check
from minikeras.testing.text import text_of
from tests.testing.submissions import implementation, wrong_ones

ROOT = Path(__file__).parent.parent
READMES = {
    lang: (ROOT / name).read_text(encoding="utf-8")
    for lang, name in {"en": "README.md", "ko": "README.ko.md", "zh": "README.zh.md"}.items()
}
README = READMES["en"]
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
TEN_LINES, OWN_LOOP, FILES, LONG_RUN, CHECKED = BLOCKS


def test_ten_lines_train(capsys):
    assert len(TEN_LINES.strip().splitlines()) <= 11  # the empty one is not counted
    exec(TEN_LINES, {})
    _, accuracy = eval(capsys.readouterr().out.splitlines()[-1])
    assert accuracy > 0.9


def test_the_loop_of_your_own_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weights, losses = [0], iter([3.0, 2.0, 2.5, 2.5, 2.5, 1.0])
    model = SimpleNamespace(get_weights=lambda: list(weights), set_weights=weights.__init__)
    names = {
        "model": model,
        "train": lambda model: weights.append(1),
        "validate": lambda model: next(losses),
    }
    exec(OWN_LOOP, names)
    assert names["stopping"].stopped_epoch == 4
    assert len(weights) == 3  # those of the second epoch
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 6


def test_files_come_back_and_a_long_run_goes_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, y = np.ones((4, 2)), np.ones(4)
    model = minikeras.Sequential([minikeras.layers.Dense(1, input_dim=2)])
    model.compile("adam", "mse")
    names = {"keras": minikeras, "model": model, "x": x, "y": y}
    exec(FILES + LONG_RUN, names)
    assert sorted(os.listdir()) == ["digits.keras", "digits.weights.h5"]
    assert names["again"].get_config() == model.get_config()
    assert model.history.epoch == list(range(100))


def links(lang):
    return re.findall(r"\]\(([^)#h][^)]*)\)", READMES[lang])


@pytest.mark.parametrize("lang", READMES)
def test_what_the_readme_links_is_there(lang):
    assert [target for target in links(lang) if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("lang", ["ko", "zh"])
def test_the_readme_has_the_same_code_and_links_in_each_language(lang):
    def code(text):
        commands = [line.split("#")[0].rstrip() for line in re.findall(r"^    .+$", text, re.M)]
        return re.findall(r"```python.*?```", text, re.DOTALL), commands

    assert code(READMES[lang]) == code(README)
    own = {re.sub(r"docs/en/|\.en\.png", "", target) for target in links("en")}
    theirs = {re.sub(rf"docs/{lang}/|\.{lang}\.png", "", target) for target in links(lang)}
    names = {"README.md", "README.ko.md", "README.zh.md"}
    assert theirs - names == own - names


def test_nothing_tells_a_reader_to_install_the_other_project():
    for path in [*ROOT.glob("*.md"), *ROOT.glob("minikeras/**/*.py")]:
        assert not re.search(r"pip install minikeras(?!-)", path.read_text(encoding="utf-8")), path


def test_our_early_stopping_breaks_no_law(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    exec(CHECKED, {"keras": minikeras})
    assert capsys.readouterr().out.startswith("EarlyStopping: EarlyStopping obeys 38 of 38 laws.")


def test_the_counterexample_is_the_one_that_is_printed():
    (gap_counts,) = (wrong for wrong in wrong_ones() if str(wrong) == "EarlyStopping-gap_counts")
    report = check("EarlyStopping", implementation(gap_counts))
    told = " ".join(text_of(report, "en").split())
    shown = " ".join(README[README.index("BROKEN: gap") : README.index("It speaks")].split())
    assert shown in told


PEERS = (
    *("minikeras", "minikeras, DataParallel(2)", "PyTorch", "PyTorch, fused"),
    *("Keras on JAX", "Keras on TensorFlow", "Keras on PyTorch", "scikit-learn"),
    "NumPy-Keras",
)


@pytest.mark.parametrize("lang", READMES)
def test_the_figures_of_speed_are_those_that_were_measured(lang):
    path = ROOT / "benchmarks" / "results" / "training.json"
    for network, told in json.loads(path.read_text(encoding="utf-8"))["networks"].items():
        row = " | ".join([network, *(f"{told[name]['median']:.2f}" for name in PEERS)])
        assert f"| {row} |" in READMES[lang]
