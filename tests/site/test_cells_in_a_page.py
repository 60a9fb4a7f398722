"""Do cells run in a page as its reader expects? Python in chromium, served from this machine."""

import re
import time
from contextlib import ExitStack

import pytest
from pyodide_packages import find
from runtime_page import (
    BASE,
    CORE,
    PYODIDE,
    SERVER,
    UI,
    Cell,
    Lesson,
    chromium,
    expect,
    served,
    write,
)

pytestmark = pytest.mark.skipif(
    not all((PYODIDE / name).is_file() for name in CORE),
    reason="needs Pyodide: npm ci --prefix docs/ui, or name its folder in MINIKERAS_NODE_MODULES",
)

# the time from an act to a state, as the page's own clock sees it
WATCH = """([cell, button, ends]) => new Promise((done) => {
    const root = document.querySelector(`.py-cell[data-name="${cell}"]`);
    const state = root.querySelector("[role=status]");
    new MutationObserver(() => {
        if (state.textContent.startsWith(ends)) done(performance.now() - start);
    }).observe(state, { childList: true, characterData: true, subtree: true });
    const start = performance.now();
    root.querySelector(`.py-${button}`).click();
})"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def opened(browser, tmp_path):
    """Return a function that opens a page with the given cells."""
    with ExitStack() as stack:

        def opened(cells, isolated=False, script=True, lost=(), **told):
            write(tmp_path / "site", cells, **told)
            url = stack.enter_context(served(tmp_path / "site", isolated, lost))
            context = browser.new_context(java_script_enabled=script)
            stack.callback(context.close)
            lesson = Lesson(context.new_page())
            lesson.page.on("request", lambda request: lesson.asked.append(request.url))
            lesson.page.on("pageerror", lambda error: errors.append(str(error)))
            lesson.page.goto(url)
            return lesson

        errors = []
        yield opened
        assert errors == []


def test_without_scripts_code_and_output_are_there(opened):
    lesson = opened({"one": Cell("print(1)")}, script=False)
    expect(lesson.cell("one")).to_contain_text("print(1)")
    expect(lesson.output("one")).to_have_text("as the build saw it")


def test_nothing_of_python_is_fetched_before_run_and_nothing_from_elsewhere_after(opened):
    lesson = opened({"one": Cell("1 + 1")})
    lesson.cell("one").get_by_role("button", name="Run").focus()
    lesson.press("one", "Edit")
    expect(lesson.cell("one").get_by_role("textbox")).to_be_focused()
    assert not [url for url in lesson.asked if "/python/" in url or "worker" in url]
    took = lesson.page.evaluate(WATCH, ["one", "run", "Done"])
    print(f"first run: {took:.0f} ms")  # told, not asserted: pytest -rP shows it
    expect(lesson.output("one")).to_have_text("2")
    assert any("/python/pyodide.asm.wasm" in url for url in lesson.asked)
    home = lesson.page.url.removesuffix("lesson/")
    assert home.endswith(BASE)
    assert all(url.startswith((home, "data:")) for url in lesson.asked)


def test_the_cells_above_run_first_once_and_exercises_do_not(opened):
    counted = "seen = globals().get('seen', 0) + 1"
    cells = {
        "count": Cell(counted),
        "exercise": Cell("seen = 100", kind="exercise"),
        "solution": Cell("seen = 100", kind="solution"),
        "show": Cell("seen"),
        "again": Cell("seen, __name__"),
    }
    lesson = opened(cells)
    assert lesson.run("show").strip() == "1"
    expect(lesson.state("count")).to_have_text("Done")
    assert lesson.run("again").strip() == "(1, '__main__')"
    lesson.edit("count", "seen = 5")  # code that this Python has not seen
    assert lesson.run("again").strip() == "(5, '__main__')"


def test_a_failure_above_is_told_where_one_pressed_run(opened):
    lesson = opened({"wrong": Cell("1 / 0"), "right": Cell("2")})
    lesson.run("right", "A cell above failed.")
    expect(lesson.state("wrong")).to_have_text("Error")
    expect(lesson.output("right")).to_have_text("as the build saw it")


def test_text_appears_while_the_cell_runs(opened):
    code = "import sys, time\nprint('하나')\nprint('two', file=sys.stderr)\ntime.sleep(3)\nprint(3)"
    lesson = opened({"slow": Cell(code)})
    lesson.press("slow", "Run")
    expect(lesson.output("slow")).to_have_text(re.compile(r"^하나\s+two\s*$"), timeout=60_000)
    expect(lesson.output("slow").locator(".py-err")).to_have_text("two\n")
    expect(lesson.state("slow")).to_have_text("Running")
    expect(lesson.output("slow")).to_contain_text("3")
    many = "import time\nfor i in range(50):\n    print(i)\n    time.sleep(0.02)\ntime.sleep(3)"
    lesson.edit("slow", many)
    lesson.press("slow", "Run")
    expect(lesson.output("slow")).to_contain_text("49")
    expect(lesson.state("slow")).to_have_text("Running")


def test_a_line_that_is_redrawn_is_one_line_and_a_flood_is_cut(opened):
    cells = {
        "bar": Cell("for i in range(3): print(i, end='\\r' if i < 2 else '\\n')"),
        "flood": Cell("for i in range(30000): print('a line of text', i)"),
    }
    lesson = opened(cells)
    assert lesson.run("bar") == "2\n"
    told = lesson.run("flood")
    assert told.startswith("…")
    assert told.endswith("29999\n")
    assert len(told) < 70_000


@pytest.mark.parametrize("isolated", [True, False])
def test_stop_ends_a_loop_soon_and_run_goes_on_after(opened, isolated):
    cells = {"x": Cell("x = 1"), "loop": Cell("x = 2\nwhile True: pass"), "show": Cell("x")}
    lesson = opened(cells, isolated)
    lesson.press("loop", "Run")
    expect(lesson.state("loop")).to_have_text("Running", timeout=60_000)
    stop = lesson.cell("loop").get_by_role("button", name="Stop")
    stop.focus()
    took = lesson.page.evaluate(WATCH, ["loop", "stop", "Stopped."])
    print(f"stop: {took:.0f} ms")
    assert took < 1000
    expect(lesson.cell("loop").get_by_role("button", name="Run")).to_be_focused()
    expect(stop).to_be_hidden()
    if isolated:
        expect(lesson.state("loop")).to_have_text("Stopped.")
    else:
        expect(lesson.state("loop")).to_contain_text("The variables are gone.")
    lesson.edit("loop", "pass")
    assert lesson.run("show").strip() == ("2" if isolated else "1")


def test_stop_does_not_wait_for_python_to_load_or_to_listen(opened):
    deaf = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    lesson = opened({"deaf": Cell(deaf), "next": Cell("2")}, isolated=True)
    lesson.press("next", "Run")
    lesson.press("deaf", "Stop")
    expect(lesson.state("next")).to_have_text("Stopped.")
    expect(lesson.output("next")).to_have_text("as the build saw it")
    lesson.press("deaf", "Run")
    expect(lesson.state("deaf")).to_have_text("Running", timeout=60_000)
    lesson.press("deaf", "Stop")
    expect(lesson.state("deaf")).to_contain_text("The variables are gone.")


def test_the_page_answers_while_python_runs(opened):
    lesson = opened({"loop": Cell("while True: print('x' * 50)")})
    lesson.press("loop", "Run")
    expect(lesson.state("loop")).to_have_text("Running", timeout=60_000)
    time.sleep(1)
    frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    before = time.perf_counter()
    lesson.page.evaluate(frames)
    assert time.perf_counter() - before < 1
    assert lesson.page.evaluate(WATCH, ["loop", "stop", "Stopped."]) < 1000


def test_edit_run_by_keys_and_reset(opened):
    lesson = opened({"one": Cell("print(1)"), "two": Cell("2")})
    lesson.press("one", "Edit")
    box = lesson.cell("one").get_by_role("textbox", name="Python code one")
    expect(box).to_be_focused()
    expect(lesson.cell("one").get_by_role("button", name="Edit")).to_be_hidden()
    for key in ("Shift+Enter", "Control+Enter"):
        box.fill(f"print('{key}')")
        box.press(key)
        expect(lesson.output("one")).to_have_text(key, timeout=60_000)
    box.press("Tab")
    expect(box).to_contain_text("    print")  # Tab indents,
    box.press("Escape")
    box.press("Tab")
    expect(lesson.cell("one").get_by_role("button", name="Run")).to_be_focused()  # or leaves
    lesson.press("one", "Reset")
    expect(lesson.cell("one").locator("code")).to_have_text("print(1)\n")
    expect(lesson.output("one")).to_have_text("as the build saw it")
    expect(lesson.cell("one").get_by_role("button", name="Edit")).to_be_focused()


def test_an_error_tells_what_then_where_and_no_more(opened):
    cells = {
        "ours": Cell("from minikeras.callbacks import EarlyStopping\nEarlyStopping(mode='up')"),
        "theirs": Cell("import json\njson.loads('{')", kind="solution"),
        "syntax": Cell("def f(:\n    pass", kind="solution"),
        "exit": Cell("raise SystemExit", kind="solution"),
    }
    lesson = opened(cells)
    told = lesson.run("ours", "Error").splitlines()
    assert told[0].startswith("ValueError: mode is")
    assert told[1] == '  File "<cell ours>", line 2, in <module>'
    assert told[2] == "    EarlyStopping(mode='up')"
    assert '  File "minikeras/callbacks/early_stopping.py", line' in "\n".join(told)
    for details in lesson.page.locator("summary").all():
        details.click()
    lesson.edit("ours", "pass")
    told = lesson.run("theirs", "Error")
    assert told.startswith("json.decoder.JSONDecodeError: ")
    assert re.findall('File "([^"]*)"', told) == ["<cell theirs>"]
    told = lesson.run("syntax", "Error")
    assert "_pyodide" not in told
    assert "SyntaxError" in told
    assert lesson.run("exit", "Error").startswith("SystemExit")


def test_an_exercise_opens_and_says_whether_it_holds(opened):
    right = """from minikeras.testing import check
