"""Does damage at random ever crash us, or change a model without a word?"""

import json
import subprocess
import sys

import pytest

from tests.durability.children import count
from tests.hostile.doors import ROOT
from tests.hostile.mutations import BAD

WORKERS = 2
CRASHES: dict[int, str] = {}  # mutations of files without a digest that crash libhdf5 itself


@pytest.fixture(scope="module")
def found():
    """What came of them: a word or two, and the numbers of the mutations."""
    each = count(dev=60, ci=1000, nightly=10_000)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.mutations", str(n * each), str(each)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        for n in range(WORKERS)
    ]
    together: dict[str, list[int]] = {}
    for process in running:
        text = process.communicate()[0]
        for what, (_, seeds) in json.loads(text).items():
            together[what] = together.get(what, []) + seeds
    return together


def test_no_mutation_crashes_or_misleads_us(found):
    bad = {what: seeds for what, seeds in found.items() if what.startswith(BAD)}
    bad = {what: new for what in bad if (new := [s for s in bad[what] if s not in CRASHES])}
    assert not bad, "repeat one with: python -m tests.hostile.mutations NUMBER"


def test_mutations_are_neither_all_refused_nor_all_harmless(found):
    assert {"refused", "the same"} <= set(found)
