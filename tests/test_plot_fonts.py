"""Can names in any script be read in a picture, or at least be told apart?"""

import io

import pytest
from matplotlib import font_manager

from minikeras.plotting import Run, draw
from minikeras.plotting.fonts import BASE, families_for, spelled

KOREAN, CHINESE, GREEK = "손실", "准确率", "λ"
SMILE = "🙂"


def rendered(*names):
    """Draw metrics of these names; return the families, and the titles as shown."""
    run = Run([0, 1], {name: {0: 2.0, 1: 1.0} for name in names})
    figure = draw(run, names[0], "min", title=names[0])
    figure.savefig(io.BytesIO(), format="png")  # warns of letters that no font has
    titles = [axes.title for axes in figure.axes]
    return titles[0].get_fontfamily(), [title.get_text() for title in titles]


def has(path, text):
    font = font_manager.get_font(path)
    return all(font.get_char_index(ord(letter)) for letter in text)


@pytest.fixture
def only_what_comes_with_matplotlib(monkeypatch):
    manager = font_manager.fontManager
    bundled = [entry for entry in manager.ttflist if "mpl-data" in entry.fname]
    monkeypatch.setattr(manager, "ttflist", bundled)
    monkeypatch.setattr(font_manager, "findSystemFonts", list)


@pytest.fixture
def a_font_of_east_asia():
    for path in font_manager.findSystemFonts():
        if path.endswith(("CJK-Regular.ttc", "CJK-Regular.otf")) and "Sans" in path:
            return path
    return pytest.skip("needs a font such as Noto Sans CJK")


@pytest.mark.parametrize("text", [KOREAN, CHINESE, KOREAN + CHINESE + GREEK])
def test_letters_of_east_asia_are_shown_where_a_font_has_them(text, a_font_of_east_asia):
    families, titles = rendered(text, "loss")
    assert sorted(titles) == ["loss", text]
    assert families[0] == BASE
    paths = [font_manager.findfont(family) for family in families]
    assert all(any(has(path, letter) for path in paths) for letter in text)


def test_a_font_that_matplotlib_has_not_listed_yet_is_found(
    a_font_of_east_asia, only_what_comes_with_matplotlib, monkeypatch
):
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [a_font_of_east_asia])
    families, titles = rendered(KOREAN)
    assert titles == [KOREAN]
    assert has(font_manager.findfont(families[-1]), KOREAN)


def test_a_letter_without_a_font_is_spelled_out(only_what_comes_with_matplotlib):
    families, titles = rendered(f"val {KOREAN}", f"a{SMILE}{GREEK}")
    assert families == [BASE]
    assert titles == [r"val \uc190\uc2e4", r"a\U0001f642" + GREEK]


def test_a_font_that_cannot_be_opened_is_passed_over(
    only_what_comes_with_matplotlib, tmp_path, monkeypatch
):
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    paths = [str(tmp_path / "broken.ttf"), str(tmp_path / "gone.ttf")]
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: paths)
    assert families_for(KOREAN) == ([BASE], set(KOREAN))


def test_a_plain_font_comes_before_a_bold_or_a_special_one(
    only_what_comes_with_matplotlib, monkeypatch
):
    opened = []

    class Empty:
        family_name = "Empty"

        def get_char_index(self, code):
            return 0

    monkeypatch.setattr(font_manager, "get_font", lambda path: opened.append(path) or Empty())
    others = ["/A-Bold.ttf", "/B-Serif-Italic.ttf", "/Z-Regular.ttf", "/A.ttf"]
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: others)
    families_for(KOREAN)
    found = [path for path in opened if path in others]
    assert found == ["/A.ttf", "/Z-Regular.ttf", "/A-Bold.ttf", "/B-Serif-Italic.ttf"]


def test_ascii_opens_no_font(monkeypatch):
    monkeypatch.setattr(font_manager, "get_font", None)
    monkeypatch.setattr(font_manager, "findSystemFonts", None)
    assert families_for("val_loss: $1 <b>\n") == ([BASE], set())


@pytest.mark.parametrize(
    ("text", "shown"), [("a\tb", r"a\tb"), ("\u202e", r"\u202e"), ("é\n", r"é\n"), ("\\n", r"\n")]
)
def test_what_has_no_shape_is_spelled_out(text, shown):
    assert spelled(text) == shown