def stop_epoch(scores, patience):
    best, wait = None, 0
    for epoch, score in enumerate(scores):
        if score is None: continue
        if score == score and (best is None or score < best): best, wait = score, 0
        else:
            wait += 1
            if wait >= max(patience, 1): return epoch
check("A2", stop_epoch)"""
    wrong = right.replace("max(patience, 1)", "patience + 1")
    lesson = opened({"exercise": Cell(wrong, kind="exercise", static="")}, lang="ko")
    told = lesson.run("exercise")
    expect(lesson.cell("exercise").get_by_role("textbox")).to_be_visible()
    expect(lesson.cell("exercise").get_by_role("button", name="Run")).to_be_focused()
    lesson.edit("exercise", right)
    expect(lesson.cell("exercise").get_by_role("textbox")).to_contain_text("max(patience, 1)")
    better = lesson.run("exercise")
    assert re.search("[가-힣]", told)
    assert re.search("[가-힣]", better)
    assert told != better


def test_cells_know_the_language_of_the_page_and_begin_in_an_empty_folder(opened):
    code = "import os\nprint(os.environ['LANG'], os.listdir())\nopen('a.txt', 'w').close()"
    lesson = opened({"one": Cell(code), "two": Cell("os.listdir()")}, lang="zh")
    assert lesson.run("one").strip() == "zh []"
    assert lesson.run("two").strip() == "['a.txt']"


def test_what_a_value_draws_is_drawn_and_its_scripts_do_not_run(opened):
    bad = "<script>window.ran = 1</script><img src='data:,' onerror='window.ran = 1'>"
    code = f"""class Drawn:
    def _repr_svg_(self): return "<svg><circle id='c' r='3' onclick='x()'/></svg>"
