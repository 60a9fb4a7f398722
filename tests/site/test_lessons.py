"""Do the lessons run, and do pages show them as they are?"""

import inspect
import re
from importlib import import_module

import lessons
import pytest
import running
import source_code

PAGES = [lessons.page_of(path) for path in sorted((lessons.ROOT / "tutorials").glob("[0-9]*.py"))]
CALLBACKS = [page for page in PAGES if page.startswith("callbacks/")]
TABLE_ROW = re.compile(r"^\| `(?P<name>\w+)` \| (?P<default>`[^|]*`|[^|`]*) \|", re.M)


def text_of(page, lang="en"):
    return (lessons.ROOT / "docs" / lang / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_lesson_runs_and_its_exercises_tell_right_from_wrong(page):
    assert running.troubles(page) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_lesson_says_the_same_each_time(page):
    again = running.execute(running.request(page))
    assert lessons.Lesson.read(again) == running.run(page)


@pytest.mark.parametrize("page", PAGES)
def test_a_cell_is_short_enough_for_a_screen(page):
    source = lessons.file_of(page).read_text(encoding="utf-8")
    for cell in lessons.cut(source).values():
        assert len(cell.code.splitlines()) <= (24 if cell.kind == "run" else 60), cell.name


@pytest.mark.parametrize("page", CALLBACKS)
@pytest.mark.parametrize("lang", lessons.LANGUAGES)
def test_the_table_of_arguments_is_the_signature(page, lang):
    text = text_of(page, lang)
    name = re.search(r"^```signature\n(.+)\n```$", text, re.M)[1]
    module, _, last = name.rpartition(".")
    parameters = inspect.signature(getattr(import_module(module), last)).parameters.values()
    real = {
        p.name: "" if p.default is p.empty else source_code.default_of(p)
        for p in parameters
        if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    }
    section = text[text.index("{ #arguments }") : text.index("{ #how-it-decides }")]
    told = {m["name"]: m["default"].strip("` ") for m in TABLE_ROW.finditer(section)}
    assert {name: told.get(name, "") for name in told} == {n: real[n] for n in told}
    assert set(told) == set(real)


def test_callback_pages_need_no_numpy_but_where_it_is_said():
    needing = {
        page
        for page in CALLBACKS
        for cell in running.run(page).cells.values()
        if cell.packages and not cell.is_native
    }
    assert needing <= {"callbacks/terminate_on_nan.md"}
