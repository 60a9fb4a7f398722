"""Do the three languages say the same, and does each say it in its own way?"""

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

from minikeras.testing.wording import LANGUAGES

HOUSE = Path(__file__).parents[2]
WORDS = HOUSE / "minikeras" / "testing" / "words"
FILES = sorted(path.name for path in WORDS.glob("*/*.toml"))
PROSE = [
    *sorted((HOUSE / "tutorials" / "assignments").glob("*/statement.*.md")),
    *sorted((HOUSE / "docs").glob("*/guides/teachers.md")),
]

# from the glossary of the documentation: second names, and what reads as translated
AVOIDED = {
    "ko": "훈련, 트레이닝, 에폭, 세대, 뱃치, 미니 배치, 메소드, 디폴트, 인내심, 참을성, 향상, "
    "타겟, 최적화기, 조기종료, 조기 중단, 체크 포인트, 냉각, 스케쥴, 최고값, 최고치, 베스트, "
    "라벨, 메트릭, 베이스라인, 기준치, 학습율, 학습 속도, 리셋, 숙제, 솔루션, 레슨, 사전형, "
    "전달인자, 덮어 쓰, 당신, 우리, 그것, 가지고 있, 에 의해, 되어지, 십시오, 을(를), 이(가)",
    "zh": "时代, 世代, 周期, 批处理, 耐心, 基线, 基准线, 最高值, 最好值, 提升, 监测, 监视, 还原, "
    "学习速率, 优化程序, 挂钩, 缺省, 预设, 功课, 解决方案, 时间表, 冷静期, 检测点, 神谕, 您, "
    "的时候, 的话, 将会, 回调们, 进行, 加以, 权值, 亏损, 准确度, 档案, 呼叫, 反面例子",
}
HAN = "\u4e00-\u9fff"


def table_of(lang, name):
    return tomllib.loads((WORDS / lang / name).read_text(encoding="utf-8"))


def sentences(lang):
    """Give all that is said in a language."""
    for path in sorted((WORDS / lang).glob("*.toml")):
        for said in table_of(lang, path.name).values():
            yield from said.values()


def prose_of(path):
    """Return a page without its code."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`|\{ #[\w-]+ \}|<!--.*?-->", "`", text)


def pages(lang):
    return [path for path in PROSE if f".{lang}." in path.name or lang in path.parts]


@pytest.mark.parametrize("name", sorted(set(FILES)))
def test_the_languages_say_the_same_things(name):
    def keys(lang):
        return {(part, key) for part, said in table_of(lang, name).items() for key in said}

    assert keys("en") == keys("ko") == keys("zh")


@pytest.mark.parametrize("name", sorted(set(FILES)))
def test_the_languages_fill_in_the_same_values(name):
    def values(lang):
        said = table_of(lang, name).items()
        return {
            (part, key): sorted(set(re.findall(r"\{[^{}]*\}", text)))
            for part, texts in said
            for key, text in texts.items()
        }

    assert values("en") == values("ko") == values("zh")


@pytest.mark.parametrize(("lang", "letters"), [("en", "cp1252"), ("ko", "cp949"), ("zh", "gbk")])
def test_a_terminal_of_that_country_has_all_letters(lang, letters):
    for said in sentences(lang):
        assert said.encode(letters, "backslashreplace").decode(letters) == said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_of_laws_says_a_promise_and_a_reason_of_each(lang):
    for name in set(FILES) - {"report.toml"}:
        for law, said in table_of(lang, name).items():
            assert (law, sorted(said)) == (law, ["law", "why"])


@pytest.mark.parametrize("lang", sorted(AVOIDED))
def test_no_form_that_the_glossary_avoids_is_used(lang):
    said = [*sentences(lang), *map(prose_of, pages(lang))]
    forms = AVOIDED[lang].split(", ")
    assert [(form, text) for form in forms for text in said if form in text] == []


def test_korean_sentences_are_polite():
    """They end with 요, or with 니다 behind a syllable that ends with ㅂ, such as 합."""
    said = [*sentences("ko"), *map(prose_of, pages("ko"))]
    ends = [end for text in said for end in re.findall(r"([가-힣]+)\.(?=\s|$)", text)]
    polite = [end for end in ends if re.search("요$|.니다$", end)]
    assert [end for end in ends if end not in polite] == []
    stems = [end[-3] for end in polite if end.endswith("니다")]
    assert {stem for stem in stems if unicodedata.normalize("NFD", stem)[-1] != "\u11b8"} == set()


def test_chinese_has_its_own_punctuation_and_a_space_beside_letters():
    for text in sentences("zh"):
        assert re.findall(rf"[{HAN}][,.;:?!()]|[,;?!][{HAN}]", text) == []
        assert re.findall(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]", text) == []


@pytest.mark.parametrize("path", pages("zh"), ids=lambda path: path.parent.name)
def test_chinese_pages_have_their_own_punctuation(path):
    text = prose_of(path)
    assert re.findall(rf"[{HAN}][,;:?!()]|[,;?!][{HAN}]", text) == []
    assert re.findall(rf"[{HAN}`][A-Za-z0-9]|[A-Za-z0-9][{HAN}`]|[{HAN}]`|`[{HAN}]", text) == []


@pytest.mark.parametrize("path", pages("zh"), ids=lambda path: path.parent.name)
def test_a_chinese_paragraph_is_one_line(path):
    """A line break would be shown as a space between two Han letters."""
    assert re.findall(r"^(?![#|\n]).+\n(?!\n|[#|]|- |\d+\. ).+", prose_of(path), re.M) == []


def test_every_page_is_there_in_each_language():
    count = {lang: len(pages(lang)) for lang in LANGUAGES}
    assert count == dict.fromkeys(LANGUAGES, 7)


@pytest.mark.parametrize("lang", ["ko", "zh"])
def test_pages_have_the_same_headings(lang):
    """Their ids are shared, so that a link leads to the same place in each language."""

    def ids(path):
        return re.findall(r"\{ #([\w-]+) \}", path.read_text(encoding="utf-8"))

    assert [ids(path) for path in pages(lang)] == [ids(path) for path in pages("en")]
    assert all(map(ids, pages(lang)))