class Told(Drawn):
    def _repr_html_(self): return "<b>bold</b><a href=' javascript:x()'>a</a>{bad}"
"""
    cells = {"class": Cell(code), "svg": Cell("Drawn()"), "html": Cell("Told()"), "none": Cell("")}
    lesson = opened(cells)
    lesson.run("svg")
    circle = lesson.output("svg").locator("svg circle")
    assert circle.evaluate("(node) => [node.namespaceURI, node.onclick]") == [
        "http://www.w3.org/2000/svg",
        None,
    ]
    lesson.run("html")
    expect(lesson.output("html").locator("b")).to_have_text("bold")
    assert lesson.output("html").locator("script, [onerror], [href]").count() == 0
    assert lesson.page.evaluate("window.ran") is None
    assert lesson.run("none") == ""


def test_what_cannot_be_fetched_is_told_and_run_tries_again(opened):
    lost = set()
    lesson = opened({"one": Cell("1 + 1"), "two": Cell("2 + 2")}, lost=lost)
    failed = "Could not load Python. Check the connection, then press Run again."
    for name in ("worker.js", "manifest.json", "display.py", *CORE, "half pyodide.asm.wasm"):
        lost |= {name}
        lesson.run("two", failed)
        expect(lesson.output("one")).to_have_text("as the build saw it")
        lost.clear()
    assert lesson.run("two").strip() == "4"


def test_a_core_that_is_no_webassembly_is_told_too(opened, tmp_path):
    lesson = opened({"one": Cell("1 + 1")})
    wasm = tmp_path / "site" / "assets" / "python" / "pyodide.asm.wasm"
    wasm.unlink()
    wasm.write_bytes(b"a page that says: not found")
    lesson.run("one", "Could not load Python. Check the connection, then press Run again.")


def test_an_editor_that_does_not_come_is_fetched_again(opened):
    lost = {"editor.js"}
    lesson = opened({"one": Cell("1 + 1")}, lost=lost)
    lesson.press("one", "Edit")
    expect(lesson.state("one")).to_contain_text("Could not load Python code.")
    lost.clear()
    lesson.press("one", "Edit")
    expect(lesson.cell("one").get_by_role("textbox")).to_be_focused()


def test_a_session_calls_a_function_with_a_string(opened):
    lesson = opened({"define": Cell("def twice(text): return text * 2")})
    lesson.run("define")
    call = """async ([name]) => {
        const { send } = await import("../assets/ui/session.js");
        return send({ call: name, data: "ab" });
    }"""
    told = lesson.page.evaluate(call, ["twice"])
    assert told["result"] == "abab"
    assert told["ms"] < 1000
    assert lesson.page.evaluate(call, ["nothing"])["error"].startswith("KeyError")


def test_it_tells_how_much_of_python_has_come(opened):
    lesson = opened({"above": Cell("1"), "one": Cell("2")})
    lesson.page.evaluate("""() => {
        window.told = [];
        const bar = document.querySelector('.py-cell[data-name="one"] .py-bar');
        new MutationObserver(() => told.push(bar.innerText.split("\\n").slice(-2).join(" ")))
            .observe(bar, { childList: true, subtree: true });
    }""")
    lesson.run("one")
    told = [text for text in lesson.page.evaluate("told") if text.startswith("Loading Python")]
    parts = [int(part) for part in re.findall(r"(\d+) %", " ".join(told))]
    assert len(parts) > 5
    assert parts == sorted(parts)
    assert parts[-1] == 99


@pytest.fixture
def served_packages(opened):
    """Return a function that opens a page for which local files answer as Pyodide's server."""
    files = find(PYODIDE / "pyodide-lock.json", ("numpy",))
    if files is None:
        pytest.skip("needs Pyodide's numpy: name a folder in MINIKERAS_PYODIDE_PACKAGES")

    def served_packages(cells):
        lesson = opened(cells)
        lost = set()

        def answer(route):
            name = route.request.url.removeprefix(SERVER)
            if name in lost or name not in files:
                return route.abort()
            return route.fulfill(path=files[name], headers={"access-control-allow-origin": "*"})

        lesson.page.route(f"{SERVER}**", answer)
        return lesson, lost, [*files]

    return served_packages


