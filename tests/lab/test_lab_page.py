"""Do the experiments of the lab's page end as the page says, in every language?"""

import re
from pathlib import Path

import pytest

from minikeras.lab import replay
from minikeras.lab.state import State
from minikeras.lab.words import LANGUAGES

DOCS = Path(__file__).parents[2] / "docs"
LINK = re.compile(r"\(lab\.md\?([^#)]*)#top\)")


def page(lang):
    return (DOCS / lang / "lab.md").read_text(encoding="utf-8")


def experiments(lang):
    """Return the text of each experiment by the address that it opens."""
    items = re.split(r"^\d\. ", page(lang).partition("{ #try }")[2], flags=re.MULTILINE)[1:]
    return {LINK.search(item)[1]: item.partition("\n## ")[0] for item in items}


def run_of(address, **settings):
    state = State.of(address + "".join(f"&{key}={value}" for key, value in settings.items()))
    return replay(state.curve.scores, *state.callbacks, lr=state.values["lr"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_opens_the_same_five(lang):
    assert list(experiments(lang)) == list(experiments("en"))
    assert len(experiments(lang)) == 5
    for address in experiments(lang):
        assert State.of(address).text == address


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_experiment_tells_what_comes_of_it(lang):
    for address, told in experiments(lang).items():
        run = run_of(address)
        numbers = set(re.findall(r"\d+(?:\.\d+)?", LINK.sub("", told)))
        if run.stopped:
            assert str(run.stopped) in numbers, address
        for row in run.rows:
            if [remark.kind for remark in row.remarks if remark.kind == "cut"]:
                assert str(row.epoch) in numbers
                break


def test_one_more_epoch_of_patience_changes_what_the_page_says():
    zigzag, valley, crawl, flat, nan_first = experiments("en")
    assert [run_of(zigzag, **{"es.patience": n}).stopped for n in (3, 4, 5)] == [6, 15, None]
    assert run_of(valley).rows[-1].best == 0.42
    assert run_of(valley, **{"es.patience": 6}).rows[-1].best == 0.21
    assert run_of(crawl, **{"es.patience": 6}).stopped is None
    assert run_of(flat, lrs="off").learning_rate < 0.001
    assert {row.learning_rate for row in run_of(flat).rows} == {0.1}
    assert run_of(nan_first).rows[0].wait == 1
