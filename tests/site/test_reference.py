"""Does the reference say in Korean and Chinese what the code says, with the same examples?"""

import re

import lessons
import pytest

griffe = pytest.importorskip("griffe", reason="the extra `docs` brings it")
import docstrings  # noqa: E402  it needs griffe

OTHERS = lessons.LANGUAGES[1:]
PAGES = sorted((lessons.ROOT / "docs" / "en" / "reference").glob("*.md"))
ASKED = re.compile(r"^::: minikeras\.(\S+)", re.M)
ARGUMENT = re.compile(r"^- `(\w+)`", re.M)
INDENTED = re.compile(r"^ {4}.*$", re.M)
EXTENSION = re.compile(r"^ +extensions: \[(\S+)\]$", re.M)  # in mkdocs.yml


def shown(told):
    """Give an object and its public members as mkdocstrings shows them; those with a docstring."""
    told = told.final_target if told.is_alias else told
    if told.docstring and told.docstring.value:
        yield told.path, told.docstring.value
    if told.is_class or told.is_module:
        for name, member in told.members.items():
            if not name.startswith("_") and not member.is_alias:
                yield from shown(member)


@pytest.fixture(scope="module")
def package():
    return griffe.load("minikeras", search_paths=[lessons.ROOT])


@pytest.fixture(scope="module")
def english(package):
    """The English docstrings that the pages of the reference ask for, by path."""
    asked = [name for page in PAGES for name in ASKED.findall(page.read_text(encoding="utf-8"))]
    return {path: text for name in asked for path, text in shown(package[name])}


def translations(lang):
    """Return stamp and text of each docstring of a language, by path."""
    told = ((path, said.partition("\n")) for path, said in docstrings.translated(lang).items())
    return {path: (stamp, text.strip()) for path, (stamp, _, text) in told}


def code(docstring):
    """Return what no language changes: examples, and code that is set in."""
    said, examples = docstrings.parts(docstring)
    return [*INDENTED.findall(said), examples]


def outline(docstring):
    """Return where examples stand: between which there is prose."""
    pieces = re.split(r"```pycon\n.*?\n```", docstrings.fenced(docstring), flags=re.S)
    return [bool(piece.strip()) for piece in pieces]


def differing(english, lang, part):
    """Return the paths of which this part is not that of the English docstring."""
    told = [(path, text) for path, (_, text) in translations(lang).items() if path in english]
    return [path for path, text in told if part(text) != part(english[path])]


@pytest.mark.parametrize("lang", OTHERS)
def test_whatever_the_reference_shows_is_translated_as_it_is_now(english, lang):
    stamps = {path: stamp for path, (stamp, text) in translations(lang).items() if text}
    now = {path: f"en: {docstrings.digest(text)}" for path, text in english.items()}
    assert {path: stamp for path, stamp in now.items() if stamps.get(path) != stamp} == {}


@pytest.mark.parametrize("lang", OTHERS)
def test_no_translation_is_of_something_that_is_gone(package, lang):
    names = [path.removeprefix("minikeras.") for path in translations(lang)]
    assert [name for name in names if not is_there(package, name)] == []


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("part", [code, outline, ARGUMENT.findall])
def test_examples_and_lists_of_arguments_are_those_of_english(english, lang, part):
    assert differing(english, lang, part) == []


def test_the_site_speaks_the_language_that_its_pages_are_in(monkeypatch):
    path = "minikeras.callbacks.callback.Callback"
    monkeypatch.chdir(lessons.ROOT)
    monkeypatch.setattr(docstrings, "language", "ko")
    name = EXTENSION.search((lessons.ROOT / "mkdocs.yml").read_text(encoding="utf-8"))[1]
    built = griffe.load(
        "minikeras", search_paths=[lessons.ROOT], extensions=griffe.load_extensions(name)
    )
    said = built[path.removeprefix("minikeras.")].docstring.value
    assert said == docstrings.fenced(translations("ko")[path][1])


def test_the_reference_shows_members_but_nothing_private(english):
    assert "minikeras.callbacks.callback.Callback.on_epoch_end" in english
    assert [path for path in english if "._" in path] == []


@pytest.mark.parametrize(
    ("said", "part"),
    [("말\n\n>>> b()\n2", code), (">>> b()\n1\n\n말", outline), ("- `d`: 말", ARGUMENT.findall)],
)
def test_what_differs_from_english_would_be_found(monkeypatch, said, part):
    english = {"a.b": "Word.\n\n- `c`: a word.\n\n>>> b()\n1\n"}
    for text, found in [("말.\n\n- `c`: 말.\n\n>>> b()\n1\n", []), (said + "\n", ["a.b"])]:
        monkeypatch.setattr(docstrings, "translated", {"ko": {"a.b": f"en: 0\n{text}"}}.get)
        assert differing(english, "ko", part) == found


def is_there(package, name):
    try:
        return bool(package[name].path)
    except KeyError:
        return False
