"""Every visible word goes through Qt's translation: a made-up language shows it."""

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QWidget,
)

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.core import paths
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.ml.runtime import DeviceReport
from hwocr_desktop.ui.actions import ActionTable
from hwocr_desktop.ui.comparison_dialog import ComparisonDialog
from hwocr_desktop.ui.device_dialog import DeviceDialog
from hwocr_desktop.ui.export_dialog import ExportDialog
from hwocr_desktop.ui.main_window import MainWindow
from hwocr_desktop.ui.notice_bar import NoticeBar
from hwocr_desktop.ui.page_views import PageViews
from hwocr_desktop.ui.settings_dialog import SettingsDialog
from hwocr_desktop.ui.shortcuts_dialog import ShortcutsDialog
from hwocr_desktop.ui.training_dialog import TrainingDialog
from hwocr_desktop.ui.word_list_dialog import WordListDialog

pytestmark = pytest.mark.gui

# Names and numbers are the same in every language, and so are a few words.
SAME = {"hwocr desktop", "Apache 2.0", "English", "pytest-qt-qapp"}


class Marker(QTranslator):
    """Marks everything that it is asked to translate."""

    def translate(self, context, text, disambiguation=None, n=-1):
        return f"«{text}»" if text else text


@pytest.fixture
def marked(qapp, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "bundled_models", lambda: tmp_path / "no models")
    translator = Marker()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def words(widget):
    """Yield every text that a person can read or hear in a widget and those in it."""
    for one in [widget, *widget.findChildren(QWidget)]:
        yield one, one.toolTip()
        yield one, one.accessibleName()
        yield one, one.windowTitle()
        if isinstance(one, QLabel | QAbstractButton):
            yield one, one.text()
        if isinstance(one, QGroupBox | QMenu):
            yield one, one.title()
        if isinstance(one, QLineEdit):
            yield one, one.placeholderText()
        if isinstance(one, QComboBox):
            yield from ((one, one.itemText(i)) for i in range(one.count()))
            yield one, one.placeholderText()
        if isinstance(one, QTreeWidget):
            yield from ((one, one.headerItem().text(i)) for i in range(3))
    for action in widget.findChildren(QAction):
        yield action, action.text()
        yield action, action.toolTip()
        yield action, action.statusTip()


def untranslated(widget):
    return {
        text
        for owner, text in words(widget)
        if any(c.isalpha() for c in text)
        and "«" not in text
        and text not in SAME
        and not is_data(owner, text)
    }


def is_data(owner, text):
    """Whether a text is a path, a version or a name rather than a word."""
    is_place = "/" in text or "\\" in text
    return is_place or any(c.isdigit() for c in text)


def test_the_window(marked, qtbot):
    window = MainWindow(Session())
    window.show()
    found = untranslated(window)
    menus = [action.text() for action in window.menuBar().actions()]
    with qtbot.waitSignal(window.closed, timeout=15_000):
        window.close()
    window.deleteLater()
    assert found == set()
    assert all("«" in title for title in menus)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SettingsDialog(Settings()),
        lambda: ShortcutsDialog(ActionTable()),
        lambda: DeviceDialog(DeviceReport("processor", 2, "TensorFlow 2", False)),
    ],
    ids=["settings", "shortcuts", "device"],
)
def test_a_dialog(marked, qtbot, make):
    dialog = make()
    qtbot.addWidget(dialog)
    assert untranslated(dialog) == set()


def test_export_and_training(marked, qtbot, make_session):
    session, runner = make_session(pages=2), JobRunner("documents")
    for dialog in (ExportDialog(session, runner), TrainingDialog(session)):
        qtbot.addWidget(dialog)
        assert untranslated(dialog) == set()
    runner.shutdown()


def test_the_word_list(marked, qtbot, tmp_path):
    session = Session()
    session.create(tmp_path / "project")
    dialog = WordListDialog(session, None)
    qtbot.addWidget(dialog)
    assert untranslated(dialog) == set()
    names = tmp_path / "123.txt"
    for text in ("Anna\n", "Anna\nZoe\n", ""):
        names.write_text(text)
        dialog.take(names)
        qtbot.waitUntil(lambda: not session.batch.is_busy, timeout=20_000)
        assert untranslated(dialog) == set()
    assert session.shutdown()


def test_the_comparison(marked, qtbot, make_session):
    session, runner = make_session(pages=2), JobRunner("comparison")
    views = PageViews(session)
    qtbot.addWidget(views)
    dialog = ComparisonDialog(session, views, runner, runner, ())
    qtbot.addWidget(dialog)
    assert untranslated(dialog) == set()
    views.set_brush(True)
    assert untranslated(views) == set()
    assert views.shutdown()
    runner.shutdown()


def test_notices(marked, qtbot):
    bar = NoticeBar()
    qtbot.addWidget(bar)
    for number, action in enumerate(
        ("recover", "save-copy", "open-backup", "open-logs")
    ):
        for kind in ("information", "warning", "error"):
            bar.add(Notice(f"«{number}»", "", kind, action))
    assert untranslated(bar) == set()
