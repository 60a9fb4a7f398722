"""How long does a class of 300 take? Right and wrong solutions, two checks at a time."""

import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from minikeras.testing import EXERCISES
from minikeras.testing.grading import grade, submissions_in
from tests.testing.submissions import right_ones, wrong_ones

CLASS, JOBS = 300, 2


def main():
    solutions = [*right_ones(), *wrong_ones()]
    for exercise in ("EarlyStopping", "A3"):
        own = [solution for solution in solutions if solution.exercise == exercise]
        with tempfile.TemporaryDirectory() as place:
            for number, solution in enumerate(islice(cycle(own), CLASS)):
                Path(place, f"{number:03}.py").write_text(solution.source, encoding="utf-8")
            begin = time.perf_counter()
            submissions = submissions_in(Path(place), EXERCISES[exercise].expects)
            graded = [*grade(exercise, submissions, JOBS)]
            seconds = time.perf_counter() - begin
        right = sum(one.report.holds for one in graded)
        print(
            f"\ngrading: {exercise}, {CLASS} submissions, {right} of them right, {JOBS} at a time\n"
            f"{seconds:.1f} s in all, {max(one.seconds for one in graded):.2f} s the longest"
        )
