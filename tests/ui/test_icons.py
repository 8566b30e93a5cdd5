"""Every icon that the code names is there."""

import ast
import logging
from pathlib import Path

import pytest

import hwocr_desktop.ui
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.paths import bundled_resources
from hwocr_desktop.ui import icons
from hwocr_desktop.ui.actions import ActionTable
from hwocr_desktop.ui.main_window import MainWindow
from hwocr_desktop.ui.notice_bar import NoticeBar

pytestmark = pytest.mark.gui


def is_there(name):
    return (bundled_resources() / "icons" / f"{name}.svg").is_file()


def named_in_code():
    """Return the words that the code gives to `icon` as they stand."""
    found = set()
    for path in Path(hwocr_desktop.ui.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "icon":
                found |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return found


def test_icons_named_in_code_and_in_the_table_of_actions_are_there(qapp):
    names = named_in_code() | {spec.icon for spec in ActionTable().specs()} - {""}
    assert {"close", "undo"} <= names
    assert {name for name in names if not is_there(name)} == set()


def test_nothing_that_is_built_looks_for_an_icon_that_is_not_there(
    qtbot, caplog, monkeypatch
):
    icons._painted.cache_clear()
    caplog.set_level(logging.INFO, icons.__name__)
    bar = NoticeBar()
    qtbot.addWidget(bar)
    for kind in ("information", "warning", "error"):
        bar.add(Notice(kind, "", kind))
    window = MainWindow(Session())
    window.page_list.page_menu().deleteLater()
    with qtbot.waitSignal(window.closed, timeout=15_000):
        window.close()
    window.deleteLater()
    missing = {r.getMessage() for r in caplog.records if r.name == icons.__name__}
    # Nothing to draw is meant where the name is empty.
    assert missing - {"no icon .svg"} == set()
