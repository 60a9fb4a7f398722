"""Do the examples in the tools of the site run?"""

import doctest
from importlib import import_module

import lessons
import pytest

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SHOWING = [path for path in lessons.TOOLS.rglob("*.py") if ">>>" in path.read_text("utf-8")]


@pytest.mark.parametrize("path", sorted(SHOWING), ids=lambda path: path.stem)
def test_the_examples_of_a_tool_run(path):
    parts = path.relative_to(lessons.TOOLS).with_suffix("").parts
    if parts == ("docstrings",):
        pytest.importorskip("griffe", reason="the extra `docs` brings it")
    tool = import_module(".".join(parts).removesuffix(".__init__"))
    assert doctest.testmod(tool, optionflags=FLAGS).failed == 0
