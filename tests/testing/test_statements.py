"""Is every number in the statements of the assignments, and every line in the guide, true?"""

import doctest
import re
from pathlib import Path

import pytest

from minikeras.testing import EXERCISES, exercises
from minikeras.testing.laws import early_stopping, model_checkpoint, reduce_lr_on_plateau
from minikeras.testing.text import cell_text, deed_text
from minikeras.testing.wording import LANGUAGES
from tests.testing.submissions import ASSIGNMENTS, implementation, right_ones

DOCS = Path(__file__).parents[2] / "docs"
STATEMENTS = sorted(ASSIGNMENTS.glob("*/statement.*.md"))
GUIDES = sorted(DOCS.glob("*/guides/teachers.md"))
SOLUTIONS = {s.exercise: implementation(s) for s in right_ones() if s.name.startswith("a")}
FALLING = (3.0, 1.0, None, 2.0, 2.0)
CUT = {"patience": 2, "factor": 0.5, "cooldown": 2, "min_lr": 0.2}
KEPT = {"filepath": "w{epoch:02d}.h5", "period": 2}


def table_rows(assignment):
    """Return what the example of a statement must show, by the specification."""
    if assignment == "A2":
        return early_stopping.stops({"patience": 2}, FALLING)
    if assignment == "A3":
        settings = {"patience": 2, "restore_best_weights": True}
        in_the_end = early_stopping.rests(settings, FALLING)[-1]
        return [*early_stopping.stops(settings, FALLING), in_the_end]
    if assignment == "A4":
        return reduce_lr_on_plateau.cuts(CUT, (3.0, 1.0, 1.0, 2.0, 2.0, None, 2.0, 2.0))
    if assignment == "A5":
        return model_checkpoint.saves(KEPT, (4.0, 3.0, 1.0, 2.0, None, 2.0))
    return []


def name_of(path):
    return path.parent.name.split("_")[0].upper()


def id_of(path):
    return f"{path.parent.name}-{path.suffixes[0][1:]}"


@pytest.mark.parametrize("path", STATEMENTS, ids=id_of)
def test_the_table_of_a_statement_is_what_the_specification_gives(path):
    lang = path.suffixes[0][1:]
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    shown = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[2:]]
    rows = table_rows(name_of(path))
    names = list(dict.fromkeys(name for row in rows for name in row.cells))
    assert shown == [
        [cell_text(row.cells[name], lang) if name in row.cells else "" for name in names]
        + [deed_text(row.should, lang)]
        for row in rows
    ]


@pytest.mark.parametrize("path", STATEMENTS, ids=id_of)
def test_the_examples_of_a_statement_run(path):
    told = EXERCISES[name_of(path)].expects
    globs = {told: SOLUTIONS[name_of(path)]}
    text = re.sub("^```$", "", path.read_text(encoding="utf-8"), flags=re.M)
    test = doctest.DocTestParser().get_doctest(text, globs, path.name, str(path), 0)
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize("path", STATEMENTS, ids=id_of)
def test_a_statement_says_how_to_check_what_it_asks_for(path):
    text, exercise = path.read_text(encoding="utf-8"), EXERCISES[name_of(path)]
    file = re.search(rf"^minikeras check {exercise.name} (\w+\.py)$", text, re.M)[1]
    assert f"`{file}`" in text
    assert re.search(rf"^(def|class) {exercise.expects}\b", text, re.M)


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.parts[-3])
def test_the_python_of_the_guide_runs(path, monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(EXERCISES, "mine", None)  # so that it is taken back
    monkeypatch.setattr(exercises, "LOADED", [])
    monkeypatch.chdir(tmp_path)
    text = path.read_text(encoding="utf-8")
    laws, use = re.findall(r"^```python\n(.*?)^```", text, re.S | re.M)
    Path("mine.py").write_text(laws)
    exec(compile(use, str(path), "exec"), {"__name__": "guide"})
    told = capsys.readouterr().out
    assert "BROKEN: never-while-falling\nTraining goes on while the score falls." in told


def test_the_guides_run_the_same_python():
    blocks = {
        path.parts[-3]: re.findall(
            r"^```(?:python|console)\n.*?^```", path.read_text(encoding="utf-8"), re.S | re.M
        )
        for path in GUIDES
    }
    assert set(blocks) == set(LANGUAGES)
    assert blocks["en"] == blocks["ko"] == blocks["zh"]


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.parts[-3])
def test_no_figure_is_left_open(path):
    assert "{{" not in path.read_text(encoding="utf-8")
