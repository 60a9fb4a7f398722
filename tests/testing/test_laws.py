"""Do the laws hold for what is promised to hold, and does a search find the smallest case?"""

import itertools
import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minikeras import callbacks
from minikeras.testing import EXERCISES, check, exercise, laws_of
from minikeras.testing.corpus import Domain, every
from minikeras.testing.law import Deed, Law, Row, TimeIsUp
from minikeras.testing.strategies import cases

a_fifth = settings(max_examples=settings().max_examples // 5)  # of 170 laws each
OURS = [name for name in EXERCISES if hasattr(callbacks, name)]
LAWS = [(name, law) for name in OURS for law in laws_of(name) if "class" in law.kinds]


@pytest.mark.parametrize("name", OURS)
def test_our_own_callbacks_obey_every_law_of_theirs(name):
    report = check(name, getattr(callbacks, name))
    assert [finding for finding in report.findings if finding.holds is False] == []
    assert report.holds


@pytest.mark.parametrize(("name", "law"), LAWS, ids=[f"{name}-{law.name}" for name, law in LAWS])
def test_hypothesis_finds_no_case_in_which_ours_break_one(name, law):
    @a_fifth
    @given(cases(law))
    def obeys(case):
        assert law(getattr(callbacks, name), *case) is None

    obeys()


@pytest.mark.parametrize("name", EXERCISES)
def test_laws_have_names_of_their_own_and_cases_in_order(name):
    laws = laws_of(name)
    assert len({law.name for law in laws}) == len(laws)
    for law in laws:
        lengths = [len(series) for _, series in law.domain.corpus()]
        assert lengths == sorted(lengths)
        assert lengths, f"{law.name} speaks of no case"


@given(st.integers(0, 99), st.sampled_from(LAWS))
def test_what_is_drawn_belongs_to_the_domain(seed, named):
    domain, random = named[1].domain, Random(seed)
    for case in filter(None, (domain.draw(random) for _ in range(20))):
        settings, series = case
        assert settings in domain.settings
        assert domain.shortest <= len(series) <= domain.longest
        assert domain.where(settings, series)


def test_an_unknown_exercise_is_a_sentence_that_lists_those_there_are():
    with pytest.raises(ValueError, match="no exercise 'Early'; there are: EarlyStopping"):
        exercise("Early")


# -- a law made for the purpose: a function doubles every number of a series -----------------------


def doubled(settings, series):
    return [Row({"epoch": i}, Deed("is", 2.0 * score)) for i, score in enumerate(series)]


def did(function, settings, series):
    for score in series:
        yield Deed("is", function(score))


def law_of(domain):
    return Law("doubles", domain, doubled, did, frozenset({"function"}))


MANY = law_of(Domain(every(n=[0]), (1.0, 2.0, 3.0, 4.0, 5.0), longest=6, wide=(1.0, 50.0, 90.0)))


def test_a_law_that_holds_gives_nothing():
    assert MANY.search(lambda score: score + score) is None


def test_the_first_case_that_fails_is_a_shortest_one():
    found = MANY.search(lambda score: 2.0 * score if score < 3.0 else 0.0)
    assert (found.series, found.rows[-1].did) == ((3.0,), Deed("is", 0.0))


def test_what_chance_has_found_is_made_simpler():
    calls = itertools.count()
    found = MANY.search(lambda score: 2.0 * score if score < 40.0 else next(calls), seed=7)
    assert found.series in ((50.0,), (90.0,))


def test_the_same_seed_finds_the_same():
    wrong = lambda score: 2.0 * score if score < 40.0 else 0.0  # noqa: E731
    series = {MANY.search(wrong, seed=3, corpus=False).series for _ in range(3)}
    assert len(series) == 1


def test_a_counterexample_ends_with_the_row_that_is_wrong():
    found = MANY(lambda score: 2.0 * score if score < 3.0 else 0.0, {}, (1.0, 3.0, 1.0))
    assert [row.is_right for row in found.rows] == [True, False]


@pytest.mark.parametrize(
    ("error", "deed"),
    [
        (KeyError("x"), ("raises", "KeyError")),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "why"), ("raises", "ValueError")),
        (ZeroDivisionError(), ("raises", "ZeroDivisionError")),
        (SystemExit(0), ("raises", "SystemExit")),
        (RecursionError(), ("raises", "RecursionError")),
        (TimeIsUp(), ("hangs", None)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_an_implementation_raises_is_a_deed(error, deed):
    def fails(score):
        raise error

    did = MANY(fails, {}, (1.0,)).rows[-1].did
    assert did[:2] == deed


def test_what_is_raised_tells_its_line_in_the_implementation():
    def fails(score):
        return [][0]

    line = fails.__code__.co_firstlineno + 1
    did = MANY(fails, {}, (1.0,)).rows[-1].did
    assert did.note == f"list index out of range [test_laws.py:{line}]"


def test_what_hangs_is_not_tried_again_to_find_a_simpler_case():
    calls = []

    def hangs(score):
        calls.append(score)
        raise TimeIsUp

    assert MANY.search(hangs, corpus=False) is not None
    assert len(calls) == 1


def test_a_call_is_shown_as_it_was_made():
    class Mine:
        def __init__(self, schedule, bound, patience=0):
            pass

    law = Law("any", Domain(), doubled, lambda *case: iter([]), given={"patience": 1, "verbose": 0})
    settings = {"schedule": math.sqrt, "bound": math.inf}
    assert law(Mine, settings, (1.0,)).call == "Mine(patience=1, schedule=sqrt, bound=float('inf'))"
    assert replace(law, passes=lambda series: [[*series]])(print, {}, (1.0,)).call == "print([1.0])"


def test_an_implementation_that_does_too_little_does_nothing_there():
    lazy = Law("lazy", MANY.domain, doubled, lambda *given: iter([]))
    assert lazy(None, {}, (1.0,)).rows[-1].did == Deed("nothing")


@pytest.mark.parametrize(
    ("name", "implementation", "trouble"),
    [
        ("A3", lambda scores, patience: None, "function_for_class"),
        ("A2", callbacks.EarlyStopping, "class_for_function"),
    ],
)
def test_what_is_of_the_wrong_kind_is_not_checked(name, implementation, trouble):
    report = check(name, implementation)
    assert (report.trouble.kind, report.findings, report.holds) == (trouble, (), False)
