"""Does the Python in the guides run as it stands?"""

import os
import re

import lessons
import pytest
import translations

GUIDES = [page for page in translations.pages() if page.startswith("guides/")]
FENCE = re.compile(
    r"(?P<left_out><!-- (?:not run|recorded): [^\n]+ -->\n)?^```python\n(?P<code>.*?)^```",
    re.M | re.S,
)
ELSEWHERE = ("guides/teachers.md",)  # tests/testing/test_statements.py runs it


@pytest.mark.parametrize("page", [page for page in GUIDES if page not in ELSEWHERE])
def test_a_guide_runs_from_its_first_line_to_its_last(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "guide"}
    for fence in FENCE.finditer(translations.read("en", page)):
        if not fence["left_out"]:
            exec(compile(fence["code"], page, "exec"), names)


def test_mnist_still_gives_what_was_recorded(tmp_path, monkeypatch, capsys):
    if not os.environ.get("MINIKERAS_DATA"):
        pytest.skip("MINIKERAS_DATA names no folder with MNIST")
    page = translations.read("en", "guides/mnist.md")
    recorded = re.search(r"((?:    .+\n)+)\nThe last digits", page)[1]
    (code,) = [f["code"] for f in FENCE.finditer(page) if "recorded" in (f["left_out"] or "")]
    exec(compile(code, "mnist.md", "exec"), {})
    told, kept = capsys.readouterr().out.splitlines(), recorded.split("\n    ")
    assert told[0][:8] == kept[0].strip()[:8]
    last, before = (float(lines[-1].split()[-1]) for lines in (told, recorded.splitlines()))
    assert last == pytest.approx(before, abs=0.005)


@pytest.mark.parametrize("page", GUIDES)
def test_every_file_that_a_guide_names_is_there(page):
    named = re.findall(
        r"`((?:tests|minikeras|tutorials|docs|benchmarks)/[\w./]+)`", translations.read("en", page)
    )
    assert [name for name in named if not (lessons.ROOT / name).exists()] == []
