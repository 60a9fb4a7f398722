"""The rules of the house: who may import whom, and how large a room may be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "minikeras"
CEILING = 10320  # lines of the core, blanks and docstrings counted; raise it only on purpose
ROOM = 290  # lines of a file that can be read in one sitting

# each floor may import from the floors before it, and within a room
FLOORS = [
    ["backend", "kernels", "registry", "averages", "extras", "monitoring", "rates", "whole_file"],
    ["plotting"],
    ["progress", "callbacks", "event_files"],
    ["activations", "initializers", "regularizers"],
    ["losses"],
    ["metrics", "checks"],
    ["layers", "data", "seeding"],
    ["optimizers", "utils", "summary"],
    ["trainee"],
    ["steps", "team", "distribution", "epochs", "intake"],
    ["training"],
    ["saving", "storable", "inspectable", "models"],
]
AROUND = [
    "cli",
    "__main__",
    "datasets",
    "demo",
    "demo_watched",
    "lab",
    "lessons",
    "loops",
    "monitor",
    "testing",
]  # they import the house, never the other way
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
CORE = [room for room in FLOOR if room != "plotting"]  # low only since history.plot opens it
EVENT_WING = ["averages", "extras", "monitoring", "plotting", "progress", "rates", "whole_file"]
EVENT_WING += ["callbacks"]
OPENED_WHEN_USED = {  # what a file imports inside a function, which the others do not
    "callbacks/projection.py": {"event_files"},
    "callbacks/postman.py": {"requests"},
    "callbacks/tensorboard.py": {"event_files"},
    "plotting/figure.py": {"matplotlib"},
    "plotting/fonts.py": {"matplotlib"},
    "testing/plugin.py": {"pytest"},
    "testing/strategies.py": {"hypothesis"},
}


def room_of(path):
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def files_of(rooms):
    return [path for path in sorted(HOUSE.rglob("*.py")) if room_of(path) in rooms]


def imports(path):
    """Return the modules that a file imports, those for type checkers aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert all(name.name != "*" for name in node.names), f"{path} imports *"
            if node.module == "minikeras":
                yield from (f"minikeras.{name.name}" for name in node.names)
            else:
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_every_file_has_a_floor():
    rooms = {room_of(path) for path in HOUSE.rglob("*.py")} - {"__init__"}
    assert rooms == {*FLOOR, *AROUND}


@pytest.mark.parametrize("path", files_of(FLOOR), ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_only_point_down(path):
    here = room_of(path)
    for name in imports(path):
        if name.startswith("minikeras."):
            room = name.split(".")[1]
            allowed = room == here or (room in FLOOR and FLOOR[room] < FLOOR[here])
            same_floor = room in FLOOR and FLOOR[room] == FLOOR[here]
            assert allowed or same_floor, f"{here} must not import {name}"


def test_no_two_files_import_each_other():
    """Floors order rooms roughly; this finds circles exactly."""
    graph = {}
    modules = {path: ".".join(("minikeras", *path.relative_to(HOUSE).with_suffix("").parts))
               for path in HOUSE.rglob("*.py")}  # fmt: skip
    names = {name.removesuffix(".__init__") for name in modules.values()}
    for path, name in modules.items():
        if name != "minikeras.__init__":
            used = {imported for imported in imports(path) if imported in names}
            graph[name.removesuffix(".__init__")] = used - {name.removesuffix(".__init__")}
    finished, path_to = set(), []

    def visit(name):
        assert name not in path_to, f"a circle of imports: {' -> '.join([*path_to, name])}"
        if name not in finished:
            path_to.append(name)
            for other in graph.get(name, ()):
                visit(other)
            finished.add(path_to.pop())

    for name in graph:
        visit(name)


@pytest.mark.parametrize(
    "path", files_of([*EVENT_WING, "testing", "lab"]), ids=lambda path: path.stem
)
def test_the_event_wing_needs_the_standard_library_only(path):
    outside = [name for name in imports(path) if not name.startswith("minikeras.")]
    late = OPENED_WHEN_USED.get(path.relative_to(HOUSE).as_posix(), set())
    assert {name.split(".")[0] for name in outside} <= {*sys.stdlib_module_names, *late}
    inside = [name.split(".")[1] for name in imports(path) if name.startswith("minikeras.")]
    assert set(inside) <= {*EVENT_WING, "testing", *late, room_of(path)}


def test_the_core_stays_below_its_ceiling(capsys):
    lines = dict.fromkeys(CORE, 0)
    for path in files_of(CORE):
        lines[room_of(path)] += len(path.read_text(encoding="utf-8").splitlines())
    total = sum(lines.values())
    with capsys.disabled():
        table = ", ".join(f"{room} {n}" for room, n in sorted(lines.items(), key=lambda i: -i[1]))
        print(f"\n{total} lines of {CEILING} in the core: {table}")
    assert total <= CEILING


@pytest.mark.parametrize("path", files_of([*FLOOR, *AROUND]), ids=lambda path: path.stem)
def test_a_file_is_short_and_opens_with_its_question(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= ROOM
    assert ast.get_docstring(ast.parse(text)), "the first line says what the file answers"


def test_opening_the_house_loads_nothing_heavy():
    code = (
        "import sys, minikeras, minikeras.callbacks; heavy = {'numpy', 'h5py', 'requests', "
        "'tensorboard', 'matplotlib', 'cupy'}; print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_room_opens_and_a_wrong_one_says_which_there_are():
    import minikeras

    for room in [*minikeras.ROOMS, *minikeras.DOORS]:
        assert getattr(minikeras, room) is not None
        assert room in dir(minikeras)
    with pytest.raises(AttributeError, match="no room named 'kitchen'; there are: activations"):
        minikeras.kitchen  # noqa: B018
