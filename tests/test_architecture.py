"""The shape of the program, as rules that fail: layers, lazy imports, small modules.

Each rule is a function of a package's name and returns what breaks it, so that the
same rules run on the program (nothing may break them) and on small packages with one
planted violation each (the right rule must notice).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
from pytest_archon import archrule
from pytest_archon.failure import pop_failures

LAYERS = ("core", "ml", "app", "ui", "cli")
QT = ("PySide6*", "shiboken6*", "pyqtgraph*")
WIDGETS = ("PySide6.QtWidgets*", "PySide6.QtGui*", "pyqtgraph*")
TENSORFLOW = ("tensorflow*", "keras*")
# Parts of `app` that run without a display and without Qt.
HEADLESS_APP = (
    "open_models",
    "pipeline",
    "batch",
    "batch_ink",
    "evaluation",
    "ink_evaluation",
    "learning_curve",
    "line_preparation",
    "offline_cleaning",
    "transcript_lines",
)
MOST_LINES = 400
EMPTY_NAMES = {"util", "helper", "manager", "handler", "misc", "common"}

Rule = Callable[[str], list[str]]


def _broken() -> list[str]:
    return sorted({f"{f.rule_name}: {f.reason}" for f in pop_failures()})


def _modules(package: str) -> Iterator[tuple[str, str]]:
    """Yield path below the package and source of each of its modules."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def layers_know_only_those_below(package: str) -> list[str]:
    for depth, layer in enumerate(LAYERS[:-1]):
        above = [f"{package}.{name}*" for name in LAYERS[depth + 1 :]]
        (
            archrule(f"{layer} knows nothing above it")
            .match(f"{package}.{layer}*")
            .should_not_import(*above)
            .check(package)
        )
    return _broken()


def no_qt_below_app(package: str) -> list[str]:
    (
        archrule("no Qt where no window is")
        .match(f"{package}.core*", f"{package}.ml*")
        .match(*(f"{package}.app.{name}" for name in HEADLESS_APP))
        .should_not_import(*QT)
        .check(package)
    )
    return _broken()


def no_widgets_in_app(package: str) -> list[str]:
    (
        archrule("app has no widgets")
        .match(f"{package}.app*")
        .should_not_import(*WIDGETS)
        .check(package)
    )
    return _broken()


def commands_start_without_qt(package: str) -> list[str]:
    (
        archrule("the command line loads Qt for the window only")
        .match(f"{package}.cli*", f"{package}.__main__")
        .exclude(f"{package}.cli.gui")
        .should_not_import(*QT, f"{package}.ui*")
        .check(package, only_toplevel_imports=True)
    )
    return _broken()


def tensorflow_in_ml_only(package: str) -> list[str]:
    (
        archrule("TensorFlow is named in ml only")
        .match(f"{package}*")
        .exclude(f"{package}.ml*")
        .should_not_import(*TENSORFLOW)
        .check(package, only_direct_imports=True)
    )
    return _broken()


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported, class bodies and `try` included."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from _at_import(child)


def _imported(nodes: Iterator[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def tensorflow_never_at_start(package: str) -> list[str]:
    return [
        f"{path} imports {name} outside a function"
        for path, source in _modules(package)
        for name in _imported(_at_import(ast.parse(source)))
        if name.split(".")[0] in {"tensorflow", "keras"}
    ]


def modules_are_short(package: str) -> list[str]:
    return [
        f"{path} has {lines} lines"
        for path, source in _modules(package)
        if (lines := len(source.splitlines())) >= MOST_LINES
    ]


def only_cli_prints(package: str) -> list[str]:
    return [
        f"{path}:{node.lineno} prints"
        for path, source in _modules(package)
        if not path.startswith("cli/")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]


def names_say_something(package: str) -> list[str]:
    return [
        f"{path} is named after nothing"
        for path, _ in _modules(package)
        for part in Path(path).with_suffix("").parts
        if EMPTY_NAMES & {word.removesuffix("s") for word in part.split("_")}
    ]


RULES: tuple[Rule, ...] = (
    layers_know_only_those_below,
    no_qt_below_app,
    no_widgets_in_app,
    commands_start_without_qt,
    tensorflow_in_ml_only,
    tensorflow_never_at_start,
    modules_are_short,
    only_cli_prints,
    names_say_something,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_program_keeps_the_rule(rule: Rule) -> None:
    assert rule("hwocr_desktop") == []


# What is planted: path below a package, its source, and the rule that must notice.
VIOLATIONS = [
    ("core/page.py", "import {p}.ml.net", layers_know_only_those_below),
    (
        "core/page.py",
        "def f():\n    from {p}.app import jobs",
        layers_know_only_those_below,
    ),
    ("ml/net.py", "from {p}.ui import window", layers_know_only_those_below),
    ("app/jobs.py", "import {p}.cli.main", layers_know_only_those_below),
    ("core/page.py", "from PySide6.QtCore import QObject", no_qt_below_app),
    ("app/pipeline.py", "import {p}.app.jobs", no_qt_below_app),
    ("app/jobs.py", "from PySide6.QtWidgets import QLabel", no_widgets_in_app),
    ("cli/read.py", "from {p}.app import jobs", commands_start_without_qt),
    ("cli/read.py", "import {p}.ui.window", commands_start_without_qt),
    ("app/jobs.py", "def f():\n    import keras", tensorflow_in_ml_only),
    ("ml/net.py", "import tensorflow as tf", tensorflow_never_at_start),
    (
        "ml/net.py",
        "try:\n    import keras\nfinally:\n    pass",
        tensorflow_never_at_start,
    ),
    ("ml/net.py", "class A:\n    from keras import layers", tensorflow_never_at_start),
    ("core/page.py", "x = 1\n" * MOST_LINES, modules_are_short),
    ("app/jobs.py", "def f():\n    print(1)", only_cli_prints),
    ("core/image_utils.py", "", names_say_something),
    ("ui/manager.py", "", names_say_something),
]

CLEAN = {
    "core/page.py": "",
    "ml/net.py": "from {p}.core import page\n\ndef f():\n    import keras\n",
    "app/jobs.py": "from PySide6.QtCore import QObject\nfrom {p}.ml import net\n",
    "app/pipeline.py": "from {p}.ml import net\n",
    "ui/window.py": "from PySide6.QtWidgets import QLabel\nfrom {p}.app import jobs\n",
    "cli/gui.py": "from {p}.ui import window\n",
    "cli/read.py": "from {p}.app import pipeline\nprint('read')\n",
    "cli/main.py": "def main():\n    from {p}.cli import gui\n",
}
_numbers = count()


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that writes a small package and names it."""

    def build(changes: dict[str, str]) -> str:
        # A new name each time: the import system remembers packages by name.
        package = f"planted_{next(_numbers)}"
        for path, source in {**CLEAN, **changes}.items():
            file = tmp_path / package / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source.format(p=package), encoding="utf-8")
            (file.parent / "__init__.py").touch()
        (tmp_path / package / "__init__.py").touch()
        monkeypatch.syspath_prepend(tmp_path)
        return package

    return build


def test_a_package_without_violations_breaks_no_rule(
    plant: Callable[..., str],
) -> None:
    package = plant({})
    assert {rule.__name__: rule(package) for rule in RULES} == {
        rule.__name__: [] for rule in RULES
    }


@pytest.mark.parametrize(("path", "source", "rule"), VIOLATIONS)
def test_a_planted_violation_is_noticed(
    path: str, source: str, rule: Rule, plant: Callable[..., str]
) -> None:
    assert rule(plant({path: source})) != []