def test_packages_come_when_named_imported_or_found_lacking(served_packages):
    lesson, _, [numpy] = served_packages(
        {
            "core": Cell("print('no packages')"),
            "lacking": Cell("print('once')\nfrom minikeras.layers import Dense\nDense"),
        }
    )
    lesson.run("core")
    assert SERVER + numpy not in lesson.asked
    told = lesson.run("lacking")
    assert told.startswith("once")
    assert told.count("once") == 1
    assert "Dense" in told
    assert lesson.asked.count(SERVER + numpy) == 1


NAMED = """from importlib import import_module, util
assert util.find_spec("numpy")
import_module("num" + "py").arange(3)"""


@pytest.mark.parametrize(
    "cell", [Cell("import numpy as np\nnp.arange(3)"), Cell(NAMED, packages="numpy")]
)
def test_a_package_that_does_not_come_is_told_and_run_tries_again(served_packages, cell):
    lesson, lost, [numpy] = served_packages({"x": Cell("x = 0"), "one": cell})
    lost.add(numpy)
    lesson.run("one", "Could not load numpy. Check the connection, then press Run again.")
    expect(lesson.output("one")).to_have_text("as the build saw it")
    lost.clear()
    assert lesson.run("one").strip() == "array([0, 1, 2])"


def test_a_package_that_nobody_has_is_an_error_like_any_other(opened):
    lesson = opened({"one": Cell("import no_such_package")})
    assert lesson.run("one", "Error").startswith("ModuleNotFoundError: No module named")


def test_figures_of_matplotlib_are_drawn_with_letters(opened):
    # the real one is large: this stand-in is asked as it would be
    code = """import contextlib, sys, types
class Figure:
    def savefig(self, file, format, bbox_inches): file.write(f"<svg><text>{settings}</text></svg>")
@contextlib.contextmanager
def rc_context(told):
    settings.update(told)
    yield
settings = {}
pyplot = types.SimpleNamespace(
    rc_context=rc_context, get_fignums=lambda: [1], figure=lambda n: Figure(), close=print)
sys.modules["matplotlib.pyplot"] = pyplot"""
    lesson = opened({"one": Cell(code)})
    lesson.run("one")
    expect(lesson.output("one").locator("svg text")).to_have_text("{'svg.fonttype': 'none'}")


def test_the_bar_expects_the_bytes_of_this_pyodide():
    told = dict(re.findall(r'"([\w.-]+)": (\d+),', (UI / "worker.js").read_text("utf-8")))
    assert {name: int(size) for name, size in told.items()} == {
        name: (PYODIDE / name).stat().st_size for name in told
    }
    assert len(told) == 3
