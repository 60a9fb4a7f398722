"""Which solutions are right, and which are wrong in a way that has a name?

A right one is a file whose name begins with the exercise's. A wrong one is the file that its table
names, with one passage replaced, and the law that names the mistake.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ASSIGNMENTS = HERE.parents[1] / "tutorials" / "assignments"


@dataclass(frozen=True)
class Solution:
    exercise: str
    name: str
    source: str
    law: str = ""  # the one that it breaks first

    def __str__(self):
        return f"{self.exercise}-{self.name}"


def right_ones():
    """Give tests/testing/right/EXERCISE-style.py, and the solution of each assignment."""
    for path in sorted((HERE / "right").glob("*.py")):
        yield Solution(path.stem.split("-")[0], path.stem, path.read_text(encoding="utf-8"))
    for path in sorted(ASSIGNMENTS.glob("a*/solution.py")):
        exercise = path.parent.name.split("_")[0].upper()
        yield Solution(exercise, path.parent.name, path.read_text(encoding="utf-8"))


def wrong_ones():
    """Give those of tests/testing/wrong/EXERCISE-style.toml, and of each assignment."""
    tables = [(path.stem.split("-")[0], HERE / "right" / f"{path.stem}.py", path)
              for path in sorted((HERE / "wrong").glob("*.toml"))]  # fmt: skip
    for path in sorted(ASSIGNMENTS.glob("a*/wrong.toml")):
        exercise = path.parent.name.split("_")[0].upper()
        tables.append((exercise, path.parent / "solution.py", path))
    for exercise, right, table in tables:
        source = right.read_text(encoding="utf-8")
        for name, change in tomllib.loads(table.read_text(encoding="utf-8")).items():
            assert source.count(change["old"]) == 1, f"{table.name}: {name}: old is not there once"
            wrong = source.replace(change["old"], change["new"])
            yield Solution(exercise, name, wrong, change["law"])


def implementation(solution):
    """Run a solution's source; return the class or function that the exercise expects."""
    from minikeras.testing import exercise

    names = {"__name__": "solution"}
    exec(compile(solution.source, f"<{solution}>", "exec"), names)
    return names[exercise(solution.exercise).expects]
