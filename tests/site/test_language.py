"""Do the Korean and Chinese pages keep to the glossary and to the rules of their script?"""

import re
import tomllib

import lessons
import pytest
import translations

pytest.importorskip("latex2mathml", reason="the extra `docs` brings it")
import tables

OTHERS = lessons.LANGUAGES[1:]
PAGES = [(lang, page) for lang in OTHERS for page in translations.pages(lang)]
TERMS = [term for group in tables.groups().values() for term in group]
HAN = "\u4e00-\u9fff"


def prose(text):
    """Return a page without code, links' addresses, ids and the names in a bet or picture."""
    text = lessons.FENCE.sub(_said_in, text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<!--.*?-->|\{ ?#[\w-]+ ?\}", " ", text)
    return re.sub(r"`[^`\n]*`|\$[^$\n]+\$", "`", text)


def _said_in(fence):
    """Of a picture the caption is prose, of a bet everything; other fences are code."""
    if fence["kind"] == "picture":
        return fence["body"].partition("\n")[2]
    return fence["body"] if fence["kind"] == "bet" else " "


def avoided(lang):
    """Return the forms that the glossary tells to avoid, with the one to use."""
    return {form: term[lang] for term in TERMS for form in (term.get("not") or {}).get(lang, [])}


@pytest.mark.parametrize(("lang", "page"), PAGES)
def test_no_form_that_the_glossary_avoids(lang, page):
    text = prose(translations.read(lang, page))
    found = {form: right for form, right in avoided(lang).items() if form in text}
    assert page == "glossary.md" or found == {}


@pytest.mark.parametrize("page", translations.pages("ko"))
def test_korean_particles_stand_directly_behind_code_and_letters(page):
    text = prose(translations.read("ko", page))
    particle = r"(은|는|이|가|을|를|의|에|에서|로|으로|와|과|도|만)"
    assert re.findall(rf"` {particle}(?=[ ,.])", text) == []
    assert re.findall(r"[은는이가을를]\([은는이가을를]\)", text) == []


@pytest.mark.parametrize("page", translations.pages("zh"))
def test_chinese_is_clean_for_autocorrect(page):
    autocorrect_py = pytest.importorskip("autocorrect_py", reason="the extra `docs` brings it")
    text = prose(translations.read("zh", page))
    wrong = [line for line in text.splitlines() if autocorrect_py.format(line) != line]
    assert wrong == []


@pytest.mark.parametrize("lang", OTHERS)
def test_the_site_says_the_same_things_in_each_language(lang):
    def keys(lang):
        path = lessons.TOOLS / "words" / f"{lang}.toml"
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return {(table, key) for table, said in told.items() for key in said}

    assert keys(lang) == keys("en")


def test_a_form_to_avoid_would_be_found():
    page = "# 가 { #a }\n\n메소드를 `메소드` 부릅니다.\n\n```picture\nx()\n에폭\n```\n"
    assert {form for form in avoided("ko") if form in prose(page)} == {"메소드", "에폭"}
    assert "메소드" not in prose("`메소드`")
