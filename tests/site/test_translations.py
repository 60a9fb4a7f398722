"""Do all languages have the same pages, sections and code, and are translations up to date?"""

import pytest
import translations
from lessons import LANGUAGES

PAGES = translations.pages()
OTHERS = LANGUAGES[1:]
ENGLISH = "# A { #a }\n\none\n\n## B { #b }\n\ntwo\n\n```python\n# %% x\n```\n"
KOREAN = "# 가 { #a }\n\n하나\n\n## 나 { #b }\n\n둘\n\n```python\n# %% x\n```\n"


@pytest.mark.parametrize("lang", OTHERS)
def test_a_language_has_the_pages_of_english(lang):
    assert translations.pages(lang) == PAGES


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("page", PAGES)
def test_a_translation_is_up_to_date(page, lang):
    assert translations.drift(translations.read("en", page), translations.read(lang, page)) == []


@pytest.mark.parametrize("page", PAGES)
def test_each_english_heading_has_an_id(page):
    text = translations._outside_code(translations.read("en", page))
    assert translations.BARE_HEADING.findall(text) == []
    ids = [section.id for section in translations.sections(translations.read("en", page))]
    assert ids
    assert len(ids) == len(set(ids))


def test_a_stamped_translation_has_not_drifted():
    assert translations.drift(ENGLISH, KOREAN) != []
    stamped = translations.stamped(ENGLISH, KOREAN)
    assert translations.drift(ENGLISH, stamped) == []
    assert translations.stamped(ENGLISH, stamped) == stamped


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [("one", "1", "#a"), ("two", "2", "#b"), ("A {", "Z {", "#a"), ("two", "two\n\nthree", "#b")],
)
def test_a_change_in_english_is_noticed_where_it_is(before, after, said):
    stamped = translations.stamped(ENGLISH, KOREAN)
    wrong = translations.drift(ENGLISH.replace(before, after), stamped)
    assert len(wrong) == 1
    assert wrong[0].startswith(said)


@pytest.mark.parametrize(
    ("before", "after"), [("# %% x", "# %% y"), ("#b }", "#c }"), ("## 나", "### 나")]
)
def test_a_translation_keeps_code_ids_and_levels(before, after):
    stamped = translations.stamped(ENGLISH, KOREAN)
    assert translations.drift(ENGLISH, stamped.replace(before, after)) != []


def test_a_heading_in_code_is_no_heading():
    code = "# A { #a }\n\n```python\n# no { #heading }\n```\n"
    assert [section.id for section in translations.sections(code)] == ["a"]
